"""Victims said, providers said: by lot, apart from victims' figures, and safe for organisations."""

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest

from app.figures import providers
from app.figures.surveys import list_surveys
from app.guards import Role
from app.models import Answer, Codebook, Response, Review, ReviewCode, SurveyStatus
from tests.builders import NOW, a_response, a_survey, surveys_document
from tests.integration.results.builders import a_coded_survey

SUMMER = date(2026, 8, 3)


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


@pytest.fixture
def victims(session):
    """Return a survey in which 40 of 120 victims wrote that they needed counselling."""
    named = {"themes": [], "gaps": [("counselling", "waiting")], "received_on": SUMMER}
    return a_coded_survey(session, [named] * 40 + [{"themes": [], "received_on": SUMMER}] * 80)


@pytest.fixture
def ranked(session):
    """Return a maker of a provider survey: so many organisations rank for each lot."""
    document = surveys_document("provider_survey")
    asked = {q["name"]: q for q in document["questions"]}

    def make(rankings, *, is_closed=True):
        survey = a_survey(session, document)
        for lot, orders in rankings.items():
            question = asked[f"priorities_{lot}"]
            ids = {o["value"]: o["id"] for o in question["options"]}
            for order in orders:
                response = a_response(session, survey)
                response.answers = [
                    Answer(question_id=question["id"], state="answered", part=i, option_id=ids[v])
                    for i, v in enumerate(order)
                ]
        if is_closed:
            survey.status = SurveyStatus.CLOSED
        session.commit()
        return survey

    return make


def _page(sign_in, survey, role=Role.COMMISSIONER):
    response = sign_in(role).get(f"/results/{survey.slug}/providers-said")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


ORDER = ("updates", "counselling")


def test_a_lot_of_ten_shows_its_order_beside_what_victims_wrote(sign_in, victims, ranked):
    ranked({"adult": [ORDER] * 11, "cyp": [("child_support",)] * 9})
    page = _page(sign_in, victims)
    assert "11 organisations ranked for this lot." in page
    assert re.search(r"Counselling 33% \(40\) – 2 fewer than 10, or not shown", page)
    assert re.search(
        r"News of the case fewer than 10, or not shown – 1 fewer than 10, or not shown", page
    )


def test_fewer_than_ten_organisations_keep_their_order_to_the_team(sign_in, victims, ranked):
    ranked({"cyp": [("updates",)] * 9})
    page = _page(sign_in, victims)
    assert "Fewer than 10 organisations ranked for this lot." in page
    assert "Providers’ place" not in page
    assert "9 organisations ranked for this lot." in _page(sign_in, victims, Role.ANALYST)


def test_nothing_of_an_open_survey_reaches_those_who_decide(sign_in, victims, ranked):
    ranked({"adult": [ORDER] * 12}, is_closed=False)
    page = _page(sign_in, victims)
    assert "Their order shows when the survey has closed." in page
    assert "12 organisations" not in page
    assert "12 organisations ranked" in _page(sign_in, victims, Role.ANALYST)


def test_places_come_from_points_and_ties_share_one(session, ranked):
    ranked({"adult": [("updates", "rj"), ("rj", "updates"), ("counselling",)]})
    survey = providers.list_provider_surveys(session)[0]
    adult = providers.said_by_lot(session, survey, is_team=True)[0]
    places = {r.value: (r.place, r.named.count) for r in adult.ranking}
    assert places == {"updates": (1, 2), "rj": (1, 2), "counselling": (3, 1)}


@pytest.mark.parametrize(("others", "shown"), [(11, 12), (3, None)])
def test_a_number_that_all_but_a_few_share_is_withheld_too(session, ranked, others, shown):
    ranked({"adult": [ORDER] * 12 + [("rj",)] * others})
    survey = providers.list_provider_surveys(session)[0]
    adult = providers.said_by_lot(session, survey)[0]
    assert adult.of("updates").named.count == shown


def test_an_answer_set_aside_or_tried_out_ranks_nothing(session, ranked):
    survey = ranked({"adult": [ORDER, ORDER, ORDER]})
    one, two, _ = session.query(Response).filter_by(survey_id=survey.id).all()
    one.quarantined, two.is_test = "same_organisation", True
    session.commit()
    found = providers.list_provider_surveys(session)[0]
    assert providers.said_by_lot(session, found, is_team=True)[0].organisations.count == 1


def test_the_file_gives_what_the_page_gives(sign_in, victims, ranked):
    ranked({"adult": [ORDER] * 11})
    client = sign_in(Role.COMMISSIONER)
    text = client.get(f"/results/{victims.slug}/providers-said.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    places = {r["code"]: r["count"] for r in rows if r["column"] == "Providers’ place"}
    assert places == {"adult|updates": "1", "adult|counselling": "2"}


def test_a_provider_reads_nothing_of_its_rivals(sign_in, victims, ranked):
    ranked({"adult": [ORDER] * 11})
    for role in (Role.PROVIDER_LEAD, Role.LEAD_PARTNER):
        answer = sign_in(role, services=("adult",)).get(f"/results/{victims.slug}/providers-said")
        assert answer.status_code == 403


def test_a_provider_survey_is_no_survey_of_victims(session, victims, ranked):
    ranked({"adult": [ORDER]})
    assert [survey.id for survey in list_surveys(session)] == [victims.id]


def test_without_a_provider_survey_the_page_says_how_one_begins(sign_in, victims):
    assert "No survey of providers has been sent out yet." in _page(sign_in, victims)


def test_a_new_survey_of_providers_takes_the_last_one_from_nobody(
    sign_in, session, victims, ranked
):
    done, new = ranked({"adult": [ORDER] * 11}), ranked({"adult": [ORDER]}, is_closed=False)
    done.name, new.name, new.created_at = (
        "Spring event",
        "Autumn event",
        datetime(2027, 1, 1, tzinfo=UTC),
    )
    session.commit()
    page = _page(sign_in, victims)
    assert "are from “Spring event”" in page
    assert "Other surveys of providers: Autumn event" in page
    assert "are from “Autumn event”" in _page(sign_in, victims, Role.ANALYST)
    path = f"/results/{victims.slug}/providers-said?of={new.id}"
    page = sign_in(Role.COMMISSIONER).get(path).get_data(as_text=True)
    assert "Their order shows when the survey has closed." in page


@pytest.fixture
def wrote(session, ranked):
    """Let organisations of a provider survey write, and a person read it and find a theme."""

    def make(people, raising, *, is_closed=True):
        survey = ranked({}, is_closed=is_closed)
        asked = {q["name"]: q["id"] for q in surveys_document("provider_survey")["questions"]}
        book = session.query(Codebook).first()
        for number in range(people):
            words = {asked["stop_words"]: f"Unlike Alder House we wait too long {number}."}
            text = a_response(session, survey, texts=words).texts[0]
            review = Review(
                text_id=text.id, codebook_id=book.id, reviewer_key="ann", drawn="random",
                unsure=False, is_current=True, reviewed_at=NOW,
            )  # fmt: skip
            session.add(review)
            session.flush()
            if number < raising:
                session.add(ReviewCode(review_id=review.id, theme="waiting", origin="added"))
        session.commit()
        return survey

    return make


def test_what_providers_wrote_shows_as_themes_with_their_base_and_names_nobody(
    sign_in, victims, wrote
):
    wrote(24, 12)
    page = _page(sign_in, victims)
    assert "Organisations that wrote: 24. Read by a person: 24." in page
    assert re.search(r"Waiting[^<]* 12 ", page)
    assert "Alder House" not in page


@pytest.mark.parametrize(("people", "raising", "is_closed"), [(9, 9, True), (12, 11, True),
                                                           (24, 12, False)])  # fmt: skip
def test_what_few_providers_wrote_or_an_open_survey_holds_shows_to_the_team_only(
    sign_in, victims, wrote, people, raising, is_closed
):
    wrote(people, raising, is_closed=is_closed)
    assert "Organisations that raise it" not in _page(sign_in, victims)
    team = _page(sign_in, victims, Role.ANALYST)
    assert f"Organisations that wrote: {people}." in team
    assert re.search(rf"Waiting[^<]* {raising} ", team)

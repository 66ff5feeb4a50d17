import re
from datetime import date, timedelta

import pytest

from app.clock import london_today, utc_now
from app.figures import releases
from app.figures.quotes import list_voices
from app.guards import Role
from app.models import AnswerText, AuditEvent, Gap, Quote, ReferenceCount, Response
from tests.builders import a_staff_user
from tests.integration.results.builders import a_coded_survey, some_people

ACTION = date(2026, 7, 1)


def _text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def _a_quote(session, survey, words="I waited for months.", *, second=True, days=40, **values):
    """Return an approved quote about waiting by one of the survey's people."""
    text = (
        session.query(AnswerText)
        .join(Response, Response.id == AnswerText.response_id)
        .filter(Response.survey_id == survey.id)
        .first()
    )
    text.response.quote_consent = True
    for name, value in values.items():
        setattr(text.response, name, value)
    one, two = a_staff_user(session, Role.ANALYST), a_staff_user(session, Role.ANALYST)
    quote = Quote(
        text_id=text.id, start=0, end=4, theme="waiting", words=words, proposed_by=one.id,
        proposed_at=utc_now(), approved_by=(two if second else one).id,
        approved_at=utc_now() - timedelta(days=days),
    )  # fmt: skip
    session.add(quote)
    session.commit()
    return quote


def _page(sign_in, survey, path="", role=Role.COMMISSIONER):
    return _text(sign_in(role).get(f"/results/{survey.slug}{path}"))


def test_an_approved_quote_stands_on_page_one_and_beside_its_theme(sign_in, session):
    survey = a_coded_survey(session, some_people(120))
    _a_quote(session, survey)
    assert "I waited for months." in _page(sign_in, survey)
    assert "I waited for months." in _page(sign_in, survey, "/themes/waiting")
    assert "I waited for months." not in _page(sign_in, survey, "/themes/referral")


@pytest.mark.parametrize(
    "change",
    [
        {"quote_consent": False},
        {"withdrawn_on": date(2026, 11, 1)},
        {"quarantined": "rush"},
    ],
)
def test_a_quote_goes_from_every_view_at_once(sign_in, session, change):
    survey = a_coded_survey(session, some_people(120))
    assert _page(sign_in, survey)  # the release is taken before the change
    _a_quote(session, survey, **change)
    for path in ("", "/themes/waiting"):
        assert "I waited for months." not in _page(sign_in, survey, path)


def test_one_person_cannot_propose_and_approve(sign_in, session):
    survey = a_coded_survey(session, some_people(120))
    _a_quote(session, survey, second=False)
    assert "I waited for months." not in _page(sign_in, survey)


def test_a_quote_waits_thirty_days_after_the_answer(session):
    survey = a_coded_survey(session, some_people(120))
    _a_quote(session, survey)
    release = releases.live(session, survey.id, groups={}, today=london_today())
    view = _whole(release)
    early = date(2026, 8, 20)  # the answer is of 3 August
    assert not list_voices(session, survey.id, view, today=early)
    assert list_voices(session, survey.id, view, today=early + timedelta(days=14))


def test_no_quote_where_fewer_than_ten_people_stand_behind_the_figure(session):
    people = [{"themes": ["waiting"]}] * 9 + [{"themes": []}] * 100
    survey = a_coded_survey(session, people)
    _a_quote(session, survey)
    view = _whole(releases.live(session, survey.id, groups={}, today=london_today()))
    assert not list_voices(session, survey.id, view, today=london_today())


def _whole(release):
    from app.figures.pages import View

    return View(release, release.periods[0], 0)


def test_a_gap_goes_from_the_figure_to_the_decision_and_to_everyone(sign_in, session):
    survey = a_coded_survey(session, some_people(200))
    client = sign_in(Role.COMMISSIONER)
    new = f"/results/{survey.slug}/register/new?theme=waiting"
    client.post(new, data={"title": "People wait too long"})
    gap = session.query(Gap).one()
    frozen = gap.evidence["count"]
    assert frozen >= 10
    page = client.post(
        f"/results/{survey.slug}/register/{gap.id}",
        data={
            "state": "doing", "owner": "Victims team", "due_on": "2026-10-01", "service": "adult",
            "decision": "Fund two counsellors", "said": "We wait too long",
            "did": "Two more people", "is_public": "y",
        },
        follow_redirects=True,
    )  # fmt: skip
    assert "Saved." in _text(page)
    listed = _page(sign_in, survey, "/register")
    assert "People wait too long" in listed
    assert "Overdue" in listed
    assert "1 October 2026, overdue" in _page(sign_in, survey)
    everyone = _text(client.get("/results/what-we-did"))
    assert "You said: We wait too long" in everyone
    assert f"{frozen} people" not in everyone or frozen % 5 == 0
    acts = {e.act for e in session.query(AuditEvent).filter_by(object_kind="gap")}
    assert acts == {"gap.open", "gap.decide"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"state": "cannot"}, "Say why it cannot be done."),
        ({"state": "doing"}, "Say who does it, and by when."),
        ({"state": "done"}, "Enter the day it was done."),
        ({"state": "heard", "is_public": "y"}, "Write what people said"),
    ],
)
def test_a_state_that_promises_more_than_is_written_is_refused(sign_in, session, data, words):
    survey = a_coded_survey(session, some_people(60))
    gap = Gap(
        survey_id=survey.id, title="A gap", theme="waiting", evidence={}, opened_at=utc_now(),
        changed_at=utc_now(),
    )  # fmt: skip
    session.add(gap)
    session.commit()
    page = sign_in(Role.COMMISSIONER).post(f"/results/{survey.slug}/register/{gap.id}", data=data)
    assert words in _text(page)


def test_scrutiny_reads_the_register_and_changes_nothing(sign_in, session):
    survey = a_coded_survey(session, some_people(60))
    client = sign_in(Role.SCRUTINY)
    new = f"/results/{survey.slug}/register/new?theme=waiting"
    assert client.post(new, data={"title": "x"}).status_code == 403
    assert client.get(f"/results/{survey.slug}/register").status_code == 200


def test_the_effect_is_tested_before_and_after_the_action(sign_in, session):
    before = [{"themes": ["waiting"], "received_on": date(2026, 5, 4)}] * 120
    before += [{"themes": [], "received_on": date(2026, 5, 4)}] * 80
    after = [{"themes": ["waiting"]}] * 50 + [{"themes": []}] * 150
    survey = a_coded_survey(session, before + after)
    gap = Gap(
        survey_id=survey.id, title="A gap", theme="waiting", evidence={}, state="done",
        acted_on=date(2026, 6, 30) + timedelta(days=1) - timedelta(days=1), opened_at=utc_now(),
        changed_at=utc_now(),
    )  # fmt: skip
    session.add(gap)
    session.commit()
    gap.acted_on = ACTION
    session.commit()
    text = _page(sign_in, survey, f"/register/{gap.id}")
    assert "there must be a complete quarter before and one after" in text
    gap.acted_on = date(2026, 6, 30)
    session.commit()
    assert "there must be" in _page(sign_in, survey, f"/register/{gap.id}")


def test_sources_stand_on_the_shelf_and_can_be_taken_off(sign_in, session):
    survey = a_coded_survey(session, some_people(60))
    client = sign_in(Role.ANALYST)
    address = f"/results/{survey.slug}/themes/waiting"
    source = {"kind": "research", "title": "Waiting lists", "finding": "They are long."}
    client.post(f"{address}/evidence", data=source)
    assert "Waiting lists" in _text(client.get(address))
    link = client.post(f"{address}/evidence", data=source | {"link": "javascript:alert(1)"})
    assert "Enter a full link." in _text(link)


def test_who_is_missing_is_held_against_those_referred(sign_in, session):
    people = some_people(300, crime_group="theft") + some_people(100, seed=2, crime_group="sexual")
    survey = a_coded_survey(session, people)
    for value, count in (("theft", 4000), ("sexual", 6000)):
        session.add(
            ReferenceCount(
                kind="margin", dimension="crime_group", value=value, count=count,
                starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31), source="Hub referrals",
            )
        )  # fmt: skip
    session.commit()
    text = _page(sign_in, survey)
    assert "Sexual offences 25% 60% Heard less" in text
    assert "Against the people referred (Hub referrals)." in text
    assert "Weighted to the people referred" in _page(sign_in, survey, "/themes/waiting")

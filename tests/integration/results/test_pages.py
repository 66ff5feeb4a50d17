import csv
import io
import json
import re
from datetime import date

import pytest

from app.clock import london_today
from app.figures.suppress import PUBLIC
from app.guards import Role
from tests.integration.results.builders import a_coded_survey, some_people

AREAS = ("E06000060", "E06000042", "E07000178")
PAGES = ("", "/themes", "/gaps", "/groups", "/questions", "/trend", "/people")


@pytest.fixture
def survey(session):
    return a_coded_survey(session, some_people(400, areas=AREAS))


def _text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_page_one_says_what_people_told_us(sign_in, survey):
    page = sign_in(Role.COMMISSIONER).get(f"/results/{survey.slug}")
    text = _text(page)
    assert "400 people told us from 1 July 2026 to 30 September 2026." in text
    assert "What they raised most was waiting for support" in text
    assert "Open link – no rate" in text
    assert "400 of 400 written answers have been read by a person (100%)." in text
    assert "Data as at 30 September 2026." in text


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.SCRUTINY, Role.ANALYST])
def test_every_page_opens_for_those_who_decide(sign_in, survey, role):
    client = sign_in(role)
    for page in PAGES:
        response = client.get(f"/results/{survey.slug}{page}?area={AREAS[0]}")
        assert response.status_code == 200, page


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.OUTREACH, Role.ADMINISTRATOR])
def test_others_are_refused(sign_in, role):
    assert sign_in(role).get("/results").status_code == 403


def test_before_any_quarter_is_over_the_page_says_when_figures_come(sign_in, session):
    a_coded_survey(session, [])
    assert "There is nothing to show yet" in _text(sign_in(Role.COMMISSIONER).get("/results"))


def test_nothing_under_ten_is_on_any_page_or_in_any_file(sign_in, session):
    people = some_people(200, areas=AREAS[:2]) + some_people(7, seed=2, areas=AREAS[2:])
    survey = a_coded_survey(session, people)
    client = sign_in(Role.COMMISSIONER)
    for page in (*PAGES, "/themes.csv", "/gaps.csv", "/groups.csv", "/people.csv"):
        body = client.get(f"/results/{survey.slug}{page}").get_data(as_text=True)
        for figure in re.findall(r'<script type="application/json">(.*?)</script>', body):
            drawn = [t.get("x", []) for t in json.loads(figure)["data"] if t["type"] == "bar"]
            assert not [n for n in _numbers(drawn) if n < 10], page
        assert not re.findall(r"numeric\">\s*[1-9]\s*<", body), page
    people_page = _text(client.get(f"/results/{survey.slug}/people"))
    assert "fewer than 10, or not shown" in people_page
    assert not re.search(r"fewer than 10(?!, or)|(?<!or )not shown<", people_page)  # one word


def _numbers(values):
    for value in values:
        if isinstance(value, list):
            yield from _numbers(value)
        elif isinstance(value, int | float):
            yield value


def test_page_chart_and_file_carry_the_same_figures(sign_in, survey):
    client = sign_in(Role.COMMISSIONER)
    page = client.get(f"/results/{survey.slug}/themes")
    lines = list(
        csv.DictReader(
            io.StringIO(client.get(f"/results/{survey.slug}/themes.csv").get_data(as_text=True))
        )
    )
    text = _text(page)
    for line in lines:
        row = " ".join([line["name"], line["count"], line["base"], line["percent"] + "%"])
        assert row in text
    figure = json.loads(re.search(r'json">(.*?)</script>', page.get_data(as_text=True))[1])
    shares = dict(zip(figure["data"][0]["y"], figure["data"][0]["x"], strict=True))
    assert shares == {line["name"]: int(line["percent"]) for line in lines}


def test_a_provider_sees_its_own_service_only(sign_in, session):
    people = some_people(120, service="adult") + some_people(120, seed=3, service="cyp")
    survey = a_coded_survey(session, people)
    client = sign_in(Role.PROVIDER_LEAD, services=("adult",))
    for address in ("", "?service=cyp", "?service=all"):
        text = _text(client.get(f"/results/{survey.slug}{address}"))
        assert "120 people told us (Victim Support adult service)" in text
        assert "240" not in text
        assert "SAFE!" not in text
    stranger = sign_in(Role.PROVIDER_LEAD, services=("sv",))
    assert stranger.get(f"/results/{survey.slug}").status_code == 404


def test_a_third_filter_is_refused_in_plain_words(sign_in, session):
    people = some_people(60, areas=AREAS, service="adult", age_band="25_34")
    people += some_people(60, areas=AREAS, service="cyp", age_band="35_44")
    survey = a_coded_survey(session, people)
    address = f"/results/{survey.slug}?area={AREAS[0]}&service=adult&age_band=25_34"
    page = sign_in(Role.COMMISSIONER).get(address, follow_redirects=True)
    assert "Choose at most two filters" in _text(page)


def test_an_unknown_filter_is_not_found(sign_in, survey):
    client = sign_in(Role.COMMISSIONER)
    assert client.get(f"/results/{survey.slug}?area=nowhere").status_code == 404
    assert client.get("/results/nothing").status_code == 404


def test_only_the_team_sees_figures_as_they_stand_now(sign_in, session):
    survey = a_coded_survey(session, some_people(50, received_on=london_today()))
    address = f"/results/{survey.slug}?now=1"
    assert "50 people told us" in _text(sign_in(Role.ANALYST).get(address))
    assert "nothing to show yet" in _text(sign_in(Role.COMMISSIONER).get(address))


def test_synthetic_people_are_labelled_wherever_they_are_seen(sign_in, session):
    survey = a_coded_survey(session, some_people(60, is_synthetic=True))
    client = sign_in(Role.COMMISSIONER)
    for page in PAGES:
        assert "Synthetic: made-up people" in _text(client.get(f"/results/{survey.slug}{page}"))


def test_another_codebook_shows_its_own_themes(sign_in, session):
    book = "families: {care: {label: Care, themes: {kind: {label: Staff manner}}}}"
    people = [{"themes": ["kind"], "drawn": "import"}] * 60
    people += [{"themes": [], "drawn": "import"}] * 60
    survey = a_coded_survey(session, people, book=book, channel="import")
    text = _text(sign_in(Role.COMMISSIONER).get(f"/results/{survey.slug}/themes"))
    assert "Staff manner 60 120 50% 41% to 59%" in text


def test_a_formula_in_a_name_stays_text_in_a_file(sign_in, session):
    book = 'families: {f: {label: F, themes: {t: {label: "=1+1"}}}}'
    survey = a_coded_survey(session, [{"themes": ["t"]}] * 20, book=book)
    body = sign_in(Role.COMMISSIONER).get(f"/results/{survey.slug}/themes.csv")
    assert ",'=1+1," in body.get_data(as_text=True)


def test_the_team_sees_the_computers_codes_marked_as_not_reviewed(sign_in, session):
    people = [{"machine": ["waiting"], "received_on": london_today()}] * 30
    people += [{"machine": [], "received_on": london_today()}] * 30
    survey = a_coded_survey(session, people)
    page = _text(sign_in(Role.ANALYST).get(f"/results/{survey.slug}/themes?now=1"))
    assert "Computer, not reviewed" in page
    assert "50% (30 of 60)" in page


def test_commissioners_never_see_the_computers_codes_alone(sign_in, session):
    people = [{"machine": ["waiting"]}] * 300 + [{"machine": []}] * 300
    survey = a_coded_survey(session, people)
    page = _text(sign_in(Role.COMMISSIONER).get(f"/results/{survey.slug}/themes?now=1"))
    assert "not reviewed" not in page
    assert "300" not in page.partition("Theme")[2].partition("Data as at")[0]


def test_you_said_we_did_opens_for_everyone_and_rounds(public_app, session):
    from app.clock import utc_now
    from app.models import Gap
    from app.results.register import public_words

    survey = a_coded_survey(session, [])
    session.add(
        Gap(
            survey_id=survey.id, title="t", theme="waiting",
            evidence={"public": public_words(43, PUBLIC)},
            state="done", said="We wait too long", did="Two more counsellors", is_public=True,
            opened_at=utc_now(), changed_at=utc_now(),
        )
    )  # fmt: skip
    session.commit()
    public = public_app.test_client()
    page = public.get("/what-we-did").get_data(as_text=True)
    assert "<title>Your views</title>" in page
    assert "Exit this page" in page
    assert "Phone numbers for help now" in page
    assert "/what-we-did" in public.get("/about").get_data(as_text=True)
    text = _text(public.get("/what-we-did"))
    assert "You said: We wait too long" in text
    assert "About 45 people said this." in text


def test_every_number_of_page_one_leads_to_the_table_it_rests_on(sign_in, survey):
    client = sign_in(Role.COMMISSIONER)
    page = client.get(f"/results/{survey.slug}").get_data(as_text=True)
    said = page[page.index('class="govuk-body-l"') : page.index('class="hd-figures"')]
    assert re.search(r'href="[^"]*/people\?[^"]*">400 people</a>', said)
    assert re.search(r'href="[^"]*/themes/waiting\?[^"]*">\d+% of answers', said)
    tiles = page[page.index('class="hd-figures"') : page.index("What people raise most")]
    assert tiles.count("<li>") == len(re.findall(r'<a class="govuk-link" href="[^"]+">', tiles))
    where = re.findall(r'/questions\?[^"#]*#(question-[^"]+)"', tiles)
    questions = client.get(f"/results/{survey.slug}/questions").get_data(as_text=True)
    assert where
    assert all(f'id="{one}"' in questions for one in where)


def test_where_nobody_may_be_counted_nothing_is_said_to_be_raised_most(sign_in, session):
    before = {"received_on": date(2026, 5, 3)}
    people = some_people(300, areas=AREAS[:1]) + some_people(4, seed=5, areas=AREAS[1:2])
    survey = a_coded_survey(session, people + some_people(300, seed=6, areas=AREAS[:1], **before))
    page = sign_in(Role.COMMISSIONER).get(f"/results/{survey.slug}?area={AREAS[1]}")
    text = _text(page)
    assert "How many people told us" in text
    assert "No theme was raised by enough people to be shown." in text
    assert "not shown people" not in text
    assert "Too few may be shown to compare" in text
    assert "No theme clearly changed" not in text

import re
from datetime import date

from app.guards import Role
from tests.integration.results.builders import DOCUMENT, a_coded_survey, some_people

SPRING, SUMMER = date(2026, 5, 4), date(2026, 8, 3)


def _waiting(count, of, day, **values):
    people = [{"themes": ["waiting"], "received_on": day, **values}] * count
    return people + [{"themes": [], "received_on": day, **values}] * (of - count)


def _page(sign_in, survey, path):
    response = sign_in(Role.COMMISSIONER).get(f"/results/{survey.slug}{path}")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_a_clear_change_is_said_with_its_size(sign_in, session):
    survey = a_coded_survey(session, _waiting(60, 200, SPRING) + _waiting(110, 200, SUMMER))
    assert "Up 25 points." in _page(sign_in, survey, "/themes")
    assert "Waiting for support : Up 25 points. (30% before, 55% now)" in _page(sign_in, survey, "")


def test_a_change_that_is_not_clear_is_called_that(sign_in, session):
    survey = a_coded_survey(session, _waiting(60, 200, SPRING) + _waiting(68, 200, SUMMER))
    assert "No clear change." in _page(sign_in, survey, "/themes")
    assert "No theme clearly changed" in _page(sign_in, survey, "")


def test_two_groups_stand_side_by_side(sign_in, session):
    people = _waiting(40, 150, SUMMER, service="adult") + _waiting(90, 150, SUMMER, service="cyp")
    survey = a_coded_survey(session, people)
    page = _page(sign_in, survey, "/compare?service=cyp&other_service=adult")
    assert "Waiting for support 60% (90 of 150) 27% (40 of 150) +22 to +43 points Up 33" in page


def test_views_that_share_people_are_not_tested_against_each_other(sign_in, session):
    people = _waiting(40, 150, SUMMER, service="adult") + _waiting(90, 150, SUMMER, service="cyp")
    survey = a_coded_survey(session, people)
    page = _page(sign_in, survey, "/compare?service=cyp&other_period=2026-27-q2")
    assert "Same people" in page
    assert " points" not in page.partition("Themes side by side")[2]


def test_a_provider_cannot_compare_with_a_rival(sign_in, session):
    people = _waiting(40, 150, SUMMER, service="adult") + _waiting(90, 150, SUMMER, service="cyp")
    survey = a_coded_survey(session, people)
    client = sign_in(Role.PROVIDER_LEAD, services=("adult",))
    page = client.get(f"/results/{survey.slug}/compare?other_service=cyp").get_data(as_text=True)
    assert "60%" not in page


def test_a_quarter_that_stands_out_is_named(sign_in, session):
    days = [date(2024 + m // 12, m % 12 + 1, 5) for m in range(0, 30, 3)]
    counts = [30, 37, 30, 37, 30, 37, 30, 37, 30, 60]
    people = [p for day, n in zip(days, counts, strict=True) for p in _waiting(n, 100, day)]
    survey = a_coded_survey(session, people)
    page = _page(sign_in, survey, "/trend?theme=waiting")
    assert page.count("As usual") == 9
    assert page.count("Stands out") == 1


def test_wanted_but_never_told_of_restorative_justice(sign_in, session):
    rj = [
        {"id": f"q_{name}", "name": name, "kind": "single", "text": {"en": name},
         "options": [{"id": f"{name}_{v}", "value": v, "text": {"en": v}} for v in ("yes", "no")]}
        for name in ("want_rj", "told_rj")
    ]  # fmt: skip
    people = [
        {"choices": {"q_want_rj": f"want_rj_{want}", "q_told_rj": f"told_rj_{told}"}}
        for want, told, count in (("yes", "no", 40), ("yes", "yes", 20), ("no", "no", 60))
        for _ in range(count)
    ]
    survey = a_coded_survey(session, people, document={"questions": DOCUMENT["questions"] + rj})
    assert "never told about it: 67% (40 of 60), likely" in _page(sign_in, survey, "/questions")


def test_every_legal_page_of_every_survey_opens(sign_in, session):
    survey = a_coded_survey(session, some_people(80, service="adult", age_band="25_34"))
    client = sign_in(Role.ANALYST)
    for path in (
        "", "/themes", "/themes/waiting", "/gaps", "/groups", "/together", "/questions", "/trend",
        "/compare", "/people", "/coverage", "/drop-off", "/register",
    ):  # fmt: skip
        for live in ("", "?now=1"):
            assert client.get(f"/results/{survey.slug}{path}{live}").status_code == 200, path

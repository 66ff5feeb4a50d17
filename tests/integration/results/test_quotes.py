"""Quotations never tell, filter after filter, who said them."""

from datetime import date, timedelta

import pytest

from app.clock import london_today, utc_now
from app.figures import releases
from app.figures.pages import View
from app.figures.quotes import list_voices
from app.guards import Role
from app.models import Quote, Response
from tests.builders import a_staff_user
from tests.integration.results.builders import a_coded_survey

FACETS = {"area": "E06000060", "age_band": "18_24", "crime_group": "hate", "service": "adult"}
OTHERS = {"area": "E06000042", "age_band": "35_44", "crime_group": "burglary", "service": "sv"}


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


def a_quote(session, survey, **values):
    """Return the survey with a quote of the first of these people."""
    said = session.query(Response).filter_by(survey_id=survey.id, **values).first()
    said.quote_consent = True
    one, two = a_staff_user(session, Role.ANALYST), a_staff_user(session, Role.ANALYST)
    session.add(
        Quote(
            text_id=said.texts[0].id, start=0, end=4, theme="waiting", words="CANARY",
            proposed_by=one.id, proposed_at=utc_now(), approved_by=two.id,
            approved_at=utc_now() - timedelta(days=40),
        )
    )  # fmt: skip
    session.commit()
    return survey


def one_of_a_kind():
    """Return people of whom one alone has all of FACETS, each of which many others have."""
    people = [{**FACETS, "themes": ["waiting"]}]
    for name, value in (*FACETS.items(), ("area", OTHERS["area"])):
        people += [{**OTHERS, name: value, "themes": ["waiting"]}] * 40
        people += [{**OTHERS, name: value, "themes": []}] * 30
    return people


def test_no_filter_tells_a_facet_of_whoever_is_quoted(sign_in, session):
    survey = a_quote(session, a_coded_survey(session, one_of_a_kind()), **FACETS)
    client = sign_in(Role.SCRUTINY)
    for path in ("", "/themes/waiting"):
        address = f"/results/{survey.slug}{path}"
        assert "CANARY" in client.get(address).text
        for name, value in FACETS.items():
            page = client.get(f"{address}?{name}={value}").text
            assert "CANARY" not in page
            assert "Quotations stand beside figures without a filter only." in page


def test_a_provider_reads_quotes_of_its_own_service(sign_in, session):
    survey = a_quote(session, a_coded_survey(session, one_of_a_kind()), **FACETS)
    own, other = (sign_in(Role.PROVIDER_LEAD, services=(code,)) for code in ("adult", "sv"))
    assert "CANARY" in own.get(f"/results/{survey.slug}").text
    assert "CANARY" not in own.get(f"/results/{survey.slug}?area=E06000060").text
    assert "CANARY" not in other.get(f"/results/{survey.slug}").text


def test_a_quote_of_a_year_does_not_tell_of_a_small_quarter(session, now):
    people = [{"themes": ["waiting"], "received_on": date(2025, 8, 1)}] * 60
    people += [{"themes": [], "received_on": date(2025, 8, 1)}] * 60
    people += [{"themes": ["waiting"], "received_on": date(2026, 2, 2)}] * 30
    people += [{"themes": [], "received_on": date(2026, 2, 2)}] * 50
    small = date(2025, 11, 3)
    people += [{"themes": ["waiting"], "received_on": small}] * 6
    people += [{"themes": [], "received_on": small}] * 50
    survey = a_quote(session, a_coded_survey(session, people), received_on=small)
    today = london_today()
    release = releases.released(session, survey.id, groups={}, today=today, now=now)
    for period in release.periods:
        assert not list_voices(session, survey.id, View(release, period, 0), today=today)
    a_quote(session, survey, received_on=date(2025, 8, 1))
    year = View(release, next(p for p in release.periods if p.kind != "quarter"), 0)
    assert len(list_voices(session, survey.id, year, today=today)) == 1

"""Whoever is bound to a service sees that service, and can work out no other."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from app.guards import Role
from app.models import AuditEvent, Comment
from tests.integration.results.builders import a_coded_survey, some_people

BOUND = (Role.PROVIDER_LEAD, Role.LEAD_PARTNER, Role.COMMISSIONER, Role.ANALYST, Role.SCRUTINY)
PAGES = (
    "", "/themes", "/gaps", "/groups?by=area", "/together", "/questions", "/outcomes", "/trend",
    "/compare", "/people", "/coverage", "/drop-off", "/register", "/beside", "/themes/waiting",
    "/themes.csv", "/needs.csv", "/people.csv?by=area", "/trend.csv", "/themes/waiting.csv",
)  # fmt: skip
AREAS = ("E06000060", "E06000042")


@pytest.fixture
def database_url(sqlite_url):
    """Return SQLite only: the scoping is in Python, but for queries tested elsewhere on both."""
    return sqlite_url


@pytest.fixture
def survey(session):
    # 211 of the one service, 307 of its rival: neither 307 nor 518 may be read anywhere.
    people = some_people(211, areas=AREAS, service="adult", received_on=date(2026, 8, 3))
    people += some_people(307, seed=5, areas=AREAS, service="cyp", received_on=date(2026, 8, 3))
    return a_coded_survey(session, people)


def _text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


@pytest.mark.parametrize("role", BOUND)
def test_no_page_or_file_tells_a_rivals_number_or_the_whole(sign_in, survey, role):
    client = sign_in(role, services=("adult",))
    for page in PAGES:
        for ask in ("", "service=cyp", "service=all", "other_service=cyp", "now=1"):
            address = f"/results/{survey.slug}{page}"
            address += ("&" if "?" in address else "?") + ask if ask else ""
            response = client.get(address)
            numbers = set(re.findall(r"(?<![\d.])\d{3}(?![\d%])", _text(response)))
            assert response.status_code == 200 or "csv" in page, (role, address)
            assert not numbers & {"307", "518"}, (role, address)
    assert "211" in _text(client.get(f"/results/{survey.slug}"))


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.ANALYST, Role.SCRUTINY])
def test_reports_of_the_whole_body_are_not_there_for_them(sign_in, survey, role):
    assert sign_in(role).get(f"/results/{survey.slug}/reports").status_code == 200
    bound = sign_in(role, services=("adult",))
    assert bound.get(f"/results/{survey.slug}/reports").status_code == 404


def test_a_lead_partner_sees_its_chain_and_no_service_outside(sign_in, session):
    from app.packs import load_pack

    pack = load_pack("thames-valley")
    lead = next((s.lead for s in pack.services if s.lead), None)
    assert lead is not None
    chain = [s.code for s in pack.services if s.lead == lead]
    rival = next(s.code for s in pack.services if s.code != lead and s.code not in chain)
    people = some_people(100, service=lead) + some_people(120, seed=2, service=chain[0])
    people += some_people(130, seed=3, service=rival)
    survey = a_coded_survey(session, people)
    client = sign_in(Role.LEAD_PARTNER, services=(lead,))
    assert "220 people told us" in _text(client.get(f"/results/{survey.slug}"))
    assert "100 people told us" in _text(client.get(f"/results/{survey.slug}?service={lead}"))
    for ask in (rival, "all"):
        text = _text(client.get(f"/results/{survey.slug}?service={ask}"))
        assert "130 people" not in text
        assert "350 people" not in text


def test_a_comment_stands_beside_its_page_and_is_audited_without_words(sign_in, session, survey):
    panel, commissioner = sign_in(Role.SCRUTINY), sign_in(Role.COMMISSIONER)
    address = f"/results/{survey.slug}"
    panel.post(f"{address}/comments", data={"page": "themes", "body": "Why so <many>?"})
    assert "Why so &lt;many&gt;?" in commissioner.get(f"{address}/themes").get_data(as_text=True)
    assert "Why so" not in _text(commissioner.get(f"{address}/gaps"))
    event = session.scalars(select(AuditEvent).where(AuditEvent.act == "comment.add")).one()
    assert "many" not in str(event.detail)
    kept = session.scalars(select(Comment)).one()
    gone = f"{address}/comments/{kept.id}/remove"
    assert commissioner.post(gone).status_code == 404
    assert panel.post(gone).status_code == 302
    session.expire_all()
    assert session.scalars(select(Comment)).all() == []


def test_an_empty_comment_says_what_to_do(sign_in, survey):
    page = sign_in(Role.SCRUTINY).post(
        f"/results/{survey.slug}/comments", data={"page": "themes", "body": ""}
    )
    assert "Write your comment." in _text(page)


def test_who_is_bound_reads_comments_of_the_own_service_only(sign_in, survey):
    address = f"/results/{survey.slug}"
    sign_in(Role.SCRUTINY).post(
        f"{address}/comments", data={"page": "page_one", "body": "Of the whole body"}
    )
    bound = sign_in(Role.PROVIDER_LEAD, services=("adult",))
    bound.post(f"{address}/comments", data={"page": "page_one", "body": "Of our own"})
    text = _text(bound.get(address))
    assert "Of our own" in text
    assert "Of the whole body" not in text
    assert "Of our own" not in _text(sign_in(Role.PROVIDER_LEAD, services=("cyp",)).get(address))

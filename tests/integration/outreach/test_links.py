"""Personal links: issued for a case, shown once, listed without what they say."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEvent, Case, Channel, Collector, PersonalLink, Role
from app.outreach.handover import FORM_WORDS
from app.services import plans, stops
from tests.builders import a_collector, a_survey
from tests.client import LookingClient
from tests.integration.outreach.sending import some_cases

SignIn = Callable[..., LookingClient]


@pytest.fixture
def collector(session: Session) -> Collector:
    return a_collector(session, a_survey(session, "checkin_adult"), Channel.PERSONAL)


def test_a_link_is_shown_once_and_opens_the_survey(
    sign_in: SignIn, public: LookingClient, session: Session, collector: Collector
) -> None:
    officer = sign_in(Role.OUTREACH)
    data = {"survey": str(collector.id), "case_key": " VF-1042 ", "service": "adult"}
    page = officer.post("/links/new", data=data).text
    found = re.search(r"http://localhost:8000(/s/[\w-]{22,})", page)  # 22 letters: 132 bits
    assert found
    link = session.scalars(select(PersonalLink)).one()
    token = found[1].removeprefix("/s/")
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert (link.case_key, link.context, link.issued_by) == (
        "VF-1042", {"service": "adult"}, officer.staff.id,
    )  # fmt: skip
    listed = officer.get("/links/").text
    assert "VF-1042" in listed
    assert token not in listed
    assert public.get(found[1]).status_code == 200


def test_nothing_that_names_a_person_is_taken_for_a_case_number(
    sign_in: SignIn, session: Session, collector: Collector
) -> None:
    officer = sign_in(Role.OUTREACH)
    for case_key in ("", "Jane Ann Doe", "07700900123456", "jane@example.org"):
        data = {"survey": str(collector.id), "case_key": case_key, "service": ""}
        assert "Enter the case number" in officer.post("/links/new", data=data).text
    assert session.scalars(select(PersonalLink)).all() == []


def test_an_officer_of_one_service_issues_and_sees_that_one_only(
    sign_in: SignIn, collector: Collector
) -> None:
    everyone = sign_in(Role.OUTREACH)
    for service, case in (("adult", "A-1"), ("cyp", "C-1")):
        data = {"survey": str(collector.id), "case_key": case, "service": service}
        everyone.post("/links/new", data=data)
    bound = sign_in(Role.OUTREACH, services=("cyp",))
    assert "A-1" not in bound.get("/links/").text
    assert "C-1" in bound.get("/links/").text
    refused = bound.post(
        "/links/new", data={"survey": str(collector.id), "case_key": "A-2", "service": "adult"}
    )
    assert "The link is ready" not in refused.text


def test_no_other_role_issues_links(sign_in: SignIn) -> None:
    other = sign_in(*(set(Role) - {Role.OUTREACH}))
    assert other.get("/links/").status_code == 403
    assert other.post("/links/new", data={}).status_code == 403


def test_a_second_request_within_14_days_is_warned_of(
    sign_in: SignIn, collector: Collector
) -> None:
    officer = sign_in(Role.OUTREACH)
    data = {"survey": str(collector.id), "case_key": "W-1", "service": ""}
    assert "less than 14 days ago" not in officer.post("/links/new", data=data).text
    assert "less than 14 days ago" in officer.post("/links/new", data=data).text


def test_every_form_has_a_name_people_know() -> None:
    assert set(FORM_WORDS) == set(plans.FORMS)


def issue(officer: LookingClient, collector: Collector, **more: str) -> str:
    data = {"survey": str(collector.id), "case_key": "K1", "service": "", **more}
    return str(officer.post("/links/new", data=data).text)


def test_for_somebody_who_said_stop_no_link_is_issued(
    sign_in: SignIn, session: Session, collector: Collector, now: datetime
) -> None:
    some_cases(session, now, [("K1", "sms", "07700900123"), ("K2", "sms", "07700900123")])
    stops.stop(session, case_key="K2", address=None, pepper="", how="staff", by=None, now=now)
    page = issue(sign_in(Role.OUTREACH), collector, despite="asked")
    assert "They asked us to stop" in page
    assert session.scalars(select(PersonalLink)).all() == []


def test_what_speaks_against_a_link_is_shown_and_a_reason_asked_for(
    sign_in: SignIn, session: Session, collector: Collector, now: datetime
) -> None:
    some_cases(session, now, [("K1", "sms", "07700900123")])
    session.scalars(select(Case)).one().do_not_contact = True
    session.commit()
    officer = sign_in(Role.OUTREACH)
    page = issue(officer, collector)
    assert "the case says not to contact them" in page
    assert "choose a reason" in page
    assert session.scalars(select(PersonalLink)).all() == []
    assert "The link is ready" in issue(officer, collector, despite="supervisor")
    event = session.scalars(select(AuditEvent).where(AuditEvent.act == "link.issue")).one()
    assert event.detail == {"despite": "supervisor"}


def test_where_nothing_speaks_against_it_no_reason_is_asked(
    sign_in: SignIn, session: Session, collector: Collector, now: datetime
) -> None:
    some_cases(session, now, [("K1", "sms", "07700900123")])
    assert "The link is ready" in issue(sign_in(Role.OUTREACH), collector)


def test_a_case_of_another_service_is_left_to_it(
    sign_in: SignIn, session: Session, collector: Collector, now: datetime
) -> None:
    some_cases(session, now, [("K1", "sms", "07700900123")])
    officer = sign_in(Role.OUTREACH, services=("cyp",))
    assert "with another service" in issue(officer, collector, service="cyp")

"""Addresses and notes go when their time is over; what honours a stop stays."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, ContactDetail, OptOut, PersonalLink, SeenCall, Task
from app.services import calls, links, retention, stops
from app.services.outbound import prepare_due
from app.store import outreach
from tests.integration.outreach.sending import PACK, PEPPER, a_due_case


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def detail(session: Session, now: datetime) -> ContactDetail:
    a_due_case(session, now)
    return session.scalars(select(ContactDetail)).one()


def left_after(session: Session, now: datetime, days: int) -> str | None:
    retention.purge(session, now=now + timedelta(days=days))
    session.expire_all()
    return session.scalars(select(ContactDetail)).one().address


def test_an_address_that_is_safe_stays(
    session: Session, now: datetime, detail: ContactDetail
) -> None:
    assert left_after(session, now, 100) == detail.address == "+447700900123"


def test_an_address_goes_when_it_is_safe_no_longer(
    session: Session, now: datetime, detail: ContactDetail
) -> None:
    detail.safe_until = (now + timedelta(days=5)).date()
    session.commit()
    assert left_after(session, now, 5) is not None
    assert left_after(session, now, 6) is None
    assert outreach.find_address_hash(session, "K1") is not None


def test_an_address_nobody_ever_marked_safe_goes(
    session: Session, now: datetime, detail: ContactDetail
) -> None:
    detail.safe_until, detail.marked_safe = None, False
    session.commit()
    assert left_after(session, now, 29) is not None
    assert left_after(session, now, 31) is None


@pytest.mark.usefixtures("detail")
@pytest.mark.parametrize(("agreed", "kept"), [(False, 30), (True, 141)])
def test_a_closed_case_leaves_no_address(
    session: Session, now: datetime, agreed: bool, kept: int
) -> None:
    case = session.scalars(select(Case)).one()
    case.closed_on, case.consent_after_closure = now.date(), agreed
    session.commit()
    assert left_after(session, now, kept) is not None
    assert left_after(session, now, kept + 1) is None


def test_a_stop_takes_the_address_at_once_and_is_honoured_afterwards(
    session: Session, now: datetime, detail: ContactDetail
) -> None:
    stops.stop(session, case_key="K1", address=None, pepper=PEPPER, how="staff", by=None, now=now)
    session.expire_all()
    assert detail.address is None
    fingerprint = stops.address_hash(PEPPER, "07700 900123")
    assert outreach.is_opted_out(session, None, fingerprint)


@pytest.mark.parametrize("say", [links.stop_asking, links.was_not_me])
def test_what_is_said_on_a_link_stops_the_person_and_not_the_link_alone(
    session: Session, now: datetime, detail: ContactDetail, say: Callable[..., None]
) -> None:
    prepare_due(session, pack=PACK, public_url="https://x.example", now=now)
    say(session, session.scalars(select(PersonalLink.id)).one(), now=now)
    session.expire_all()
    stop = session.scalars(select(OptOut)).one()
    fingerprint = stops.address_hash(PEPPER, "07700900123")
    assert (stop.case_key, stop.address_hash) == ("K1", fingerprint)
    assert (detail.address, detail.address_hash) == (None, fingerprint)


def test_a_note_on_a_task_that_is_done_goes_after_thirty_days(
    session: Session, now: datetime
) -> None:
    task = Task(kind="reply", case_key="K1", raised_at=now, due_at=now, done_at=now)
    still_open = Task(kind="reply", case_key="K1", raised_at=now, due_at=now)
    for one in (task, still_open):
        one.note = "he hit me"
        session.add(one)
    session.commit()
    retention.purge(session, now=now + timedelta(days=29))
    session.expire_all()
    assert task.note == "he hit me"
    assert retention.purge(session, now=now + timedelta(days=31)).notes == 1
    session.expire_all()
    assert (task.note, still_open.note) == (None, "he hit me")


def test_marks_of_calls_that_cannot_come_again_go(session: Session, now: datetime) -> None:
    assert calls.is_first(session, "one", now)
    assert not calls.is_first(session, "one", now)
    session.commit()
    retention.purge(session, now=now + timedelta(days=8))
    assert session.scalars(select(SeenCall)).all() == []

"""A worker that has run for weeks heeds the area pack somebody loads meanwhile."""

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Flag, Role
from app.packs import dump_pack, load_pack
from app.services import packs
from tests.builders import an_actor


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def install(session: Session, now: datetime, **hours: str) -> None:
    """Load Durham's pack with other hours at the desk."""
    document: dict[str, Any] = dump_pack(load_pack("durham"))
    document["staffed_hours"] |= hours
    by = an_actor(session, Role.ADMINISTRATOR)
    data = json.dumps(document).encode()
    packs.install(session, data, present=load_pack("thames-valley"), by=by, now=now)


def test_a_flag_raised_after_a_new_pack_is_due_by_its_hours(
    session: Session, answer: Any, work: Any, now: datetime
) -> None:
    answer("I am afraid")
    work()
    before = session.scalars(select(Flag)).one()
    install(session, now, closes="15:30")
    answer("I am afraid")
    work()

    flags = session.scalars(select(Flag).where(Flag.id != before.id)).one()

    assert (before.due_at.hour, before.due_at.minute) == (17, 0)
    assert (flags.due_at.hour, flags.due_at.minute) == (15, 30)


def test_an_urgent_flag_is_passed_on_by_the_hours_of_the_new_pack(
    session: Session, answer: Any, work: Any, now: datetime
) -> None:
    install(session, now, opens="11:00")
    answer("in danger")
    work()

    due = session.scalars(select(Flag.due_at)).one()

    assert due.hour == 12

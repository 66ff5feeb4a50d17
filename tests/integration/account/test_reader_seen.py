"""The staff home says plainly when nothing reads the answers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.guards import Role
from app.store import machine
from tests.client import LookingClient

SILENT = "has not been seen"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: one setting is read."""
    return sqlite_url


def seen(session: Session, minutes: int) -> None:
    at = utc_now() - timedelta(minutes=minutes)
    machine.set_state(session, {"seen_at": at.isoformat(), "problems": {}})
    session.commit()


@pytest.mark.parametrize(
    "role",
    [Role.SAFEGUARDING_LEAD, Role.SAFEGUARDING_DEPUTY, Role.ANALYST, Role.ADMINISTRATOR],
)
def test_who_has_to_know_is_told_that_nothing_is_read(
    session: Session, sign_in: Callable[..., LookingClient], role: Role
) -> None:
    browser = sign_in(role)
    assert f"{SILENT} yet" in browser.get("/").text
    seen(session, minutes=6)
    assert f"{SILENT} since" in browser.get("/").text
    seen(session, minutes=1)
    assert SILENT not in browser.get("/").text


def test_others_are_not_troubled_with_it(sign_in: Callable[..., LookingClient]) -> None:
    assert SILENT not in sign_in(Role.COMMISSIONER).get("/").text

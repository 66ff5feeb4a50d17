"""A year of check-ins by the moved clock: many are sent, and not one against a rule."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.integration.outreach.year import simulate


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def test_in_a_year_of_touchpoints_no_rule_is_ever_broken(session: Session) -> None:
    session.execute(text("PRAGMA synchronous = OFF"))  # nothing here outlives the test
    year = simulate(session, people=10, seed=7, every=7)
    assert year.broken == []
    assert year.sent > 10

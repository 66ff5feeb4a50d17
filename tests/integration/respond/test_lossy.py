"""F4: a late network that loses pages both ways. Who is thanked is stored, once (short version)."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Response, Survey
from tests.integration.respond.killing import serving
from tests.integration.respond.lossy import between, walk_all

PEOPLE = 5


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: this is about the network."""
    return sqlite_url


def test_f4_nobody_is_lost_after_the_thank_you_and_nobody_is_stored_twice(
    database_url: str, session: Session, survey: Survey, tmp_path: Path
):
    with (
        serving(database_url, tmp_path) as (_, site),
        between(site, latency=0.02, loss=0.2, seed=4) as (network, address),
    ):
        thanked = walk_all(address, PEOPLE, PEOPLE)
    assert network.lost_there
    assert network.lost_back
    session.rollback()
    stored = session.scalar(select(func.count()).where(Response.survey_id == survey.id))
    assert thanked == stored == PEOPLE

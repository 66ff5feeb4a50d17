"""F1, F2 in short: workers killed at random while people send. The long run is `make faults`."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Response, Survey
from tests.integration.respond.killing import Sending, kill_workers, serving

pytestmark = pytest.mark.slow

PEOPLE, SENDS_EACH, KILLS = 3, 4, 12


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: the promise is kept by its FULL commits here."""
    return sqlite_url


def test_f1_f2_whoever_was_thanked_is_stored_and_nobody_is_stored_twice(
    sqlite_url: str, tmp_path: Path, survey: Survey, session: Session
):
    stop = threading.Event()
    with serving(sqlite_url, tmp_path) as (process, site):
        people = [Sending(site, SENDS_EACH) for _ in range(PEOPLE)]
        killer = threading.Thread(target=kill_workers, args=(process.pid, stop, KILLS))
        for thread in (*people, killer):
            thread.start()
        for person in people:
            person.join()
        stop.set()
        killer.join()
    session.rollback()
    stored = session.scalar(
        select(func.count()).select_from(Response).where(Response.survey_id == survey.id)
    )
    assert sum(person.thanked for person in people) == PEOPLE * SENDS_EACH
    assert stored == PEOPLE * SENDS_EACH

"""safety.md F6 for recoding, in short; at length in tests/faults/fault_recoding.py."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.worker.recoding_killed import figures, fill, problems

ROOT = Path(__file__).parents[3]
ANSWERS = 250


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite: at length PostgreSQL has its turn too."""
    return sqlite_url


@pytest.mark.slow
def test_a_recoding_killed_again_and_again_codes_each_answer_once(session, database_url):
    survey, before = fill(session, ANSWERS)
    old = figures(session, survey, before)
    session.commit()
    command = [sys.executable, "-m", "tests.integration.worker.recoding_killed", database_url]
    killed = subprocess.run(
        [*command, "0", "0.05", "0.001", "4"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    session.expire_all()
    assert len(killed.stdout.splitlines()) > 2
    assert problems(session, survey, before, old) == []

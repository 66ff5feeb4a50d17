"""safety.md F6, in short: a worker killed again and again codes each text exactly once."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.models import Flag, Job, MachineCode, MachineCoding
from app.store import outbox
from tests.builders import a_response, a_survey

ROOT = Path(__file__).parents[3]
ANSWERS = 60
KILLS = 6


def waiting(session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Job).where(Job.kind == "code_response"))


@pytest.mark.slow
def test_a_worker_killed_at_any_time_loses_and_doubles_nothing(session, database_url, now):
    survey = a_survey(session)
    for n in range(ANSWERS):
        text = f"waiting {n}" + (" in danger" if n % 10 == 0 else "")
        response = a_response(session, survey, texts={"q_9ff2wkvw": text})
        outbox.add_job(session, "code_response", now=now, subject_id=response.id)
    session.commit()

    command = [sys.executable, "-m", "tests.integration.worker.killable", database_url, str(KILLS)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as workers:
        for _ in range(KILLS):
            assert workers.stdout.readline() == "killed\n"
        left = waiting(session)
        deadline = time.monotonic() + 60
        while waiting(session) and time.monotonic() < deadline:
            time.sleep(0.1)
        workers.communicate("enough\n")

    assert 0 < left < ANSWERS
    assert waiting(session) == 0
    texts = session.scalars(select(MachineCoding.text_id)).all()
    assert len(texts) == len(set(texts)) == ANSWERS
    assert session.scalar(select(func.count()).select_from(MachineCode)) == ANSWERS
    assert session.scalar(select(func.count()).select_from(Flag)) == ANSWERS // 10

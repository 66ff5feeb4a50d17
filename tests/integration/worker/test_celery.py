"""Celery over the outbox, on real brokers: nothing done twice, nothing lost."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from select import select as select_ready
from uuid import uuid4

import pytest
from kombu import Connection
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models import Flag, Job, MachineCoding, Survey
from app.store import outbox
from tests.builders import a_response, a_survey
from tests.services import needed

ROOT = Path(__file__).parents[3]
# Nothing here waits by the clock but for its limit. Measured on two cores under a load of nine:
# 38 to 74 s for the whole test, nearly all of it Celery starting; 60 s a step was too near.
PATIENCE = 240
BROKERS = {
    "redis": ("Redis", 6379, "redis://127.0.0.1:6379/9", "redis-server --daemonize yes"),
    "rabbitmq": (
        "RabbitMQ",
        5672,
        "amqp://guest:guest@127.0.0.1:5672//",
        "rabbitmq-server -detached",
    ),
}


class Workers:
    """Celery workers by what they say; `kill` ends one, `quit` all of them."""

    def __init__(self, log: Path) -> None:
        command = [sys.executable, "-m", "tests.integration.worker.celery_worker"]
        self._log = log
        self.settings: tuple[str, ...] = ()  # database, broker, queue
        self._pids: set[int] = set()
        with log.open("w") as errors:
            self._parent = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                bufsize=0,
            )  # fmt: skip

    def start(self) -> None:
        """Start one; it reads fifty texts a second."""
        line = " ".join((*self.settings, "0.02"))
        self._parent.stdin.write(f"{line}\n".encode())
        self.hear("born")

    def hear(self, word: str) -> int:
        """Wait until a worker says a word; return its process id."""
        while select_ready([self._parent.stdout], [], [], PATIENCE)[0]:
            line = self._parent.stdout.readline().decode()
            if not line:
                break
            pid, _, said = line.strip().partition(" ")
            if said in {"born", "up", "coding"}:
                self._pids.add(int(pid))
                if said == word:
                    return int(pid)
        raise AssertionError(f"nobody said {word}: {self._log.read_text()[-2000:]}")

    def kill(self, pid: int) -> None:
        """End one without a warning; its beat is a process of its own and is left alone."""
        os.kill(pid, signal.SIGKILL)

    def wait_until_gone(self, pid: int) -> None:
        """Wait until nothing of a worker that was killed is left, its beat neither."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                os.killpg(pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)
        raise AssertionError("the beat of a killed worker goes on")

    def quit(self) -> None:
        """End all of them."""
        for pid in self._pids:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        self._pids.clear()

    def close(self) -> None:
        """End the process they come from."""
        self.quit()
        self._parent.kill()
        self._parent.communicate()


@pytest.fixture(scope="module")
def all_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    workers = Workers(tmp_path_factory.mktemp("celery") / "log")
    yield workers
    workers.close()


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    """Return PostgreSQL only: who spreads work over machines has outgrown SQLite."""
    return postgresql_url


@pytest.fixture(params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in BROKERS])
def broker(request: pytest.FixtureRequest) -> str:
    name, port, url, start = BROKERS[request.param]
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        needed(name, start)
    return url


@pytest.fixture
def workers(all_workers: Workers, broker: str, database_url: str) -> Iterator[Workers]:
    """Return a starter of workers on a queue of this test's own."""
    queue = f"heard-test-{uuid4().hex[:8]}"
    all_workers.settings = (database_url, broker, queue)
    yield all_workers
    all_workers.quit()
    with Connection(broker, connect_timeout=1) as connection, connection.channel() as channel:
        channel.queue_delete(queue)


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_survey(session)


def send(session: Session, survey: Survey, count: int) -> None:
    for n in range(count):
        response = a_response(session, survey, texts={"q_9ff2wkvw": f"waiting {n}, in danger"})
        outbox.add_job(session, "code_response", now=utc_now(), subject_id=response.id)
    session.commit()


def wait_until_done(session: Session) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        session.rollback()
        if not session.scalar(
            select(func.count()).select_from(Job).where(Job.kind == "code_response")
        ):
            return
        time.sleep(0.05)
    pytest.fail("jobs still wait")


def test_two_celery_workers_code_each_answer_once_though_one_is_killed(
    session: Session, survey: Survey, workers: Workers
) -> None:
    send(session, survey, 20)
    workers.start()
    workers.start()
    killed = workers.hear("coding")
    workers.kill(killed)
    send(session, survey, 1)
    wait_until_done(session)
    workers.wait_until_gone(killed)
    texts = session.scalars(select(MachineCoding.text_id)).all()
    assert len(texts) == len(set(texts)) == 21
    assert session.scalar(select(func.count()).select_from(Flag)) == 21

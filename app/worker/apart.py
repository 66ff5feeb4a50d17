"""Long work in a process of its own, so that new answers go on being read for risk meanwhile.

The worker keeps the job's lease alive; the process ends the job in the commit that holds its
effect, and ends itself when its worker is gone. Nothing but ids is handed over.
"""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.models import Job
from app.store import machine, outbox
from app.worker.loop import LEASE_SECONDS, hand_back

log = logging.getLogger("heard.worker")

ROOT = Path(__file__).parents[2]
LOOK_FOR_PARENT = 1.0  # seconds
NICE = 10  # the reading of new answers goes first


class LostProcessError(Exception):
    """A process ended without having done its job."""


class Process(Protocol):
    """What is under way: a process, or in tests something that is done already."""

    def poll(self) -> int | None:
        """Return None while it runs, then its exit status."""
        ...


Start = Callable[[UUID, str], Process]


@dataclass(slots=True)
class Apart:
    """The one process beside a worker: 2 cores have room for no second."""

    start: Start
    _process: Process | None = None
    _job: Job | None = None

    def is_free(self, session: Session, now: datetime) -> bool:
        """Look after what is under way; return whether the next may begin."""
        if self._process is None or self._job is None:
            return True
        status = self._process.poll()
        if status is None:
            machine.hold_job(session, self._job, until=now + timedelta(seconds=LEASE_SECONDS))
            session.commit()
            return False
        job, self._process, self._job = self._job, None, None
        if status:
            hand_back(session, job, LostProcessError(), now)
        return True

    def begin(self, job: Job) -> None:
        """Begin a job that was leased."""
        self._job, self._process = job, self.start(job.id, job.lease or "")


@dataclass(frozen=True, slots=True)
class LongWork:
    """One kind of work that is done apart."""

    kind: str
    apart: Apart
    batch: int = 1
    fail: Callable[[Session, Job, datetime], None] = field(default=lambda *_: None)

    def prepare(self, session: Session, now: datetime, /) -> bool:
        """Return whether nothing else is under way apart."""
        return self.apart.is_free(session, now)

    def do(self, session: Session, jobs: Sequence[Job], now: datetime) -> None:
        """Begin; the process finishes the job. A third start is the last."""
        for job in jobs:
            if job.attempts > outbox.MAX_ATTEMPTS:
                self._give_up(session, job, now)
                continue
            self.apart.begin(job)

    def _give_up(self, session: Session, job: Job, now: datetime) -> None:
        try:
            self.fail(session, job, now)
            outbox.finish_job(session, job)
            session.commit()
        except OperationalError:
            session.rollback()
            raise


def spawn(job_id: UUID, lease: str) -> Process:
    """Start a process for a job: the same program with the same settings."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "work-apart", str(job_id), lease]
    return subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - our own program


def settle_in() -> None:
    """Make this process step back behind all others, and end with the worker that started it."""
    os.nice(NICE)
    end_with_parent()


def end_with_parent() -> None:
    """End this process as soon as the one that started it is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_FOR_PARENT)
        os._exit(1)  # whatever is under way: the job comes back to another worker

    threading.Thread(target=watch, daemon=True).start()

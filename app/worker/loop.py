"""The embedded engine: take waiting jobs from the outbox, do them, again until told to stop."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.models import Job
from app.store import machine, outbox

log = logging.getLogger("heard.worker")

POLL_SECONDS = 2.0  # an answer is read for risk within 2 minutes (settled.md 28)
LEASE_SECONDS = 60  # what a killed worker held is free again after this long
# A job that took the whole process down this often, each time alone, is poison of the worst kind.
MOST_CRASHES = 6

NEARLY = timedelta(seconds=30)

Sessions = sessionmaker[Session]


class WorkerLostError(Exception):
    """The process died while it did this job, again and again."""


class Work(Protocol):
    """One kind of job. `do` is idempotent: a job may be cut short and come back."""

    @property
    def kind(self) -> str:
        """Return the kind of job this does."""
        ...

    @property
    def batch(self) -> int:
        """Return how many jobs it takes at once."""
        ...

    def prepare(self, session: Session, now: datetime, /) -> bool:
        """Get ready for what waits, before anything is leased; return whether to take it now."""
        ...

    def do(self, session: Session, jobs: Sequence[Job], now: datetime) -> None:
        """Do these jobs, each finished or returned in the commit that holds its effect."""
        ...


@dataclass(frozen=True, slots=True)
class Chore:
    """Something done every so often whether or not a job asks for it."""

    name: str
    every: timedelta
    act: Callable[[Session, datetime], None]


@dataclass(frozen=True, slots=True)
class Registry:
    """What this worker does: kinds of work in order of urgency, and chores."""

    works: tuple[Work, ...]
    chores: tuple[Chore, ...] = ()
    lease_seconds: int = LEASE_SECONDS
    _done_at: dict[str, datetime] = field(default_factory=dict)

    def due_chores(self, now: datetime) -> list[Chore]:
        """Return the chores whose time has come, and note that it came."""
        never = datetime.min.replace(tzinfo=now.tzinfo)
        due = [c for c in self.chores if now - self._done_at.get(c.name, never) >= c.every]
        self._done_at.update({chore.name: now for chore in due})
        return due


def work_once(sessions: Sessions, registry: Registry, now: datetime) -> int:
    """Do one batch of the most urgent work that waits; return how many jobs were taken."""
    for chore in registry.due_chores(now):
        do_chore(sessions, chore, now)
    for work in registry.works:
        taken = do_batch(sessions, work, registry.lease_seconds, now)
        if taken:
            return taken
    return 0


def do_batch(sessions: Sessions, work: Work, lease_seconds: int, now: datetime) -> int:
    """Do one batch of one kind of work; return how many jobs were taken."""
    with sessions() as session:
        is_ready = work.prepare(session, now)
        jobs = _lease(session, work, lease_seconds, now) if is_ready else []
        if jobs:
            work.do(session, jobs, now)
    return len(jobs)


def run(
    sessions: Sessions,
    registry: Registry,
    *,
    clock: Callable[[], datetime],
    stop: threading.Event,
    pause: float = POLL_SECONDS,
    until_empty: bool = False,
) -> None:
    """Work until `stop` is set (the present batch is ended first), or until nothing waits."""
    while not stop.is_set():
        try:
            taken = work_once(sessions, registry, clock())
        except OperationalError as error:
            # safety.md F8, F9: wait for the database; leases bring back what was under way.
            log.warning("database unavailable: %s", type(error.orig).__name__)
            taken = 0
        if not taken and until_empty and not _is_any_due(sessions, registry, clock()):
            return
        if not taken:
            stop.wait(pause)


def one_by_one(
    session: Session, jobs: Sequence[Job], act: Callable[[Job], None], now: datetime
) -> None:
    """Do each job in a commit of its own; return those that fail. `act` never commits."""
    for job in jobs:
        try:
            act(job)
            outbox.finish_job(session, job)
            session.commit()
        except OperationalError:
            session.rollback()
            raise
        except outbox.LeaseLostError:
            leave(session, job)
        except Exception as error:  # the outermost edge: one bad job harms no other
            hand_back(session, job, error, now)


def leave(session: Session, job: Job) -> None:
    """Undo what was done of a job that took so long that another worker has it by now."""
    session.rollback()
    log.warning("%s %s took longer than its lease; another worker has it", job.kind, job.id)


def hand_back(session: Session, job: Job, error: BaseException, now: datetime) -> None:
    """Return a failed job, or park it after three tries. Its error's text may quote an answer."""
    session.rollback()
    outbox.return_job(session, job, error, now=now)
    session.commit()
    log.error("%s %s failed (try %d): %s", job.kind, job.id, job.attempts, type(error).__name__)


def _is_any_due(sessions: Sessions, registry: Registry, now: datetime) -> bool:
    """Return whether a job waits that is due, or nearly so: a coder may be in the making."""
    kinds = [work.kind for work in registry.works]
    with sessions() as session:
        return machine.has_due_job(session, kinds, before=now + NEARLY)


def _lease(session: Session, work: Work, seconds: int, now: datetime) -> list[Job]:
    jobs = outbox.lease_jobs(session, [work.kind], now=now, seconds=seconds, limit=work.batch)
    suspects = [job for job in jobs if job.attempts > 1]
    if suspects:
        # It was under way when a worker died. It is done alone, so that if it is what kills
        # workers, no other job is blamed or held up with it.
        alone = suspects[0]
        machine.release_jobs(session, [job.id for job in jobs if job is not alone])
        jobs = [alone]
        if alone.attempts > MOST_CRASHES:
            outbox.return_job(session, alone, WorkerLostError(), now=now)
            jobs = []
    session.commit()
    return jobs


def do_chore(sessions: Sessions, chore: Chore, now: datetime) -> None:
    """Do a chore; one that fails does not stop the reading of answers."""
    with sessions() as session:
        try:
            chore.act(session, now)
        except OperationalError:
            raise
        except Exception as error:  # the outermost edge of a chore
            log.error("chore %s failed: %s", chore.name, type(error).__name__)

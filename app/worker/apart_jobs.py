"""What is done in a process of its own: training, looking for groups, counting seed phrases."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from app.models import EmergingRun, Job, RunState
from app.services.codebook_drafts import CATCH
from app.services.emerging import EMERGE
from app.services.learning import LEARN
from app.store import machine, outbox
from app.store.errors import NotFoundError
from app.worker import emerging, learning
from app.worker.apart import Apart, LongWork, Start, spawn
from nlp.vectors import find_encoder

log = logging.getLogger("heard.worker")

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Task:
    """One job as its act sees it."""

    subject_id: UUID
    instance: Path
    clock: Clock


def _learn(session: Session, task: _Task) -> None:
    learning.learn(session, task.subject_id, task.instance, task.clock)


def _emerge(session: Session, task: _Task) -> None:
    emerging.emerge(session, task.subject_id, find_encoder(), task.clock())


def _catch(session: Session, task: _Task) -> None:
    emerging.catch(session, task.subject_id)


ACTS: Mapping[str, Callable[[Session, _Task], None]] = {
    LEARN: _learn,
    EMERGE: _emerge,
    CATCH: _catch,
}


def long_works(start: Start = spawn) -> tuple[LongWork, ...]:
    """Return the kinds of work that are done apart; at most one at a time."""
    apart = Apart(start)
    return tuple(LongWork(kind, apart, fail=_lost) for kind in (CATCH, EMERGE, LEARN))


def run_job(session: Session, job_id: UUID, lease: str, instance: Path, clock: Clock) -> None:
    """Do a job that was leased for this process; what fails is noted, never its words."""
    job = machine.find_leased(session, job_id, lease)
    if job is None or job.subject_id is None:
        return
    session.expunge(job)  # it is finished under the lease it was given
    try:
        with threadpool_limits(1):  # the other core reads new answers
            ACTS[job.kind](session, _Task(job.subject_id, instance, clock))
        outbox.finish_job(session, job)
        session.commit()
    except (OperationalError, outbox.LeaseLostError):
        session.rollback()
        raise
    except Exception as error:  # the outermost edge
        session.rollback()
        _fail(session, job, type(error).__name__, clock())
        outbox.finish_job(session, job)
        session.commit()
        log.error("%s %s failed: %s", job.kind, job.id, type(error).__name__)


def _lost(session: Session, job: Job, now: datetime) -> None:
    _fail(session, job, "The process ended again and again.", now)


def _fail(session: Session, job: Job, why: str, now: datetime) -> None:
    try:
        if job.kind == LEARN and job.subject_id is not None:
            learning.fail(session, job.subject_id, why, now)
        run = session.get(EmergingRun, job.subject_id) if job.kind == EMERGE else None
        if run is not None:
            run.state, run.finished_at = RunState.FAILED, now
    except NotFoundError:
        return

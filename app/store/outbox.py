"""The outbox: work promised in one commit with its cause, leased by one worker at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from app.models import Job

MAX_ATTEMPTS = 3
_INSERT = insert(cast("Table", Job.__table__))


def add_job(
    session: Session,
    kind: str,
    *,
    now: datetime,
    subject_id: UUID | None = None,
    payload: Mapping[str, Any] | None = None,
    run_after: datetime | None = None,
) -> Job:
    """Promise work. Payloads hold ids and settings, never answer text."""
    job = Job(
        kind=kind, subject_id=subject_id, payload=dict(payload or {}), run_after=run_after or now
    )
    session.add(job)
    return job


def add_job_row(session: Session, kind: str, *, now: datetime, subject_id: UUID) -> None:
    """Promise work as `add_job` does, by Core, in the commit that every respondent waits for."""
    row = {"id": uuid4(), "kind": kind, "subject_id": subject_id, "payload": {}}
    session.execute(_INSERT, {**row, "run_after": now, "attempts": 0})


def lease_jobs(
    session: Session, kinds: Sequence[str], *, now: datetime, seconds: int, limit: int
) -> list[Job]:
    """Take up to `limit` waiting jobs for `seconds`; two workers never get the same one.

    The caller commits before it starts working, so a killed worker's lease simply runs out.
    """
    lease = uuid4().hex
    free = or_(Job.leased_until.is_(None), Job.leased_until < now)
    waiting = (
        select(Job.id)
        .where(Job.kind.in_(kinds), Job.parked_at.is_(None), Job.run_after <= now, free)
        .order_by(Job.run_after)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    session.execute(
        update(Job)
        .where(Job.id.in_(waiting), free)
        .values(
            lease=lease, leased_until=now + timedelta(seconds=seconds), attempts=Job.attempts + 1
        )
        .execution_options(synchronize_session=False)
    )
    mine = select(Job).where(Job.lease == lease).order_by(Job.run_after)
    return list(session.scalars(mine, execution_options={"populate_existing": True}))


def finish_job(session: Session, job: Job) -> None:
    """Remove a job that is done; nothing of its time is kept."""
    session.execute(delete(Job).where(Job.id == job.id))


def return_job(session: Session, job: Job, error: BaseException, *, now: datetime) -> None:
    """Put a job back after an error, or park it after three tries so it can harm no other."""
    parked = now if job.attempts >= MAX_ATTEMPTS else None
    session.execute(
        update(Job)
        .where(Job.id == job.id)
        .values(lease=None, leased_until=None, parked_at=parked, last_error=type(error).__name__)
    )


def list_parked(session: Session) -> Sequence[Job]:
    """Return the jobs that failed three times."""
    return session.scalars(select(Job).where(Job.parked_at.is_not(None))).all()

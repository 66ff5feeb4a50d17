"""The outbox: work promised in one commit with its cause, leased by one worker at a time."""

import hashlib
import os
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.models import Job

MAX_ATTEMPTS = 3


class LeaseLostError(Exception):
    """The job was leased again by another worker, or is gone: what was done of it is not ours."""


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
    session.connection().execute(_INSERT, {**row, "run_after": now, "attempts": 0})


def lease_jobs(
    session: Session, kinds: Sequence[str], *, now: datetime, seconds: int, limit: int
) -> list[Job]:
    """Take up to `limit` waiting jobs for `seconds`; two workers never get the same one.

    The caller commits before it starts working, so a killed worker's lease simply runs out. The
    jobs are as they were leased and belong to no session: a rollback must not read the lease anew,
    which may be another worker's by then.
    """
    lease = f"{_this_process()}.{uuid4().hex[:12]}"
    free = or_(Job.leased_until.is_(None), Job.leased_until < now)
    waiting = (
        select(Job.id)
        .where(Job.kind.in_(kinds), Job.parked_at.is_(None), Job.run_after <= now, free)
        .order_by(Job.run_after)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("waiting")
        # Asked once: as a plain subquery PostgreSQL may ask it again for each row it looks at,
        # and lease more than the limit.
        .prefix_with("MATERIALIZED")
    )
    session.execute(
        update(Job)
        .where(Job.id.in_(select(waiting.c.id)), free)
        .values(
            lease=lease, leased_until=now + timedelta(seconds=seconds), attempts=Job.attempts + 1
        )
        .execution_options(synchronize_session=False)
    )
    mine = select(Job).where(Job.lease == lease).order_by(Job.run_after)
    jobs = list(session.scalars(mine, execution_options={"populate_existing": True}))
    for job in jobs:
        session.expunge(job)
    return jobs


def free_dead(session: Session) -> int:
    """Give back what processes of this machine held that are no more; return how many jobs.

    Called by a worker that begins, which itself holds nothing: its number may be a dead one's. A
    mistake would cost work done twice and nothing else, for a job ends under its lease only. The
    try counts, so that a job that ends its worker is still found out.
    """
    mine = func.substr(Job.lease, 1, len(_node())) == _node()
    held = session.scalars(select(Job.lease).where(Job.lease.is_not(None), mine).distinct()).all()
    dead = [lease for lease in held if lease and not _is_alive(lease)]
    session.execute(
        update(Job)
        .where(Job.lease.in_(dead))
        .values(lease=None, leased_until=None)
        .execution_options(synchronize_session=False)
    )
    return len(dead)


def finish_job(session: Session, job: Job) -> None:
    """Remove a job that is done; nothing of its time is kept.

    Raise LeaseLostError when another worker has it by now. The caller rolls back, and with the
    job's end goes its effect: the other worker's is the one that counts.
    """
    done = session.execute(
        delete(Job)
        .where(Job.id == job.id, Job.lease == job.lease)
        .execution_options(synchronize_session=False)
    )
    if not done.rowcount:  # type: ignore[attr-defined]  # a delete has one
        raise LeaseLostError(f"{job.kind} {job.id}")


def drop_job(session: Session, job: Job) -> None:
    """Remove a job that need not be done any more, whoever has it."""
    session.execute(delete(Job).where(Job.id == job.id))


def return_job(session: Session, job: Job, error: BaseException, *, now: datetime) -> None:
    """Put a job back after an error, or park it after three tries so it can harm no other.

    Nothing happens to a job that another worker has by now.
    """
    parked = now if job.attempts >= MAX_ATTEMPTS else None
    session.execute(
        update(Job)
        .where(Job.id == job.id, Job.lease == job.lease)
        .values(lease=None, leased_until=None, parked_at=parked, last_error=type(error).__name__)
        .execution_options(synchronize_session=False)
    )


def list_parked(session: Session) -> Sequence[Job]:
    """Return the jobs that failed three times."""
    return session.scalars(select(Job).where(Job.parked_at.is_not(None))).all()


def _node() -> str:
    """Return what tells this machine from others in a lease; its name is nobody's business."""
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8] + "."


def _this_process() -> str:
    return f"{_node()}{os.getpid()}"


def _is_alive(lease: str) -> bool:
    """Return whether the process that took a lease, of this machine, is another that still runs."""
    process = lease.removeprefix(_node()).partition(".")[0]
    if not process.isdecimal() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True

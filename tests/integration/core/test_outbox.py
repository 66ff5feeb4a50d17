"""The outbox: nothing promised is lost, nothing is worked on twice at once."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.models import Job
from app.store import machine, outbox

KINDS = ["code_response"]


def promise(session: Session, now: datetime, count: int = 1) -> None:
    for _ in range(count):
        outbox.add_job(session, "code_response", now=now)
    session.commit()


def take(session: Session, now: datetime, limit: int = 10) -> list[Job]:
    jobs = outbox.lease_jobs(session, KINDS, now=now, seconds=60, limit=limit)
    session.commit()
    return jobs


def test_two_workers_never_hold_the_same_job(
    engine: Engine, session: Session, now: datetime
) -> None:
    promise(session, now, 5)
    sessions = sessionmaker(engine, expire_on_commit=False)
    with sessions() as one, sessions() as two:
        first, second = take(one, now, 3), take(two, now, 3)
    assert len(first) == 3
    assert len(second) == 2
    assert not {j.id for j in first} & {j.id for j in second}


def test_a_killed_workers_job_is_taken_again_when_its_lease_runs_out(
    session: Session, now: datetime
) -> None:
    promise(session, now)
    assert take(session, now)
    assert take(session, now + timedelta(seconds=59)) == []
    assert take(session, now + timedelta(seconds=61))


def hold_as(session: Session, job: Job, *, node: str | None = None, process: int) -> None:
    """Let another process, perhaps of another machine, hold a job."""
    held = session.get_one(Job, job.id)
    own, _, rest = (held.lease or "").split(".")
    held.lease = f"{node or own}.{process}.{rest}"
    session.commit()


def test_a_worker_that_begins_takes_up_what_a_dead_one_of_this_machine_held(
    session: Session, now: datetime
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for process, node, is_freed in (
        (gone.pid, None, True),
        (os.getpid(), None, True),  # in a container the next worker has the number of the last
        (os.getppid(), None, False),
        (gone.pid, "elsewhere", False),
    ):
        promise(session, now)
        (job,) = take(session, now)
        hold_as(session, job, node=node, process=process)
        assert outbox.free_dead(session) == is_freed
        session.commit()
        again = take(session, now)
        assert [j.id for j in again] == ([job.id] if is_freed else [])
        assert all(j.attempts == 2 for j in again)  # it may be what ended the worker
        session.delete(session.get_one(Job, job.id))
        session.commit()


def test_a_job_for_later_waits(session: Session, now: datetime) -> None:
    outbox.add_job(session, "code_response", now=now, run_after=now + timedelta(hours=1))
    session.commit()
    assert take(session, now) == []
    assert take(session, now + timedelta(hours=1))


def test_a_job_that_fails_three_times_is_parked_and_the_next_goes_on(
    session: Session, now: datetime
) -> None:
    promise(session, now)
    for _ in range(outbox.MAX_ATTEMPTS):
        (job,) = take(session, now)
        outbox.return_job(session, job, ValueError("my own words"), now=now)
        session.commit()
    assert take(session, now) == []
    (parked,) = outbox.list_parked(session)
    session.refresh(parked)
    assert parked.last_error == "ValueError"  # never the text that the error quotes


def test_a_job_that_is_done_leaves_no_trace_of_its_time(session: Session, now: datetime) -> None:
    promise(session, now)
    (job,) = take(session, now)
    outbox.finish_job(session, job)
    session.commit()
    assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_many_workers_at_once_take_no_more_than_they_ask_for_and_nothing_twice(
    engine: Engine, session: Session, now: datetime
) -> None:
    promise(session, now, 60)
    sessions = sessionmaker(engine, expire_on_commit=False)

    def a_worker(_number: int) -> list[list[Job]]:
        with sessions() as own:
            return [take(own, now, 3) for _ in range(5)]

    with ThreadPoolExecutor(4) as pool:
        taken = [batch for batches in pool.map(a_worker, range(4)) for batch in batches]
    ids = [job.id for batch in taken for job in batch]
    assert max(len(batch) for batch in taken) <= 3
    assert len(ids) == len(set(ids)) == 60


@pytest.fixture
def overtaken(engine: Engine, session: Session, now: datetime) -> tuple[Job, Job]:
    """Return one job as a slow worker holds it, and as the worker that has it now does."""
    promise(session, now)
    (slow,) = take(session, now)
    with sessionmaker(engine, expire_on_commit=False)() as other:
        (quick,) = take(other, now + timedelta(seconds=61))
    assert slow.id == quick.id
    return slow, quick


def test_a_worker_that_took_too_long_loses_its_effect_and_the_other_keeps_its_own(
    engine: Engine, session: Session, now: datetime, overtaken: tuple[Job, Job]
) -> None:
    slow, quick = overtaken
    outbox.add_job(session, "the effect of the slow one", now=now)
    with pytest.raises(outbox.LeaseLostError):
        outbox.finish_job(session, slow)
    session.rollback()
    with sessionmaker(engine)() as other:
        outbox.add_job(other, "the effect of the quick one", now=now)
        outbox.finish_job(other, quick)
        other.commit()
    assert session.scalars(select(Job.kind)).all() == ["the effect of the quick one"]


def test_a_job_done_by_another_worker_is_not_done_again(
    engine: Engine, session: Session, overtaken: tuple[Job, Job]
) -> None:
    slow, quick = overtaken
    with sessionmaker(engine)() as other:
        outbox.finish_job(other, quick)
        other.commit()
    with pytest.raises(outbox.LeaseLostError):
        outbox.finish_job(session, slow)


@pytest.mark.parametrize("after_a_rollback", [False, True])
def test_a_worker_that_took_too_long_does_not_take_the_job_from_the_other(
    session: Session, now: datetime, overtaken: tuple[Job, Job], after_a_rollback: bool
) -> None:
    slow, quick = overtaken
    if after_a_rollback:
        session.rollback()
    outbox.return_job(session, slow, ValueError(), now=now)
    machine.postpone_job(session, slow, until=now)
    session.commit()
    kept = session.get_one(Job, slow.id)
    assert (kept.lease, kept.attempts) == (quick.lease, 2)

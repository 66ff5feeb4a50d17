"""The outbox: nothing promised is lost, nothing is worked on twice at once."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.models import Job
from app.store import outbox

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

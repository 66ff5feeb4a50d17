"""A batch that takes longer than its lease: what it did is undone, and done once by another."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.models import Flag, Job, MachineCoding, Response
from app.store import outbox
from app.worker.coding import CodeResponses
from app.worker.loop import Registry, do_batch
from nlp.coder import Coding, Item
from tests.integration.worker.conftest import Work
from tests.integration.worker.fakes import FakeCoder


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


def code_work(registry: Registry) -> CodeResponses:
    return next(w for w in registry.works if isinstance(w, CodeResponses))


def overtaken_once(monkeypatch: object, coder: FakeCoder, overtake: Callable[[], object]) -> None:
    """Let something happen while the coder reads its first batch."""
    real, calls = coder.code, []

    def slowly(items: list[Item]) -> list[Coding]:
        calls.append(items)
        if len(calls) == 1:
            overtake()
        return real(items)

    monkeypatch.setattr(coder, "code", slowly)  # type: ignore[attr-defined]


def test_a_batch_another_worker_has_done_meanwhile_counts_once(
    engine: Engine, session: Session, coder: FakeCoder, registry: Registry, monkeypatch: object,
    answer: Callable[..., Response], work: Work, now: datetime,
) -> None:  # fmt: skip
    for n in range(3):
        answer(f"in danger, waiting {n}")
    sessions = sessionmaker(engine, expire_on_commit=False)
    overtaken_once(monkeypatch, coder, lambda: work(after=timedelta(seconds=61)))
    do_batch(sessions, code_work(registry), 60, now)
    assert count(session, MachineCoding) == 3
    assert count(session, Flag) == 3


def test_a_batch_another_worker_holds_is_left_to_it(
    engine: Engine, session: Session, coder: FakeCoder, registry: Registry, monkeypatch: object,
    answer: Callable[..., Response], now: datetime,
) -> None:  # fmt: skip
    answer("in danger, waiting")
    sessions = sessionmaker(engine, expire_on_commit=False)

    def lease_again() -> None:
        with sessions() as other:
            later = now + timedelta(seconds=61)
            outbox.lease_jobs(other, ["code_response"], now=later, seconds=60, limit=5)
            other.commit()

    overtaken_once(monkeypatch, coder, lease_again)
    do_batch(sessions, code_work(registry), 60, now)
    assert count(session, MachineCoding) == 0
    session.rollback()
    job = session.scalars(select(Job).where(Job.kind == "code_response")).one()
    assert job.attempts == 2
    assert job.parked_at is None

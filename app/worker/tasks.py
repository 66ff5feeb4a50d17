"""Celery over the same outbox, for those who outgrow one machine (docs/decisions/0008).

A message says only which kind of work to look for. The outbox stays the truth: a message that is
lost, doubled or late changes nothing, because the next one finds the same jobs under their leases.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from celery import Celery
from celery.signals import beat_embedded_init, worker_process_init
from kombu.exceptions import OperationalError as BrokerDownError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import sessionmaker

from app.worker.apart import end_with_parent
from app.worker.loop import POLL_SECONDS, Registry, do_batch, do_chore

log = logging.getLogger("heard.worker")

WORK, CHORE = "heard.work", "heard.chore"
QUEUE = "heard"


def make_celery(
    broker_url: str,
    engine: Engine,
    registry: Registry,
    *,
    clock: Callable[[], datetime],
    queue: str = QUEUE,
    pause: float = POLL_SECONDS,
) -> Celery:
    """Return a Celery application whose tasks do what waits in the outbox."""
    celery = Celery("heard", broker=broker_url)
    celery.conf.update(
        task_default_queue=queue,
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=1,  # an urgent kind never stands behind a worker's own hoard
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        beat_scheduler="celery.beat:Scheduler",  # in memory: nothing of it has to survive
        beat_max_loop_interval=max(pause, 0.1),
        beat_schedule=schedule(registry, pause),
    )
    sessions = sessionmaker(engine, expire_on_commit=False)
    works = {work.kind: work for work in registry.works}
    chores = {chore.name: chore for chore in registry.chores}

    def work(kind: str) -> None:
        try:
            taken = do_batch(sessions, works[kind], registry.lease_seconds, clock())
        except OperationalError as error:
            # safety.md F9: the next message asks again, and leases bring back what was under way.
            log.warning("database unavailable: %s", type(error.orig).__name__)
            return
        if taken:
            _ask_again(celery, kind, pause)

    def chore(name: str) -> None:
        try:
            do_chore(sessions, chores[name], clock())
        except OperationalError as error:
            log.warning("database unavailable: %s", type(error.orig).__name__)

    celery.task(work, name=WORK)
    celery.task(chore, name=CHORE)
    # No connection survives a fork, and a child that closed one would close its parent's.
    worker_process_init.connect(lambda **_: engine.dispose(close=False), weak=False)
    # Beat runs in a process of its own; left over from a worker that was killed, it would go on.
    beat_embedded_init.connect(lambda **_: end_with_parent(), weak=False)
    return celery


def schedule(registry: Registry, pause: float) -> dict[str, dict[str, Any]]:
    """Return what beat asks for: every kind of work each `pause`, every chore at its own time.

    A message nobody took before the next one came is dropped, so that none pile up.
    """
    works = {
        f"work {work.kind}": _entry(WORK, work.kind, timedelta(seconds=pause))
        for work in registry.works
    }
    chores = {
        f"chore {chore.name}": _entry(CHORE, chore.name, chore.every) for chore in registry.chores
    }
    return works | chores


def _entry(task: str, name: str, every: timedelta) -> dict[str, Any]:
    expires = max(every.total_seconds(), 1.0)
    return {"task": task, "args": (name,), "schedule": every, "options": {"expires": expires}}


def _ask_again(celery: Celery, kind: str, pause: float) -> None:
    """Ask for the same kind at once, without waiting for the next beat."""
    try:
        celery.send_task(WORK, (kind,), expires=max(pause, 1.0), retry=False)
    except BrokerDownError as error:
        log.warning("broker unavailable: %s", type(error).__name__)

"""Puts the worker together: which work, in which order, with which coders and sender."""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import OperationalError

from app.packs import Pack
from app.services.outbound import Sender
from app.store import outbox
from app.worker import upkeep
from app.worker.alerts import AlertNotices, alert_chore
from app.worker.apart import Start, spawn
from app.worker.apart_jobs import long_works
from app.worker.coders import Coders
from app.worker.coding import BATCH, CODE, CODE_IMPORT, IMPORT_BATCH, CodeResponses
from app.worker.loop import Registry, Sessions, run
from app.worker.notices import FlagNotices
from app.worker.recoding import Recodings
from app.worker.reporting.work import MakeFiles, MakeReports, stale_chore
from app.worker.senders import ConsoleSender


def build_registry(
    pack: Pack,
    *,
    instance: Path,
    staff_url: str,
    public_url: str = "",
    secret_key: str = "",
    coders: Coders | None = None,
    sender: Sender | None = None,
    sends_check_ins: bool = False,
    start_apart: Start = spawn,
) -> Registry:
    """Return all the work of a worker, most urgent first.

    Notices go through `sender`, to the console without one. Check-ins are sent only where that is
    asked for: printed on a console, they would be marked as sent and never reach anybody.
    """
    coders = coders or Coders(instance)
    hours = pack.staffed_hours
    sender = sender or ConsoleSender()
    check_ins = upkeep.check_in_chore(
        pack,
        public_url=public_url,
        secret_key=secret_key,
        sender=sender if sends_check_ins else None,
    )
    return Registry(
        works=(
            FlagNotices(sender, staff_url),
            AlertNotices(sender, staff_url),
            CodeResponses(CODE, BATCH, coders, hours),
            upkeep.Purges(pack),
            MakeFiles(),
            MakeReports(pack),
            CodeResponses(CODE_IMPORT, IMPORT_BATCH, coders, hours),
            Recodings(coders, hours),
            *long_works(start_apart),
        ),
        chores=(*upkeep.chores(coders, hours), check_ins, stale_chore(), alert_chore()),
    )


def serve(
    sessions: Sessions, registry: Registry, *, clock: Callable[[], datetime], until_empty: bool
) -> None:
    """Work until SIGTERM or SIGINT; the batch under way is ended first."""
    speak()
    free_dead(sessions)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    run(sessions, registry, clock=clock, stop=stop, until_empty=until_empty)


def free_dead(sessions: Sessions) -> None:
    """Take up at once what a worker of this machine was doing when it was killed."""
    try:
        with sessions() as session:
            freed = outbox.free_dead(session)
            session.commit()
    except OperationalError:  # the loop waits for the database, and the leases run out
        return
    if freed:
        logging.getLogger("heard.worker").info("goes on with %d jobs of a worker that died", freed)


def speak() -> None:
    """Let the worker say on standard output what it does."""
    log = logging.getLogger("heard.worker")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("worker: %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)

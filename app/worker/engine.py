"""Puts the worker together: which work, in which order, with which coders and sender."""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app.packs import Pack
from app.worker import upkeep
from app.worker.coders import Coders
from app.worker.coding import BATCH, CODE, CODE_IMPORT, IMPORT_BATCH, CodeResponses
from app.worker.loop import Registry, Sessions, run
from app.worker.notices import ConsoleSender, FlagNotices, Sender


def build_registry(
    pack: Pack,
    *,
    instance: Path,
    staff_url: str,
    coders: Coders | None = None,
    sender: Sender | None = None,
) -> Registry:
    """Return all the work of a worker, most urgent first."""
    coders = coders or Coders(instance)
    hours = pack.staffed_hours
    return Registry(
        works=(
            FlagNotices(sender or ConsoleSender(), staff_url),
            CodeResponses(CODE, BATCH, coders, hours),
            upkeep.Purges(),
            CodeResponses(CODE_IMPORT, IMPORT_BATCH, coders, hours),
        ),
        chores=upkeep.chores(coders, hours),
    )


def serve(
    sessions: Sessions, registry: Registry, *, clock: Callable[[], datetime], until_empty: bool
) -> None:
    """Work until SIGTERM or SIGINT; the batch under way is ended first."""
    _speak()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    run(sessions, registry, clock=clock, stop=stop, until_empty=until_empty)


def _speak() -> None:
    log = logging.getLogger("heard.worker")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("worker: %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)

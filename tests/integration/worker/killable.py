"""Workers that are killed: `python -m tests.integration.worker.killable DATABASE_URL KILLS`.

Starts a worker, kills it after a moment, and so on; the last one may finish. Each worker is a
process of its own that shares nothing with the one before but the database.
"""

import base64
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

from sqlalchemy.orm import sessionmaker

from app.clock import utc_now
from app.config import parse_keys
from app.db import make_engine
from app.models import use_keys
from app.packs import load_pack
from app.worker.coders import Coders
from app.worker.coding import CODE, CodeResponses
from app.worker.loop import Registry, run
from nlp.coder import Coding, Item
from tests.integration.worker.fakes import FakeCoder, always

SECONDS_A_TEXT = 0.02
KILLED_AFTER = (0.0, 0.15)  # the next call of the coder: in it, or in the commit after it


class Telling(FakeCoder):
    """Says through a pipe that a batch is being coded, so that kills hit work and not start-up."""

    def __init__(self, pipe: int) -> None:
        super().__init__(seconds=SECONDS_A_TEXT)
        self._pipe = pipe

    def code(self, items: list[Item]) -> list[Coding]:
        """Tell, then code."""
        os.write(self._pipe, b".")
        return super().code(items)


def work(url: str, pipe: int) -> None:
    """Code what waits, slowly enough to be killed on the way."""
    use_keys(parse_keys("test1:" + base64.b64encode(b"k" * 32).decode()))
    coders = Coders(Path(), find=always(Telling(pipe)))
    hours = load_pack("thames-valley").staffed_hours
    registry = Registry(works=(CodeResponses(CODE, 4, coders, hours),), lease_seconds=1)
    sessions = sessionmaker(make_engine(url), expire_on_commit=False)
    run(sessions, registry, clock=utc_now, stop=threading.Event(), pause=0.05)


def main(url: str, kills: int) -> None:
    """Kill workers until told that nothing waits any more."""
    chance = random.Random(6)  # noqa: S311 - no secret depends on it
    for killed in range(kills + 1):
        told, tells = os.pipe()
        worker = os.fork()
        if worker == 0:
            work(url, tells)
        if killed == kills:
            sys.stdin.readline()
        else:
            for _ in range(chance.choice((1, 2, 3))):
                os.read(told, 1)
            time.sleep(chance.uniform(*KILLED_AFTER))
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        sys.stdout.write("killed\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""Celery workers with a fake coder, the application of `flask work-celery --beat`.

Each line "DATABASE_URL BROKER_URL QUEUE SECONDS_A_TEXT" on standard input starts one, a process of
its own: what it imports is loaded once for all of them. It says "PID born" at once, "PID up" when
it takes messages and "PID coding" whenever a batch is in the coder.
"""

import base64
import os
import signal
import sys
from pathlib import Path

import kombu.transport.pyamqp
import kombu.transport.redis  # noqa: F401 - loaded before the first fork, as those above
from celery.signals import worker_ready

from app.clock import utc_now
from app.config import parse_keys
from app.db import make_engine
from app.models import use_keys
from app.packs import load_pack
from app.worker.coders import Coders
from app.worker.coding import CODE, CodeResponses
from app.worker.loop import Registry
from app.worker.tasks import make_celery
from nlp.coder import Coding, Item
from tests.integration.worker.fakes import FakeCoder, always

BEAT_SECONDS = 0.2


def say(word: str) -> None:
    """Tell the test how far this is."""
    os.write(1, f"{os.getpid()} {word}\n".encode())


class Telling(FakeCoder):
    """Says when a batch is being coded."""

    def code(self, items: list[Item]) -> list[Coding]:
        """Tell, then code."""
        say("coding")
        return super().code(items)


def work(url: str, broker: str, queue: str, seconds: str) -> None:
    """Work until killed."""
    use_keys(parse_keys("test1:" + base64.b64encode(b"k" * 32).decode()))
    coders = Coders(Path(), find=always(Telling(seconds=float(seconds))))
    hours = load_pack("thames-valley").staffed_hours
    registry = Registry(works=(CodeResponses(CODE, 4, coders, hours),), lease_seconds=1)
    worker_ready.connect(lambda **_: say("up"), weak=False)
    app = make_celery(
        broker, make_engine(url), registry, clock=utc_now, queue=queue, pause=BEAT_SECONDS
    )
    name = f"--hostname={os.getpid()}@%h"
    app.worker_main(
        ["--quiet", "worker", "--beat", "--pool=solo", "--loglevel=WARNING", "--without-gossip",
         "--without-mingle", name]
    )  # fmt: skip


def main() -> None:
    """Start a worker for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those that are killed leave no zombie
    for line in sys.stdin:
        if os.fork() == 0:
            os.setsid()  # a group of its own: its beat is in it as well
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            say("born")
            work(*line.split())
            os._exit(0)


if __name__ == "__main__":
    main()

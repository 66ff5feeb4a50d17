"""F1, F2 at length: 1,000 web workers killed at random moments while people send.

Whoever saw the thank-you is stored, and nobody is stored twice.
`python tests/faults/fault_kills.py [kills]`
"""

import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select  # noqa: E402 - after the path is set
from sqlalchemy.orm import sessionmaker  # noqa: E402

from app.models import Response  # noqa: E402
from tests.integration.respond.killing import Sending, installed, kill_workers, serving  # noqa: E402

PEOPLE = 4


def main(kills: int) -> None:
    """Kill until enough have died, then count."""
    engine, folder, url = installed()
    killed = thanked = sent = 0
    with serving(url, folder) as (process, site):
        while killed < kills:
            stop = threading.Event()
            people = [Sending(site, 5) for _ in range(PEOPLE)]
            for person in people:
                person.start()
            watch = threading.Thread(target=lambda people=people, stop=stop: _wait(people, stop))
            watch.start()
            killed += kill_workers(process.pid, stop, kills - killed)
            watch.join()
            sent += PEOPLE * 5
            thanked += sum(person.thanked for person in people)
    with sessionmaker(engine)() as session:
        stored = session.scalar(select(func.count()).select_from(Response)) or 0
    print(f"{killed} killed, {sent} sent, {thanked} thanked, {stored} stored")  # noqa: T201
    sys.exit(0 if thanked == stored == sent else 1)


def _wait(people: list[Sending], stop: threading.Event) -> None:
    for person in people:
        person.join()
    stop.set()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)

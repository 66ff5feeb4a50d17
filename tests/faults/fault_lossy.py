"""F4 at length: 200 journeys over a network 3 s late that loses one page in ten each way.

`python tests/faults/fault_lossy.py [people]`
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select  # noqa: E402 - after the path is set
from sqlalchemy.orm import sessionmaker  # noqa: E402

from app.models import Response  # noqa: E402
from tests.integration.respond.killing import installed, serving  # noqa: E402
from tests.integration.respond.lossy import between, walk_all  # noqa: E402

LATENCY, LOSS, AT_ONCE = 3.0, 0.1, 50


def main(people: int) -> None:
    """Let everybody answer, then count."""
    engine, folder, url = installed()
    with (
        serving(url, folder) as (_, site),
        between(site, latency=LATENCY, loss=LOSS, seed=people) as (network, address),
    ):
        thanked = walk_all(address, people, AT_ONCE)
    with sessionmaker(engine)() as session:
        stored = session.scalar(select(func.count()).select_from(Response)) or 0
    lost = f"{network.lost_there} lost on the way there, {network.lost_back} on the way back"
    print(f"{people} people, {thanked} thanked, {stored} stored; {lost}")  # noqa: T201
    sys.exit(0 if people == thanked == stored else 1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)

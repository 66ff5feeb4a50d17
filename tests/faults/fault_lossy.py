"""F4 at length: 200 journeys over a network 3 s late that loses one page in ten each way.

`python tests/faults/fault_lossy.py [people]`
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select  # noqa: E402 - after the path is set
from sqlalchemy.orm import sessionmaker  # noqa: E402

from app import migrate  # noqa: E402
from app.config import parse_keys  # noqa: E402
from app.db import make_engine  # noqa: E402
from app.models import Response, use_keys  # noqa: E402
from tests.builders import a_collector, a_survey  # noqa: E402
from tests.conftest import TEST_KEYS  # noqa: E402
from tests.integration.respond.conftest import OPEN  # noqa: E402
from tests.integration.respond.killing import serving  # noqa: E402
from tests.integration.respond.lossy import between, walk_all  # noqa: E402
from tests.integration.respond.person import SMALL  # noqa: E402

LATENCY, LOSS, AT_ONCE = 3.0, 0.1, 50


def main(people: int) -> None:
    """Let everybody answer, then count."""
    use_keys(parse_keys(TEST_KEYS))
    folder = Path(tempfile.mkdtemp())
    url = f"sqlite:///{folder / 'heard.db'}"
    engine = make_engine(url)
    migrate.upgrade(engine)
    with sessionmaker(engine)() as session:
        a_collector(session, a_survey(session, SMALL), token=OPEN)
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

"""F6 at length: 20,000 answers coded anew by workers that are killed every few seconds.

Each is coded exactly once under the new version, and the old version's figures stay as they were.
`python tests/faults/fault_recoding.py [answers] [seconds between kills] [database URL]`
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sqlalchemy.orm import Session  # noqa: E402 - after the path is set

from app import migrate  # noqa: E402
from app.config import parse_keys  # noqa: E402
from app.db import make_engine  # noqa: E402
from app.models import use_keys  # noqa: E402
from tests.conftest import TEST_KEYS  # noqa: E402
from tests.integration.worker.recoding_killed import figures, fill, problems  # noqa: E402


def main(answers: int, seconds: float, url: str) -> None:
    """Fill a database, let workers be killed over it, and say what is wrong."""
    use_keys(parse_keys(TEST_KEYS))
    engine = make_engine(url or f"sqlite:///{Path(tempfile.mkdtemp()) / 'heard.db'}")
    migrate.upgrade(engine)
    with Session(engine, expire_on_commit=False) as session:
        survey, before = fill(session, answers)
        old = figures(session, survey, before)
        session.commit()
        started = time.monotonic()
        command = [sys.executable, "-m", "tests.integration.worker.recoding_killed"]
        subprocess.run(
            [*command, str(engine.url), str(seconds / 2), str(seconds * 1.5), "0.002"],
            cwd=ROOT,
            check=True,
        )
        took = time.monotonic() - started
        session.expire_all()
        wrong = problems(session, survey, before, old)
    verdict = "; ".join(wrong) or "each coded once, the old version's figures are equal"
    print(f"{answers} answers, {took:.0f} s: {verdict}")  # noqa: T201
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    arguments = [*sys.argv[1:], *("20000", "4", "")[len(sys.argv) - 1 :]]
    main(int(arguments[0]), float(arguments[1]), arguments[2])

"""10,000 random lives of surveys, edited, published, answered: no stored cell may change."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from hypothesis import HealthCheck, settings

from tests.unit.surveys import test_versions as lives

SEQUENCES = 10_000


def main(count: int) -> None:
    """Run the property of the unit tests many more times than they do."""
    check = lives.test_no_stored_cell_changes_moves_or_vanishes_whatever_is_edited
    check._hypothesis_internal_use_settings = settings(
        max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    start = time.perf_counter()
    check()
    spent = time.perf_counter() - start
    print(f"{count:,} sequences: no cell changed, moved or vanished ({spent:.0f} s)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SEQUENCES)

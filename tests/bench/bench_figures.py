"""Figures under attack and under load. `python -m tests.bench.bench_figures [attack|speed|all]`.

attack: 20 made-up police areas, every pair of nested filters and periods, every total, bounds.
speed: standard views at 10^5 and 10^6 people beside numpy over the same columns; how long a
release takes to count, how large it is, and how long rows take to come out of SQLite.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
from sqlalchemy.orm import sessionmaker

from app import migrate
from app.config import parse_keys
from app.db import make_engine
from app.figures import pages
from app.figures.columns import Columns, load_columns
from app.figures.pages import View
from app.figures.release import Release, pack, unpack
from app.models import use_keys
from tests.conftest import TEST_KEYS
from tests.integration.results.builders import a_coded_survey, some_people
from tests.unit.figures import attack as enemy
from tests.unit.figures import forces

FORCES = 20
SIZES = (500, 2_000, 8_000, 30_000)
RUNS = 15


def run_attack() -> int:
    """Attack 20 forces of four sizes; return how many small counts were learned in all."""
    learned = tried = 0
    for seed in range(FORCES):
        people = SIZES[seed % len(SIZES)]
        share = 0.8 if seed % 5 == 4 else 1.0  # some rest on a sample, and have estimates
        force = forces.a_force(people, seed=seed, skew=0.4 + 0.03 * seed, read_share=share)
        release = forces.released(force)
        found = [kind(release) for kind in (*enemy.ATTACKS, enemy.estimates)]
        tried += found[0].tried
        learned += sum(f.learned for f in found)
        hidden = enemy.hidden_one_way(release)
        print(
            f"force {seed:2d} n={people:6d} pairs={found[0].tried} sums={found[1].tried} "
            f"small={found[2].tried} learned={[f.learned for f in found]} hidden one-way="
            + ", ".join(f"{name} {share:.1%}" for name, share in hidden.items()),
            flush=True,
        )
    open_ = forces.released(forces.a_force(2_000, seed=0), secondary=False)
    off = [kind(open_).learned for kind in enemy.ATTACKS]
    print(f"pairs of legal filters: {tried:,}; small counts learned: {learned}")
    print(f"with secondary suppression off, one force gives away: {off}")
    return learned + (min(off) == 0)


def timed(act: Callable[[], object], runs: int = RUNS) -> tuple[float, float, float]:
    """Return median, least and most milliseconds."""
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        act()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took), min(took), max(took)


def views_of(release: Release) -> dict[str, Callable[[], object]]:
    """Return the standard views of a release."""
    book = forces.a_book()
    view = View(release, release.periods[-1], 0)
    narrow = View(
        release,
        release.periods[-1],
        release.lattice.place[(("area", "area00"), ("crime_group", "crime_group00"))],
    )
    area = View(release, release.periods[-1], release.lattice.place[(("area", "area00"),)])
    return {
        "themes, area": lambda: pages.theme_table(area, book),
        "themes, everyone": lambda: pages.theme_table(view, book),
        "themes, area and crime": lambda: pages.theme_table(narrow, book),
        "themes by area": lambda: pages.group_table(view, book, "area", str),
        "trend": lambda: pages.trend_table(narrow, "theme:t00", "read", "x"),
        "coverage": lambda: pages.coverage_table(view, ("area", "channel"), (str, str)),
    }


def numpy_yardstick(columns: Columns) -> dict[str, Callable[[], object]]:
    """Return the same counts straight from columns, unsafe: theme by quarter, as the yardstick."""
    owner, theme = columns.texts.owner[columns.themes.unit], columns.themes.row
    quarter = (columns.quarter - columns.quarter.min())[owner]
    rows, quarters = len(columns.themes.names), int(quarter.max()) + 1
    area, crime = columns.facets["area"][owner], columns.facets["crime_group"][owner]

    def everyone() -> object:
        return np.bincount(quarter * rows + theme, minlength=quarters * rows)

    def narrow() -> object:
        keep = (area == 0) & (crime == 0)
        return np.bincount(quarter[keep] * rows + theme[keep], minlength=quarters * rows)

    return {"numpy: themes, everyone": everyone, "numpy: themes, area and crime": narrow}


def duckdb_yardstick(columns: Columns) -> dict[str, Callable[[], object]]:
    """Return the same counts by DuckDB on the pairs widened by their facets.

    Layout and queries are those of `../shared/bench/dashboard_limit.py` (duckdb_w): unsafe, of
    counts without bases, intervals or any rule about small numbers.
    """
    import duckdb

    owner = columns.texts.owner[columns.themes.unit]
    pairs = {
        "quarter": columns.quarter[owner].astype(np.int16),
        "area": columns.facets["area"][owner].astype(np.int8),
        "crime": columns.facets["crime_group"][owner].astype(np.int8),
        "theme": columns.themes.row.astype(np.int8),
    }
    base = duckdb.connect()
    base.execute("PRAGMA threads=2")
    base.register("given", pairs)
    base.execute("CREATE TABLE pairs AS SELECT * FROM given")
    count = "SELECT quarter, theme, count(*) FROM pairs {} GROUP BY ALL"

    def asked(where: str) -> Callable[[], object]:
        return lambda: base.execute(count.format(where)).fetchall()

    return {
        "duckdb: themes, everyone": asked(""),
        "duckdb: themes, area": asked("WHERE area = 0"),
        "duckdb: themes, area and crime": asked("WHERE area = 0 AND crime = 0"),
    }


def ratios(medians: dict[str, list[float]]) -> None:
    """Print each free filter over the same question asked of DuckDB, at the largest size."""
    for name, theirs in medians.items():
        kind, _, question = name.partition(": ")
        own = medians.get(question) if kind == "duckdb" else None
        if own:
            print(f"over DuckDB {question:28s} x {own[-1] / theirs[-1]:.4f}")


def run_speed(sizes: tuple[int, ...]) -> None:
    """Print how fast views are at each size, and what a release costs."""
    medians: dict[str, list[float]] = {}
    for people in sizes:
        columns = forces.a_force(people, seed=1, quarters=12)
        began, cpu = time.perf_counter(), time.process_time()
        release = forces.released(columns)
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        content = pack(release)
        read, _, _ = timed(lambda content=content: unpack(content), 5)
        print(
            f"n={people:,}: counted and decided in {took:.2f} s ({cpu:.2f} of CPU), "
            f"kept in {len(content) / 1e3:.0f} kB, read back in {read:.0f} ms"
        )
        for name, act in {
            **views_of(release),
            **numpy_yardstick(columns),
            **duckdb_yardstick(columns),
        }.items():
            middle, least, most = timed(act)
            medians.setdefault(name, []).append(middle)
            print(f"  {name:32s} {middle:8.2f} ms ({least:.2f}-{most:.2f})")
    for name, found in medians.items():
        print(f"growth {name:32s} x {found[-1] / found[0]:.2f}")
    ratios(medians)


def run_rows(people: int) -> None:
    """Print how long rows take to become columns."""
    use_keys(parse_keys(TEST_KEYS))
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        migrate.upgrade(engine)
        with sessionmaker(engine, expire_on_commit=False)() as session:
            survey = a_coded_survey(session, some_people(people, areas=("a", "b", "c")))
            cpu = time.process_time()
            took, _, _ = timed(lambda: load_columns(session, survey.id, date(2026, 9, 30)), 3)
            cpu = (time.process_time() - cpu) / 3
        engine.dispose()
    print(f"{people:,} people from SQLite rows to columns: {took:.0f} ms ({1000 * cpu:.0f} of CPU)")


def main() -> int:
    """Run what was asked for; exit 1 when the attack learned anything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", default="all", choices=("attack", "speed", "all"))
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--rows", type=int, default=20_000)
    asked = parser.parse_args()
    if asked.what != "attack":
        run_speed(tuple(int(size) for size in asked.sizes.split(",")))
        run_rows(asked.rows)
    return 1 if asked.what != "speed" and run_attack() else 0


if __name__ == "__main__":
    sys.exit(main())

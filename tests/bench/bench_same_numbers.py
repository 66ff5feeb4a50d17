"""For 500 random legal filters: page, CSV, workbook and report give the same base and shares.

`python -m tests.bench.bench_same_numbers [how many]`. Every 25th report is also set as Word and
read back. Ends with 1 when any figure differs.
"""

import csv
import io
import random
import re
import sys
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from docx import Document
from openpyxl import load_workbook
from sqlalchemy.orm import Session, sessionmaker

from app import create_app, migrate
from app.clock import london_today, utc_now
from app.config import Config, Face, parse_keys
from app.db import make_engine
from app.figures import releases
from app.guards import Role
from app.models import use_keys
from app.packs import load_pack
from app.services.releasing import groups_of, limits_of
from app.services.reporting import kinds
from app.services.reporting.gathering import Order
from app.services.reporting.layout import items
from app.worker.reporting import word
from tests.builders import a_staff_session
from tests.conftest import TEST_KEYS
from tests.integration.results.builders import a_coded_survey, some_people

HOW_MANY, SET_EVERY = 500, 25
PACK = load_pack("thames-valley")
AREAS = [area.code for area in PACK.areas]
QUARTERS = (date(2025, 11, 3), date(2026, 2, 3), date(2026, 5, 3), date(2026, 8, 3))
COLUMNS = ("count", "base", "percent", "low", "high")


def people() -> list[dict[str, Any]]:
    """Return three thousand people spread unevenly over quarters, areas and services."""
    chance = random.Random(3)  # noqa: S311 - test data
    return [
        person | {"service": chance.choice(("adult", "adult", "cyp", "sv", None))}
        for i, day in enumerate(QUARTERS)
        for person in some_people(750, seed=i, areas=AREAS, received_on=day)
    ]


def main(how_many: int) -> int:
    """Compare; return how many figures differ."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/heard.db"
        keys = parse_keys(TEST_KEYS)
        use_keys(keys)
        engine = make_engine(url)
        migrate.upgrade(engine)
        config = Config(secret_key="bench", keys=keys, instance=Path(folder), database_url=url,
                        face=Face.STAFF, testing=True)  # fmt: skip
        client = create_app(config, engine).test_client()
        with sessionmaker(engine, expire_on_commit=False)() as session:
            survey = a_coded_survey(session, people())
            _, secret = a_staff_session(session, Role.COMMISSIONER)
            client.set_cookie("staff", secret)
            return compare(session, client, survey, how_many)


def compare(session: Session, client: Any, survey: Any, how_many: int) -> int:
    """Return how many figures differ over random filters."""
    release = releases.released(
        session, survey.id, groups=groups_of(PACK), today=london_today(), now=utc_now(),
        limits=limits_of(PACK),
    )  # fmt: skip
    book = load_workbook(io.BytesIO(client.get(f"/results/{survey.slug}/figures.xlsx").data))
    facts = facts_of(book["fact_theme"])
    chance = random.Random(11)  # noqa: S311 - test data
    figures = wrong = 0
    for number in range(how_many):
        period = chance.choice(release.periods)
        facets = dict(chance.choice(release.lattice.nodes))
        query = {"period": period.key} | {k: v or "=" for k, v in facets.items()}
        page = words(client.get(f"/results/{survey.slug}/themes", query_string=query))
        lines = csv_of(client.get(f"/results/{survey.slug}/themes.csv", query_string=query))
        order = Order("panel", survey.id, period.key, "Bench", facets=facets)
        made = kinds.build(session, order, PACK, today=london_today(), now=utc_now())
        printed = {row[0]: row[1:] for row in made.tables["themes"].printed()}
        is_set = number % SET_EVERY == 0 and not made.tables["themes"].is_withheld
        set_ = set_words(made) if is_set else None  # a table of nothing is only named
        for line in lines:
            figures += 1
            ok = line_fits(line, printed[line["name"]], page, set_)
            if len(facets) <= 1:
                key = (period.key, *next(iter(facets.items()), ("", "")), line["code"])
                fact = facts[key]
                ok &= all(str(fact[c] if fact[c] is not None else "") == line[c] for c in COLUMNS)
            if not ok:
                wrong += 1
                print(period.key, facets, line, printed[line["name"]][:4])
    print(f"{how_many} random filters, {figures:,} figures on page, CSV, workbook and report")
    print(f"figures that differ anywhere: {wrong}")
    return wrong


def line_fits(
    line: Mapping[str, str], printed: list[str], page: str, set_: set[tuple[str, ...]] | None
) -> bool:
    """Return whether a line of the CSV is what the report, its Word file and the page print."""
    shown = f"{int(line['count']):,}" if line["count"] else line["note"]
    base = f"{int(line['base']):,}" if line["base"] else "–"
    low, high = line["low"], line["high"]
    ok = printed[0] == shown and printed[1] == base
    ok &= small(printed[2]) == line["percent"]
    ok &= (printed[3] == "–") == (low == "") and (low == "" or f"to {high}%" in printed[3])
    ok &= f"{line['name']} {' '.join(printed[:4])}" in page
    if set_ is None or not line["count"]:  # below a table, those not shown are only named
        return ok
    return ok and (line["name"], *printed[:4]) in set_


def small(share: str) -> str:
    """Return a printed share as the CSV has it."""
    if share == "–":
        return ""
    return "0" if share.startswith("under") else share.partition("%")[0]


def set_words(made: Any) -> set[tuple[str, ...]]:
    """Return the rows of a report's Word file, read back from it."""
    doc = Document(io.BytesIO(word.write(made.about, list(items(made, {})), {})))
    return {tuple(c.text for c in row.cells[:5]) for t in doc.tables for row in t.rows}


def words(response: Any) -> str:
    """Return a page's words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def csv_of(response: Any) -> list[dict[str, str]]:
    """Return the lines of a CSV."""
    text = response.get_data(as_text=True).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def facts_of(sheet: Any) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    """Return the facts of the star schema by period, dimension, value and theme."""
    header, *rows = sheet.iter_rows(values_only=True)
    lines = (dict(zip(header, row, strict=True)) for row in rows)
    return {(f["period"], f["dimension"] or "", f["value"] or "", f["theme"]): f for f in lines}


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else HOW_MANY) > 0)

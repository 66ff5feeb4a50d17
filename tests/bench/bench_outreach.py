"""Outreach at the size of a body.

`python -m tests.bench.bench_outreach [cases|lock|year|check-in|all]`.

cases: 22,000 referrals taken over twice, each under 60 s, beside a bare insert of the same rows.
lock: while 100,000 cases and their addresses come in, how long a small write has to wait, in s.
year: a year of check-ins, day by day, by the moved clock, twice; no rule may be broken.
check-in: on a 360 px phone over slow 3G, from the link in the message to the thank-you, in s.
"""

import argparse
import csv
import io
import logging
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from app import create_app, migrate
from app.clock import utc_now
from app.config import Config, Face, parse_keys
from app.db import make_engine
from app.models import Channel, use_keys
from app.packs import load_pack
from app.services.contacts import take_contacts
from app.services.handover import take_cases
from app.services.links import issue_link
from tests.builders import a_collector, a_survey
from tests.conftest import TEST_KEYS
from tests.integration.outreach.year import simulate

COLUMNS = (
    "case_key", "service", "area", "referral_date", "contact_outcome", "stage", "stage_date",
    "consent_checkin", "avoid_dates", "worker",
)  # fmt: skip
CASES, MOST_SECONDS = 22_000, 60
MANY, MOST_WAIT = 100_000, 1.0
MOST_RATIO = 100  # of a bare insert of the same cells, which checks and compares nothing
CHECK_IN_SECONDS, CHECK_INS = 30, 3
PEOPLE, SEEDS = 60, 2
TAPS = 4
# Chromium's own "Slow 3G": 400 kbit/s each way and 400 ms.
SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}


@contextmanager
def fresh() -> Iterator[tuple[Session, Path]]:
    """Give a session on an empty database."""
    use_keys(parse_keys(TEST_KEYS))
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/heard.db")
        migrate.upgrade(engine)
        with Session(engine, expire_on_commit=False) as session:
            yield session, Path(folder)
        engine.dispose()


def a_file(count: int = CASES) -> bytes:
    """Return a hand-over of a year's referrals."""
    areas = [area.code for area in load_pack("thames-valley").areas]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for n in range(count):
        day = date(2025, 4, 1) + timedelta(days=n % 365)
        stage = ("in_support", day + timedelta(days=9), "yes", "12-25;02-14", "Jo")
        writer.writerow([f"C{n}", "sv", areas[n % len(areas)], day, "reached", *stage])
    return out.getvalue().encode()


def run_cases() -> int:
    """Take a year of referrals over twice."""
    data = a_file()
    now = datetime(2026, 4, 1, 9, tzinfo=UTC)
    with fresh() as (session, folder):
        bare = bare_insert(data, folder)
        took, work = [], []
        for _ in range(2):
            began, before = time.perf_counter(), time.process_time()
            report = take_cases(
                session, data, "c.csv", pack=load_pack("thames-valley"), how="command", by=None,
                now=now,
            )  # fmt: skip
            took.append(time.perf_counter() - began)
            work.append(time.process_time() - before)
            print(f"read {report.read}, stored {report.stored}, unchanged {report.unchanged}")
        count = session.scalar(text('SELECT count(*) FROM "case"'))
    print(f"{CASES:,} referrals: first {took[0]:.1f} s, again {took[1]:.1f} s, {count:,} cases")
    ratios = " and ".join(f"{seconds / bare:.0f}" for seconds in work)
    print(f"of that {work[0]:.1f} s and {work[1]:.1f} s of one core")
    print(f"csv and bare insert of the same rows: {bare:.2f} s of one core; {ratios} times that")
    return int(max(took) > MOST_SECONDS or count != CASES or work[0] / bare > MOST_RATIO)


def run_lock() -> int:
    """Write a small row every 20 ms beside a large hand-over, and say how long each had to wait."""
    rows = "".join(f"C{n},sms,0770{n:07d},2026-03-01,2027-03-01\n" for n in range(MANY))
    addresses = f"case_key,channel,address,safe_checked_on,safe_until\n{rows}".encode()
    now, pack = datetime(2026, 4, 1, 9, tzinfo=UTC), load_pack("thames-valley")
    worst = []
    with fresh() as (session, folder):
        for name, take in (
            ("cases", partial(take_cases, pack=pack)),
            ("contacts", partial(take_contacts, pepper="pepper")),
        ):
            data = a_file(MANY) if name == "cases" else addresses
            with bystander(folder / "heard.db") as waits:
                began = time.perf_counter()
                take(session, data, "c.csv", how="command", by=None, now=now)
                took = time.perf_counter() - began
            worst.append(max(waits))
            print(
                f"{MANY:,} {name} in {took:.0f} s: of {len(waits)} small writes one waited", end=""
            )
            print(f" {max(waits):.2f} s, the median {statistics.median(waits):.3f} s", flush=True)
    return int(max(worst) > MOST_WAIT)


@contextmanager
def bystander(database: Path) -> Iterator[list[float]]:
    """Write a row now and then from another connection; give how long each write took."""
    waits: list[float] = []
    ended = threading.Event()

    def write() -> None:
        connection = sqlite3.connect(database, timeout=60, isolation_level=None)
        connection.execute("CREATE TABLE IF NOT EXISTS beside (n)")
        while not ended.wait(0.02):
            began = time.perf_counter()
            connection.execute("INSERT INTO beside VALUES (1)")
            waits.append(time.perf_counter() - began)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield waits
    finally:
        ended.set()
        thread.join()


def bare_insert(data: bytes, folder: Path) -> float:
    """Return how long the csv module and sqlite3 alone take for the same file."""
    began = time.process_time()
    rows = list(csv.reader(io.StringIO(data.decode())))
    connection = sqlite3.connect(folder / "bare.db")
    columns = ", ".join(f"c{i}" for i in range(len(rows[0])))
    connection.execute(f"CREATE TABLE t ({columns}, UNIQUE (c0))")
    places = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO t VALUES ({places})", rows)  # noqa: S608 - our own
    connection.commit()
    connection.close()
    return time.process_time() - began


def run_year() -> int:
    """Live through a year day by day."""
    broken = 0
    for seed in range(SEEDS):
        with fresh() as (session, _):
            session.execute(text("PRAGMA synchronous = OFF"))
            began = time.perf_counter()
            year = simulate(session, people=PEOPLE, seed=seed)
        broken += len(year.broken)
        print(
            f"seed {seed}: {year.sent} sent, {year.stopped} stopped, "
            f"{len(year.broken)} rules broken, {time.perf_counter() - began:.0f} s",
            flush=True,
        )
        print("\n".join(year.broken[:5]))
    return int(broken > 0)


def run_check_in() -> int:
    """Answer a check-in over slow 3G."""
    with fresh() as (session, folder):
        survey = a_survey(session, "checkin_adult", is_check_in=True)
        collector = a_collector(session, survey, Channel.PERSONAL)
        config = Config(
            secret_key="bench", keys=parse_keys(TEST_KEYS), instance=folder, face=Face.PUBLIC,
            database_url=f"sqlite:///{folder}/heard.db",
        )  # fmt: skip
        server = make_server("127.0.0.1", 0, create_app(config), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        took = []
        with phone() as page:
            for _ in range(CHECK_INS):
                token = issue_link(
                    session, collector, case_key=None, context={}, by=None, now=utc_now()
                )
                took.append(answer(page, f"http://localhost:{server.server_port}/s/{token}"))
        server.shutdown()
    print(f"check-in over slow 3G, four taps after Start: {[f'{s:.1f}' for s in took]} s")
    print(f"median {statistics.median(took):.1f} s, to be under {CHECK_IN_SECONDS}")
    return int(statistics.median(took) > CHECK_IN_SECONDS)


@contextmanager
def phone() -> Iterator[Page]:
    """Give a page of 360 px over slow 3G, each time with an empty cache."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(viewport={"width": 360, "height": 740})
        page = context.new_page()
        network: Any = context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        network.send("Network.emulateNetworkConditions", SLOW_3G)
        yield page
        browser.close()


def answer(page: Page, link: str) -> float:
    """Return how long it takes from the link to the thank-you; count the taps on the way."""
    began, taps = time.perf_counter(), 0
    page.goto(link)
    press(page, "main form button")
    press(page, "main button[value=start]")
    while page.locator("main button[value=no_words]").count() == 0:
        press(page, "main form button[name^=q_]")  # the first option: "no" to being rung
        taps += 1
    press(page, "main button[value=no_words]")
    page.get_by_role("heading", name="Thank you").wait_for()
    if taps != TAPS:
        raise SystemExit(f"{taps} taps after Start, not {TAPS}")
    return time.perf_counter() - began


def press(page: Page, button: str) -> None:
    """Tap the first such button and wait for the page it leads to."""
    with page.expect_navigation():
        page.locator(button).first.click()


RUNS: dict[str, Callable[[], int]] = {
    "cases": run_cases,
    "lock": run_lock,
    "year": run_year,
    "check-in": run_check_in,
}


def main() -> int:
    """Run what is asked for; a number other than 0 says that something missed its mark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", nargs="?", default="all", choices=[*RUNS, "all"])
    asked = parser.parse_args().what
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    return max(run() for name, run in RUNS.items() if asked in {name, "all"})


if __name__ == "__main__":
    sys.exit(main())

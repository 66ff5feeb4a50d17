"""Dashboard pages as commissioners get them: speed, weight, memory and first answer.

`python -m tests.bench.bench_dashboard [INSTANCE]` starts the staff face as it is deployed, beside
a bare Flask and SQLAlchemy application under the same settings. INSTANCE is a folder that holds a
development Heard (for example a copy of a demonstration); without it three thousand made-up
people are put into one of its own. Twenty readers ask without pausing. Needs wrk.
"""

import gzip
import os
import re
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from sqlalchemy.orm import Session, sessionmaker

from app import migrate
from app.config import Config
from app.db import make_engine
from app.guards import Role
from app.models import use_keys
from tests.bench.bench_same_numbers import people
from tests.bench.load import Site, burst, gunicorn
from tests.builders import a_staff_session
from tests.integration.results.builders import a_coded_survey

READERS, ROUNDS, STARTS = 20, 5, 3
MS_FLOOR, MS_AIM = 300.0, 100.0
KB_FLOOR, KB_AIM = 60.0, 30.0
RATIO_FLOOR, RATIO_AIM = 2.0, 1.5
BARE, HEARD = ("tests.bench.bare:app", 8218), ("wsgi:app", 8219)
PLACES = (
    "", "/themes", "/gaps", "/groups", "/together", "/questions", "/outcomes", "/trend",
    "/compare", "/people", "/coverage", "/drop-off", "/register", "/beside", "/reports",
)  # fmt: skip
ROTATE = """
local at, addresses = 0, {%s}
request = function()
  at = at + 1
  return wrk.format("GET", addresses[at %% #addresses + 1])
end
"""


@dataclass(frozen=True)
class Reader:
    """A commissioner who has signed in, and one survey's pages."""

    settings: dict[str, str]
    cookie: str
    addresses: tuple[str, ...]


class Start(NamedTuple):
    """What it took to the first page, in seconds."""

    wall: float
    cpu: float


@contextmanager
def reader(instance: Path | None) -> Iterator[Reader]:
    """Sign a commissioner in; put people into an instance of our own where none was given."""
    with tempfile.TemporaryDirectory() as folder:
        home = instance or Path(folder)
        config = Config.from_env({"HEARD_INSTANCE": str(home)})
        use_keys(config.keys)
        engine = make_engine(config.database_url)
        migrate.upgrade(engine)
        with sessionmaker(engine, expire_on_commit=False)() as session:
            slug = "victims-survey" if instance else a_coded_survey(session, people()).slug
            yield _signed_in(session, home, slug)
        engine.dispose()


def _signed_in(session: Session, home: Path, slug: str) -> Reader:
    _, secret = a_staff_session(session, Role.COMMISSIONER)
    session.commit()
    settings = {"FACES": "staff", "HEARD_INSTANCE": str(home)}
    return Reader(settings, f"staff={secret}", tuple(f"/results/{slug}{p}" for p in PLACES))


def fetch(site: Site, address: str, cookie: str) -> tuple[bytes, int]:
    """Return what came back, and how many bytes it took on the way."""
    asked = urllib.request.Request(  # noqa: S310 - our own port
        urljoin(site.url, address), headers={"Cookie": cookie, "Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(asked, timeout=60) as reply:  # noqa: S310
        sent = reply.read()
        packed = reply.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(sent) if packed else sent), len(sent)


def weight(site: Site, address: str, cookie: str) -> int:
    """Return the bytes of a page with every style, script and picture it loads by itself."""
    body, size = fetch(site, address, cookie)
    loaded = re.findall(
        r'<(?:link[^>]*rel="?(?:stylesheet|icon)[^>]*href|(?:script|img)[^>]*src)="([^"]+)"',
        body.decode(),
    )
    asked = {name for name in loaded if not name.startswith("data:")}
    return size + sum(fetch(site, name, cookie)[1] for name in asked)


def first_answer(app: str, port: int, address: str, settings: dict[str, str]) -> Start:
    """Return the seconds from starting a server to its first page, and those of its processor."""
    began = time.perf_counter()
    with gunicorn(app, port, ready=address, every=0.02, **settings) as site:
        return Start(time.perf_counter() - began, site.cpu() + site.own_cpu())


def workers(site: Site) -> list[int]:
    """Return the processes that answer."""
    listed = Path(f"/proc/{site.process}/task/{site.process}/children").read_text().split()
    return [int(number) for number in listed]


def resident(site: Site) -> float:
    """Return what the largest worker holds in memory (RSS), in MiB."""
    return max(_kib(number, "status", "VmRSS") for number in workers(site)) / 1024


def shared(site: Site) -> float:
    """Return what the server and its workers hold together, shared pages once (PSS), in MiB."""
    parts = [site.process, *workers(site)]
    return sum(_kib(number, "smaps_rollup", "Pss") for number in parts) / 1024


def _kib(process: int, file: str, name: str) -> int:
    text = Path(f"/proc/{process}/{file}").read_text()
    return int(re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)[1])  # type: ignore[index]


def said(name: str, value: float, floor: float, aim: float, unit: str) -> bool:
    """Print a figure beside what is asked; return whether it falls short."""
    print(f"{name:44s}{value:9.2f} {unit:3s} (at most {floor:g}, aim {aim:g})", flush=True)
    return value > floor


def read_pages(site: Site, who: Reader) -> Iterator[bool]:
    """Let twenty readers read every page, without pausing; yield whether a figure falls short."""
    listed = ",".join(f'"{address}"' for address in who.addresses)
    sent = {"Cookie": who.cookie, "Accept_Encoding": "gzip"}
    bursts = [
        burst(site, "/", ROTATE % listed, readers=READERS, **sent) for _ in range(1 + ROUNDS)
    ][1:]
    p95 = statistics.median(one.p95 for one in bursts)
    yield said(f"all pages in turn, {READERS} readers, p95", p95, MS_FLOOR, MS_AIM, "ms")
    rate = statistics.median(one.rate for one in bursts)
    print(f"  {rate:.0f} pages a second, {bursts[0].cpu:.1f} ms of CPU a page")
    first = burst(site, who.addresses[0], readers=READERS, **sent)
    yield said(f"page one, {READERS} readers, p95", first.p95, MS_FLOOR, MS_AIM, "ms")
    sizes = {address: weight(site, address, who.cookie) / 1000 for address in who.addresses}
    heaviest = max(sizes, key=lambda address: sizes[address])
    print("  " + ", ".join(f"{a.rpartition('/')[2]} {kb:.1f}" for a, kb in sizes.items()))
    yield said(f"heaviest page ({heaviest})", sizes[heaviest], KB_FLOOR, KB_AIM, "kB")


def hold(bare: Site, heard: Site) -> Iterator[bool]:
    """Yield whether a worker holds too much after all of this, against the bare one."""
    fetch(bare, "/form", "")
    for name, measure in (("largest worker, RSS", resident), ("all together, PSS", shared)):
        mine, theirs = measure(heard), measure(bare)
        print(f"  {name}: {mine:.0f} MiB, bare {theirs:.0f} MiB")
        yield said(f"memory: {name}", mine / theirs, RATIO_FLOOR, RATIO_AIM, "x")


def starts(settings: dict[str, str]) -> Iterator[bool]:
    """Yield whether the first answer comes too late, against the bare one; taken in turns."""
    pairs = [
        (first_answer(*HEARD, "/sign-in", settings), first_answer(*BARE, "/form", {}))
        for _ in range(1 + STARTS)
    ][1:]
    sides = tuple(zip(*pairs, strict=True))
    for name in Start._fields:
        mine, theirs = (statistics.median(getattr(s, name) for s in side) for side in sides)
        print(f"  to the first answer: {mine:.2f} s {name}, bare {theirs:.2f} s")
        yield said(f"time to first answer, {name}", mine / theirs, RATIO_FLOOR, RATIO_AIM, "x")


def main(instance: Path | None) -> int:
    """Measure and print; exit 1 where a figure falls short."""
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    short: list[bool] = []
    with reader(instance) as who:
        short += starts(who.settings)
        with gunicorn(*BARE) as bare, gunicorn(*HEARD, **who.settings) as heard:
            short += read_pages(heard, who)
            short += hold(bare, heard)
    return int(any(short))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))

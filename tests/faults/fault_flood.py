"""T16 at length: a script answers an open link 200 times a second while forty people answer too.

Half of the people sit behind one address of their own, a refuge; half behind the script's own.
All of them are thanked and stored, nothing of theirs or of the script's is lost, none of theirs is
set aside, and no worker grows. `python tests/faults/fault_flood.py [seconds]`
"""

import http.cookiejar
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
import urllib.request
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select  # noqa: E402 - after the path is set
from sqlalchemy.orm import sessionmaker  # noqa: E402

from app.models import AnswerText, Draft, Response  # noqa: E402
from tests.integration.respond.conftest import OPEN  # noqa: E402
from tests.integration.respond.killing import Sender, installed, serving  # noqa: E402

SCRIPT = Path(__file__).with_suffix(".lua")
PEOPLE, CONNECTIONS = 40, 60
REFUGE, ITS_OWN = "127.0.9.1", "127.0.0.1"  # the script's network is 127.0.0.0/24
PAUSES = {REFUGE: (1.5, 3.0), ITS_OWN: (4.0, 8.0)}  # seconds before each of two questions
TARGET_P95, MOST_GROWTH = 1.0, 1.3


class Person(threading.Thread):
    """Somebody who reads, answers at her own pace from her own address, and sends once."""

    def __init__(self, site: str, number: int, begins: float, name: str = "person") -> None:
        super().__init__()
        self.address = REFUGE if number % 2 else ITS_OWN
        self.sender, self.begins = Sender(site), begins
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.sender.browser = urllib.request.build_opener(jar, _From(self.address))
        self.words = f"{name} {number} was told nothing for weeks, and rang again"
        self.took: list[float] = []
        self.is_thanked = False

    def run(self) -> None:
        """Answer once."""
        time.sleep(self.begins)
        token = Sender.token(self._fetch(f"/s/{OPEN}"))
        token = Sender.token(self._fetch(f"/s/{OPEN}", act="begin", csrf_token=token))
        self._fetch("/", act="start", csrf_token=token)
        self._read()
        self._fetch("/", act="next", question="told", q_told="no", csrf_token=token)
        self._read()
        last = {"question": "words", "q_words": self.words, "csrf_token": token}
        self.is_thanked = "Thank you" in self._fetch("/", act="stop", **last)

    def _read(self) -> None:
        time.sleep(random.uniform(*PAUSES[self.address]))  # noqa: S311 - reading, not a secret

    def _fetch(self, path: str, **fields: str) -> str:
        start = time.monotonic()
        page = self.sender.fetch(path, **fields)
        self.took.append(time.monotonic() - start)
        return page


class _From(urllib.request.HTTPHandler):
    """Speaks from one address of this machine."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def http_open(self, request: urllib.request.Request) -> Any:
        """Connect from that address."""

        def connect(host: str, **options: Any) -> HTTPConnection:
            return HTTPConnection(host, source_address=(self.address, 0), **options)

        return self.do_open(connect, request)  # type: ignore[arg-type]


def main(seconds: int) -> None:
    """Flood, let forty people answer meanwhile, then count."""
    engine, folder, url = installed()
    with serving(url, folder) as (process, site):
        before = [Person(site, n, n / 5, "earlier") for n in range(PEOPLE // 4)]
        for person in before:
            person.start()
        for person in before:
            person.join()
        people = [Person(site, n, 5 + n * (seconds - 40) / PEOPLE) for n in range(PEOPLE)]
        flood = subprocess.Popen(
            _wrk(site, seconds), env=_pass(site), stdout=subprocess.PIPE, text=True
        )
        for person in people:
            person.start()
        time.sleep(min(15, seconds / 4))
        small = _memory(process.pid)
        said = json.loads(flood.communicate()[0].splitlines()[-1])
        for person in people:
            person.join()
        large = _memory(process.pid)
    with sessionmaker(engine)() as session:
        stored = session.scalar(select(func.count()).select_from(Response)) or 0
        waiting = session.scalar(select(func.count()).select_from(Draft)) or 0
        query = select(AnswerText, Response.quarantined).join(Response)
        kept = [(text.body or "", aside) for text, aside in session.execute(query)]
    theirs = {words: aside for words, aside in kept if words.startswith("person")}
    scripted = [aside for words, aside in kept if not words.startswith(("person", "earlier"))]
    p95 = _p95(people)
    result = {
        "flood": said,
        "people thanked": sum(person.is_thanked for person in people),
        "people stored": len(theirs),
        "people set aside": sum(aside is not None for aside in theirs.values()),
        "p95 of a page of theirs, s": round(p95, 3),
        "the same before the flood, s": round(_p95(before), 3),
        "scripted stored": stored - len(theirs) - len(before),
        "scripted not set aside": scripted.count(None),
        "drafts waiting": waiting,
        "worker MiB before, after": [small, large],
        "load": os.getloadavg()[0],
    }
    print(json.dumps(result, indent=1))  # noqa: T201
    is_well = (
        result["people thanked"] == len(theirs) == PEOPLE
        and result["people set aside"] == 0
        and p95 < TARGET_P95
        and stored - len(theirs) - len(before) >= said["sent"]
        and large < small * MOST_GROWTH
    )
    sys.exit(0 if is_well else 1)


def _wrk(site: str, seconds: int) -> list[str]:
    shape = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s"]
    return ["wrk", *shape, "-s", str(SCRIPT), site]


def _pass(site: str) -> dict[str, str]:
    """Return what a script reads off one page: its token and the cookie that goes with it."""
    with urllib.request.urlopen(f"{site}/s/{OPEN}") as reply:  # noqa: S310 - our own site
        page = reply.read().decode()
        cookie = re.search(r"heard_public=[^;]+", str(reply.headers["Set-Cookie"]))
    assert cookie
    return {**os.environ, "TOKEN": Sender.token(page), "COOKIE": cookie[0], "LINK": OPEN}


def _p95(people: list[Person]) -> float:
    took = sorted(took for person in people for took in person.took)
    return took[int(len(took) * 0.95)]


def _memory(master: int) -> int:
    """Return what the largest worker holds, MiB."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    pages = [int(Path(f"/proc/{child}/statm").read_text().split()[1]) for child in children]
    return max(pages) * 4096 // 2**20


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 600)

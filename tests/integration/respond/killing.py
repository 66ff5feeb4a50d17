"""Web workers killed at random while people send: shared by the short test and the long run."""

import http.client
import http.cookiejar
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from app import migrate
from app.config import parse_keys
from app.db import make_engine
from app.models import use_keys
from tests.builders import a_collector, a_survey
from tests.conftest import TEST_KEYS
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import SMALL

ROOT = Path(__file__).parents[3]
TRIES = 400


def installed() -> tuple[Engine, Path, str]:
    """Return a migrated SQLite database that asks the small survey, its folder and address."""
    use_keys(parse_keys(TEST_KEYS))
    folder = Path(tempfile.mkdtemp())
    url = f"sqlite:///{folder / 'heard.db'}"
    engine = make_engine(url)
    migrate.upgrade(engine)
    with sessionmaker(engine)() as session:
        a_collector(session, a_survey(session, SMALL), token=OPEN)
    return engine, folder, url


@contextmanager
def serving(url: str, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run gunicorn with two workers on a free port; yield the master and its address."""
    settings = {
        "FACES": "public",
        "DATABASE_URL": url,
        "DATA_KEYS": TEST_KEYS,
        "SECRET_KEY": "killed",
        "HEARD_INSTANCE": str(folder),
    }
    # As deployed, so that a killed worker is back at once and kills hit people, not starts.
    command = [sys.executable, "-m", "gunicorn", "-w", "2", "-b", "127.0.0.1:0", "wsgi:app"]
    command += ["--config", "deploy/gunicorn_settings.py", "--log-level", "info"]
    log = folder / "gunicorn.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stderr=output)
    try:
        yield process, _address(log)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _address(log: Path) -> str:
    """Return where the face listens; wait a minute, for a busy machine is slow to start."""
    for _ in range(1200):
        at = re.search(r"Listening at: (\S+)", log.read_text())
        if at:
            return at[1]
        time.sleep(0.05)
    raise AssertionError(log.read_text())


class Sender:
    """Somebody who sends again when no reply comes."""

    def __init__(self, site: str) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.browser = urllib.request.build_opener(jar)
        self.site = site

    def fetch(self, path: str, **fields: str) -> str:
        """Get a page or send one; try again for as long as none comes whole."""
        body = urllib.parse.urlencode(fields).encode() if fields else None
        for _ in range(TRIES):
            try:
                with self.browser.open(self.site + path, body, timeout=20) as reply:
                    page: str = reply.read().decode()
                    if "</html>" in page:
                        return page
            except (http.client.HTTPException, urllib.error.URLError, OSError, ValueError):
                time.sleep(0.05)
        raise AssertionError(f"no answer in {TRIES} tries")

    def send_once(self) -> bool:
        """Go through the survey; return whether she saw the thank-you."""
        token = self.token(self.fetch(f"/s/{OPEN}"))
        token = self.token(self.fetch(f"/s/{OPEN}", act="begin", csrf_token=token))
        self.fetch("/", act="start", csrf_token=token)
        self.fetch("/", act="next", question="told", q_told="no", csrf_token=token)
        page = self.fetch("/", act="stop", question="words", q_words="Heard", csrf_token=token)
        thanked = "Thank you" in page
        if thanked:
            self.fetch("/", act="finish", csrf_token=token)
        return thanked

    @staticmethod
    def token(page: str) -> str:
        """Return the page's token."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        return found[1]


def kill_workers(master: int, stop: threading.Event, most: int) -> int:
    """Kill one worker after another at random moments; return how many died."""
    chance, killed = random.Random(4), 0  # noqa: S311 - moments, not secrets
    while not stop.is_set() and killed < most:
        time.sleep(chance.uniform(0.05, 0.4))
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        if children:
            with suppress(ProcessLookupError):  # gone by itself meanwhile
                os.kill(int(chance.choice(children)), signal.SIGKILL)
                killed += 1
    return killed


class Sending(threading.Thread):
    """A person who sends several times over."""

    def __init__(self, site: str, times: int) -> None:
        super().__init__()
        self.site, self.times, self.thanked = site, times, 0

    def run(self) -> None:
        """Send, and count the thank-yous."""
        sender = Sender(self.site)
        for _ in range(self.times):
            self.thanked += sender.send_once()

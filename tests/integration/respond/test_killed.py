"""F1, F2 in short: workers killed at random while people send. The long run is `make faults`."""

import http.cookiejar
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Response, Survey
from tests.conftest import TEST_KEYS
from tests.integration.respond.conftest import OPEN

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
PEOPLE, SENDS_EACH, KILLS = 3, 4, 12


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: the promise is kept by its FULL commits here."""
    return sqlite_url


@pytest.fixture
def server(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Return gunicorn with two workers on a free port."""
    settings = {
        "FACES": "public",
        "DATABASE_URL": sqlite_url,
        "DATA_KEYS": TEST_KEYS,
        "SECRET_KEY": "killed",
        "HEARD_INSTANCE": str(tmp_path),
    }
    command = [sys.executable, "-m", "gunicorn", "-w", "2", "-b", "127.0.0.1:0", "wsgi:app"]
    log = tmp_path / "gunicorn.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stderr=output)
    for _ in range(200):
        at = re.search(r"Listening at: (\S+)", log.read_text())
        if at:
            break
        time.sleep(0.05)
    else:
        raise AssertionError(log.read_text())
    yield process, at[1]
    process.terminate()
    process.wait(timeout=20)


class Sender:
    """Somebody who sends again when no reply comes."""

    def __init__(self, site: str) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.browser = urllib.request.build_opener(jar)
        self.site = site

    def fetch(self, path: str, **fields: str) -> str:
        """Get a page or send one; try again for as long as nothing answers."""
        body = urllib.parse.urlencode(fields).encode() if fields else None
        for _ in range(60):
            try:
                with self.browser.open(self.site + path, body, timeout=10) as reply:
                    page: str = reply.read().decode()
                    return page
            except (urllib.error.URLError, ConnectionError, TimeoutError, OSError):
                time.sleep(0.05)
        raise AssertionError("no answer in sixty tries")

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


def kill_workers(master: int, stop: threading.Event) -> int:
    """Kill one worker after another at random moments; return how many died."""
    chance, killed = random.Random(4), 0  # noqa: S311 - moments, not secrets
    while not stop.is_set() and killed < KILLS:
        time.sleep(chance.uniform(0.05, 0.4))
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        if children:
            os.kill(int(chance.choice(children)), signal.SIGKILL)
            killed += 1
    return killed


def test_whoever_was_thanked_is_stored_and_nobody_is_stored_twice(
    server: tuple[subprocess.Popen[bytes], str], survey: Survey, session: Session
):
    process, site = server
    stop, thanked = threading.Event(), []

    def answer() -> None:
        sender = Sender(site)
        thanked.extend(sender.send_once() for _ in range(SENDS_EACH))

    people = [threading.Thread(target=answer) for _ in range(PEOPLE)]
    killer = threading.Thread(target=kill_workers, args=(process.pid, stop))
    for thread in (*people, killer):
        thread.start()
    for thread in people:
        thread.join()
    stop.set()
    killer.join()
    session.rollback()
    stored = session.scalar(
        select(func.count()).select_from(Response).where(Response.survey_id == survey.id)
    )
    assert thanked.count(True) == PEOPLE * SENDS_EACH
    assert stored == PEOPLE * SENDS_EACH

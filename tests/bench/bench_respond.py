"""Speed and weight of the respondent's journey, as ratios to the bare yardstick of the same run.

Bursts of Heard and of the yardstick take turns, so that a slow spell of the machine hits both.
`python tests/bench/bench_respond.py [rounds]`; needs wrk.
"""

import base64
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sqlalchemy.orm import Session, sessionmaker  # noqa: E402 - after the path is set

import surveys  # noqa: E402
from app import create_app, migrate  # noqa: E402
from app.clock import utc_now  # noqa: E402
from app.config import Config, Face, parse_keys  # noqa: E402
from app.db import make_engine  # noqa: E402
from app.services import drafts  # noqa: E402
from app.services.links import find_entry  # noqa: E402
from app.services.walking import SEND, State  # noqa: E402
from app.store import journeys  # noqa: E402
from surveys import Chosen, Words  # noqa: E402
from tests.builders import a_collector, a_survey  # noqa: E402

KEYS = "bench:" + base64.b64encode(b"b" * 32).decode()
TEXT = "They listened to me and told me what would happen next."
SECONDS, CONCURRENCY = 3, 16
SENDS_READY = 2_500  # a burst, more than it can use
FLOORS = {"page": 0.4, "send": 0.4}
JOURNEY_CPU = 0.15


def questions() -> list[dict[str, Any]]:
    """Return seven single choices, two multiple ones and three boxes, as the peer was given."""
    made = []
    for n in range(12):
        kind = "single" if n < 7 else "multiple" if n < 9 else "long_text"
        question: dict[str, Any] = {"id": f"q{n}", "name": f"q{n}", "kind": kind}
        question["text"] = {"en": f"Question {n}?"}
        if kind == "long_text":
            question["support"] = True
        else:
            question["options"] = [
                {"id": f"o{n}_{o}", "value": f"v{o}", "text": {"en": f"Option {o}"}}
                for o in range(6 if kind == "single" else 5)
            ]
        made.append(question)
    return made


def given(day: datetime) -> surveys.Answers:
    """Return answers to all twelve."""
    chosen = {f"q{n}": Chosen((f"o{n}_1",)) for n in range(9)}
    return surveys.Answers(chosen | {f"q{n}": Words(TEXT) for n in range(9, 12)}, day=day.date())


@contextmanager
def gunicorn(app: str, port: int, **settings: str) -> Iterator[str]:
    """Run an application in two sync workers, as both are deployed."""
    config = ["--config", str(ROOT / "deploy/gunicorn_settings.py")] if app == "wsgi:app" else []
    command = [sys.executable, "-m", "gunicorn", "-w", "2", "-b", f"127.0.0.1:{port}"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **settings}
    process = subprocess.Popen(
        [*command, "--log-level", "error", *config, app], cwd=ROOT, env=environment
    )
    site = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{site}/form" if not config else f"{site}/healthz", timeout=1)  # noqa: S310
            break
        except OSError:
            time.sleep(0.1)
    yield site
    process.terminate()
    process.wait()


def burst(
    url: str, script: str = "", headers: Mapping[str, str] | None = None
) -> tuple[float, float]:
    """Return requests a second and the 95th percentile in ms; stop on any reply but 2xx and 3xx."""
    command = ["wrk", "-t1", f"-c{CONCURRENCY}", f"-d{SECONDS}s"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as file:
        file.write(script + REPORT)
    out = subprocess.run(
        [*command, "-s", file.name, url], capture_output=True, text=True, check=True
    ).stdout
    found = json.loads(out.splitlines()[-1])
    if found["bad"]:
        raise SystemExit(f"{found['bad']} replies of {url} were errors")
    return found["rate"], found["p95"]


REPORT = """
done = function(summary, latency, requests)
  io.write(string.format('{"rate": %.1f, "p95": %.2f, "bad": %d}\\n',
    summary.requests / (summary.duration / 1e6), latency:percentile(95) / 1000,
    summary.errors.status + summary.errors.timeout))
end
"""


def send_script(secrets: list[str], session_cookie: str, token: str) -> str:
    """Return a script in which every request sends another person's answers."""
    listed = ",".join(f'"{secret}"' for secret in secrets)
    return f"""
local people, at = {{{listed}}}, 0
request = function()
  at = at % #people + 1
  local headers = {{["Content-Type"] = "application/x-www-form-urlencoded",
    ["Cookie"] = "visit=" .. people[at] .. "; heard_public={session_cookie}"}}
  return wrk.format("POST", "/", headers, "act=send&csrf_token={token}")
end
"""


def bare_script() -> str:
    """Return a script that posts twelve answers to the yardstick."""
    body = "&".join(f"q{n}={TEXT.replace(' ', '+')}" for n in range(12))
    return f"""
wrk.method, wrk.body = "POST", "{body}"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
"""


def ready_to_send(session: Session, count: int) -> list[str]:
    """Return the secrets of people who have answered everything and not sent it."""
    now = utc_now()
    entry = find_entry(session, "bench", today=now.date())
    if entry is None:
        raise SystemExit("the bench's own link is not open")
    answers = json.dumps(surveys.answers_to_json(given(now)))
    state = State(at=SEND).to_json()
    secrets = [drafts.new_secret() for _ in range(count)]
    for secret in secrets:
        journeys.insert_journey(
            session,
            answers=answers,
            state=state,
            secret_hash=drafts.hash_secret(secret),
            submission_key=drafts.submission_key(secret),
            version_id=entry.version_id,
            collector_id=entry.collector_id,
            link_id=None,
            language="en",
            started_on=now.date(),
            touched_at=now,
        )
    session.commit()
    return secrets


class Walker:
    """Walks a whole journey in this process and counts its processor time."""

    def __init__(self, app: Any) -> None:
        self.browser, self.spent, self.token = app.test_client(), 0.0, ""

    def go(self, path: str = "/", **fields: str) -> None:
        """Fetch a page, or send one and be redirected."""
        body = {**fields, "csrf_token": self.token}
        before = time.process_time()
        reply = self.browser.post(path, data=body) if fields else self.browser.get(path)
        self.spent += time.process_time() - before
        if not fields:
            found = re.search(r'csrf_token" value="([^"]+)"', reply.text)
            self.token = found[1] if found else ""

    def walk(self) -> float:
        """Return the processor seconds of one journey of twelve questions, a page each."""
        self.go("/s/bench")
        self.go("/s/bench", act="begin")
        self.go()
        self.go(act="start")
        for n in range(12):
            self.go()
            value = f"o{n}_1" if n < 9 else TEXT
            self.go(act="next", question=f"q{n}", **{f"q_q{n}": value})
        self.go()
        self.go(act="send")
        self.go()
        return self.spent


def main(rounds: int) -> None:
    """Measure and print; exit 1 below a floor."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed. Install it with: apt-get install wrk")
    folder = Path(tempfile.mkdtemp())
    url = f"sqlite:///{folder / 'heard.db'}"
    config = Config(
        secret_key="bench",
        keys=parse_keys(KEYS),
        instance=folder,
        database_url=url,
        face=Face.PUBLIC,
    )
    engine = make_engine(url)
    migrate.upgrade(engine)
    app = create_app(config, engine)
    with sessionmaker(engine, expire_on_commit=False)() as session:
        document = {
            "format": "heard-survey/1", "id": "s_bench", "name": "bench", "title": "Bench",
            "public_title": {"en": "A few questions"}, "questions": questions(),
        }  # fmt: skip
        a_collector(session, a_survey(session, document), token="bench")
        walks = [Walker(app).walk() for _ in range(8)]
        measured = compare(app, session, url, rounds)
    measured["journey_cpu_s"] = statistics.median(walks[1:])
    below = [name for name, floor in FLOORS.items() if measured[f"{name}_ratio"] < floor]
    if measured["journey_cpu_s"] > JOURNEY_CPU:
        below.append("journey_cpu_s")
    for name, value in measured.items():
        print(f"{name:24}{value:10.3f}")
    sys.exit(f"below the floor: {', '.join(below)}" if below else 0)


def compare(app: Any, session: Session, url: str, rounds: int) -> dict[str, float]:
    """Return medians of interleaved bursts and their ratios."""
    one = Walker(app)
    one.go("/s/bench")
    one.go("/s/bench", act="begin")
    one.go()
    one.go(act="start")
    one.go()
    cookies = {name: one.browser.get_cookie(name).value for name in ("visit", "heard_public")}
    reading = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "Accept-Encoding": "gzip",
    }
    rates: dict[str, list[float]] = {}
    waits: dict[str, list[float]] = {}

    def note(name: str, result: tuple[float, float]) -> None:
        rates.setdefault(name, []).append(result[0])
        waits.setdefault(name, []).append(result[1])

    settings = {
        "FACES": "public", "DATABASE_URL": url, "DATA_KEYS": KEYS, "SECRET_KEY": "bench",
        "HEARD_INSTANCE": os.path.dirname(url.removeprefix("sqlite:///")),  # noqa: PTH120
    }  # fmt: skip
    with (
        gunicorn("wsgi:app", 8211, **settings) as heard,
        gunicorn("tests.bench.bare:app", 8212) as bare,
    ):
        for _ in range(rounds):
            note("page", burst(f"{heard}/", headers=reading))
            note("bare form", burst(f"{bare}/form"))
            secrets = ready_to_send(session, SENDS_READY)
            note(
                "send", burst(f"{heard}/", send_script(secrets, cookies["heard_public"], one.token))
            )
            note("bare send", burst(f"{bare}/send", bare_script()))
    middle = {name: statistics.median(values) for name, values in rates.items()}
    return {
        "page_per_s": middle["page"],
        "page_ratio": middle["page"] / middle["bare form"],
        "send_per_s": middle["send"],
        "send_ratio": middle["send"] / middle["bare send"],
        "send_p95_ratio": statistics.median(waits["send"]) / statistics.median(waits["bare send"]),
    }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)

"""Servers as they are deployed, bursts of load, and what a burst cost."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.services import postgres_url

ROOT = Path(__file__).resolve().parents[2]
SECONDS, CONCURRENCY = 3, 16
TICKS = os.sysconf("SC_CLK_TCK")
REPORT = """
done = function(summary, latency, requests)
  io.write(string.format('{"count": %d, "rate": %.1f, "p95": %.2f, "bad": %d}\\n',
    summary.requests, summary.requests / (summary.duration / 1e6), latency:percentile(95) / 1000,
    summary.errors.status + summary.errors.timeout + summary.errors.read))
end
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A running server."""

    url: str
    process: int

    def cpu(self) -> float:
        """Return the processor seconds its workers have used."""
        spent = 0.0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue  # ended meanwhile
            if int(fields[1]) == self.process:
                spent += (int(fields[11]) + int(fields[12])) / TICKS
        return spent

    def own_cpu(self) -> float:
        """Return the processor seconds of the server before and beside its workers."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@dataclass(frozen=True, slots=True)
class Burst:
    """What one burst came to."""

    count: int
    rate: float  # replies a second
    p95: float  # ms
    cpu: float  # ms of the workers' processors a reply


@contextmanager
def gunicorn(
    app: str, port: int, *, ready: str = "", every: float = 0.1, **settings: str
) -> Iterator[Site]:
    """Run an application in two sync workers, as both are deployed; ready when a page answers."""
    config = ["--config", str(ROOT / "deploy/gunicorn_settings.py")] if app == "wsgi:app" else []
    ready = ready or ("/healthz" if config else "/form")
    command = [sys.executable, "-m", "gunicorn", "-w", "2", "-b", f"127.0.0.1:{port}"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **settings}
    process = subprocess.Popen(
        [*command, "--log-level", "error", *config, app], cwd=ROOT, env=environment
    )
    site = f"http://127.0.0.1:{port}"
    for _ in range(int(20 / every)):
        try:
            urllib.request.urlopen(site + ready, timeout=5)  # noqa: S310 - our own port
            break
        except OSError:
            time.sleep(every)
    try:
        yield Site(site, process.pid)
    finally:
        process.terminate()
        process.wait()


def burst(
    site: Site, path: str, script: str = "", readers: int = CONCURRENCY, **headers: str
) -> Burst:
    """Load one address for a few seconds; stop on any reply but 2xx and 3xx."""
    command = ["wrk", "-t1", f"-c{readers}", f"-d{SECONDS}s", "--timeout", "20s"]
    for name, value in headers.items():
        command += ["-H", f"{name.replace('_', '-')}: {value}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as file:
        file.write(script + REPORT)
    before = site.cpu()
    out = subprocess.run(
        [*command, "-s", file.name, site.url + path], capture_output=True, text=True, check=True
    ).stdout
    spent = site.cpu() - before
    Path(file.name).unlink()
    found = json.loads(out.splitlines()[-1])
    if found["bad"]:
        raise SystemExit(f"{found['bad']} replies of {site.url}{path} were errors")
    return Burst(found["count"], found["rate"], found["p95"], 1000 * spent / found["count"])


@contextmanager
def postgres_database() -> Iterator[str]:
    """Make an empty PostgreSQL database and drop it afterwards."""
    name = f"heard_bench_{uuid.uuid4().hex[:8]}"
    admin = create_engine(postgres_url("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield postgres_url(name)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def form_script(fields: Mapping[str, str]) -> str:
    """Return a script that posts the same form each time."""
    body = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in fields.items())
    return f"""
wrk.method, wrk.body = "POST", "{body}"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
"""

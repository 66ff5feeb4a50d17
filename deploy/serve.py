"""`make run`: migrate, seed when empty, start both faces and the worker, stop them together."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from sqlalchemy.exc import SQLAlchemyError

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
STOP_SECONDS = 10
RESTART_WINDOW = 300.0  # deaths of the worker within it make the next wait longer
LONGEST_BACK_OFF = 30.0
MOST_PORT = 65535
PRODUCTION = ("SECRET_KEY", "DATA_KEYS", "DATABASE_URL")
WORKER = "worker"

Processes = dict[str, subprocess.Popen[bytes]]  # by part: public, staff, worker


def main() -> None:
    """Run until Ctrl-C; leave with one sentence when something stands in the way."""
    env = settings(os.environ)  # noqa: TID251 - the launcher hands its environment on
    instance = Path(env.get("HEARD_INSTANCE") or ROOT / "instance")
    instance.mkdir(parents=True, exist_ok=True)
    lock = hold(instance)
    ports = ports_of(env)
    for face, port in ports.items():
        refuse_used_port(face, port)
    heed_signals()
    processes: Processes = {}
    try:
        words = prepare(env)
        start(env, ports, processes)
        wait_until_up(processes, ports, own_host(env))
        # After the faces: while the coder is loaded, nobody should wait for a page.
        processes[WORKER] = start_part(WORKER, env, ports)
        sys.stdout.write(words)
        sys.stdout.flush()
        watch(processes, env, ports)
    except KeyboardInterrupt:
        sys.stdout.write("\nStopping…\n")
    finally:
        stop(processes)
        lock.close()


def settings(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with ports and DEMO filled in; production never gets a demo."""
    filled = dict(env)
    filled.setdefault("PUBLIC_PORT", "8000")
    filled.setdefault("STAFF_PORT", "8001")
    # The demonstration signs anybody in by one click: it is for this machine alone.
    filled.setdefault("HOST", "0.0.0.0" if env.get("HEARD_ENV") == "production" else "127.0.0.1")  # noqa: S104
    is_production = env.get("HEARD_ENV") == "production" or any(env.get(n) for n in PRODUCTION)
    if not env.get("DEMO"):
        filled["DEMO"] = "0" if is_production else "1"
    return filled


def ports_of(env: Mapping[str, str]) -> dict[str, int]:
    """Return the port of each face; exit with a sentence where there cannot be one."""
    ports = {}
    for face in ("public", "staff"):
        given = env[f"{face.upper()}_PORT"]
        if not given.isdecimal() or not 0 < int(given) <= MOST_PORT:
            sys.exit(f"{face.upper()}_PORT is {given!r}; give a number from 1 to {MOST_PORT}.")
        ports[face] = int(given)
    if ports["public"] == ports["staff"]:
        sys.exit("PUBLIC_PORT and STAFF_PORT are the same; the two faces need two ports.")
    return ports


def own_host(env: Mapping[str, str]) -> str:
    """Return a host name that the faces answer to: in production they refuse all others."""
    first = env.get("TRUSTED_HOSTS", "").split(",")[0].strip().lstrip(".")
    return first or "localhost"


def heed_signals() -> None:
    """End as Ctrl-C does when told to end, or when the terminal is closed.

    The parts run in sessions of their own, so nothing else would reach them.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def hold(instance: Path) -> IO[str]:
    """Return the lock on an instance; exit when another run has it."""
    lock = (instance / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"Another `make run` is using {instance}. Stop it first.")
    return lock


def refuse_used_port(face: str, port: int) -> None:
    """Exit when something already listens on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 - only to see whether it is free
        except OSError:
            sys.exit(
                f"Port {port} is in use. Stop what uses it, or choose another with "
                f"{face.upper()}_PORT=…"
            )


def prepare(env: Mapping[str, str]) -> str:
    """Migrate, seed an empty demonstration, and return what to print once all is up."""
    from app import create_app
    from app.config import Config, ConfigError
    from app.db import make_engine
    from deploy.welcome import welcome

    try:
        # The smaller face is made in half the time; its short patience with the database is not
        # for a seed.
        config = Config.from_env({**env, "FACES": "public"})
        app = create_app(config, make_engine(config.database_url))
        with app.app_context():
            return welcome(app)
    except ConfigError as error:
        sys.exit(str(error))
    except SQLAlchemyError as error:
        sys.exit(f"Heard cannot use its database: {type(error).__name__}. Is it running?")


def start(env: Mapping[str, str], ports: Mapping[str, int], processes: Processes) -> None:
    """Start the public face and the staff face, each its own process group.

    Each is added to `processes` as it starts, so that being interrupted half-way leaves none.
    """
    for part in ports:
        processes[part] = start_part(part, env, ports)


def start_part(
    part: str, env: Mapping[str, str], ports: Mapping[str, int]
) -> subprocess.Popen[bytes]:
    """Start one face, or the worker."""
    python = [sys.executable, "-m"]
    if part == WORKER:
        face, command = "staff", [*python, "flask", "--app", "wsgi", "work"]
    else:
        face = part
        bind = f"{env['HOST']}:{ports[part]}"
        command = [*python, "gunicorn", "wsgi:app", "--bind", bind, "--workers", "2",
                   "--config", "deploy/gunicorn_settings.py"]  # fmt: skip
    return subprocess.Popen(command, cwd=ROOT, env={**env, "FACES": face}, start_new_session=True)


def wait_until_up(processes: Processes, ports: Mapping[str, int], host: str) -> None:
    """Return when both faces answer; exit when one of the processes dies first."""
    deadline = time.monotonic() + START_SECONDS
    for port in ports.values():
        while not answers(port, host):
            if time.monotonic() > deadline or any(p.poll() is not None for p in processes.values()):
                sys.exit("Heard did not start. What it said is above.")
            time.sleep(0.1)


def watch(processes: Processes, env: Mapping[str, str], ports: Mapping[str, int]) -> None:
    """Start the worker again whenever it dies; return when a face has.

    A worker that cannot live is no reason to turn victims away: what they send waits for it.
    """
    died: list[float] = []
    again_at = 0.0  # when the dead worker is started again; 0 while it lives
    while True:
        for part, process in processes.items():
            if part != WORKER and process.poll() is not None:
                sys.stderr.write(f"The {part} face stopped by itself; stopping the rest.\n")
                return
        now = time.monotonic()
        if processes[WORKER].poll() is not None and not again_at:
            wait = back_off(died, now)
            again_at = now + wait
            sys.stderr.write(f"The worker stopped by itself; starting it again in {wait:.0f} s.\n")
        if again_at and now >= again_at:
            processes[WORKER], again_at = start_part(WORKER, env, ports), 0.0
        time.sleep(0.5)


def back_off(died: list[float], now: float) -> float:
    """Note that the worker died; return how long to wait: longer, the oftener it did of late."""
    died[:] = [at for at in died if now - at < RESTART_WINDOW] + [now]
    return float(min(2 ** (len(died) - 1), LONGEST_BACK_OFF))


def stop(parts: Processes) -> None:
    """End every process group, asking first; a second Ctrl-C does not cut this short."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    processes = parts.values()
    for process in processes:
        end_group(process, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            end_group(process, signal.SIGKILL)
            process.wait()


def end_group(process: subprocess.Popen[bytes], number: int) -> None:
    """Signal a part and all it started, which may live on where the part itself was killed."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def answers(port: int, host: str) -> bool:
    """Return whether a face is up and answers to this host name."""
    ask = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": host})
    try:
        with urllib.request.urlopen(ask, timeout=1) as reply:  # noqa: S310 - our own port
            return bool(reply.status == 200)
    except OSError:
        return False


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()

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
from pathlib import Path
from typing import IO

from sqlalchemy.exc import SQLAlchemyError

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
STOP_SECONDS = 10
MOST_PORT = 65535
PRODUCTION = ("SECRET_KEY", "DATA_KEYS", "DATABASE_URL")


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
    processes: list[subprocess.Popen[bytes]] = []
    try:
        words = prepare(env)
        start(env, ports, processes)
        wait_until_up(processes, ports, own_host(env))
        sys.stdout.write(words)
        sys.stdout.flush()
        watch(processes)
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
    from deploy.welcome import welcome

    try:
        app = create_app(Config.from_env(env))
        with app.app_context():
            return welcome(app)
    except ConfigError as error:
        sys.exit(str(error))
    except SQLAlchemyError as error:
        sys.exit(f"Heard cannot use its database: {type(error).__name__}. Is it running?")


def start(
    env: Mapping[str, str], ports: Mapping[str, int], processes: list[subprocess.Popen[bytes]]
) -> None:
    """Start the public face, the staff face and the worker, each its own process group.

    Each is added to `processes` as it starts, so that being interrupted half-way leaves none.
    """
    python = [sys.executable, "-m"]
    commands = [
        (
            {"FACES": face},
            [*python, "gunicorn", "wsgi:app", "--bind", f"{env['HOST']}:{port}", "--workers", "2",
             "--config", "deploy/gunicorn_settings.py"],
        )
        for face, port in ports.items()
    ]  # fmt: skip
    commands.append(({"FACES": "staff"}, [*python, "flask", "--app", "wsgi", "work"]))
    for extra, command in commands:
        processes.append(
            subprocess.Popen(command, cwd=ROOT, env={**env, **extra}, start_new_session=True)
        )


def wait_until_up(
    processes: list[subprocess.Popen[bytes]], ports: Mapping[str, int], host: str
) -> None:
    """Return when both faces answer; exit when one of the processes dies first."""
    deadline = time.monotonic() + START_SECONDS
    for port in ports.values():
        while not answers(port, host):
            if time.monotonic() > deadline or any(p.poll() is not None for p in processes):
                sys.exit("Heard did not start. What it said is above.")
            time.sleep(0.1)


def watch(processes: list[subprocess.Popen[bytes]]) -> None:
    """Return only when a part has stopped by itself; then the rest stops, too."""
    while all(process.poll() is None for process in processes):
        time.sleep(0.5)
    sys.stderr.write("A part of Heard stopped by itself; stopping the rest.\n")


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """End every process group, asking first; a second Ctrl-C does not cut this short."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


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

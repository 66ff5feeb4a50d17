"""`make run`: it comes up behind trusted hosts, and leaves nothing behind however it is ended."""

import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deploy import serve

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


class Choosy(BaseHTTPRequestHandler):
    """Answers one host only, as Heard does in production."""

    def do_GET(self) -> None:
        """Answer 200 for the trusted host."""
        self.send_response(200 if self.headers["Host"] == "heard.example.org" else 400)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen(SLEEPER, start_new_session=True)


@pytest.mark.parametrize(
    ("hosts", "host"),
    [
        ("", "localhost"),
        ("heard.example.org,staff.example.org", "heard.example.org"),
        (".example.org", "example.org"),
    ],
)
def test_the_first_trusted_host_is_asked_for(hosts: str, host: str) -> None:
    assert serve.own_host({"TRUSTED_HOSTS": hosts}) == host


def test_a_face_that_answers_trusted_hosts_only_is_seen_to_be_up() -> None:
    server = HTTPServer(("127.0.0.1", 0), Choosy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert serve.answers(server.server_port, "heard.example.org")
    assert not serve.answers(server.server_port, "127.0.0.1")
    server.shutdown()
    server.server_close()


def test_an_impatient_second_ctrl_c_leaves_nothing_running(
    sleeper: subprocess.Popen[bytes],
) -> None:
    other = subprocess.Popen(SLEEPER, start_new_session=True)
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
        serve.stop({"public": sleeper, "staff": other})
        time.sleep(0.1)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert sleeper.poll() is not None
    assert other.poll() is not None


def test_closing_the_terminal_ends_it_as_ctrl_c_does() -> None:
    before = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)}
    try:
        serve.heed_signals()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGHUP)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.mark.parametrize("port", ["", "abc", "0", "70000"])
def test_a_port_that_cannot_be_one_is_said_in_a_sentence(port: str) -> None:
    with pytest.raises(SystemExit, match="PUBLIC_PORT"):
        serve.ports_of({"PUBLIC_PORT": port, "STAFF_PORT": "8001"})


def test_two_faces_need_two_ports() -> None:
    with pytest.raises(SystemExit, match="two"):
        serve.ports_of({"PUBLIC_PORT": "8001", "STAFF_PORT": "8001"})


BRIEF = [sys.executable, "-c", "pass"]
DEATHS = 7


def parts(**commands: list[str]) -> serve.Processes:
    return {n: subprocess.Popen(c, start_new_session=True) for n, c in commands.items()}


def test_a_worker_that_dies_is_started_again_and_never_takes_the_faces_with_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[str] = []
    running = parts(public=SLEEPER, worker=BRIEF)

    def start_part(part: str, *_args: object) -> subprocess.Popen[bytes]:
        started.append(part)
        running["worker"].wait()
        if len(started) == DEATHS:
            running["public"].kill()
        return subprocess.Popen(BRIEF)

    monkeypatch.setattr(serve, "start_part", start_part)
    monkeypatch.setattr(serve, "back_off", lambda _died, _now: 0.0)
    monkeypatch.setattr(serve.time, "sleep", lambda _seconds: None)
    serve.watch(running, {}, {})
    running["worker"].wait()
    assert started[:DEATHS] == ["worker"] * DEATHS
    said = capsys.readouterr().err
    assert said.count("The worker stopped by itself") >= DEATHS
    assert said.endswith("The public face stopped by itself; stopping the rest.\n")


def test_a_face_that_dies_stops_all_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    running = parts(public=BRIEF, worker=SLEEPER)
    serve.watch(running, {}, {})
    running["worker"].kill()
    running["worker"].wait()
    assert capsys.readouterr().err == "The public face stopped by itself; stopping the rest.\n"


def test_the_worker_is_waited_for_longer_each_time_and_forgiven_after_a_while() -> None:
    died: list[float] = []
    assert [serve.back_off(died, float(n)) for n in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert serve.back_off(died, 1000.0) == 1


def test_what_a_killed_part_had_started_is_stopped_as_well() -> None:
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    script = "import subprocess, sys; c = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
    script += "print(subprocess.Popen(c).pid, flush=True)\nimport time; time.sleep(60)"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE) as part:
        assert part.stdout is not None
        child = int(part.stdout.readline())
        part.kill()
        part.wait()
        try:
            serve.stop({"public": part})
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        # The pipe ends when the last of the group has let go of it.
        assert part.stdout.read() == b""
    assert not Path(f"/proc/{child}/exe").exists()

"""A bad network between people and a face: late, and cut off at any byte. For test and long run."""

import random
import socket
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.integration.respond.killing import Sender


class Lossy:
    """Passes requests on after a while; loses some on the way there, some on the way back."""

    def __init__(self, site: str, *, latency: float, loss: float, seed: int) -> None:
        place = urllib.parse.urlsplit(site)
        self.target = (place.hostname or "", place.port or 80)
        self.latency, self.loss = latency, loss
        self.chance = random.Random(seed)  # noqa: S311 - a network, not a secret
        self.lost_there = self.lost_back = 0

    def serve(self, listening: socket.socket) -> None:
        """Accept until the socket is closed."""
        with suppress(OSError):
            while True:
                caller, _ = listening.accept()
                threading.Thread(target=self._pass, args=(caller,), daemon=True).start()

    def _pass(self, caller: socket.socket) -> None:
        with caller, suppress(OSError, ValueError):
            caller.settimeout(20)
            asked = _whole(caller)
            time.sleep(self.latency / 2)
            if self.chance.random() < self.loss:
                self.lost_there += 1
                return
            with socket.create_connection(self.target, timeout=20) as server:
                server.sendall(asked)
                reply = b"".join(iter(lambda: server.recv(65536), b""))
            time.sleep(self.latency / 2)
            if self.chance.random() < self.loss:
                self.lost_back += 1
                reply = _cut(reply, self.chance.randrange(len(reply)))
            caller.sendall(reply)


@contextmanager
def between(site: str, *, latency: float, loss: float, seed: int) -> Iterator[tuple[Lossy, str]]:
    """Put a bad network in front of a face; yield it and the address to use."""
    network = Lossy(site, latency=latency, loss=loss, seed=seed)
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        threading.Thread(target=network.serve, args=(listening,), daemon=True).start()
        yield network, f"http://127.0.0.1:{listening.getsockname()[1]}"


def walk_all(site: str, people: int, at_once: int) -> int:
    """Let people answer and send over a network; return how many saw the thank-you."""
    thanked: list[bool] = []
    gate = threading.Semaphore(at_once)

    def person() -> None:
        with gate:
            thanked.append(Sender(site).send_once())

    threads = [threading.Thread(target=person) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(thanked)


def _whole(caller: socket.socket) -> bytes:
    """Return one request, head and body, asking the server to close after it."""
    asked = b""
    while b"\r\n\r\n" not in asked:
        asked += _more(caller)
    head, _, body = asked.partition(b"\r\n\r\n")
    named = [line.lower().partition(b":") for line in head.split(b"\r\n")]
    size = next((int(value) for name, _, value in named if name == b"content-length"), 0)
    while len(body) < size:
        body += _more(caller)
    return head + b"\r\n\r\n" + body


def _cut(reply: bytes, place: int) -> bytes:
    """Return the part of a reply that arrives; half a head is nothing to a browser.

    Python's client would take half a cookie for a whole one.
    """
    return reply[:place] if place > reply.find(b"\r\n\r\n") else b""


def _more(caller: socket.socket) -> bytes:
    part = caller.recv(65536)
    if not part:
        raise ValueError
    return part

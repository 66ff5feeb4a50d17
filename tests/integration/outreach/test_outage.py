"""A server that is down for ten minutes, by the moved clock: nothing lost, twice, or too late."""

import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Protocol

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Message
from app.services.outbound import Sender
from app.worker.senders import NotifySender, SmtpSender
from app.worker.upkeep import check_in_chore
from tests.integration.outreach.sending import (
    PACK,
    PEPPER,
    a_check_in,
    approved_wording,
    some_cases,
)
from tests.integration.worker.test_senders import KEY, free_port

PEOPLE = 4


class Server(Protocol):
    """A server of ours that can go down and come back on the same port."""

    channel: str
    sender: Sender

    def up(self) -> None: ...

    def down(self) -> None: ...

    def got(self) -> list[tuple[str, str]]: ...


class NotifyServer:
    """Speaks as much of GOV.UK Notify's API as sending needs."""

    channel = "sms"

    def __init__(self) -> None:
        self.port = free_port()
        self.sender = NotifySender(KEY, "sms-1", "email-1", f"http://127.0.0.1:{self.port}")
        self.handler = type("Handler", (_Notify,), {"taken": []})
        self.server: ThreadingHTTPServer | None = None

    def up(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), self.handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def down(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def got(self) -> list[tuple[str, str]]:
        return [(b["phone_number"], b["personalisation"]["body"]) for b in self.handler.taken]


class _Notify(BaseHTTPRequestHandler):
    taken: ClassVar[list[dict[str, Any]]] = []
    hangs_up: ClassVar[bool] = False  # takes the message, then dies before it answers
    status: ClassVar[int] = 201

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.status == 201:
            self.taken.append(body)
        if self.hangs_up:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"id": "1", "errors": []}')

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


class MailServer:
    """A mail server."""

    channel = "email"

    def __init__(self) -> None:
        self.port = free_port()
        self.sender = SmtpSender("127.0.0.1", self.port, "hello@example.org", starttls=False)
        self.mails: list[tuple[str, str]] = []
        self.controller: Controller | None = None

    def up(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def down(self) -> None:
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append((envelope.rcpt_tos[0], envelope.content.decode().replace("=\r\n", "")))
        return "250 OK"

    def got(self) -> list[tuple[str, str]]:
        return self.mails


@pytest.fixture(params=[NotifyServer, MailServer])
def server(request: pytest.FixtureRequest, session: Session, now: datetime) -> Iterator[Server]:
    """Return a server that is up, with check-ins due through it."""
    made: Server = request.param()
    address = {"sms": "+44770090010{}", "email": "person{}@example.org"}[made.channel]
    people = [(f"K{n}", made.channel, address.format(n)) for n in range(PEOPLE)]
    a_check_in(session)
    approved_wording(session, now, made.channel)
    some_cases(session, now, people)
    made.up()
    yield made
    made.down()


Minutes = Callable[..., None]


@pytest.fixture
def pass_minutes(session: Session, server: Server) -> Minutes:
    """Return a function that does the worker's chore once a minute."""
    chore = check_in_chore(
        PACK, public_url="https://x.example", sender=server.sender, secret_key=PEPPER
    )

    def run(start: datetime, minutes: int = 1, every: int = 1) -> None:
        for minute in range(0, minutes, every):
            chore.act(session, start + timedelta(minutes=minute))

    return run


def states(session: Session) -> Counter[str]:
    session.expire_all()
    return Counter(session.scalars(select(Message.state)))


def test_ten_minutes_down_lose_nothing_and_double_nothing(
    session: Session, server: Server, pass_minutes: Minutes, now: datetime
) -> None:
    server.down()
    pass_minutes(now, 10)
    assert states(session) == {"waiting": PEOPLE}
    server.up()
    pass_minutes(now + timedelta(minutes=10), 20)
    assert states(session) == {"sent": PEOPLE}
    assert len({address for address, _ in server.got()}) == len(server.got()) == PEOPLE
    links = [re.search(r"/s/([\w-]+)", body) for _, body in server.got()]
    assert len({found[1] for found in links if found}) == PEOPLE


def test_down_over_its_expiry_nothing_is_sent_late(
    session: Session, server: Server, pass_minutes: Minutes, now: datetime
) -> None:
    server.down()
    pass_minutes(now, 2)
    server.up()
    pass_minutes(now + timedelta(days=3), 5)
    assert server.got() == []
    assert states(session) == {"dropped": PEOPLE}


def test_down_into_the_night_everything_waits_for_the_morning(
    server: Server, pass_minutes: Minutes, now: datetime
) -> None:
    evening = now.replace(hour=19, minute=55)
    server.down()
    pass_minutes(evening, 5)
    server.up()
    pass_minutes(evening + timedelta(minutes=5), 12 * 60, every=60)
    assert server.got() == []
    pass_minutes(evening + timedelta(hours=13, minutes=6), 2)
    assert len(server.got()) == PEOPLE


@pytest.mark.parametrize("server", [NotifyServer], indirect=True)
def test_a_server_that_takes_a_text_and_dies_before_it_says_so_gets_none_twice(
    session: Session, server: Server, pass_minutes: Minutes, now: datetime
) -> None:
    assert isinstance(server, NotifyServer)
    server.handler.hangs_up = True  # type: ignore[attr-defined]  # of the class made above
    pass_minutes(now, 1)
    server.handler.hangs_up = False  # type: ignore[attr-defined]
    pass_minutes(now + timedelta(minutes=1), 30, every=3)
    assert len(server.got()) == PEOPLE
    assert states(session) == {"sending": PEOPLE}

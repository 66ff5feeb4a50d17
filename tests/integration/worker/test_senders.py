"""Senders against local servers that speak the real protocols."""

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller

from app.config import Config
from app.services.outbound import Outgoing, SenderDownError, SenderRefusedError
from app.worker.senders import (
    ByChannel,
    ConsoleSender,
    NotifySender,
    SmtpSender,
    Stoppable,
    sender_for,
)

EMAIL = Outgoing("ref-1", "email", "k1@example.org", "Hello", "How are things? https://x.example")
SMS = Outgoing("ref-1", "sms", "07700900123", "", "How are things? https://x.example")
KEY = "team-11111111-1111-1111-1111-111111111111-22222222-2222-2222-2222-222222222222"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mailbox:
    """Keeps what it is sent; refuses one address."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("gone"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, SmtpSender]]:
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    yield box, SmtpSender("127.0.0.1", server.port, "hello@example.org", starttls=False)
    server.stop()


def test_an_email_goes_through_a_mail_server(mailbox: tuple[Mailbox, SmtpSender]) -> None:
    box, sender = mailbox
    sender.send(EMAIL)
    (mail,) = box.mails
    assert mail.rcpt_tos == ["k1@example.org"]
    assert b"List-Unsubscribe" in mail.content
    assert b"How are things?" in mail.content


def test_a_mail_to_somebody_outside_has_a_one_click_link_and_a_notice_to_a_colleague_none(
    mailbox: tuple[Mailbox, SmtpSender], make_config: Callable[..., Config]
) -> None:
    box, there = mailbox
    url = f"smtp+plain://127.0.0.1:{there.port}"
    sender = sender_for(make_config(smtp_url=url, mail_from="hello@example.org"))
    assert sender is not None
    Stoppable(sender, "https://x.example", "s").send(replace(EMAIL, reference=str(uuid4())))
    sender.send(replace(EMAIL, reference=f"{uuid4()}/0a1b2c3d"))  # as FlagNotices mark theirs
    mail, notice = (envelope.content for envelope in box.mails)
    assert b"<https://x.example/stop/" in mail
    assert b"/stop/" not in notice


def test_an_address_the_server_refuses_is_never_tried_again(
    mailbox: tuple[Mailbox, SmtpSender],
) -> None:
    _, sender = mailbox
    with pytest.raises(SenderRefusedError):
        sender.send(Outgoing("r", "email", "gone@example.org", "", "x"))


def test_what_was_taken_stays_taken_whatever_the_server_says_at_parting(
    mailbox: tuple[Mailbox, SmtpSender],
) -> None:
    box, sender = mailbox

    async def hang_up(*_: Any) -> str:
        return "421 going away"

    box.handle_QUIT = hang_up  # type: ignore[attr-defined]
    sender.send(EMAIL)
    assert len(box.mails) == 1


def test_a_server_whose_certificate_nobody_vouches_for_gets_neither_password_nor_address(
    tmp_path: Path,
) -> None:
    box = Mailbox()
    server = Controller(
        box, hostname="127.0.0.1", port=free_port(), tls_context=made_up_certificate(tmp_path)
    )
    server.start()
    try:
        with pytest.raises(SenderDownError):
            SmtpSender("127.0.0.1", server.port, "hello@example.org", "me", "secret").send(EMAIL)
    finally:
        server.stop()
    assert box.mails == []


def made_up_certificate(folder: Path) -> ssl.SSLContext:
    """Return a context with a certificate that is its own only witness."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    command += ["-subj", "/CN=evil.example", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_a_mail_server_that_is_down_is_tried_again() -> None:
    with pytest.raises(SenderDownError):
        SmtpSender("127.0.0.1", free_port(), "hello@example.org").send(EMAIL)


class Notify(BaseHTTPRequestHandler):
    """Speaks as much of GOV.UK Notify's API as sending needs."""

    got: ClassVar[list[tuple[str, dict[str, Any]]]] = []
    status: ClassVar[int] = 201
    errors: ClassVar[list[dict[str, str]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["Authorization"].startswith("Bearer ")
        if self.status == 201:
            self.got.append((self.path, body))
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"id": "1", "errors": self.errors, "status_code": 1}).encode())

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def notify() -> Iterator[NotifySender]:
    Notify.got, Notify.status, Notify.errors = [], 201, []
    server = HTTPServer(("127.0.0.1", 0), Notify)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield NotifySender(KEY, "sms-1", "email-1", f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def test_a_text_and_an_email_go_through_notify(notify: NotifySender) -> None:
    notify.send(SMS)
    notify.send(EMAIL)
    (sms_path, sms), (email_path, email) = Notify.got
    assert sms_path == "/v2/notifications/sms"
    assert sms["phone_number"] == "07700900123"
    assert sms["reference"] == "ref-1"
    assert email_path == "/v2/notifications/email"
    assert email["personalisation"]["body"].startswith("How are things?")


@pytest.mark.parametrize(
    ("status", "said", "error"),
    [(400, "ValidationError", SenderRefusedError), (400, "BadRequestError", SenderDownError),
     (401, "AuthError", SenderDownError), (403, "AuthError", SenderDownError),
     (404, "NoResultFound", SenderDownError), (429, "RateLimitError", SenderDownError),
     (500, "Exception", SenderDownError), (503, "Exception", SenderDownError)],
)  # fmt: skip
def test_notifys_refusals_and_troubles_are_told_apart(
    notify: NotifySender, status: int, said: str, error: type[Exception]
) -> None:
    Notify.status, Notify.errors = status, [{"error": said, "message": "words"}]
    with pytest.raises(error):
        notify.send(SMS)


def test_notify_out_of_reach_is_tried_again() -> None:
    with pytest.raises(SenderDownError):
        NotifySender(KEY, "s", "e", f"http://127.0.0.1:{free_port()}").send(SMS)


def test_settings_choose_the_way_for_each_channel(make_config: Callable[..., Config]) -> None:
    both = sender_for(
        make_config(
            smtp_url="smtp://me:p%40ss@mail.example.org:2525",
            mail_from="hello@example.org",
            notify_key=KEY,
            notify_sms_template="s",
        )
    )
    assert isinstance(both, ByChannel)
    assert isinstance(both.sms, NotifySender)
    assert isinstance(both.email, SmtpSender)
    assert both.email == SmtpSender(
        "mail.example.org", 2525, "hello@example.org", username="me", password="p@ss"
    )
    assert sender_for(make_config()) is None
    assert isinstance(sender_for(make_config(demo=True)), ConsoleSender)


def test_a_channel_without_a_way_is_refused() -> None:
    with pytest.raises(SenderRefusedError):
        ByChannel().send(SMS)

"""Ways to send a message. Each says only: taken, down (try again), or refused (never again)."""

import logging
import smtplib
import ssl
import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email import policy
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import requests
from notifications_python_client.errors import APIError, HTTPError
from notifications_python_client.notifications import NotificationsAPIClient
from urllib3.exceptions import NameResolutionError, NewConnectionError

from app.config import Config
from app.services.outbound import (
    Outgoing,
    Sender,
    SenderDownError,
    SenderRefusedError,
    SenderUnsureError,
)
from app.services.stopping import stop_token

TIMEOUT_SECONDS = 10
# Lines as long as RFC 5322 allows: folded at 78, a stop link's header becomes encoded words, and
# no mail program finds an address in those.
AS_SENT = policy.SMTP.clone(max_line_length=998)
TAKEN, NEVER = 250, 500  # SMTP: from 500 on the answer will not change
BAD_REQUEST = 400  # HTTP

log = logging.getLogger("heard.worker")


@dataclass(frozen=True, slots=True)
class ConsoleSender:
    """Prints that a message would go; for the demonstration, where every address is invented."""

    def send(self, message: Outgoing) -> None:
        """Print the channel and the words; the address stays out of it."""
        sys.stdout.write(f"worker: would send by {message.channel}: {message.body}\n")


@dataclass(frozen=True, slots=True)
class ByChannel:
    """Sends texts one way and e-mail another; refuses what has no way."""

    sms: Sender | None = None
    email: Sender | None = None

    def send(self, message: Outgoing) -> None:
        """Hand over by the message's channel; raise what its sender raises."""
        sender = self.sms if message.channel == "sms" else self.email
        if sender is None:
            raise SenderRefusedError(f"there is no way to send by {message.channel}")
        sender.send(message)


def sender_for(config: Config) -> Sender | None:
    """Return what the settings allow, or None where there is no way to send."""
    if config.demo:
        return ConsoleSender()
    notify = smtp = None
    if config.notify_key:
        notify = NotifySender(
            config.notify_key,
            config.notify_sms_template,
            config.notify_email_template,
        )
    if config.smtp_url:
        smtp = smtp_sender(config.smtp_url, config.mail_from)
    if notify is None and smtp is None:
        return None
    sms = notify if config.notify_sms_template else None
    return ByChannel(sms, smtp or notify)


@dataclass(frozen=True, slots=True)
class Stoppable:
    """Gives each message to somebody outside its one-click link, and hands it on."""

    sender: Sender
    public_url: str
    secret: str = field(repr=False)

    def send(self, message: Outgoing) -> None:
        """Hand over a message with its link; raise what its sender raises."""
        token = stop_token(self.secret, message.reference)
        self.sender.send(replace(message, stop_url=f"{self.public_url}/stop/{token}"))


def smtp_sender(url: str, from_address: str) -> "SmtpSender":
    """Return a sender for "smtp://user:password@host:587"; "smtp+plain://" goes without TLS."""
    parts = urlsplit(url)
    return SmtpSender(
        host=parts.hostname or "localhost",
        port=parts.port or 587,
        from_address=from_address,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme != "smtp+plain",
    )


@dataclass(frozen=True, slots=True)
class SmtpSender:
    """Sends e-mail through the body's own mail server."""

    host: str
    port: int
    from_address: str
    username: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = True

    def send(self, message: Outgoing) -> None:
        """Hand over one e-mail; raise what Sender says."""
        if message.channel != "email":
            raise SenderRefusedError("this sender knows e-mail only")
        mail = EmailMessage()
        mail["From"], mail["To"] = self.from_address, message.address
        mail["Subject"] = message.subject
        mail["Message-ID"] = f"<{message.reference}@heard>"
        ways = [f"<mailto:{self.from_address}?subject=STOP>"]
        if message.stop_url:
            # Source: RFC 8058; a mail program's own "unsubscribe" then works by one click.
            ways.insert(0, f"<{message.stop_url}>")
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail["List-Unsubscribe"] = ", ".join(ways)
        mail.set_content(message.body)
        try:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        except (OSError, smtplib.SMTPException) as error:
            raise SenderDownError from error
        try:
            self._greet(server)
            _address(server, self.from_address, message.address)
            _hand_over(server, mail.as_bytes(policy=AS_SENT))
        except (OSError, smtplib.SMTPException) as error:
            raise SenderDownError from error
        finally:
            _part(server)

    def _greet(self, server: smtplib.SMTP) -> None:
        if self.starttls:
            server.starttls(context=ssl.create_default_context())
        if self.username:
            server.login(self.username, self.password)
        server.ehlo_or_helo_if_needed()


def _part(server: smtplib.SMTP) -> None:
    """Say good-bye; what was taken stays taken, whatever is said to that."""
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def _address(server: smtplib.SMTP, sender: str, to: str) -> None:
    """Name sender and receiver; nothing has been taken yet, whatever goes wrong."""
    for code, _words in (server.mail(sender), server.rcpt(to)):
        if code >= NEVER:
            raise SenderRefusedError
        if code not in {250, 251}:
            raise SenderDownError


def _hand_over(server: smtplib.SMTP, mail: bytes) -> None:
    """Hand the words over; once they are on their way, silence says nothing about their end."""
    try:
        code, _words = server.data(mail)
    except smtplib.SMTPDataError as error:  # refused before a word was sent
        raise (SenderRefusedError if error.smtp_code >= NEVER else SenderDownError) from error
    except (OSError, smtplib.SMTPException) as error:
        raise SenderUnsureError from error
    if code != TAKEN:
        raise SenderRefusedError if code >= NEVER else SenderDownError


@dataclass(frozen=True, slots=True)
class NotifySender:
    """Sends through GOV.UK Notify: one template a channel, whose only field is the body."""

    api_key: str
    sms_template: str
    email_template: str
    base_url: str = "https://api.notifications.service.gov.uk"

    def send(self, message: Outgoing) -> None:
        """Hand over a text or an e-mail; raise what Sender says."""
        client = NotificationsAPIClient(
            self.api_key, base_url=self.base_url, timeout=TIMEOUT_SECONDS
        )
        fields = {"body": message.body, "subject": message.subject}
        try:
            if message.channel == "sms":
                client.send_sms_notification(
                    phone_number=message.address,
                    template_id=self.sms_template,
                    personalisation=fields,
                    reference=message.reference,
                )
            else:
                client.send_email_notification(
                    email_address=message.address,
                    template_id=self.email_template,
                    personalisation=fields,
                    reference=message.reference,
                    one_click_unsubscribe_url=message.stop_url or None,
                )
        except HTTPError as error:
            if not _was_answered(error):
                raise (SenderDownError if _never_arrived(error) else SenderUnsureError) from error
            if _is_about_the_message(error):
                raise SenderRefusedError from error
            # A wrong key, a template that is not there, a clock that is off: every message would
            # be lost for it, so all wait until somebody has put it right, or they expire.
            log.error("GOV.UK Notify takes nothing from us: status %d", error.status_code)
            raise SenderDownError from error
        except APIError as error:  # taken, and answered with something that is no answer
            raise SenderUnsureError from error


def _is_about_the_message(error: HTTPError) -> bool:
    """Return whether Notify will never take this very message: its own word for that is below."""
    said = error.message if isinstance(error.message, list) else []
    return error.status_code == BAD_REQUEST and any(
        isinstance(part, dict) and part.get("error") == "ValidationError" for part in said
    )


def _was_answered(error: HTTPError) -> bool:
    return error.response is not None


def _never_arrived(error: HTTPError) -> bool:
    """Return whether no connection was ever made, so that nothing can have been taken."""
    cause = error.__cause__
    if isinstance(cause, requests.ConnectTimeout):
        return True
    reason = getattr(cause.args[0], "reason", None) if cause is not None and cause.args else None
    return isinstance(reason, NewConnectionError | NameResolutionError)

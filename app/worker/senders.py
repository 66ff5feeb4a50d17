"""Ways to send a message. Each says only: taken, down (try again), or refused (never again)."""

import smtplib
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import requests
from notifications_python_client.errors import APIError, HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from app.config import Config
from app.services.outbound import Outgoing, Sender, SenderDownError, SenderRefusedError

TIMEOUT_SECONDS = 10


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
            config.notify_key, config.notify_sms_template, config.notify_email_template
        )
    if config.smtp_url:
        smtp = smtp_sender(config.smtp_url, config.mail_from)
    if notify is None and smtp is None:
        return None
    sms = notify if config.notify_sms_template else None
    return ByChannel(sms, smtp or notify)


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
    password: str = ""
    starttls: bool = True

    def send(self, message: Outgoing) -> None:
        """Hand over one e-mail; raise SenderDownError or SenderRefusedError."""
        if message.channel != "email":
            raise SenderRefusedError("this sender knows e-mail only")
        mail = EmailMessage()
        mail["From"], mail["To"] = self.from_address, message.address
        mail["Subject"] = message.subject
        mail["Message-ID"] = f"<{message.reference}@heard>"
        mail["List-Unsubscribe"] = f"<mailto:{self.from_address}?subject=STOP>"
        mail.set_content(message.body)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS) as server:
                if self.starttls:
                    server.starttls()
                if self.username:
                    server.login(self.username, self.password)
                server.send_message(mail)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            raise SenderRefusedError from error
        except (OSError, smtplib.SMTPException) as error:
            raise SenderDownError from error


@dataclass(frozen=True, slots=True)
class NotifySender:
    """Sends through GOV.UK Notify: one template a channel, whose only field is the body."""

    api_key: str
    sms_template: str
    email_template: str
    base_url: str = "https://api.notifications.service.gov.uk"

    def send(self, message: Outgoing) -> None:
        """Hand over a text or an e-mail; raise SenderDownError or SenderRefusedError."""
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
                )
        except HTTPError as error:
            # 4xx other than "too many": the message itself is the problem.
            if 400 <= error.status_code < 500 and error.status_code != 429:
                raise SenderRefusedError from error
            raise SenderDownError from error
        except (APIError, requests.RequestException) as error:
            raise SenderDownError from error

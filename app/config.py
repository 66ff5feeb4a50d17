"""Every setting, read once from the environment; a default here is safe and fit to publish."""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.models import KeyRing

ROOT = Path(__file__).resolve().parent.parent
DATA_KEY_BYTES = 32


class Face(StrEnum):
    """The two faces: one codebase, separately startable."""

    PUBLIC = "public"
    STAFF = "staff"


class ConfigError(Exception):
    """Settings are missing or contradict each other; the message names all of them."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one process."""

    secret_key: str = field(repr=False)
    keys: KeyRing = field(repr=False)
    instance: Path = ROOT / "instance"
    database_url: str = ""
    face: Face = Face.STAFF
    public_url: str = "http://localhost:8000"
    staff_url: str = "http://localhost:8001"
    pack: str = "thames-valley"
    production: bool = False
    demo: bool = False
    testing: bool = False
    trusted_hosts: tuple[str, ...] = ()
    behind_proxy: bool = False
    smtp_url: str = field(default="", repr=False)  # smtp://user:password@host:587
    mail_from: str = ""
    notify_key: str = field(default="", repr=False)
    notify_sms_template: str = ""
    notify_email_template: str = ""
    notify_callback_token: str = field(default="", repr=False)  # what Notify shows when it calls
    broker_url: str = field(default="", repr=False)  # redis://… or amqp://…, for Celery only

    @property
    def secure(self) -> bool:
        """Whether cookies may travel over TLS only."""
        return self.production

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Config":
        """Return the settings in `env`; raise ConfigError naming every problem at once."""
        production = env.get("HEARD_ENV", "development") == "production"
        demo = env.get("DEMO", "0") == "1"
        instance = Path(env.get("HEARD_INSTANCE") or ROOT / "instance")
        problems = _problems(env, production=production, demo=demo)
        if problems:
            raise ConfigError("Heard cannot start. " + " ".join(problems))
        kept = {} if production else _development_secrets(instance)
        return cls(
            secret_key=env.get("SECRET_KEY") or kept["secret_key"],
            keys=parse_keys(env.get("DATA_KEYS") or kept["data_keys"]),
            instance=instance,
            database_url=env.get("DATABASE_URL") or f"sqlite:///{instance / 'heard.db'}",
            face=_face(env.get("FACES") or Face.STAFF),
            public_url=env.get("PUBLIC_URL") or _local(env.get("PUBLIC_PORT", "8000")),
            staff_url=env.get("STAFF_URL") or _local(env.get("STAFF_PORT", "8001")),
            pack=env.get("HEARD_PACK", "thames-valley"),
            production=production,
            demo=demo,
            trusted_hosts=_hosts(env.get("TRUSTED_HOSTS", "")),
            behind_proxy=env.get("BEHIND_PROXY") == "1",
            smtp_url=env.get("SMTP_URL", ""),
            mail_from=env.get("MAIL_FROM", ""),
            notify_key=env.get("NOTIFY_API_KEY", ""),
            notify_sms_template=env.get("NOTIFY_SMS_TEMPLATE", ""),
            notify_email_template=env.get("NOTIFY_EMAIL_TEMPLATE", ""),
            notify_callback_token=env.get("NOTIFY_CALLBACK_TOKEN", ""),
            broker_url=env.get("BROKER_URL", ""),
        )


def parse_keys(text: str) -> KeyRing:
    """Return the key ring in "id:base64,id:base64"; the first key writes.

    Raise ConfigError when there is none, or when a key is not 32 bytes.
    """
    keys: dict[str, bytes] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        key_id, _, encoded = part.partition(":")
        try:
            keys[key_id] = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ConfigError(f"DATA_KEYS: key {key_id!r} is not base64.") from error
        if len(keys[key_id]) != DATA_KEY_BYTES:
            raise ConfigError(f"DATA_KEYS: key {key_id!r} is not 32 bytes.")
    if not keys:
        raise ConfigError("DATA_KEYS holds no key.")
    return KeyRing(keys, next(iter(keys)))


def _problems(env: Mapping[str, str], *, production: bool, demo: bool) -> list[str]:
    problems = []
    if env.get("HEARD_ENV", "development") not in {"production", "development"}:
        problems.append("HEARD_ENV takes production or development.")
    beside = [name for name in ("SECRET_KEY", "DATA_KEYS", "DATABASE_URL") if env.get(name)]
    if demo and (production or beside):
        problems.append("DEMO=1 signs people in by one click; it never runs beside real settings.")
    return problems + (_missing(env) if production else [])


def _missing(env: Mapping[str, str]) -> list[str]:
    needed = ("SECRET_KEY", "DATA_KEYS", "DATABASE_URL", "PUBLIC_URL", "STAFF_URL", "TRUSTED_HOSTS")
    problems = [f"{name} is not set." for name in needed if not env.get(name)]
    if env.get("BEHIND_PROXY") not in {"0", "1"}:
        # Taken wrongly, every respondent and every guesser seems to come from one address.
        problems.append(
            "BEHIND_PROXY takes 1 where a proxy of yours ends TLS in front of Heard, 0 where none."
        )
    by_smtp = env.get("SMTP_URL") and env.get("MAIL_FROM")
    by_notify = env.get("NOTIFY_API_KEY") and env.get("NOTIFY_EMAIL_TEMPLATE")
    if not (by_smtp or by_notify):
        # A flag that nobody is told of may be read too late.
        problems.append(
            "SMTP_URL and MAIL_FROM, or NOTIFY_API_KEY and NOTIFY_EMAIL_TEMPLATE, are not set."
        )
    return problems


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(host.strip() for host in text.split(",") if host.strip())


def _face(text: str) -> Face:
    try:
        return Face(text)
    except ValueError as error:
        raise ConfigError("FACES takes public or staff: one process serves one face.") from error


def _local(port: str) -> str:
    # Not 127.0.0.1: WebAuthn refuses numeric hosts (settled.md 14).
    return f"http://localhost:{port}"


def _development_secrets(instance: Path) -> dict[str, str]:
    """Return keys made once for this machine and kept under instance/, which git ignores."""
    path = instance / "development-keys.json"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        made = {
            "warning": "Development keys. Production sets SECRET_KEY and DATA_KEYS itself.",
            "secret_key": secrets.token_urlsafe(48),
            "data_keys": "dev1:" + base64.b64encode(secrets.token_bytes(DATA_KEY_BYTES)).decode(),
        }
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(made, file, indent=2)
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return kept

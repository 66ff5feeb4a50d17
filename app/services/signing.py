"""Signed calls of the case system: HMAC-SHA256 over what is called, when, and the body.

A signature is good for one call, once: what was signed for one address opens no other, and a
call sent again by somebody on the way would bring back a consent that was taken away since.
"""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from app.models import HandoverKey
from app.services import calls
from app.store import audit, outreach
from app.store.actors import Actor

WINDOW = timedelta(minutes=5)
SECRET_BYTES = 32


class SignatureError(Exception):
    """A call is not signed by a key we know, or not just now; never says which."""


class ReplayError(Exception):
    """A call with this very signature was taken already."""


def sign(secret: str, method: str, path: str, timestamp: str, body: bytes) -> str:
    """Return the signature the case system sends.

    The hex HMAC-SHA256 of four lines: method, path with its query, timestamp, and the body as
    sent. The path begins with /api and holds no host.
    """
    head = f"{method.upper()}\n{path}\n{timestamp}\n".encode("utf-8", "replace")
    return hmac.new(secret.encode(), head + body, hashlib.sha256).hexdigest()


def is_key_in_use(session: Session, key_id: str) -> bool:
    """Return whether a call names a key we gave out; what it sends is still to be verified."""
    key = outreach.find_handover_key(session, key_id)
    return key is not None and key.revoked_at is None


def verify(
    session: Session,
    *,
    key_id: str,
    method: str,
    path: str,
    timestamp: str,
    signature: str,
    body: bytes,
    now: datetime,
) -> HandoverKey:
    """Return the key that signed a call; raise SignatureError, or ReplayError the second time.

    `timestamp` is in seconds since 1970, UTC.
    """
    key = outreach.find_handover_key(session, key_id)
    secret = key.secret if key is not None and key.revoked_at is None else None
    expected = sign(secret or "nobody", method, path, timestamp, body)
    right = hmac.compare_digest(expected.encode(), signature.lower().encode())
    if key is None or secret is None or not right or not _is_recent(timestamp, now):
        raise SignatureError
    if not calls.is_first(session, f"signed:{key_id}:{expected}", now):
        raise ReplayError
    session.commit()  # before anything is done: what fails is signed anew, not sent again
    return key


def create_key(session: Session, *, name: str, by: Actor, now: datetime) -> tuple[str, str]:
    """Return the id and the secret of a new key; the secret is shown this once."""
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(SECRET_BYTES)
    key = HandoverKey(key_id=key_id, name=name, created_at=now, secret=secret)
    session.add(key)
    audit.add_event(
        session, by=by, act="handover.key", kind="handover_key", object_id=key_id, now=now
    )
    session.commit()
    return key_id, secret


def revoke_key(session: Session, key_id: str, *, by: Actor, now: datetime) -> None:
    """End a key at once."""
    key = outreach.get_handover_key(session, key_id)
    key.revoked_at = now
    audit.add_event(
        session, by=by, act="handover.revoke", kind="handover_key", object_id=key_id, now=now
    )
    session.commit()


def _is_recent(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > len("99999999999"):
        return False
    return abs(now - datetime.fromtimestamp(int(timestamp), UTC)) <= WINDOW

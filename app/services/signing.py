"""Signed calls of the case system: HMAC-SHA256 over the moment and the body, with a key id."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from app.models import HandoverKey
from app.store import audit, outreach
from app.store.actors import Actor

WINDOW = timedelta(minutes=5)
SECRET_BYTES = 32


class SignatureError(Exception):
    """A call is not signed by a key we know, or not just now; never says which."""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature the case system sends: hex HMAC-SHA256 of "timestamp.body"."""
    message = timestamp.encode("ascii", "replace") + b"." + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def is_key_in_use(session: Session, key_id: str) -> bool:
    """Return whether a call names a key we gave out; what it sends is still to be verified."""
    key = outreach.find_handover_key(session, key_id)
    return key is not None and key.revoked_at is None


def verify(
    session: Session, *, key_id: str, timestamp: str, signature: str, body: bytes, now: datetime
) -> HandoverKey:
    """Return the key that signed a call; raise SignatureError.

    `timestamp` is in seconds since 1970, UTC. What a call does is idempotent, so a replay within
    the window changes nothing.
    """
    key = outreach.find_handover_key(session, key_id)
    secret = key.secret if key is not None and key.revoked_at is None else None
    expected = sign(secret or "nobody", timestamp, body).encode()
    right = hmac.compare_digest(expected, signature.lower().encode())
    if key is None or secret is None or not right or not _is_recent(timestamp, now):
        raise SignatureError
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

"""Calls from outside that may come twice: each is taken once, by the hash of what marks it."""

import hashlib
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import SeenCall


def is_first(session: Session, mark: str, now: datetime) -> bool:
    """Note a call within the caller's transaction; return False when it was noted before.

    The row decides, not a look before it: of two calls in one moment one is the first.
    """
    fingerprint = hashlib.sha256(mark.encode("utf-8", "replace")).hexdigest()
    try:
        with session.begin_nested():
            session.add(SeenCall(fingerprint=fingerprint, seen_at=now))
    except IntegrityError:
        return False
    return True

"""A browser's visit: the secret in its cookie, and the end of it.

Only hashes of the secret are stored: whoever reads the database opens nobody's journey.
"""

import hashlib
import logging
import secrets
from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.store import audit, journeys

log = logging.getLogger("heard")

SECRET_BYTES = 32


def new_secret() -> str:
    """Return a secret for one browser's cookie."""
    return secrets.token_urlsafe(SECRET_BYTES)


def submission_key(secret: str) -> str:
    """Return the key under which whatever this browser sends is stored once."""
    return hashlib.sha256(b"send:" + secret.encode("utf-8", "replace")).hexdigest()


def hash_secret(secret: str) -> str:
    """Return what is stored in place of a browser's secret."""
    return hashlib.sha256(b"visit:" + secret.encode("utf-8", "replace")).hexdigest()


def leave(session: Session, secret: str, *, now: datetime) -> None:
    """End a visit: an unsent draft goes, unless its person took a code to come back with.

    Never in the way: without a database the page is still left, and since the browser loses its
    secret, what stays behind can be opened by nobody and goes with the next purge.
    """
    try:
        while not _end(session, secret, now):
            session.rollback()
    except OperationalError as error:
        session.rollback()
        log.error("a visit was left without the database: %s", type(error.orig).__name__)
    except Exception as error:  # the outermost edge: a draft that cannot be read keeps nobody here
        session.rollback()
        log.error("a visit was left without its draft: %s", type(error).__name__)


def _end(session: Session, secret: str, now: datetime) -> bool:
    """End a visit; return False when another tab saved the draft just now."""
    row = journeys.find_journey(session, hash_secret(secret))
    if row is None:
        return True
    if row.code_key is None:
        journeys.delete_journey(session, row.id)
        act = "draft.leave"
    else:
        # The cookie that is still on the phone opens nothing any more; the words do.
        kept = journeys.save_journey(
            session,
            row,
            answers=row.answers or "",
            state=row.state or "",
            secret_hash=hash_secret(new_secret()),
        )
        if kept is None:
            return False
        act = "draft.keep"
    audit.add_respondent_event(session, act=act, kind="survey", object_id=row.survey_id, now=now)
    session.commit()
    return True

"""Which languages victims' pages may speak: those whose words a named person has read (0104)."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import surveys
from app.catalogues import EASY_READ, NAMES, SOURCE, TRANSLATED, catalogue, fingerprint
from app.models import Setting
from app.store import audit, staff
from app.store.actors import Actor

log = logging.getLogger("heard")

# Plain English in another dress needs no review of its own: the survey's own words get theirs.
OURS = frozenset({SOURCE, EASY_READ})


class NotTheSameWordsError(ValueError):
    """The words changed between reading and approving them."""


@dataclass(frozen=True, slots=True)
class Review:
    """How far the words of our pages have come in one language."""

    tag: str
    count: int
    reviewer: str = ""
    on: str = ""
    is_current: bool = False  # nothing was changed since


def reviewed(session: Session) -> frozenset[str]:
    """Return the languages our pages may speak to anybody."""
    return OURS | {review.tag for review in list_reviews(session) if review.is_current}


def offered(session: Session, survey: surveys.Survey, *, is_test: bool) -> tuple[str, ...]:
    """Return the languages of a survey in which it may be answered.

    While it is tried out, drafts too: the page says that they are.
    """
    if is_test or len(survey.languages) == 1:
        return survey.languages
    known = reviewed(session)
    source = survey.source_language
    return tuple(tag for tag in survey.languages if tag == source or tag in known)


def find_offered(session: Session) -> tuple[str, ...]:
    """Return the languages of the page before anything is looked up; none without a database."""
    try:
        known = reviewed(session)
    except OperationalError as error:
        session.rollback()
        log.error("languages could not be looked up: %s", type(error.orig).__name__)
        return ()
    return tuple(tag for tag in NAMES if tag in known and tag != EASY_READ)


def list_reviews(session: Session) -> list[Review]:
    """Return every language there is a catalogue for, reviewed or not."""
    kept = {s.key: s.value for s in staff.list_settings(session, map(_key, TRANSLATED))}
    return [_review(tag, kept.get(_key(tag))) for tag in TRANSLATED]


def find_review(session: Session, tag: str) -> Review:
    """Return how far one language has come."""
    setting = staff.find_setting(session, _key(tag))
    return _review(tag, setting.value if setting else None)


def approve(
    session: Session, tag: str, *, reviewer: str, words: str, by: Actor, now: datetime
) -> None:
    """Keep that a named person has read every word; raise NotTheSameWordsError if they changed."""
    if words != fingerprint(tag):
        raise NotTheSameWordsError
    value = {"reviewer": reviewer, "on": now.date().isoformat(), "fingerprint": words}
    setting = staff.find_setting(session, _key(tag))
    if setting is None:
        session.add(Setting(key=_key(tag), value=value))
    else:
        setting.value = value
    audit.add_event(
        session, by=by, act="interface.approve", kind="setting", object_id=_key(tag), now=now
    )
    session.commit()


def withdraw(session: Session, tag: str, *, by: Actor, now: datetime) -> None:
    """Offer a language no longer."""
    setting = staff.find_setting(session, _key(tag))
    if setting is None:
        return
    session.delete(setting)
    audit.add_event(
        session, by=by, act="interface.withdraw", kind="setting", object_id=_key(tag), now=now
    )
    session.commit()


def _review(tag: str, kept: Mapping[str, Any] | None) -> Review:
    count = len(catalogue(tag).words)
    if kept is None:
        return Review(tag, count)
    is_current = kept["fingerprint"] == fingerprint(tag)
    return Review(tag, count, kept["reviewer"], kept["on"], is_current)


def _key(tag: str) -> str:
    return f"interface.{tag}"

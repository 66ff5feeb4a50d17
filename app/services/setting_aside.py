"""Answers that were set aside: counted by reason, and let in or kept out by people, unread."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.store import audit, responses
from app.store.actors import Actor

KEPT = "kept:"  # a person has looked: these stay out
REASONS = {
    "honeypot": "Filled in a box that people do not see",
    "too_fast": "Many sent faster than anybody reads",
    "alike": "The same answers, many times over",
    "one_network": "Very many from one network, one after another",
    "not_me": "Somebody else used a personal link",
    "same_organisation": "A second answer from an organisation that has answered",
}


@dataclass(frozen=True, slots=True)
class Pile:
    """Answers of one survey set aside for one reason."""

    reason: str
    words: str
    count: int
    is_kept: bool


def list_piles(session: Session, survey_id: UUID) -> list[Pile]:
    """Return what is set aside in a survey, what nobody has looked at first."""
    counted = responses.count_quarantined(session, survey_id)
    piles = [_pile(reason, count) for reason, count in counted.items()]
    return sorted(piles, key=lambda pile: (pile.is_kept, -pile.count))


def release(session: Session, survey_id: UUID, reason: str, *, by: Actor, now: datetime) -> int:
    """Let the answers set aside for a reason count after all; return how many."""
    return _move(session, survey_id, reason, None, "responses.release", by=by, now=now)


def keep(session: Session, survey_id: UUID, reason: str, *, by: Actor, now: datetime) -> int:
    """Keep the answers set aside for a reason out, as looked at; return how many."""
    return _move(session, survey_id, reason, KEPT + reason, "responses.keep_out", by=by, now=now)


def _move(
    session: Session,
    survey_id: UUID,
    reason: str,
    becomes: str | None,
    act: str,
    *,
    by: Actor,
    now: datetime,
) -> int:
    count = responses.change_quarantine(session, survey_id, reason, becomes)
    detail = {"reason": reason, "count": count}
    audit.add_event(
        session, by=by, act=act, kind="survey", object_id=survey_id, now=now, detail=detail
    )
    session.commit()
    return count


def _pile(reason: str, count: int) -> Pile:
    plain = reason.removeprefix(KEPT)
    return Pile(reason, REASONS.get(plain, plain), count, reason.startswith(KEPT))

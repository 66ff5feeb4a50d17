"""What people do with a safeguarding flag: take it, note, move it, close it with a second person.

The machine raises (`raising.py`); only people lower or close, and never one person alone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.models import Flag, FlagNote, FlagStatus, Tier
from app.packs import Hours
from app.services.codes import digest
from app.services.duty import due_at, is_staffed
from app.services.raising import NOTICE, raise_flag
from app.store import audit, care
from app.store.actors import Actor
from app.store.errors import ConflictError
from app.store.outbox import add_job

TIERS: Sequence[Tier] = tuple(Tier)
PERSON = "person"


class SecondPersonNeededError(Exception):
    """Whoever proposed it cannot also agree to it."""


class NothingProposedError(ConflictError):
    """There is no proposal to agree to; somebody took it back, or it was agreed already."""


class FlagClosedError(ConflictError):
    """The flag is closed; nothing more is done to it."""


class NotThatWayError(ValueError):
    """The tier chosen does not lie in the direction asked for."""


def take(session: Session, flag_id: UUID, *, by: Actor, now: datetime) -> None:
    """Make the flag one's own; the first to do so has acknowledged it."""
    flag = _open_flag(session, flag_id, by)
    flag.owner_id = by.user_id
    flag.acknowledged_at = flag.acknowledged_at or now
    if flag.status == FlagStatus.OPEN:
        flag.status = FlagStatus.ACKNOWLEDGED
    _finish(session, flag, "flag.take", by, now)


def add_note(session: Session, flag_id: UUID, words: str, *, by: Actor, now: datetime) -> None:
    """Keep what somebody did or learned, sealed."""
    flag = _open_flag(session, flag_id, by)
    _write(session, flag, words, by, now)
    _finish(session, flag, "flag.note", by, now)


def move_up(
    session: Session,
    flag_id: UUID,
    tier: Tier,
    reason: str,
    *,
    hours: Hours,
    by: Actor,
    now: datetime,
) -> None:
    """Move a flag to a more urgent tier at once; whatever was proposed about it falls away."""
    flag = _open_flag(session, flag_id, by)
    if place(tier) >= place(flag.tier):
        raise NotThatWayError
    before = flag.tier
    flag.tier = tier
    flag.due_at = min(flag.due_at, due_at(tier, now, hours))
    _drop_proposals(flag)
    _write(session, flag, reason, by, now)
    _finish(session, flag, "flag.move_up", by, now, {"from": before, "to": tier})


def propose_lower(
    session: Session, flag_id: UUID, tier: Tier, reason: str, *, by: Actor, now: datetime
) -> None:
    """Propose a less urgent tier; nothing moves until somebody else agrees."""
    flag = _open_flag(session, flag_id, by)
    if place(tier) <= place(flag.tier):
        raise NotThatWayError
    flag.lowering_to = tier
    flag.lowering_by = by.user_id
    flag.lowering_reason = reason.strip()
    _write(session, flag, reason, by, now)
    _finish(session, flag, "flag.propose_lower", by, now, {"from": flag.tier, "to": tier})


def agree_lower(
    session: Session, flag_id: UUID, tier: Tier, *, hours: Hours, by: Actor, now: datetime
) -> None:
    """Agree, as a second person, to the lower tier seen; its clock counts from the raising."""
    flag = _open_flag(session, flag_id, by)
    if flag.lowering_to != tier:
        raise NothingProposedError
    _second_person(flag.lowering_by, by)
    before = flag.tier
    flag.tier = tier
    flag.due_at = due_at(tier, flag.raised_at, hours)
    _drop_proposals(flag)
    _finish(session, flag, "flag.agree_lower", by, now, {"from": before, "to": tier})


def propose_close(
    session: Session, flag_id: UUID, reason: str, *, by: Actor, now: datetime
) -> None:
    """Propose to close; the flag stays on the desk until somebody else agrees."""
    flag = _open_flag(session, flag_id, by)
    flag.status = FlagStatus.CLOSING
    flag.closing_by = by.user_id
    flag.closing_reason = reason.strip()
    _write(session, flag, reason, by, now)
    flag.acknowledged_at = flag.acknowledged_at or now
    _finish(session, flag, "flag.propose_close", by, now)


def proposal_mark(flag: Flag) -> str:
    """Return a mark of the proposal to close that is shown, so that no other is agreed to."""
    return digest("close", f"{flag.closing_by} {flag.tier} {flag.closing_reason}")


def agree_close(session: Session, flag_id: UUID, seen: str, *, by: Actor, now: datetime) -> None:
    """Close the flag as the second person; raise SecondPersonNeededError for the first.

    `seen` is the mark of the proposal they read; raise NothingProposedError for another.
    """
    flag = _open_flag(session, flag_id, by)
    if flag.status != FlagStatus.CLOSING or seen != proposal_mark(flag):
        raise NothingProposedError
    _second_person(flag.closing_by, by)
    flag.status = FlagStatus.CLOSED
    flag.closed_by = by.user_id
    flag.closed_at = now
    _finish(session, flag, "flag.close", by, now, {"proposed_by": str(flag.closing_by)})


def keep(session: Session, flag_id: UUID, words: str, *, by: Actor, now: datetime) -> None:
    """Leave the flag as it is: do not agree to what was proposed, or take one's own back."""
    flag = _open_flag(session, flag_id, by)
    if flag.status != FlagStatus.CLOSING and flag.lowering_to is None:
        raise NothingProposedError
    _drop_proposals(flag)
    _write(session, flag, words, by, now)
    _finish(session, flag, "flag.keep", by, now)


def raise_by_person(
    session: Session,
    response_id: UUID,
    tier: Tier,
    words: str,
    *,
    hours: Hours,
    by: Actor,
    now: datetime,
    text_id: UUID | None = None,
) -> Flag:
    """Raise a flag because somebody who read an answer is worried; it needs nobody's leave."""
    flag = raise_flag(
        session,
        response_id,
        reason=f"{PERSON}:{uuid4().hex[:12]}",  # two who worry at once both raise one
        source=PERSON,
        tier=tier,
        hours=hours,
        now=now,
        text_id=text_id,
        by=by,
    )
    _write(session, flag, words, by, now)
    session.commit()
    return flag


def escalate_due(session: Session, *, now: datetime, hours: Hours) -> int:
    """Pass what nobody took in time to the deputy; return how many flags that was.

    Safe to call as often as one likes: a flag goes to the deputy once.
    """
    late = care.list_unanswered_flags(session, due_by=now)
    for flag in late:
        flag.escalated_at = now
        add_job(session, NOTICE, now=now, subject_id=flag.id, payload={"to": "deputy"})
        audit.add_event(
            session,
            by=None,
            act="flag.escalate",
            kind="flag",
            object_id=flag.id,
            now=now,
            detail={"tier": flag.tier, "staffed": is_staffed(now, hours)},
        )
    session.commit()
    return len(late)


def place(tier: str) -> int:
    """Return how far down the order of tiers this one stands; 0 is the most urgent."""
    return TIERS.index(Tier(tier))


def _open_flag(session: Session, flag_id: UUID, by: Actor) -> Flag:
    flag = care.get_flag_seen_by(session, by, flag_id, lock=True)
    if flag.status == FlagStatus.CLOSED:
        raise FlagClosedError
    return flag


def _second_person(proposed_by: UUID | None, by: Actor) -> None:
    if proposed_by is None:
        raise NothingProposedError  # also when the account of whoever proposed is gone
    if proposed_by == by.user_id:
        raise SecondPersonNeededError


def _drop_proposals(flag: Flag) -> None:
    flag.lowering_to = flag.lowering_by = flag.lowering_reason = None
    flag.closing_by = flag.closing_reason = None
    if flag.status == FlagStatus.CLOSING:
        flag.status = FlagStatus.ACKNOWLEDGED


def _write(session: Session, flag: Flag, words: str, by: Actor, now: datetime) -> None:
    if words.strip():
        note = FlagNote(flag_id=flag.id, author_id=by.user_id, written_at=now)
        note.body = words.strip()
        session.add(note)


def _finish(
    session: Session,
    flag: Flag,
    act: str,
    by: Actor,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    audit.add_event(session, by=by, act=act, kind="flag", object_id=flag.id, now=now, detail=detail)
    session.commit()

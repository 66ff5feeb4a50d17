"""Retention: every survey's answers go when their time is over, without anybody's help."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.store import audit
from app.store import retention as retention_store

CHUNK = 500
DRAFT_LIFE = timedelta(days=30)  # settled.md 18
ATTEMPT_LIFE = timedelta(days=1)  # far longer than the window in which they slow anybody down
SESSION_LIFE = timedelta(days=1)  # a session lives 8 hours at most
INVITATION_LIFE = timedelta(days=30)
CONTACT_LIFE = timedelta(days=30)  # domain §8: 30 days for contact details


@dataclass(frozen=True, slots=True)
class Purged:
    """How many of each were deleted; `held` responses wait for an open flag to be closed."""

    responses: int = 0
    held: int = 0
    drafts: int = 0
    contacts: int = 0
    attempts: int = 0
    sessions: int = 0
    invitations: int = 0


def purge(session: Session, *, now: datetime) -> Purged:
    """Delete what is past its time, in one commit, and record how much, never what."""
    today = now.astimezone(LONDON).date()
    purged = Purged(
        responses=_purge_responses(session, today),
        held=retention_store.count_held_responses(session, today=today),
        drafts=retention_store.delete_drafts(session, before=now - DRAFT_LIFE),
        contacts=retention_store.forget_contact_details(
            session, done_before=today - CONTACT_LIFE, today=today
        ),
        attempts=retention_store.delete_sign_in_attempts(session, before=now - ATTEMPT_LIFE),
        sessions=retention_store.delete_staff_sessions(session, before=now - SESSION_LIFE),
        invitations=retention_store.delete_invitations(session, before=now - INVITATION_LIFE),
    )
    audit.add_event(
        session,
        by=None,
        act="retention.purge",
        kind="installation",
        object_id="all",
        now=now,
        detail=asdict(purged),
    )
    session.commit()
    return purged


def quarter_start(day: date) -> date:
    """Return the first day of a day's quarter; a complete period has ended before it."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _purge_responses(session: Session, today: date) -> int:
    count = 0
    while due := retention_store.list_due_responses(
        session, today=today, withdrawn_before=quarter_start(today), limit=CHUNK
    ):
        retention_store.delete_responses(session, due)
        count += len(due)
    return count

"""Retention: every survey's answers go when their time is over, without anybody's help."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.packs import COMPLAINT_DAYS
from app.services.planning import DAYS_TO_SEND, RULES
from app.store import audit
from app.store import retention as retention_store

CHUNK = 500
LONGEST_WAIT = max(rule.after_days for rule in RULES.values()) + DAYS_TO_SEND
DRAFT_LIFE = timedelta(days=30)  # settled.md 18
ATTEMPT_LIFE = timedelta(days=1)  # far longer than the window in which they slow anybody down
SESSION_LIFE = timedelta(days=1)  # a session lives 8 hours at most
INVITATION_LIFE = timedelta(days=30)
CONTACT_LIFE = timedelta(days=30)  # domain §8: 30 days for contact details
# Of a closed case whose person agreed to hear from us: until the last check-in may have gone.
AFTER_CLOSURE = timedelta(days=LONGEST_WAIT) + CONTACT_LIFE
NOTE_LIFE = timedelta(days=30)  # what stands on a task that belongs to no answers, once it is done
CALL_LIFE = timedelta(days=7)  # far longer than a call may be sent again
COMPLAINT_LIFE = timedelta(days=COMPLAINT_DAYS)  # a pack may say otherwise


@dataclass(frozen=True, slots=True)
class Purged:
    """How many of each were deleted; `held` responses wait for an open flag to be closed."""

    responses: int = 0
    held: int = 0
    drafts: int = 0
    half_done: int = 0
    contacts: int = 0
    addresses: int = 0
    notes: int = 0
    calls: int = 0
    attempts: int = 0
    sessions: int = 0
    invitations: int = 0
    complaints: int = 0


def purge(
    session: Session,
    *,
    now: datetime,
    complaint_life: timedelta = COMPLAINT_LIFE,
    note_life: timedelta = NOTE_LIFE,
) -> Purged:
    """Delete what is past its time, in one commit, and record how much, never what."""
    today = now.astimezone(LONDON).date()
    purged = Purged(
        responses=_purge_responses(session, today),
        held=retention_store.count_held_responses(session, today=today),
        drafts=retention_store.delete_drafts(session, before=now - DRAFT_LIFE),
        half_done=retention_store.delete_half_done(session, before=now - DRAFT_LIFE),
        contacts=retention_store.forget_contact_details(
            session, done_before=today - CONTACT_LIFE, today=today
        ),
        addresses=retention_store.forget_addresses(
            session,
            today=today,
            changed_before=now - CONTACT_LIFE,
            closed_before=today - CONTACT_LIFE,
            asked_after_before=today - AFTER_CLOSURE,
        ),
        notes=retention_store.forget_task_notes(session, done_before=now - note_life),
        calls=retention_store.delete_seen_calls(session, before=now - CALL_LIFE),
        attempts=retention_store.delete_sign_in_attempts(session, before=now - ATTEMPT_LIFE),
        sessions=retention_store.delete_staff_sessions(session, before=now - SESSION_LIFE),
        invitations=retention_store.delete_invitations(session, before=now - INVITATION_LIFE),
        complaints=retention_store.delete_complaints(session, closed_before=today - complaint_life),
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

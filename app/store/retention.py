"""What is deleted when its time is over; every function says how many rows went."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Update, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from app.models import (
    REPLY,
    Case,
    Complaint,
    ContactDetail,
    ContactRequest,
    Draft,
    Flag,
    FlagStatus,
    HalfDone,
    Invitation,
    Job,
    OptOut,
    Response,
    SeenCall,
    SignInAttempt,
    StaffSession,
    Task,
)

OPEN_FLAG = (
    select(Flag.id).where(Flag.response_id == Response.id, Flag.status != FlagStatus.CLOSED)
).exists()


def list_due_responses(
    session: Session, *, today: date, withdrawn_before: date, limit: int
) -> Sequence[UUID]:
    """Return responses past their time, and shells of withdrawn ones that figures let go of.

    A response somebody still has an open flag on is left until the flag is closed.
    """
    over = or_(Response.purge_on <= today, Response.withdrawn_on < withdrawn_before)
    return session.scalars(select(Response.id).where(over, ~OPEN_FLAG).limit(limit)).all()


def count_held_responses(session: Session, *, today: date) -> int:
    """Return how many responses are kept past their time by an open flag."""
    query = select(Response.id).where(Response.purge_on <= today, OPEN_FLAG)
    return len(session.scalars(query).all())


def delete_responses(session: Session, response_ids: Collection[UUID]) -> None:
    """Delete responses with answers, texts, codings, reviews, quotes, flags, tasks and jobs.

    The database's own cascades take everything that hangs on a response or a text.
    """
    flags = select(Flag.id).where(Flag.response_id.in_(response_ids))
    _run(session, delete(Job).where(Job.subject_id.in_([*response_ids, *session.scalars(flags)])))
    _run(session, delete(Flag).where(Flag.response_id.in_(response_ids)))
    _run(session, delete(Response).where(Response.id.in_(response_ids)))


def delete_drafts(session: Session, *, before: datetime) -> int:
    """Delete journeys nobody has come back to."""
    return _run(session, delete(Draft).where(Draft.touched_at < before))


def delete_half_done(session: Session, *, before: datetime) -> int:
    """Delete what people began to decide and did not come back to."""
    return _run(session, delete(HalfDone).where(HalfDone.saved_at < before))


def forget_contact_details(session: Session, *, done_before: date, today: date) -> int:
    """Take away ways to reach people: when the request was met, or the way is safe no longer."""
    over = or_(ContactRequest.done_on < done_before, ContactRequest.safe_until < today)
    return _run(
        session,
        update(ContactRequest)
        .where(over, ContactRequest.details_sealed.is_not(None))
        .values(details_sealed=None),
    )


def forget_addresses(
    session: Session,
    *,
    today: date,
    changed_before: datetime,
    closed_before: date,
    asked_after_before: date,
) -> int:
    """Take away the addresses of cases nobody may write to any more; fingerprints stay for stops.

    Not safe any longer, never marked safe and left so, stopped, or closed: at once where the
    person did not agree to hear from us after that, else when the last check-in has gone.
    """
    stopped = exists().where(
        or_(
            OptOut.case_key == ContactDetail.case_key,
            OptOut.address_hash == ContactDetail.address_hash,
        )
    )
    closed = exists().where(
        Case.case_key == ContactDetail.case_key,
        or_(
            and_(Case.closed_on < closed_before, ~Case.consent_after_closure),
            Case.closed_on < asked_after_before,
        ),
    )
    never_safe = and_(ContactDetail.safe_until.is_(None), ContactDetail.changed_at < changed_before)
    over = or_(ContactDetail.safe_until < today, never_safe, stopped, closed)
    return _run(
        session,
        update(ContactDetail)
        .where(over, ContactDetail.address_sealed.is_not(None))
        .values(address_sealed=None, marked_safe=False),
    )


def forget_task_notes(session: Session, *, done_before: datetime) -> int:
    """Take away what was written on tasks beside no answers, and what was texted back.

    Other notes go with the answers.
    """
    return _run(
        session,
        update(Task)
        .where(or_(Task.response_id.is_(None), Task.kind == REPLY), Task.done_at < done_before)
        .where(Task.note_sealed.is_not(None))
        .values(note_sealed=None),
    )


def delete_seen_calls(session: Session, *, before: datetime) -> int:
    """Delete the marks of calls that could not be sent again any more."""
    return _run(session, delete(SeenCall).where(SeenCall.seen_at < before))


def delete_complaints(session: Session, *, closed_before: date) -> int:
    """Delete complaints that were answered long ago; one that is open waits for its answer."""
    return _run(session, delete(Complaint).where(Complaint.closed_on < closed_before))


def delete_sign_in_attempts(session: Session, *, before: datetime) -> int:
    """Delete failed sign-ins that slow nobody down any more."""
    return _run(session, delete(SignInAttempt).where(SignInAttempt.at < before))


def delete_staff_sessions(session: Session, *, before: datetime) -> int:
    """Delete sessions that ended, or can no longer be resumed."""
    over = or_(StaffSession.ended_at < before, StaffSession.started_at < before)
    return _run(session, delete(StaffSession).where(over))


def delete_invitations(session: Session, *, before: datetime) -> int:
    """Delete invitations that were used or ran out."""
    over = or_(Invitation.used_at < before, Invitation.expires_at < before)
    return _run(session, delete(Invitation).where(over))


def _run(session: Session, query: Delete | Update) -> int:
    done: Any = session.execute(query.execution_options(synchronize_session=False))
    return int(done.rowcount)

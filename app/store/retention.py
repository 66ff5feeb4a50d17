"""What is deleted when its time is over; every function says how many rows went."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Update, delete, or_, select, update
from sqlalchemy.orm import Session

from app.models import (
    ContactRequest,
    Draft,
    Flag,
    FlagStatus,
    Invitation,
    Job,
    Response,
    SignInAttempt,
    StaffSession,
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


def forget_contact_details(session: Session, *, done_before: date, today: date) -> int:
    """Take away ways to reach people: when the request was met, or the way is safe no longer."""
    over = or_(ContactRequest.done_on < done_before, ContactRequest.safe_until < today)
    return _run(
        session,
        update(ContactRequest)
        .where(over, ContactRequest.details_sealed.is_not(None))
        .values(details_sealed=None),
    )


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

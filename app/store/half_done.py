"""What people have begun to decide about an answer and not saved yet. It counts nowhere."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.models import AnswerText, HalfDone, Response
from app.models.sealed import seal

from .actors import Actor
from .coding import within_reach

COLUMN = "fields_sealed"


def find(session: Session, text_id: UUID, user_id: UUID, *, is_blind: bool) -> HalfDone | None:
    """Return what one person has begun."""
    return session.scalars(
        select(HalfDone).where(
            HalfDone.text_id == text_id, HalfDone.user_id == user_id, HalfDone.is_blind == is_blind
        )
    ).one_or_none()


def list_of(session: Session, actor: Actor) -> Sequence[tuple[HalfDone, AnswerText]]:
    """Return what a person has begun and may still read, the latest first."""
    query = (
        select(HalfDone, AnswerText)
        .join(AnswerText, AnswerText.id == HalfDone.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .where(
            HalfDone.user_id == actor.user_id,
            Response.withdrawn_on.is_(None),
            *within_reach(actor),
        )
        .order_by(HalfDone.saved_at.desc())
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def list_by_others(session: Session, text_id: UUID, user_id: UUID) -> Sequence[HalfDone]:
    """Return what others have begun with an answer, not blind, the latest first."""
    return session.scalars(
        select(HalfDone)
        .where(
            HalfDone.text_id == text_id, HalfDone.user_id != user_id, HalfDone.is_blind.is_(False)
        )
        .order_by(HalfDone.saved_at.desc())
    ).all()


def insert_first(
    session: Session, text_id: UUID, user_id: UUID, fields: str, *, is_blind: bool, now: datetime
) -> None:
    """Store what somebody has begun; IntegrityError where something of theirs stands already."""
    row_id = uuid4()
    session.execute(
        insert(HalfDone).values(
            id=row_id,
            text_id=text_id,
            user_id=user_id,
            is_blind=is_blind,
            fields_sealed=seal(HalfDone.__tablename__, COLUMN, row_id, fields),
            revision=1,
            saved_at=now,
        )
    )


def write_over(
    session: Session, found: HalfDone, fields: str, *, known: int, now: datetime
) -> bool:
    """Replace what somebody has begun, unless another tab did since; return whether it was done."""
    done = session.execute(
        update(HalfDone)
        .where(HalfDone.id == found.id, HalfDone.revision == known)
        .values(
            fields_sealed=seal(HalfDone.__tablename__, COLUMN, found.id, fields),
            revision=known + 1,
            saved_at=now,
        )
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an update has one


def drop(session: Session, text_id: UUID, user_id: UUID, *, is_blind: bool) -> None:
    """Forget what one person has begun: they saved it, or begin afresh."""
    session.execute(
        delete(HalfDone).where(
            HalfDone.text_id == text_id, HalfDone.user_id == user_id, HalfDone.is_blind == is_blind
        )
    )

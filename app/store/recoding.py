"""Coding all answers of a codebook anew: what is left, what people decided, and the change-over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased, selectinload

from app.models import (
    AnswerText,
    Codebook,
    Job,
    MachineCoding,
    Recoding,
    Response,
    Review,
    Survey,
)

from .codebooks import uses
from .errors import NotFoundError
from .machine import WaitingText, texts_to_read
from .outbox import LeaseLostError

CARRIED = "carried"  # the key of a review that an earlier version's decision was put into


def get_recoding(session: Session, recoding_id: UUID) -> Recoding:
    """Return a recoding; raise NotFoundError."""
    recoding = session.get(Recoding, recoding_id)
    if recoding is None:
        raise NotFoundError(f"recoding {recoding_id}")
    return recoding


def find_open(session: Session, key: str) -> Recoding | None:
    """Return the recoding of a codebook that is not over."""
    return session.scalars(
        select(Recoding)
        .join(Codebook, Codebook.id == Recoding.codebook_id)
        .where(Codebook.key == key, Recoding.finished_at.is_(None))
        .order_by(Recoding.asked_at)
        .limit(1)
    ).one_or_none()


def find_newest_in_use(session: Session, key: str) -> Codebook | None:
    """Return the newest version of a codebook that answers are read by."""
    is_coming = exists().where(Recoding.codebook_id == Codebook.id, Recoding.switched_at.is_(None))
    is_used = exists().where(Survey.codebook_id == Codebook.id)
    return session.scalars(
        select(Codebook)
        .where(Codebook.key == key, or_(~is_coming, is_used))
        .order_by(Codebook.version.desc())
        .limit(1)
    ).one_or_none()


def list_recodings(session: Session, key: str) -> Sequence[Recoding]:
    """Return the recodings of a codebook, newest first."""
    return session.scalars(
        select(Recoding)
        .join(Codebook, Codebook.id == Recoding.codebook_id)
        .where(Codebook.key == key)
        .order_by(Recoding.asked_at.desc())
    ).all()


def list_unfinished(session: Session) -> Sequence[Recoding]:
    """Return every recoding that is not over, the first asked for first."""
    query = select(Recoding).where(Recoding.finished_at.is_(None)).order_by(Recoding.asked_at)
    return session.scalars(query).all()


def list_uncoded(
    session: Session, key: str, coder: str, *, but: Sequence[str], limit: int
) -> list[WaitingText]:
    """Return answers of a codebook that this coder version has not read."""
    query = texts_to_read().where(*_uncoded(key, coder, but)).order_by(AnswerText.id).limit(limit)
    return [WaitingText(**row) for row in session.execute(query).mappings()]


def count_uncoded(session: Session, key: str, coder: str) -> int:
    """Return how many answers of a codebook this coder version has not read."""
    query = (
        select(func.count())
        .select_from(AnswerText)
        .join(Response, Response.id == AnswerText.response_id)
        .join(Survey, Survey.id == Response.survey_id)
        .where(*_uncoded(key, coder, ()))
    )
    return session.scalar(query) or 0


def list_uncarried(
    session: Session, codebook: Codebook, *, after: UUID | None, limit: int
) -> Sequence[Review]:
    """Return decisions under earlier versions that this one does not know, or not as they are.

    Of several earlier versions the newest with a decision on an answer speaks. What people
    decided under this version itself is never touched.
    """
    earlier, later, here = aliased(Codebook), aliased(Review), aliased(Review)
    between = aliased(Codebook)
    superseded = exists().where(
        later.text_id == Review.text_id,
        later.is_current,
        later.codebook_id == between.id,
        between.key == codebook.key,
        between.version > earlier.version,
        between.version < codebook.version,
    )
    stands = exists().where(
        here.text_id == Review.text_id,
        here.codebook_id == codebook.id,
        or_(
            and_(here.reviewer_key == CARRIED, here.reviewed_at >= Review.reviewed_at),
            and_(here.reviewer_key != CARRIED, here.is_current),
        ),
    )
    query = (
        select(Review)
        .join(earlier, earlier.id == Review.codebook_id)
        .where(
            Review.is_current,
            earlier.key == codebook.key,
            earlier.version < codebook.version,
            ~superseded,
            ~stands,
        )
        .options(selectinload(Review.codes), selectinload(Review.gaps))
        .order_by(Review.id)
        .limit(limit)
    )
    return session.scalars(query if after is None else query.where(Review.id > after)).all()


def find_carried(session: Session, text_id: UUID, codebook_id: UUID) -> Review | None:
    """Return the review of a text that an earlier decision was put into."""
    return session.scalars(
        select(Review).where(
            Review.text_id == text_id,
            Review.codebook_id == codebook_id,
            Review.reviewer_key == CARRIED,
        )
    ).one_or_none()


def keep_job(session: Session, job: Job, now: datetime) -> None:
    """Give a job back whose next part is due at once; a part that was done forgives the tries.

    Raise LeaseLostError when another worker has it by now.
    """
    kept = session.execute(
        update(Job)
        .where(Job.id == job.id, Job.lease == job.lease)
        .values(lease=None, leased_until=None, attempts=0, run_after=now)
        .execution_options(synchronize_session=False)
    )
    if not kept.rowcount:  # type: ignore[attr-defined]  # an update has one
        raise LeaseLostError(f"{job.kind} {job.id}")


def note_try(session: Session, job: Job, payload: dict[str, Any]) -> None:
    """Note on a job what is about to be tried alone."""
    session.execute(
        update(Job)
        .where(Job.id == job.id, Job.lease == job.lease)
        .values(payload=payload, attempts=2)  # alone, but no step nearer to being parked
        .execution_options(synchronize_session=False)
    )


def put_in_use(session: Session, codebook: Codebook, recoding: Recoding, now: datetime) -> None:
    """Let a codebook's surveys, its model and the figures change over; the caller commits."""
    session.execute(
        update(Survey)
        .where(Survey.id.in_(select(Survey.id).where(uses(codebook.key))))
        .values(codebook_id=codebook.id)
        .execution_options(synchronize_session=False)
    )
    codebook.model = recoding.model
    recoding.switched_at = now


def _uncoded(key: str, coder: str, but: Sequence[str]) -> list[ColumnElement[bool]]:
    coded = exists().where(MachineCoding.text_id == AnswerText.id, MachineCoding.coder == coder)
    left = [uses(key), Response.withdrawn_on.is_(None), ~coded]
    return [*left, AnswerText.id.not_in([UUID(i) for i in but])] if but else left

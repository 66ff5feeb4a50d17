"""Codebooks over their versions, drafts of the next one, and how much hangs on each theme."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.models import (
    AnswerText,
    Codebook,
    CodebookDraft,
    MachineCode,
    MachineCoding,
    Response,
    Review,
    ReviewCode,
    Survey,
)

from .errors import NotFoundError

DEFAULT_KEY = "victims"  # the codebook of surveys that name none


def list_versions(session: Session, key: str) -> Sequence[Codebook]:
    """Return all versions of a codebook, newest first."""
    return session.scalars(
        select(Codebook).where(Codebook.key == key).order_by(Codebook.version.desc())
    ).all()


def list_newest(session: Session) -> Sequence[Codebook]:
    """Return the newest version of every codebook."""
    other = aliased(Codebook)
    newer = exists().where(other.key == Codebook.key, other.version > Codebook.version)
    return session.scalars(select(Codebook).where(~newer).order_by(Codebook.name)).all()


def list_drafts(session: Session) -> Sequence[CodebookDraft]:
    """Return every draft of a codebook's next version."""
    return session.scalars(select(CodebookDraft).order_by(CodebookDraft.name)).all()


def get_draft(session: Session, draft_id: UUID, *, lock: bool = False) -> CodebookDraft:
    """Return a draft; raise NotFoundError where it was adopted or thrown away."""
    query = select(CodebookDraft).where(CodebookDraft.id == draft_id)
    draft = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if draft is None:
        raise NotFoundError(f"codebook draft {draft_id}")
    return draft


def find_draft(session: Session, key: str) -> CodebookDraft | None:
    """Return the draft of a codebook's next version."""
    return session.scalars(select(CodebookDraft).where(CodebookDraft.key == key)).one_or_none()


def find_before(session: Session, codebook: Codebook) -> Codebook | None:
    """Return the version before this one."""
    return session.scalars(
        select(Codebook)
        .where(Codebook.key == codebook.key, Codebook.version < codebook.version)
        .order_by(Codebook.version.desc())
        .limit(1)
    ).one_or_none()


def uses(key: str) -> ColumnElement[bool]:
    """Return what makes a survey one of those that a codebook of this key reads."""
    own = Survey.codebook_id.in_(select(Codebook.id).where(Codebook.key == key))
    return or_(own, Survey.codebook_id.is_(None)) if key == DEFAULT_KEY else own


def list_surveys(session: Session, key: str) -> Sequence[Survey]:
    """Return the surveys whose answers are read by some version of this codebook."""
    return session.scalars(select(Survey).where(uses(key)).order_by(Survey.name)).all()


def list_unread_surveys(session: Session, key: str) -> Sequence[Survey]:
    """Return surveys read by another codebook that nobody has answered yet."""
    answered = exists().where(Response.survey_id == Survey.id)
    query = select(Survey).where(~uses(key), ~answered).order_by(Survey.name)
    return session.scalars(query).all()


def count_reviewed(
    session: Session, codebook_id: UUID, themes: Collection[str]
) -> Mapping[str, int]:
    """Return how many answers people have given each theme under a version."""
    query = (
        select(ReviewCode.theme, func.count(func.distinct(Review.text_id)))
        .join(Review, Review.id == ReviewCode.review_id)
        .where(
            Review.is_current, Review.codebook_id == codebook_id, ReviewCode.theme.in_(list(themes))
        )
        .group_by(ReviewCode.theme)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def count_suggested(
    session: Session, codebook_id: UUID, themes: Collection[str]
) -> Mapping[str, int]:
    """Return how many answers the machine suggests each theme for under a version."""
    query = (
        select(MachineCode.theme, func.count(func.distinct(MachineCoding.text_id)))
        .join(MachineCoding, MachineCoding.id == MachineCode.coding_id)
        .where(MachineCoding.codebook_id == codebook_id, MachineCode.theme.in_(list(themes)))
        .group_by(MachineCode.theme)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def count_reviews(session: Session, codebook_id: UUID) -> tuple[int, int]:
    """Return how many answers people have read under a version, and of these drawn at random."""
    drawn = func.count().filter(Review.drawn == "random")
    query = select(func.count(), drawn).where(Review.is_current, Review.codebook_id == codebook_id)
    total, random = session.execute(query).one()
    return total, random


def count_texts(session: Session, key: str) -> int:
    """Return how many answers a codebook of this key reads."""
    query = (
        select(func.count())
        .select_from(AnswerText)
        .join(Response, Response.id == AnswerText.response_id)
        .join(Survey, Survey.id == Response.survey_id)
        .where(uses(key), Response.withdrawn_on.is_(None))
    )
    return session.scalar(query) or 0

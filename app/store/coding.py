"""Texts, what the machine suggested, and what people decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from app.models import (
    AnswerText,
    Codebook,
    ConflictSeal,
    MachineCoding,
    PersonalLink,
    Response,
    Review,
    RunState,
    Survey,
    TrainingRun,
)

from .actors import Actor
from .errors import NotFoundError

# A decision brought over from an earlier codebook version by somebody who was not asked about every
# theme of this one: it counts as read, but not as read at random.
CARRIED = "carried"
RISK_ORDER = case({"urgent": 0, "concern": 1}, value=MachineCoding.risk_level, else_=2)


class Order(StrEnum):
    """Which answer comes next at the desk."""

    FLAGGED = "flagged"
    UNCERTAIN = "uncertain"
    RANDOM = "random"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that waits for a reader; never its words."""

    text_id: UUID
    survey_id: UUID
    survey: str
    version_id: UUID
    question_id: str
    received_on: Any
    risk_level: str
    confidence: float


def count_unreviewed(session: Session) -> int:
    """Return how many answers no person has decided on."""
    reviewed = exists().where(Review.text_id == AnswerText.id, Review.is_current, is_in_use())
    query = (
        select(func.count())
        .select_from(AnswerText)
        .join(Response, Response.id == AnswerText.response_id)
        .join(Survey, Survey.id == Response.survey_id)
        .where(~reviewed, *_countable(Order.NEWEST))
    )
    return session.scalar(query) or 0


def count_waiting(session: Session, actor: Actor, survey_id: UUID | None) -> int:
    """Return how many answers the desk would show this person."""
    query = _waiting(survey_id, Order.NEWEST).where(*within_reach(actor)).order_by(None)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def list_waiting(
    session: Session,
    survey_id: UUID | None,
    order: Order,
    *,
    skip: int = 0,
    limit: int,
    seen_by: Actor | None = None,
) -> Sequence[Waiting]:
    """Return the answers next in this order that no person has decided on.

    Without `seen_by` it is the order of all, which the random sample is drawn by.
    """
    query = _waiting(survey_id, order)
    if order is Order.RANDOM:
        query = query.where(*_before_lessons(session))
    if seen_by is not None:
        query = query.where(*within_reach(seen_by))
    rows = session.execute(query.offset(skip).limit(limit))
    return [Waiting(*row) for row in rows]


def list_random_before(session: Session, survey_id: UUID, text_id: UUID) -> Sequence[Review]:
    """Return current reviews that were chosen but lie before this text in the random order.

    They belong to the random sample too: leaving them out would draw only from what nobody
    chose to read, and such a sample says nothing about the whole.
    """
    return session.scalars(
        select(Review)
        .join(AnswerText, AnswerText.id == Review.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .join(Survey, Survey.id == Response.survey_id)
        .where(
            *_countable(Order.RANDOM),
            Response.survey_id == survey_id,
            Review.is_current,
            is_in_use(),
            Review.drawn == "chosen",
            AnswerText.id <= text_id,
        )
    ).all()


def get_text(session: Session, text_id: UUID, *, lock: bool = False) -> AnswerText:
    """Return an answer's text with its response and survey; raise NotFoundError.

    What was withdrawn is gone for everybody.
    """
    query = (
        select(AnswerText)
        .join(Response)
        .where(AnswerText.id == text_id, Response.withdrawn_on.is_(None))
        .options(joinedload(AnswerText.response).joinedload(Response.survey))
    )
    if lock:
        query = query.with_for_update(of=AnswerText)
    text = session.scalars(query).one_or_none()
    if text is None:
        raise NotFoundError(f"text {text_id}")
    return text


def check_seen_by(session: Session, actor: Actor, text_id: UUID) -> None:
    """Raise NotFoundError for a text of another service, or of a case the actor is kept out of."""
    query = (
        select(AnswerText.id).join(Response).where(AnswerText.id == text_id, *within_reach(actor))
    )
    if session.scalar(query) is None:
        raise NotFoundError(f"text {text_id}")


def find_coding(session: Session, text_id: UUID) -> MachineCoding | None:
    """Return what the newest coder made of a text, with its codes and gaps."""
    return session.scalars(
        select(MachineCoding)
        .where(MachineCoding.text_id == text_id)
        .order_by(MachineCoding.coded_at.desc())
        .options(selectinload(MachineCoding.codes), selectinload(MachineCoding.gaps))
        .limit(1)
    ).one_or_none()


def get_coding(session: Session, text_id: UUID) -> MachineCoding:
    """Return what the newest coder made of a text; raise NotFoundError where nothing has yet."""
    coding = find_coding(session, text_id)
    if coding is None:
        raise NotFoundError(f"no coding of {text_id}")
    return coding


def find_coding_by_coder(session: Session, text_id: UUID, coder: str) -> MachineCoding | None:
    """Return what one coder version made of a text."""
    return session.scalars(
        select(MachineCoding)
        .where(MachineCoding.text_id == text_id, MachineCoding.coder == coder)
        .options(selectinload(MachineCoding.codes), selectinload(MachineCoding.gaps))
    ).one_or_none()


def get_codebook(session: Session, codebook_id: UUID) -> Codebook:
    """Return one version of a codebook; raise NotFoundError."""
    codebook = session.get(Codebook, codebook_id)
    if codebook is None:
        raise NotFoundError(f"codebook {codebook_id}")
    return codebook


def find_current_review(session: Session, text_id: UUID, codebook_id: UUID) -> Review | None:
    """Return the review that figures count for a text under a codebook."""
    return session.scalars(
        _reviews().where(
            Review.text_id == text_id, Review.codebook_id == codebook_id, Review.is_current
        )
    ).first()


def find_blind(session: Session, text_id: UUID, codebook_id: UUID) -> Review | None:
    """Return the second, blind coding of a text under a codebook."""
    return session.scalars(
        _reviews().where(Review.text_id == text_id, Review.codebook_id == codebook_id, is_blind())
    ).first()


def is_blind() -> ColumnElement[bool]:
    """Return what marks a blind coding: a person's, made without having seen suggestions."""
    return Review.coder.is_(None) & Review.reviewer_key.not_in(("import", "agreed", CARRIED))


def is_in_use() -> ColumnElement[bool]:
    """Return what marks a review under the codebook version its survey uses now."""
    return or_(Survey.codebook_id.is_(None), Review.codebook_id == Survey.codebook_id)


def find_review_by(
    session: Session, text_id: UUID, codebook_id: UUID, reviewer_key: str
) -> Review | None:
    """Return one person's own review of a text under a codebook."""
    return session.scalars(
        _reviews().where(
            Review.text_id == text_id,
            Review.codebook_id == codebook_id,
            Review.reviewer_key == reviewer_key,
        )
    ).one_or_none()


def set_aside_reviews(session: Session, text_id: UUID, codebook_id: UUID) -> None:
    """Let no review of this text count any more; the caller makes one count."""
    session.execute(
        update(Review)
        .where(Review.text_id == text_id, Review.codebook_id == codebook_id, Review.is_current)
        .values(is_current=False)
    )


def count_reviews_since(session: Session, reviewer_id: UUID, since: datetime) -> int:
    """Return how many answers a person has decided on since a moment."""
    query = select(func.count()).where(
        Review.reviewer_id == reviewer_id,
        Review.reviewed_at >= since,
        Review.reviewer_key != CARRIED,  # the same decision, put under another codebook version
    )
    return session.scalar(query) or 0


def list_own_reviews(session: Session, reviewer_id: UUID, *, limit: int) -> Sequence[Review]:
    """Return a person's latest reviews."""
    return session.scalars(
        select(Review)
        .where(Review.reviewer_id == reviewer_id, Review.is_current)
        .order_by(Review.reviewed_at.desc())
        .limit(limit)
    ).all()


def count_read(session: Session, survey_id: UUID | None) -> tuple[int, int, int]:
    """Return how many answers count, were read by a person, and of these in the random sample."""
    drawn = Review.drawn == "random"
    query = (
        select(
            func.count(func.distinct(AnswerText.id)),
            func.count(func.distinct(Review.text_id)),
            func.count(func.distinct(case((drawn, Review.text_id)))),
        )
        .select_from(AnswerText)
        .join(Response, Response.id == AnswerText.response_id)
        .join(Survey, Survey.id == Response.survey_id)
        .outerjoin(Review, (Review.text_id == AnswerText.id) & Review.is_current & is_in_use())
        .where(*_countable(Order.RANDOM))
    )
    if survey_id is not None:
        query = query.where(Response.survey_id == survey_id)
    total, read, random = session.execute(query).one()
    return total, read, random


def _reviews() -> Select[Review]:
    return select(Review).options(selectinload(Review.codes), selectinload(Review.gaps))


def within_reach(actor: Actor) -> list[ColumnElement[bool]]:
    """Narrow texts to the actor's services, less the cases they are kept out of (safety.md T7)."""
    sealed = exists().where(
        PersonalLink.id == Response.link_id,
        ConflictSeal.case_key == PersonalLink.case_key,
        ConflictSeal.user_id == actor.user_id,
    )
    own = [] if actor.sees_everything else [Response.service.in_(actor.services)]
    return [~sealed, *own]


def _countable(order: Order) -> list[Any]:
    kept = [
        Response.withdrawn_on.is_(None),
        Response.is_test.is_(False),
        Response.quarantined.is_(None),
    ]
    # The random sample stands for what figures count, so it is drawn from exactly that.
    return [*kept, Response.eligible] if order is Order.RANDOM else kept


def _waiting(survey_id: UUID | None, order: Order) -> Select[*tuple[Any, ...]]:
    newer = aliased(MachineCoding)
    is_newest = ~exists().where(
        newer.text_id == MachineCoding.text_id, newer.coded_at > MachineCoding.coded_at
    )
    reviewed = exists().where(Review.text_id == AnswerText.id, Review.is_current, is_in_use())
    if order is Order.RANDOM:
        reviewed = reviewed.where(Review.drawn != CARRIED)
    query = (
        select(
            AnswerText.id,
            Survey.id,
            Survey.name,
            Response.version_id,
            AnswerText.question_id,
            Response.received_on,
            MachineCoding.risk_level,
            MachineCoding.confidence,
        )
        .join(Response, Response.id == AnswerText.response_id)
        .join(Survey, Survey.id == Response.survey_id)
        .join(MachineCoding, MachineCoding.text_id == AnswerText.id)
        .where(is_newest, ~reviewed, *_countable(order))
        .order_by(*_ordering(order))
    )
    return query if survey_id is None else query.where(Survey.id == survey_id)


def _before_lessons(session: Session) -> list[ColumnElement[bool]]:
    """End each survey's random order before the first answer that a coder has learned from.

    There people would be compared with a machine they taught themselves (docs/decisions/0065).
    """
    ends: dict[str, str] = {}
    wanted = (RunState.RUNNING, RunState.READY, RunState.ADOPTED)
    for result in session.scalars(select(TrainingRun.result).where(TrainingRun.state.in_(wanted))):
        for survey_id, text_id in result.get("order_ends", {}).items():
            ends[survey_id] = min(text_id, ends.get(survey_id, text_id))
    return [
        or_(Response.survey_id != UUID(survey_id), AnswerText.id < UUID(text_id))
        for survey_id, text_id in ends.items()
    ]


def _ordering(order: Order) -> tuple[Any, ...]:
    # Ids are random and say nothing about the answer, so by id is a random order that is the
    # same for everybody: nobody can choose what is drawn.
    by_order: dict[Order, tuple[Any, ...]] = {
        Order.FLAGGED: (RISK_ORDER, MachineCoding.risk_score.desc(), AnswerText.id),
        Order.UNCERTAIN: (MachineCoding.confidence, AnswerText.id),
        Order.RANDOM: (AnswerText.id,),
        Order.NEWEST: (Response.received_on.desc(), AnswerText.id),
    }
    return by_order[order]

"""Samples drawn for a second, blind coding, and the pairs of codings that come of them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Exists, Select, exists, func, select
from sqlalchemy.orm import Session, aliased, selectinload

from app.models import (
    AnswerText,
    MachineCoding,
    Response,
    Review,
    Sample,
    SampleText,
    Survey,
)

from .actors import Actor
from .coding import CARRIED, is_blind, is_in_use, within_reach

DOUBLE = "double"
NOT_PEOPLE = ("import", "agreed")
NOT_BLIND = (*NOT_PEOPLE, CARRIED)


def list_drawable(session: Session, survey_id: UUID, actor: Actor) -> Sequence[UUID]:
    """Return the actor's answers read at random by one person, not drawn for a second yet."""
    drawn = exists().where(
        SampleText.text_id == AnswerText.id,
        SampleText.sample_id == Sample.id,
        Sample.purpose == DOUBLE,
    )
    query = (
        select(AnswerText.id)
        .join(Response, Response.id == AnswerText.response_id)
        .join(Survey, Survey.id == Response.survey_id)
        .join(Review, Review.text_id == AnswerText.id)
        .where(
            Response.survey_id == survey_id,
            Response.withdrawn_on.is_(None),
            Review.is_current,
            is_in_use(),
            Review.drawn == "random",
            Review.reviewer_key.not_in(NOT_PEOPLE),
            ~drawn,
            *within_reach(actor),
        )
        .order_by(AnswerText.id)
    )
    return session.scalars(query).all()


def find_next(session: Session, survey_id: UUID, actor: Actor) -> UUID | None:
    """Return the next drawn answer, of the actor's services, that waits for somebody else."""
    return session.scalar(
        _drawn(survey_id, actor)
        .join(Review, (Review.text_id == AnswerText.id) & Review.is_current)
        .where(Review.reviewer_id != actor.user_id, ~_coded_twice())
        .order_by(Sample.drawn_at, SampleText.position)
        .limit(1)
    )


def is_drawn(session: Session, text_id: UUID) -> bool:
    """Return whether an answer was drawn for a second coding."""
    query = (
        select(SampleText.id)
        .join(Sample)
        .where(SampleText.text_id == text_id, Sample.purpose == DOUBLE)
    )
    return session.scalar(query.limit(1)) is not None


def count_drawn(session: Session, survey_id: UUID, actor: Actor) -> tuple[int, int]:
    """Return how many of the actor's answers were drawn for a second coding, and have one."""
    drawn = _drawn(survey_id, actor)
    done = drawn.where(_coded_twice())
    counts = [session.scalar(select(func.count()).select_from(q.subquery())) for q in (drawn, done)]
    return counts[0] or 0, counts[1] or 0


def list_pairs(session: Session, survey_id: UUID, actor: Actor) -> Sequence[tuple[Review, Review]]:
    """Return each drawn answer's first coding and its blind second one, by different people.

    Within the actor's services: what differs in an answer tells of the answer.
    The first is the one that counted when the second was made; what people settled on later
    takes no part.
    """
    first, second = aliased(Review), aliased(Review)
    newer, earlier = aliased(Review), aliased(Review)
    is_first = (
        (first.text_id == second.text_id)
        & (first.codebook_id == second.codebook_id)
        & first.coder.is_not(None)
        & first.reviewer_key.not_in(NOT_PEOPLE)
        & (first.reviewed_at <= second.reviewed_at)
        & (first.reviewer_id != second.reviewer_id)
    )
    superseded = exists().where(
        newer.text_id == first.text_id,
        newer.codebook_id == first.codebook_id,
        newer.coder.is_not(None),
        newer.reviewer_key.not_in(NOT_PEOPLE),
        newer.reviewed_at <= second.reviewed_at,
        newer.reviewed_at > first.reviewed_at,
    )
    not_the_second = exists().where(
        earlier.text_id == second.text_id,
        earlier.coder.is_(None),
        earlier.reviewer_key.not_in(NOT_BLIND),
        earlier.reviewed_at < second.reviewed_at,
    )
    query = (
        select(first, second)
        .join(second, is_first)
        .join(AnswerText, AnswerText.id == first.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .where(
            Response.survey_id == survey_id,
            Response.withdrawn_on.is_(None),
            second.coder.is_(None),
            second.reviewer_key.not_in(NOT_BLIND),
            ~superseded,
            ~not_the_second,
            *within_reach(actor),
        )
        .options(selectinload(first.codes), selectinload(second.codes))
        .order_by(first.text_id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def list_settled(session: Session, text_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these answers people have settled after coding them twice."""
    query = select(Review.text_id).where(
        Review.text_id.in_(text_ids), Review.reviewer_key == "agreed", Review.is_current
    )
    return set(session.scalars(query))


def list_coders(session: Session, survey_id: UUID) -> Sequence[str]:
    """Return the coder versions that have read answers of a survey, newest first."""
    query = (
        select(MachineCoding.coder)
        .join(AnswerText, AnswerText.id == MachineCoding.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .where(Response.survey_id == survey_id)
        .group_by(MachineCoding.coder)
        .order_by(func.max(MachineCoding.coded_at).desc())
    )
    return session.scalars(query).all()


def list_machine_pairs(
    session: Session, survey_id: UUID, coder: str, actor: Actor, *, blind: bool
) -> Sequence[tuple[MachineCoding, Review]]:
    """Return what a coder version made of the random sample, beside what people decided."""
    by_people = is_blind() if blind else Review.is_current & (Review.drawn == "random")
    # A version that only words themes anew is read by the same coder: what people decide under it
    # counts where they decided nothing under the version the coder followed.
    other = aliased(Review)
    same = Review.codebook_id == MachineCoding.codebook_id
    known = exists().where(
        other.text_id == Review.text_id, other.codebook_id == MachineCoding.codebook_id
    )
    query = (
        select(MachineCoding, Review)
        .join(Review, Review.text_id == MachineCoding.text_id)
        .join(AnswerText, AnswerText.id == MachineCoding.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .join(Survey, Survey.id == Response.survey_id)
        .where(
            Response.survey_id == survey_id,
            Response.withdrawn_on.is_(None),
            MachineCoding.coder == coder,
            same | (is_in_use() & ~known),
            by_people,
            *within_reach(actor),
        )
        .options(selectinload(MachineCoding.codes), selectinload(Review.codes))
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _drawn(survey_id: UUID, actor: Actor) -> Select[UUID]:
    return (
        select(SampleText.text_id)
        .join(Sample, Sample.id == SampleText.sample_id)
        .join(AnswerText, AnswerText.id == SampleText.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .where(
            Sample.survey_id == survey_id,
            Sample.purpose == DOUBLE,
            Response.withdrawn_on.is_(None),
            *within_reach(actor),
        )
    )


def _coded_twice() -> Exists:
    other = aliased(Review)
    return exists().where(
        other.text_id == AnswerText.id,
        other.coder.is_(None),
        other.reviewer_key.not_in(NOT_BLIND),
    )

"""Trainings, and the decisions they learn from or are measured on."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import AnswerText, Codebook, Response, Review, TrainingRun

from .errors import NotFoundError

IMPORT = "import"
HELD_OF_IMPORTED = 5  # one in so many imported answers is held back, the same ones for good


# Answers are read at random by id. A coder learns from the second half of that order only, and the
# random order of a survey ends before the first answer a coder in use has learned from: a machine
# is never compared with people on what they taught it (docs/decisions/0065).
HALF = 1 << 127


class Place(StrEnum):
    """What a decision is for."""

    LEARN = "learn"
    HELD = "held"  # measured on, and kept away from every training
    LATER = "later"  # chosen by somebody, and likely to be drawn at random yet


@dataclass(frozen=True, slots=True)
class Decided:
    """One answer's decision, and what it is for."""

    review: Review
    response_id: UUID
    survey_id: UUID
    place: Place


def get_run(session: Session, run_id: UUID, *, lock: bool = False) -> TrainingRun:
    """Return a training; raise NotFoundError."""
    query = select(TrainingRun).where(TrainingRun.id == run_id)
    run = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if run is None:
        raise NotFoundError(f"training {run_id}")
    return run


def list_runs(session: Session, key: str) -> Sequence[TrainingRun]:
    """Return the trainings of a codebook's coders, newest first."""
    return session.scalars(
        select(TrainingRun)
        .join(Codebook, Codebook.id == TrainingRun.codebook_id)
        .where(Codebook.key == key)
        .order_by(TrainingRun.asked_at.desc())
    ).all()


def find_latest(session: Session, codebook_id: UUID) -> TrainingRun | None:
    """Return the last training for a codebook version."""
    return session.scalars(
        select(TrainingRun)
        .where(TrainingRun.codebook_id == codebook_id)
        .order_by(TrainingRun.asked_at.desc())
        .limit(1)
    ).one_or_none()


def list_decided(session: Session, codebook_id: UUID) -> list[Decided]:
    """Return every answer people decided on under a version, in an order that stays.

    Held back is what was read at random, under this version or another: figures compare the
    machine with people there, and a machine that has learned from it would flatter itself. Of
    imported decisions, one in five is held back too. What somebody chose to read is learned from
    only where reading at random is not likely to get.
    """
    key = select(Codebook.key).where(Codebook.id == codebook_id).scalar_subquery()
    versions = select(Codebook.id).where(Codebook.key == key)
    at_random = set(
        session.scalars(
            select(Review.text_id).where(Review.drawn == "random", Review.codebook_id.in_(versions))
        )
    )
    query = (
        select(Review, AnswerText.response_id, Response.survey_id)
        .join(AnswerText, AnswerText.id == Review.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .where(
            Review.codebook_id == codebook_id,
            Review.is_current,
            Review.unsure.is_(False),
            Response.withdrawn_on.is_(None),
            Response.is_test.is_(False),
            Response.quarantined.is_(None),
        )
        .options(selectinload(Review.codes), selectinload(Review.gaps))
        .order_by(AnswerText.id)
    )
    return [
        Decided(review, response_id, survey_id, _place(review, at_random))
        for review, response_id, survey_id in session.execute(query)
    ]


def count_material(session: Session, codebook_id: UUID) -> tuple[int, int]:
    """Return how many decisions there are to learn from, and how many are held back."""
    places = [decided.place for decided in list_decided(session, codebook_id)]
    return places.count(Place.LEARN), places.count(Place.HELD)


def _place(review: Review, at_random: set[UUID]) -> Place:
    if review.text_id in at_random:
        return Place.HELD
    if review.drawn == IMPORT:  # never drawn at random: it was read before
        return Place.HELD if review.text_id.int % HELD_OF_IMPORTED == 0 else Place.LEARN
    return Place.LEARN if review.text_id.int >= HALF else Place.LATER

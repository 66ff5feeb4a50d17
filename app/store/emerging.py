"""Groups of answers that the codebook explains badly."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased, selectinload

from app.models import (
    AnswerText,
    EmergingGroup,
    EmergingRun,
    EmergingText,
    MachineCoding,
    Response,
)

from .actors import Actor
from .coding import within_reach
from .errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Group:
    """A group as it is shown: how many people are behind it now, never whose answers."""

    id: UUID
    run_id: UUID
    survey_id: UUID
    codebook_id: UUID
    words: Sequence[str]
    nearest: str | None
    stability: float
    theme: str | None
    respondents: int


def get_run(session: Session, run_id: UUID) -> EmergingRun:
    """Return a look for groups; raise NotFoundError."""
    run = session.get(EmergingRun, run_id)
    if run is None:
        raise NotFoundError(f"emerging run {run_id}")
    return run


def find_latest(session: Session, survey_id: UUID) -> EmergingRun | None:
    """Return the last look at a survey."""
    return session.scalars(
        select(EmergingRun)
        .where(EmergingRun.survey_id == survey_id)
        .order_by(EmergingRun.asked_at.desc())
        .limit(1)
    ).one_or_none()


def find_codebook_of(session: Session, survey_id: UUID) -> UUID | None:
    """Return the codebook that the newest coding of a survey's answers followed."""
    return session.scalars(
        select(MachineCoding.codebook_id)
        .join(AnswerText, AnswerText.id == MachineCoding.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .where(Response.survey_id == survey_id)
        .order_by(MachineCoding.coded_at.desc())
        .limit(1)
    ).one_or_none()


def list_groups(session: Session, run_id: UUID, fewest: int) -> list[Group]:
    """Return the groups of a run that enough people are behind still, largest first."""
    people = func.count(func.distinct(AnswerText.response_id))
    query = (
        select(EmergingGroup, EmergingRun.survey_id, EmergingRun.codebook_id, people)
        .join(EmergingRun, EmergingRun.id == EmergingGroup.run_id)
        .join(EmergingText, EmergingText.group_id == EmergingGroup.id)
        .join(AnswerText, AnswerText.id == EmergingText.text_id)
        .where(EmergingGroup.run_id == run_id)
        .group_by(EmergingGroup.id, EmergingRun.survey_id, EmergingRun.codebook_id)
        .having(people >= fewest)
        .order_by(people.desc(), EmergingGroup.position)
    )
    return [
        Group(g.id, g.run_id, survey, book, g.words, g.nearest, g.stability, g.theme, count)
        for g, survey, book, count in session.execute(query)
    ]


def get_group(session: Session, group_id: UUID, fewest: int) -> Group:
    """Return a group; raise NotFoundError where too few people are behind it by now."""
    known = session.get(EmergingGroup, group_id)
    groups = list_groups(session, known.run_id, fewest) if known else []
    found = next((group for group in groups if group.id == group_id), None)
    if found is None:
        raise NotFoundError(f"emerging group {group_id}")
    return found


def list_texts(
    session: Session, group_id: UUID, actor: Actor, *, limit: int
) -> Sequence[AnswerText]:
    """Return answers of a group that this person may see, those nearest its middle first."""
    return session.scalars(
        select(AnswerText)
        .join(EmergingText, EmergingText.text_id == AnswerText.id)
        .join(Response, Response.id == AnswerText.response_id)
        .where(EmergingText.group_id == group_id, *within_reach(actor))
        .order_by(EmergingText.position)
        .limit(limit)
    ).all()


def set_theme(session: Session, group_id: UUID, theme: str) -> None:
    """Note which candidate theme was made of a group."""
    session.execute(update(EmergingGroup).where(EmergingGroup.id == group_id).values(theme=theme))


def list_codings(
    session: Session, survey_id: UUID, *, limit: int
) -> Sequence[tuple[MachineCoding, UUID]]:
    """Return the newest coding of a survey's newest answers, with whose response each is."""
    newer = aliased(MachineCoding)
    is_newest = ~(
        select(newer.id)
        .where(newer.text_id == MachineCoding.text_id, newer.coded_at > MachineCoding.coded_at)
        .exists()
    )
    query = (
        select(MachineCoding, AnswerText.response_id)
        .join(AnswerText, AnswerText.id == MachineCoding.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .where(
            Response.survey_id == survey_id,
            Response.withdrawn_on.is_(None),
            Response.is_test.is_(False),
            Response.quarantined.is_(None),
            is_newest,
        )
        .options(selectinload(MachineCoding.codes))
        .order_by(Response.received_on.desc(), AnswerText.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def delete_earlier(session: Session, run: EmergingRun) -> None:
    """Remove earlier looks at a survey: their groups are no longer its newest."""
    for old in session.scalars(
        select(EmergingRun).where(EmergingRun.survey_id == run.survey_id, EmergingRun.id != run.id)
    ):
        session.delete(old)

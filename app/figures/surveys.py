"""Which surveys have answers to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Response, Survey, SurveyStatus


@dataclass(frozen=True, slots=True)
class SurveyName:
    """A survey as the menus of results name it."""

    id: UUID
    slug: str
    name: str
    is_check_in: bool
    is_synthetic: bool


def list_surveys(session: Session) -> Sequence[SurveyName]:
    """Return the surveys that were ever open: those with the newest answers first."""
    newest = func.max(Response.received_on)
    query = (
        select(Survey.id, Survey.slug, Survey.name, Survey.is_check_in, Survey.is_synthetic)
        .outerjoin(Response, (Response.survey_id == Survey.id) & Response.is_test.is_(False))
        .where(Survey.status != SurveyStatus.DRAFT)
        .group_by(Survey.id, Survey.slug, Survey.name, Survey.is_check_in, Survey.is_synthetic)
        .order_by(Survey.is_check_in, newest.is_(None), newest.desc(), Survey.name)
    )
    return [SurveyName(*row) for row in session.execute(query)]

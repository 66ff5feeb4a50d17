"""Which surveys have answers to look at."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Response, Survey, SurveyStatus, SurveyVersion

OF_ORGANISATIONS = '"audience":"organisation"'  # in a published version's canonical JSON


@dataclass(frozen=True, slots=True)
class SurveyName:
    """A survey as the menus of results name it."""

    id: UUID
    slug: str
    name: str
    is_check_in: bool
    is_synthetic: bool


def audience_of(session: Session, survey_id: UUID) -> str:
    """Return whom the newest published version of a survey is for; nothing where none is."""
    query = select(SurveyVersion.document).where(SurveyVersion.survey_id == survey_id)
    newest = query.order_by(SurveyVersion.number.desc()).limit(1)
    document = session.scalars(newest).one_or_none()
    return "" if document is None else str(json.loads(document).get("audience", ""))


def list_surveys(session: Session) -> Sequence[SurveyName]:
    """Return the surveys that were ever open: those with the newest answers first.

    Those that organisations answer are never among them (domain.md 3.7).
    """
    organisations = select(SurveyVersion.survey_id).where(
        SurveyVersion.document.contains(OF_ORGANISATIONS)
    )
    # Read from the end of an index: every results page asks, at a million answers too.
    newest = (
        select(Response.received_on)
        .where(Response.survey_id == Survey.id, Response.is_test.is_(False))
        .order_by(Response.received_on.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Survey.id, Survey.slug, Survey.name, Survey.is_check_in, Survey.is_synthetic)
        .where(Survey.status != SurveyStatus.DRAFT, Survey.id.not_in(organisations))
        .order_by(Survey.is_check_in, newest.is_(None), newest.desc(), Survey.name)
    )
    return [SurveyName(*row) for row in session.execute(query)]

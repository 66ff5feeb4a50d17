"""Surveys, versions and collectors."""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import surveys
from app.models import Collector, Survey, SurveyStatus, SurveyVersion

from .errors import NotFoundError


def get_survey(session: Session, survey_id: UUID) -> Survey:
    """Return a survey; raise NotFoundError."""
    survey = session.get(Survey, survey_id)
    if survey is None:
        raise NotFoundError(f"survey {survey_id}")
    return survey


def get_launched(session: Session, survey_id: UUID) -> Survey:
    """Return a survey that people have been asked; raise NotFoundError for one that is not out."""
    survey = get_survey(session, survey_id)
    if survey.status == SurveyStatus.DRAFT:
        raise NotFoundError(f"survey {survey_id}")
    return survey


def get_survey_by_slug(session: Session, slug: str) -> Survey:
    """Return the survey of that short name; raise NotFoundError."""
    survey = session.scalars(select(Survey).where(Survey.slug == slug)).one_or_none()
    if survey is None:
        raise NotFoundError(f"survey {slug}")
    return survey


def list_surveys(session: Session) -> Sequence[Survey]:
    """Return every survey by name."""
    return session.scalars(select(Survey).order_by(Survey.name)).all()


def get_version(session: Session, version_id: UUID) -> SurveyVersion:
    """Return a published version; raise NotFoundError."""
    version = session.get(SurveyVersion, version_id)
    if version is None:
        raise NotFoundError(f"version {version_id}")
    return version


def latest_version(session: Session, survey_id: UUID) -> SurveyVersion:
    """Return the newest published version; raise NotFoundError where none is."""
    version = session.scalars(
        select(SurveyVersion)
        .where(SurveyVersion.survey_id == survey_id)
        .order_by(SurveyVersion.number.desc())
        .limit(1)
    ).one_or_none()
    if version is None:
        raise NotFoundError(f"survey {survey_id} has no published version")
    return version


def last_number(session: Session, survey_id: UUID) -> int:
    """Return the number of the newest version, 0 where none is published."""
    query = select(func.max(SurveyVersion.number)).where(SurveyVersion.survey_id == survey_id)
    return session.scalar(query) or 0


def questionnaire(version: SurveyVersion) -> surveys.Survey:
    """Return the version's questionnaire; parsed once a process, for it never changes."""
    return _parse(version.sha256, version.document)


@lru_cache(maxsize=64)
def _parse(_sha256: str, document: str) -> surveys.Survey:
    return surveys.load(document)


def find_collector_by_token(session: Session, token: str) -> Collector | None:
    """Return the collector behind a public link."""
    return session.scalars(select(Collector).where(Collector.token == token)).one_or_none()

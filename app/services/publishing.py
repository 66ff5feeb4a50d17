"""Publish questionnaires as frozen versions, and open ways in to them."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import surveys
from app.models import Channel, Collector, Survey, SurveyStatus, SurveyVersion
from app.store import audit, designs
from app.store import surveys as surveys_store
from app.store.actors import Actor
from surveys.compare import check_follows

TOKEN_BYTES = 9  # of an open link: public by nature, only has to be unique and unguessable in bulk


class QuestionnaireError(ValueError):
    """The questionnaire has problems; `problems` holds all of them."""

    def __init__(self, problems: list[surveys.Problem]) -> None:
        super().__init__("; ".join(f"{p.code} {p.where}: {p.message}" for p in problems))
        self.problems = problems


def create_survey(
    session: Session,
    *,
    name: str,
    slug: str,
    mode: str,
    by: Actor | None,
    now: datetime,
    **settings: Any,
) -> Survey:
    """Create a survey without a version yet."""
    survey = Survey(
        name=name, slug=slug, mode=mode, status=SurveyStatus.DRAFT, created_at=now, **settings
    )
    session.add(survey)
    audit.add_event(
        session, by=by, act="survey.create", kind="survey", object_id=survey.id, now=now
    )
    session.commit()
    return survey


def publish(
    session: Session, survey: Survey, document: dict[str, Any], *, by: Actor | None, now: datetime
) -> SurveyVersion:
    """Freeze a checked questionnaire as the survey's next version and set the survey live.

    For set-up, seeds and imports. Between people, `approving.approve` does it.
    """
    version = add_version(session, survey, document, by=by, now=now)
    survey.status = SurveyStatus.LIVE
    session.commit()
    return version


def add_version(
    session: Session, survey: Survey, document: dict[str, Any], *, by: Actor | None, now: datetime
) -> SurveyVersion:
    """Add a checked questionnaire as the survey's next frozen version to this transaction.

    Raises QuestionnaireError with everything that is wrong with it, or that would lose or mix
    answers stored under an earlier version.
    """
    problems = list_problems(session, survey.id, surveys.load(document))
    if problems:
        raise QuestionnaireError(problems)
    number = surveys_store.last_number(session, survey.id) + 1
    text = canonical(document if number == 1 else {**document, "version": number})
    version = SurveyVersion(
        survey_id=survey.id,
        number=number,
        document=text,
        sha256=fingerprint(text),
        published_at=now,
        published_by=by.user_id if by else None,
    )
    session.add(version)
    audit.add_event(
        session,
        by=by,
        act="survey.publish",
        kind="survey",
        object_id=survey.id,
        now=now,
        detail={"version": version.number},
    )
    return version


def list_problems(
    session: Session, survey_id: UUID, questionnaire: surveys.Survey
) -> list[surveys.Problem]:
    """Return what stops a questionnaire from following on the survey's versions so far."""
    problems = surveys.check(questionnaire)
    for earlier in designs.list_questionnaires(session, survey_id):
        found = check_follows(earlier, questionnaire)
        problems += [problem for problem in found if problem not in problems]
    return problems


def canonical(document: Mapping[str, Any]) -> str:
    """Return a document as the text that is stored and fingerprinted."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a canonical document."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def open_collector(
    session: Session,
    survey: Survey,
    *,
    name: str,
    channel: Channel,
    by: Actor | None,
    now: datetime,
    token: str | None = None,
    is_test: bool = False,
    opens_on: date | None = None,
    closes_on: date | None = None,
    quota: int | None = None,
) -> Collector:
    """Open a way in to a survey. Personal links, imports and paper have no public token."""
    public = channel not in {Channel.PERSONAL, Channel.IMPORT, Channel.PAPER}
    collector = Collector(
        survey_id=survey.id,
        channel=channel,
        name=name,
        token=(token or secrets.token_urlsafe(TOKEN_BYTES)) if public else None,
        is_test=is_test,
        opens_on=opens_on,
        closes_on=closes_on,
        quota=quota,
        created_at=now,
    )
    session.add(collector)
    audit.add_event(
        session,
        by=by,
        act="collector.open",
        kind="collector",
        object_id=collector.id,
        now=now,
        detail={"channel": channel},
    )
    session.commit()
    return collector

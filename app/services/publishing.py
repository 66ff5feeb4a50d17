"""Publish questionnaires as frozen versions, and open ways in to them."""

import hashlib
import json
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

import surveys
from app.models import Channel, Collector, Survey, SurveyStatus, SurveyVersion
from app.store import audit
from app.store import surveys as surveys_store
from app.store.actors import Actor

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
    """Freeze a checked questionnaire as the survey's next version and set the survey live."""
    problems = surveys.check(surveys.load(document))
    if problems:
        raise QuestionnaireError(list(problems))
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    version = SurveyVersion(
        survey_id=survey.id,
        number=surveys_store.last_number(session, survey.id) + 1,
        document=text,
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        published_at=now,
        published_by=by.user_id if by else None,
    )
    session.add(version)
    survey.status = SurveyStatus.LIVE
    audit.add_event(
        session,
        by=by,
        act="survey.publish",
        kind="survey",
        object_id=survey.id,
        now=now,
        detail={"version": version.number},
    )
    session.commit()
    return version


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
) -> Collector:
    """Open a way in to a survey. Personal and import collectors have no public token."""
    public = channel not in {Channel.PERSONAL, Channel.IMPORT}
    collector = Collector(
        survey_id=survey.id,
        channel=channel,
        name=name,
        token=(token or secrets.token_urlsafe(TOKEN_BYTES)) if public else None,
        is_test=is_test,
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

"""Drafts, their history, requests to publish, collectors: what the designer's pages read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

import surveys
from app.models import (
    Collector,
    Draft,
    DraftRevision,
    DropOff,
    PublishRequest,
    Response,
    Setting,
    StaffUser,
    Survey,
    SurveyDraft,
    SurveyStatus,
    SurveyVersion,
)
from app.store.surveys import questionnaire

from .errors import NotFoundError

MAX_HISTORY = 300
TARGET = "target:"
MAX_REVISION = 2**31  # a browser may send any number; PostgreSQL's integer ends here


def find_draft(session: Session, survey_id: UUID) -> SurveyDraft | None:
    """Return the working copy of a survey, where one was begun."""
    return session.scalars(
        select(SurveyDraft).where(SurveyDraft.survey_id == survey_id),
        execution_options={"populate_existing": True},  # another may have saved since
    ).one_or_none()


def write_draft(
    session: Session, draft: SurveyDraft, document: Mapping[str, Any], **values: Any
) -> bool:
    """Put a new document in the place of the draft as read; False when another was quicker."""
    done = session.execute(
        update(SurveyDraft)
        .where(SurveyDraft.id == draft.id, SurveyDraft.revision == draft.revision)
        .values(document=dict(document), revision=draft.revision + 1, **values)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an update has one


def find_revision(session: Session, survey_id: UUID, revision: int) -> DraftRevision | None:
    """Return what the draft was at a revision that is over; None for one not kept."""
    if not 0 <= revision < MAX_REVISION:
        return None
    return session.scalars(
        select(DraftRevision).where(
            DraftRevision.survey_id == survey_id, DraftRevision.revision == revision
        )
    ).one_or_none()


def list_revisions(session: Session, survey_id: UUID) -> Sequence[DraftRevision]:
    """Return the edits of a draft, newest first; each holds the draft before it."""
    return session.scalars(
        select(DraftRevision)
        .where(DraftRevision.survey_id == survey_id)
        .order_by(DraftRevision.revision.desc())
    ).all()


def list_edits(session: Session, survey_id: UUID) -> Sequence[Any]:
    """Return who edited a draft when, newest first, without what it was before."""
    query = select(
        DraftRevision.revision,
        DraftRevision.change,
        DraftRevision.edited_by,
        DraftRevision.edited_at,
    )
    query = query.where(DraftRevision.survey_id == survey_id)
    return session.execute(query.order_by(DraftRevision.revision.desc())).all()


def forget_old_revisions(session: Session, survey_id: UUID, revision: int) -> None:
    """Keep the newest edits; a pause in typing makes one too."""
    session.execute(
        delete(DraftRevision).where(
            DraftRevision.survey_id == survey_id, DraftRevision.revision <= revision - MAX_HISTORY
        )
    )


def list_versions(session: Session, survey_id: UUID) -> Sequence[SurveyVersion]:
    """Return the frozen versions of a survey, oldest first."""
    return session.scalars(
        select(SurveyVersion)
        .where(SurveyVersion.survey_id == survey_id)
        .order_by(SurveyVersion.number)
    ).all()


def list_questionnaires(session: Session, survey_id: UUID) -> list[surveys.Survey]:
    """Return the questionnaires of all versions, oldest first."""
    return [questionnaire(version) for version in list_versions(session, survey_id)]


def get_request(session: Session, request_id: UUID) -> PublishRequest:
    """Return a request to publish; raise NotFoundError."""
    found = session.get(PublishRequest, request_id)
    if found is None:
        raise NotFoundError(f"request {request_id}")
    return found


def list_requests(session: Session, survey_id: UUID) -> Sequence[PublishRequest]:
    """Return the requests about one survey, newest first."""
    return session.scalars(
        select(PublishRequest)
        .where(PublishRequest.survey_id == survey_id)
        .order_by(PublishRequest.asked_at.desc())
    ).all()


def list_waiting(session: Session) -> Sequence[PublishRequest]:
    """Return the requests nobody has decided, oldest first."""
    return session.scalars(
        select(PublishRequest)
        .where(PublishRequest.decided_at.is_(None))
        .order_by(PublishRequest.asked_at)
    ).all()


def count_waiting(session: Session) -> int:
    """Return how many requests nobody has decided."""
    query = select(func.count(PublishRequest.id)).where(PublishRequest.decided_at.is_(None))
    return session.scalar(query) or 0


def replace_waiting(session: Session, survey_id: UUID, *, now: datetime) -> None:
    """Close requests that a newer one of the same survey replaces; an incident's stays open."""
    session.execute(
        update(PublishRequest)
        .where(
            PublishRequest.survey_id == survey_id,
            PublishRequest.decided_at.is_(None),
            PublishRequest.is_incident.is_(False),
        )
        .values(decision="replaced", decided_at=now)
        .execution_options(synchronize_session=False)
    )


def decide_request(session: Session, request_id: UUID, **values: Any) -> bool:
    """Write a decision where none is; False when somebody else decided first."""
    done = session.execute(
        update(PublishRequest)
        .where(PublishRequest.id == request_id, PublishRequest.decided_at.is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def get_collector(session: Session, collector_id: UUID) -> Collector:
    """Return a way in; raise NotFoundError."""
    found = session.get(Collector, collector_id)
    if found is None:
        raise NotFoundError(f"collector {collector_id}")
    return found


def list_open_collectors(session: Session, channel: str) -> Sequence[Collector]:
    """Return the open ways in of one channel to live surveys, by name."""
    query = (
        select(Collector)
        .join(Survey)
        .where(Collector.channel == channel, Collector.is_open, Survey.status == SurveyStatus.LIVE)
    )
    return session.scalars(query.order_by(Survey.name, Collector.name)).all()


def list_collectors(session: Session, survey_id: UUID) -> Sequence[Collector]:
    """Return the ways in to a survey in the order they were opened."""
    return session.scalars(
        select(Collector)
        .where(Collector.survey_id == survey_id)
        .order_by(Collector.is_test, Collector.created_at, Collector.name)
    ).all()


def list_names(session: Session) -> dict[UUID | None, str]:
    """Return everybody's name by id; somebody whose account is gone is "someone"."""
    found = session.execute(select(StaffUser.id, StaffUser.name))
    return {None: "someone", **{row.id: row.name for row in found}}


def find_slug(session: Session, stem: str) -> str:
    """Return a short name for commands that no survey has yet."""
    taken = set(session.scalars(select(Survey.slug).where(Survey.slug.like(f"{stem}%"))))
    number = 1
    while (slug := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return slug


def list_statuses(session: Session) -> dict[UUID, int]:
    """Return the number of the newest version by survey."""
    query = select(SurveyVersion.survey_id, func.max(SurveyVersion.number)).group_by(
        SurveyVersion.survey_id
    )
    return {row[0]: row[1] for row in session.execute(query)}


def list_test_responses(session: Session, survey_id: UUID) -> Sequence[UUID]:
    """Return the answers given while the survey was tried out."""
    return session.scalars(
        select(Response.id).where(Response.survey_id == survey_id, Response.is_test)
    ).all()


def delete_test_drafts(session: Session, survey_id: UUID) -> None:
    """Remove unsent journeys through test links."""
    testing = select(Collector.id).where(Collector.survey_id == survey_id, Collector.is_test)
    session.execute(delete(Draft).where(Draft.collector_id.in_(testing)))


def delete_counters(session: Session, survey_id: UUID) -> None:
    """Remove the counters of how far people got; before a launch, all people were testers."""
    versions = select(SurveyVersion.id).where(SurveyVersion.survey_id == survey_id)
    session.execute(delete(DropOff).where(DropOff.version_id.in_(versions)))


def find_target(session: Session, survey_id: UUID) -> Mapping[str, Any] | None:
    """Return how many answers a survey aims at, None where nobody said."""
    setting = session.get(Setting, f"{TARGET}{survey_id}")
    return None if setting is None else setting.value


def put_target(session: Session, survey_id: UUID, value: Mapping[str, Any]) -> None:
    """Keep how many answers a survey aims at."""
    session.merge(Setting(key=f"{TARGET}{survey_id}", value=dict(value)))

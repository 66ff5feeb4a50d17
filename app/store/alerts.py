"""What the watch over readers looks at: the audit trail, its limits, and what was planted."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import AuditEvent, Collector, Flag, Response, Setting

SETTING = "alerts"
STAFF = "staff"


def find_settings(session: Session) -> dict[str, Any]:
    """Return the limits that were chosen and what is planted; empty before anybody chose."""
    found = session.get(Setting, SETTING)
    return dict(found.value) if found else {}


def set_settings(session: Session, values: dict[str, Any]) -> None:
    """Keep limits and what is planted; the caller commits."""
    session.merge(Setting(key=SETTING, value=values))


def find_newest_event(session: Session) -> int:
    """Return the number of the newest event of the trail."""
    return session.scalar(select(func.max(AuditEvent.id))) or 0


def list_openings(
    session: Session, object_ids: Collection[str], *, since: datetime
) -> Sequence[AuditEvent]:
    """Return what colleagues did to these things since a moment."""
    return session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.at >= since,
            AuditEvent.actor_kind == STAFF,
            AuditEvent.object_id.in_(object_ids),
        )
        .order_by(AuditEvent.id)
    ).all()


def list_over(
    session: Session, acts: Collection[str], limit: int, *, since: datetime, until: datetime
) -> Sequence[tuple[UUID, int]]:
    """Return who did these acts to more than `limit` different things, and to how many."""
    different = func.count(func.distinct(AuditEvent.object_id))
    rows = session.execute(
        select(AuditEvent.actor_id, different)
        .where(
            AuditEvent.at >= since,
            AuditEvent.at < until,
            AuditEvent.actor_kind == STAFF,
            AuditEvent.actor_id.is_not(None),
            AuditEvent.act.in_(acts),
        )
        .group_by(AuditEvent.actor_id)
        .having(different > limit)
    )
    return [(row[0], row[1]) for row in rows if row[0] is not None]


def list_events(
    session: Session, acts: Collection[str], *, since: datetime
) -> Sequence[AuditEvent]:
    """Return the events of these acts since a moment, newest first."""
    return session.scalars(
        select(AuditEvent)
        .where(AuditEvent.at >= since, AuditEvent.act.in_(acts))
        .order_by(AuditEvent.id.desc())
    ).all()


def find_way_in(session: Session, survey_id: UUID) -> Collector | None:
    """Return a way in through which people answered a survey."""
    return session.scalars(
        select(Collector)
        .join(Response, Response.collector_id == Collector.id)
        .where(Collector.survey_id == survey_id, Collector.is_test.is_(False))
        .order_by(Collector.id)
        .limit(1)
    ).one_or_none()


def find_oldest_closing(session: Session, *, of_last: int) -> datetime | None:
    """Return when the oldest of the flags closed last was closed; None where fewer are closed."""
    return session.scalar(
        select(Flag.closed_at)
        .where(Flag.closed_at.is_not(None))
        .order_by(Flag.closed_at.desc())
        .offset(of_last - 1)
        .limit(1)
    )


def count_present(session: Session, response_ids: Collection[UUID]) -> int:
    """Return how many of these responses are still there."""
    query = select(func.count()).where(Response.id.in_(response_ids))
    return session.scalar(query) or 0

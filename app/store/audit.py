"""The audit trail: its only writer, and the rows of the chain that shows it was not changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from app.models import AuditEvent, AuditLink

from .actors import Actor

_INSERT = insert(cast("Table", AuditEvent.__table__))


def add_event(
    session: Session,
    *,
    by: Actor | None,
    act: str,
    kind: str,
    object_id: UUID | str,
    now: datetime,
    detail: dict[str, Any] | None = None,
    actor_kind: str | None = None,
) -> None:
    """Add who did what to which thing to this transaction. Detail never holds answer text."""
    actor_kind = actor_kind or ("staff" if by else "system")
    session.add(
        AuditEvent(
            at=now,
            actor_kind=actor_kind,
            actor_id=by.user_id if by else None,
            role=by.role if by else None,
            act=act,
            object_kind=kind,
            object_id=str(object_id),
            detail=detail or {},
        )
    )


def add_respondent_event(
    session: Session, *, act: str, kind: str, object_id: UUID | str, now: datetime
) -> None:
    """Record a respondent's act to the day and against the survey, so it links to nobody."""
    # By Core: this stands in the commit that every respondent waits for.
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    event = {
        "at": day,
        "actor_kind": "respondent",
        "act": act,
        "object_kind": kind,
        "object_id": str(object_id),
        "detail": {},
    }
    session.connection().execute(_INSERT, event)


# An event's id is drawn before its commit: a lower one may come after a higher one was linked.
LATE = 10_000
_CHAIN = (
    select(AuditLink, AuditEvent)
    .outerjoin(AuditEvent, AuditEvent.id == AuditLink.event_id)
    .order_by(AuditLink.position)
    .limit(1000)
)


def list_unlinked(session: Session, *, limit: int) -> Sequence[AuditEvent]:
    """Return the oldest events that no link of the chain holds yet, of those added of late."""
    newest = session.scalar(select(func.max(AuditLink.event_id))) or 0
    linked = select(AuditLink.position).where(AuditLink.event_id == AuditEvent.id)
    return session.scalars(
        select(AuditEvent)
        .where(AuditEvent.id > newest - LATE, ~linked.exists())
        .order_by(AuditEvent.id)
        .limit(limit)
    ).all()


def count_unlinked(session: Session) -> int:
    """Return how many events no link holds."""
    linked = select(AuditLink.position).where(AuditLink.event_id == AuditEvent.id)
    query = select(func.count()).select_from(AuditEvent).where(~linked.exists())
    return session.scalar(query) or 0


def find_outside(session: Session) -> int | None:
    """Return the first event that came under an id too low to be linked any more."""
    newest = session.scalar(select(func.max(AuditLink.event_id))) or 0
    linked = select(AuditLink.position).where(AuditLink.event_id == AuditEvent.id)
    return session.scalar(
        select(func.min(AuditEvent.id)).where(AuditEvent.id <= newest - LATE, ~linked.exists())
    )


def find_last_link(session: Session) -> AuditLink | None:
    """Return the newest link of the chain."""
    query = select(AuditLink).order_by(AuditLink.position.desc()).limit(1)
    return session.scalars(query).one_or_none()


def insert_links(session: Session, links: Sequence[Mapping[str, Any]]) -> None:
    """Add links; raise IntegrityError where another worker added them meanwhile."""
    session.execute(insert(cast("Table", AuditLink.__table__)), list(links))


def walk_chain(session: Session) -> Iterator[tuple[AuditLink, AuditEvent | None]]:
    """Yield every link in order with its event, None where that is gone."""
    position = 0
    while rows := session.execute(_CHAIN.where(AuditLink.position > position)).all():
        yield from ((link, event) for link, event in rows)
        position = rows[-1][0].position

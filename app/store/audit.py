"""The audit trail's only writer."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from app.models import AuditEvent

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

"""Keys of programs that read released figures."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.models import ApiToken, AuditEvent, StaffUser, Survey

from .errors import NotFoundError


def find_token(session: Session, token_hash: str) -> tuple[ApiToken, StaffUser] | None:
    """Return a key that is not revoked, with its owner, who still has an account."""
    query = (
        select(ApiToken, StaffUser)
        .join(StaffUser, StaffUser.id == ApiToken.user_id)
        .where(
            ApiToken.token_hash == token_hash,
            ApiToken.revoked_at.is_(None),
            StaffUser.is_active,
        )
    )
    row = session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def list_own_tokens(session: Session, user_id: UUID) -> Sequence[tuple[ApiToken, str | None]]:
    """Return a person's keys that work, with the survey each is for; newest first."""
    query = (
        select(ApiToken, Survey.name)
        .outerjoin(Survey, Survey.id == ApiToken.survey_id)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.made_at.desc(), ApiToken.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def count_reads(session: Session, token_id: UUID, act: str, since: datetime) -> int:
    """Return how often a key has read since a moment, in any process: by the audit trail."""
    query = select(func.count()).where(
        AuditEvent.at > since, AuditEvent.act == act, AuditEvent.object_id == str(token_id)
    )
    return session.scalar(query) or 0


def get_own_token(session: Session, token_id: UUID, user_id: UUID) -> ApiToken:
    """Return a key of this person; raise NotFoundError."""
    found = session.get(ApiToken, token_id)
    if found is None or found.user_id != user_id:
        raise NotFoundError(f"key {token_id}")
    return found


def revoke_of(session: Session, user_id: UUID, now: datetime) -> None:
    """End every key of a person: who comes back by a new invitation makes new ones."""
    session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )

"""Wording of messages, in use and drafted."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import MessageTemplate

from .errors import NotFoundError


def find(session: Session, key: str, channel: str, language: str) -> MessageTemplate | None:
    """Return one wording by what it is for."""
    return session.scalars(
        select(MessageTemplate).where(
            MessageTemplate.key == key,
            MessageTemplate.channel == channel,
            MessageTemplate.language == language,
        )
    ).one_or_none()


def get_draft(session: Session, draft_id: UUID, *, prefix: str) -> MessageTemplate:
    """Return a draft; raise NotFoundError, also for wording in use."""
    row = session.get(MessageTemplate, draft_id)
    if row is None or not row.key.startswith(prefix):
        raise NotFoundError(f"draft {draft_id}")
    return row


def list_all(session: Session) -> Sequence[MessageTemplate]:
    """Return every wording, by what it is for."""
    return session.scalars(
        select(MessageTemplate).order_by(
            MessageTemplate.key, MessageTemplate.channel, MessageTemplate.language
        )
    ).all()

"""The designer's history, and the second person who lets a questionnaire out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, RandomId


class DraftRevision(RandomId, Base):
    """What a draft was before an edit, so that every edit can be undone."""

    __tablename__ = "draft_revision"
    __table_args__ = (UniqueConstraint("survey_id", "revision"),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    revision: Mapped[int]
    document: Mapped[dict[str, Any]]
    change: Mapped[str] = mapped_column(String(200))  # in words
    edited_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    edited_at: Mapped[datetime]


class PublishRequest(RandomId, Base):
    """A designer asks; another person, server-side, decides (settled.md 31)."""

    __tablename__ = "publish_request"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), index=True)
    revision: Mapped[int]
    document: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    changes: Mapped[list[Any]]  # what changed since the last version, in words
    dpia_note: Mapped[str | None] = mapped_column(Text)
    lived_experience_by: Mapped[str | None] = mapped_column(String(120))
    lines_confirmed: Mapped[bool] = mapped_column(default=False)
    is_incident: Mapped[bool] = mapped_column(default=False)  # launched first, reviewed in 24 h
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff_user.id", ondelete="SET NULL")
    )
    decided_at: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(String(10))  # approved | returned
    reason: Mapped[str | None] = mapped_column(Text)

"""Surveys, their frozen versions, and the collectors through which people reach them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, RandomId


class SurveyMode(StrEnum):
    """What is promised to the respondent; chosen once, never mixed (settled.md 23)."""

    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


class SurveyStatus(StrEnum):
    """Where a survey stands."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    CLOSED = "closed"


class Channel(StrEnum):
    """How an answer reached us."""

    OPEN = "open"
    CAMPAIGN = "campaign"
    POSTER = "poster"
    PERSONAL = "personal"
    FACILITATOR = "facilitator"
    PAPER = "paper"
    IMPORT = "import"


class Survey(RandomId, Base):
    """A survey over all its versions."""

    __tablename__ = "survey"

    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(80), unique=True)  # for commands; never for victims
    mode: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), default=SurveyStatus.DRAFT)
    codebook_id: Mapped[UUID | None] = mapped_column(ForeignKey("codebook.id"))
    retention_days: Mapped[int] = mapped_column(default=730)
    is_check_in: Mapped[bool] = mapped_column(default=False)
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    versions: Mapped[list["SurveyVersion"]] = relationship(
        back_populates="survey", order_by="SurveyVersion.number"
    )


class SurveyDraft(RandomId, Base):
    """The designer's working copy: one a survey, saved under optimistic locking (F14)."""

    __tablename__ = "survey_draft"

    survey_id: Mapped[UUID] = mapped_column(
        ForeignKey("survey.id", ondelete="CASCADE"), unique=True
    )
    document: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    edited_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    edited_at: Mapped[datetime]


class SurveyVersion(RandomId, Base):
    """A published questionnaire. Never updated: the database refuses (migration 0001)."""

    __tablename__ = "survey_version"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int]
    document: Mapped[str] = mapped_column(Text)  # canonical JSON
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff_user.id", ondelete="SET NULL")
    )

    survey: Mapped[Survey] = relationship(back_populates="versions")


class Collector(RandomId, Base):
    """One way in: an open link, a poster, a batch of personal links, an import."""

    __tablename__ = "collector"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    token: Mapped[str | None] = mapped_column(String(64), unique=True)  # public by nature
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    quota: Mapped[int | None]
    is_open: Mapped[bool] = mapped_column(default=True)
    is_test: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    survey: Mapped[Survey] = relationship(lazy="joined")


class PersonalLink(RandomId, Base):
    """A link for one person. We keep a hash; the token itself is shown once.

    `context` holds what the link already knows (service, stage), so it is not asked again.
    """

    __tablename__ = "personal_link"

    collector_id: Mapped[UUID] = mapped_column(ForeignKey("collector.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    case_key: Mapped[str | None] = mapped_column(String(80), index=True)
    context: Mapped[dict[str, Any]]
    issued_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    issued_on: Mapped[date]
    expires_on: Mapped[date | None]
    spent_on: Mapped[date | None]
    sealed_on: Mapped[date | None]  # "this wasn't me"
    stopped_on: Mapped[date | None]  # "stop"
    pace: Mapped[str | None] = mapped_column(String(20))  # "less_often"

    collector: Mapped[Collector] = relationship(lazy="joined")

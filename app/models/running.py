"""What keeps the installation running: the outbox, the audit trail, settings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, RandomId


class Job(RandomId, Base):
    """Work promised in the same commit as its cause. The row goes when the work is done."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_waiting", "parked_at", "run_after"),)

    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID | None]
    payload: Mapped[dict[str, Any]]  # ids and settings only, never answer text
    run_after: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None] = mapped_column(String(32))
    parked_at: Mapped[datetime | None]  # after three tries; shown to staff
    last_error: Mapped[str | None] = mapped_column(String(200))  # exception type, never its text


class AuditEvent(Base):
    """Who did what to which thing. Never answer text; a respondent's event carries the day only."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_kind: Mapped[str] = mapped_column(String(12))  # staff | respondent | system
    actor_id: Mapped[UUID | None] = mapped_column(index=True)
    role: Mapped[str | None] = mapped_column(String(30))
    act: Mapped[str] = mapped_column(String(60))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]]


class AuditLink(Base):
    """One link of the chain over the audit trail: position, event, and a MAC over all before it.

    No foreign key: a link has to outlive an event that somebody takes away.
    """

    __tablename__ = "audit_link"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(unique=True)
    key_id: Mapped[str] = mapped_column(String(40))
    mac: Mapped[str] = mapped_column(String(64))


class Setting(Base):
    """A fact about this installation, such as the hash of its set-up code."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]]

"""How codebooks and coders come about: drafts, trainings, recodings, and themes that emerge."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, RandomId


class RunState(StrEnum):
    """Where something long that the worker does stands."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"  # done; a training then waits for a person
    FAILED = "failed"
    ADOPTED = "adopted"
    DECLINED = "declined"


class CodebookDraft(RandomId, Base):
    """The working copy of a codebook's next version. One a codebook; edited under its revision."""

    __tablename__ = "codebook_draft"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    base_id: Mapped[UUID | None] = mapped_column(ForeignKey("codebook.id"))
    document: Mapped[dict[str, Any]]
    lineage: Mapped[list[Any]]  # [{"kind", "from": [theme…], "to": [theme…]}] since the base
    revision: Mapped[int] = mapped_column(default=1)
    edited_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    edited_at: Mapped[datetime]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime | None]  # an edit takes the question back
    caught: Mapped[dict[str, Any]]  # answers that hold a seed phrase, by theme, and of how many


class TrainingRun(RandomId, Base):
    """One training of a coder on what people decided; figures and a card, never a text."""

    __tablename__ = "training_run"

    codebook_id: Mapped[UUID] = mapped_column(ForeignKey("codebook.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default=RunState.WAITING)
    progress: Mapped[str] = mapped_column(String(200), default="")
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    learned_from: Mapped[int] = mapped_column(default=0)
    held_back: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]]  # {"old": …, "new": …}: scores with intervals, and by theme
    card: Mapped[str] = mapped_column(Text, default="")
    coder: Mapped[str | None] = mapped_column(String(80))  # the version it made
    decided_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff_user.id", ondelete="SET NULL")
    )
    decided_at: Mapped[datetime | None]


class Recoding(RandomId, Base):
    """Coding all answers of a codebook anew; what it made comes into use when none is left."""

    __tablename__ = "recoding"

    codebook_id: Mapped[UUID] = mapped_column(ForeignKey("codebook.id"), index=True)
    model: Mapped[str | None] = mapped_column(String(80))  # as `Codebook.model`
    coder: Mapped[str | None] = mapped_column(String(80))  # its version, once it has begun
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[list[Any]]  # ids of texts the coder cannot read
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    switched_at: Mapped[datetime | None]  # since then figures and the desk use it
    finished_at: Mapped[datetime | None]


class EmergingRun(RandomId, Base):
    """One look for groups among the answers that a survey's codebook explains badly."""

    __tablename__ = "emerging_run"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), index=True)
    codebook_id: Mapped[UUID] = mapped_column(ForeignKey("codebook.id"))
    state: Mapped[str] = mapped_column(String(12), default=RunState.WAITING)
    looked_at: Mapped[int] = mapped_column(default=0)
    least_explained: Mapped[int] = mapped_column(default=0)
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    groups: Mapped[list["EmergingGroup"]] = relationship(
        back_populates="run", cascade="all, delete-orphan", order_by="EmergingGroup.position"
    )


class EmergingGroup(RandomId, Base):
    """A group of answers that might be a theme."""

    __tablename__ = "emerging_group"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("emerging_run.id", ondelete="CASCADE"))
    position: Mapped[int]
    words: Mapped[list[Any]]  # each used by two respondents at least
    nearest: Mapped[str | None] = mapped_column(String(80))  # theme
    stability: Mapped[float]
    theme: Mapped[str | None] = mapped_column(String(80))  # the candidate made from it

    run: Mapped[EmergingRun] = relationship(back_populates="groups")
    texts: Mapped[list["EmergingText"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="EmergingText.position"
    )


class EmergingText(RandomId, Base):
    """One answer of a group; it leaves with the answer."""

    __tablename__ = "emerging_text"
    __table_args__ = (UniqueConstraint("group_id", "text_id"),)

    group_id: Mapped[UUID] = mapped_column(ForeignKey("emerging_group.id", ondelete="CASCADE"))
    text_id: Mapped[UUID] = mapped_column(
        ForeignKey("answer_text.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]  # nearest to the middle first

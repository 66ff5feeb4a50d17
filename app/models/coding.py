"""Codebooks, what the machine suggests, and what people decide."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .answers import AnswerText
from .base import Base, RandomId
from .sealed import SealedText


class Codebook(RandomId, Base):
    """One version of one codebook; earlier versions stay, so their codes keep their meaning."""

    __tablename__ = "codebook"
    __table_args__ = (UniqueConstraint("key", "version"),)

    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    document: Mapped[str] = mapped_column(Text)  # YAML as adopted
    adopted_at: Mapped[datetime]
    # What became of the themes of the version before: [{"kind", "from": […], "to": […]}].
    lineage: Mapped[list[Any] | None]
    # The trained model in use, a folder of instance/coders; without one the shipped or a cold one.
    model: Mapped[str | None] = mapped_column(String(80))


class MachineCoding(RandomId, Base):
    """What one coder version made of one text. Unique, so a killed worker cannot double it."""

    __tablename__ = "machine_coding"
    __table_args__ = (
        UniqueConstraint("text_id", "coder"),
        Index("ix_machine_coding_coder", "coder"),
    )

    text_id: Mapped[UUID] = mapped_column(ForeignKey("answer_text.id", ondelete="CASCADE"))
    codebook_id: Mapped[UUID] = mapped_column(ForeignKey("codebook.id"))
    coder: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(12))
    redactions: Mapped[
        list[Any]
    ]  # [{"start", "end", "kind", "uncertain"}], offsets in the original
    redacted_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    redacted = SealedText("redacted_sealed")
    sentiment: Mapped[str] = mapped_column(String(10))
    confidence: Mapped[float]
    risk_level: Mapped[str] = mapped_column(String(10))
    risk_score: Mapped[float]
    risk_evidence: Mapped[list[Any]]  # [{"start", "end"}]
    candidates: Mapped[list[Any]]  # [{"theme", "probability"}], best first
    coded_at: Mapped[datetime]

    text: Mapped[AnswerText] = relationship()
    codes: Mapped[list["MachineCode"]] = relationship(
        back_populates="coding", cascade="all, delete-orphan", passive_deletes=True
    )
    gaps: Mapped[list["MachineGap"]] = relationship(
        back_populates="coding", cascade="all, delete-orphan", passive_deletes=True
    )


class MachineCode(RandomId, Base):
    """A theme the machine suggests. A suggestion, until a person decides."""

    __tablename__ = "machine_code"
    __table_args__ = (UniqueConstraint("coding_id", "theme"),)

    coding_id: Mapped[UUID] = mapped_column(ForeignKey("machine_coding.id", ondelete="CASCADE"))
    theme: Mapped[str] = mapped_column(String(80), index=True)
    polarity: Mapped[str] = mapped_column(String(10))
    probability: Mapped[float]
    start: Mapped[int]
    end: Mapped[int]
    evidence: Mapped[list[Any]]

    coding: Mapped[MachineCoding] = relationship(back_populates="codes")


class MachineGap(RandomId, Base):
    """A need and the barrier in its way, as the machine read them."""

    __tablename__ = "machine_gap"
    __table_args__ = (UniqueConstraint("coding_id", "need", "barrier"),)

    coding_id: Mapped[UUID] = mapped_column(ForeignKey("machine_coding.id", ondelete="CASCADE"))
    need: Mapped[str] = mapped_column(String(40))
    barrier: Mapped[str] = mapped_column(String(40))
    duration_days: Mapped[int | None]
    start: Mapped[int]
    end: Mapped[int]
    probability: Mapped[float]

    coding: Mapped[MachineCoding] = relationship(back_populates="gaps")


class Strength(StrEnum):
    """How a theme came up in a group or an interview (domain §3.8)."""

    SPONTANEOUS = "spontaneous"
    PROMPTED = "prompted"
    DEBATED = "debated"


class Review(RandomId, Base):
    """One person's decision on one text under one codebook version.

    `is_current` marks the review that figures count; blind second codings never are.
    """

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("text_id", "codebook_id", "reviewer_key"),
        Index("ix_review_current", "codebook_id", "is_current"),
        Index(
            "uq_review_one_current",
            "text_id",
            "codebook_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    text_id: Mapped[UUID] = mapped_column(
        ForeignKey("answer_text.id", ondelete="CASCADE"), index=True
    )
    codebook_id: Mapped[UUID] = mapped_column(ForeignKey("codebook.id"))
    reviewer_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff_user.id", ondelete="SET NULL")
    )
    reviewer_key: Mapped[str] = mapped_column(String(40))  # staff id, or "import"
    coder: Mapped[str | None] = mapped_column(String(80))  # the suggestions seen; None when blind
    drawn: Mapped[str] = mapped_column(String(12), default="chosen")  # random | chosen | import
    sentiment: Mapped[str | None] = mapped_column(String(10))
    unsure: Mapped[bool] = mapped_column(default=False)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    note = SealedText("note_sealed")
    is_current: Mapped[bool] = mapped_column(default=True)
    reviewed_at: Mapped[datetime]

    codes: Mapped[list["ReviewCode"]] = relationship(
        back_populates="review", cascade="all, delete-orphan", passive_deletes=True
    )
    gaps: Mapped[list["ReviewGap"]] = relationship(
        back_populates="review", cascade="all, delete-orphan", passive_deletes=True
    )


class ReviewCode(RandomId, Base):
    """A theme a person has decided on, with the words it rests on."""

    __tablename__ = "review_code"
    __table_args__ = (UniqueConstraint("review_id", "theme"),)

    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    theme: Mapped[str] = mapped_column(String(80), index=True)
    polarity: Mapped[str | None] = mapped_column(String(10))
    start: Mapped[int | None]
    end: Mapped[int | None]
    origin: Mapped[str] = mapped_column(String(12))  # accepted | corrected | added | import
    strength: Mapped[str | None] = mapped_column(String(12))  # a `Strength`, of a turn of a group

    review: Mapped[Review] = relationship(back_populates="codes")


class ReviewGap(RandomId, Base):
    """A need and barrier a person has decided on."""

    __tablename__ = "review_gap"
    __table_args__ = (UniqueConstraint("review_id", "need", "barrier"),)

    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    need: Mapped[str] = mapped_column(String(40))
    barrier: Mapped[str] = mapped_column(String(40))
    duration_days: Mapped[int | None]
    start: Mapped[int | None]
    end: Mapped[int | None]
    origin: Mapped[str] = mapped_column(String(12))

    review: Mapped[Review] = relationship(back_populates="gaps")


class HalfDone(RandomId, Base):
    """What somebody has begun to decide about a text, until they save it; it counts nowhere."""

    __tablename__ = "half_done"
    __table_args__ = (UniqueConstraint("text_id", "user_id", "is_blind"),)

    text_id: Mapped[UUID] = mapped_column(ForeignKey("answer_text.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("staff_user.id", ondelete="CASCADE"), index=True
    )
    is_blind: Mapped[bool]
    fields_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    fields = SealedText("fields_sealed")  # JSON of what stands on the page
    revision: Mapped[int]  # what a second tab has not seen, it does not write over
    saved_at: Mapped[datetime] = mapped_column(index=True)


class Sample(RandomId, Base):
    """A random draw of texts, to be reviewed or to be coded twice blind."""

    __tablename__ = "sample"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(10))  # review | double
    first_day: Mapped[date]
    last_day: Mapped[date]
    seed: Mapped[int]
    drawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    drawn_at: Mapped[datetime]

    items: Mapped[list["SampleText"]] = relationship(
        back_populates="sample", cascade="all, delete-orphan", order_by="SampleText.position"
    )


class SampleText(RandomId, Base):
    """One text of a sample, in the order drawn."""

    __tablename__ = "sample_text"
    __table_args__ = (UniqueConstraint("sample_id", "text_id"),)

    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id", ondelete="CASCADE"))
    text_id: Mapped[UUID] = mapped_column(
        ForeignKey("answer_text.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]

    sample: Mapped[Sample] = relationship(back_populates="items")


class Quote(RandomId, Base):
    """Words approved for reading by others: consented, redacted, approved by two people."""

    __tablename__ = "quote"

    text_id: Mapped[UUID] = mapped_column(
        ForeignKey("answer_text.id", ondelete="CASCADE"), index=True
    )
    start: Mapped[int]
    end: Mapped[int]
    theme: Mapped[str | None] = mapped_column(String(80))
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    words = SealedText("words_sealed")  # already redacted
    proposed_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff_user.id", ondelete="SET NULL")
    )
    proposed_at: Mapped[datetime]
    approved_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff_user.id", ondelete="SET NULL")
    )
    approved_at: Mapped[datetime | None]

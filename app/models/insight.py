"""What commissioners work with: the gap register, evidence, referral figures, frozen reports."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, RandomId


class GapState(StrEnum):
    """Where a gap stands, as the public page says it (domain §5.5)."""

    HEARD = "heard"
    LOOKING = "looking"
    DOING = "doing"
    DONE = "done"
    CANNOT = "cannot"


class GapEntry(RandomId, Base):
    """One gap in the register: theme or need × barrier → decision → owner → later effect."""

    __tablename__ = "gap_entry"

    survey_id: Mapped[UUID | None] = mapped_column(ForeignKey("survey.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    theme: Mapped[str | None] = mapped_column(String(80))
    need: Mapped[str | None] = mapped_column(String(40))
    barrier: Mapped[str | None] = mapped_column(String(40))
    area: Mapped[str | None] = mapped_column(String(20))
    service: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10), default=GapState.HEARD)
    decision: Mapped[str | None] = mapped_column(Text)
    because: Mapped[str | None] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(String(120))
    due_on: Mapped[date | None] = mapped_column(index=True)
    acted_on: Mapped[date | None]
    public_words: Mapped[str | None] = mapped_column(Text)
    is_public: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    steps: Mapped[list["GapStep"]] = relationship(
        back_populates="entry", cascade="all, delete-orphan", order_by="GapStep.at"
    )


class GapStep(RandomId, Base):
    """One change of a gap's state, with who said so and why."""

    __tablename__ = "gap_step"

    entry_id: Mapped[UUID] = mapped_column(
        ForeignKey("gap_entry.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(10))
    note: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    at: Mapped[datetime]

    entry: Mapped[GapEntry] = relationship(back_populates="steps")


class EvidenceItem(RandomId, Base):
    """A source on the shelf beside a theme: research, a review, an earlier assessment."""

    __tablename__ = "evidence_item"

    theme: Mapped[str] = mapped_column(String(80), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # research | review | event | other
    citation: Mapped[str] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(String(500))
    note: Mapped[str | None] = mapped_column(Text)
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    added_at: Mapped[datetime]


class ReferralFigure(RandomId, Base):
    """A count from the referral system: a funnel step, or a margin to weigh and compare by."""

    __tablename__ = "referral_figure"
    __table_args__ = (UniqueConstraint("year", "quarter", "dimension", "category"),)

    year: Mapped[int]  # the year an April–March year begins
    quarter: Mapped[int]  # 1 is April–June; 0 is the whole year
    dimension: Mapped[str] = mapped_column(String(30))  # funnel | crime_group | area | age_band
    category: Mapped[str] = mapped_column(String(60))
    count: Mapped[int]
    definition: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(200))
    is_synthetic: Mapped[bool] = mapped_column(default=False)


class FrozenReport(RandomId, Base):
    """A report as it was: safe tables only, never changed; quotes are looked up when read."""

    __tablename__ = "frozen_report"

    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(200))
    survey_id: Mapped[UUID | None] = mapped_column(ForeignKey("survey.id"))
    period: Mapped[str] = mapped_column(String(20))
    tables: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]

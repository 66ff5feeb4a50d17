"""Danger and duty: safeguarding flags, tasks, and requests to be contacted."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .answers import Response
from .base import Base, RandomId
from .sealed import SealedText


class Tier(StrEnum):
    """Safeguarding tiers of domain §4.4, most urgent first."""

    SG1 = "SG1"
    SG2 = "SG2"
    SG3 = "SG3"
    SG4 = "SG4"


class FlagStatus(StrEnum):
    """Where a flag stands. The machine may only open one."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSING = "closing"  # one person proposes to close, a second has to agree
    CLOSED = "closed"


class Flag(RandomId, Base):
    """A reason for a person to look now. Unique by response and reason, so re-runs add nothing."""

    __tablename__ = "flag"
    __table_args__ = (
        UniqueConstraint("response_id", "reason"),
        Index("ix_flag_order", "status", "tier", "due_at"),
    )

    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id"), index=True)
    text_id: Mapped[UUID | None] = mapped_column(ForeignKey("answer_text.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(80))  # "text:<question>", "answer:<signal>", …
    source: Mapped[str] = mapped_column(String(12))  # text | answer | contact | person
    tier: Mapped[str] = mapped_column(String(4))
    status: Mapped[str] = mapped_column(String(14), default=FlagStatus.OPEN)
    raised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    acknowledged_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    lowering_to: Mapped[str | None] = mapped_column(String(4))  # proposed; a second agrees
    lowering_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff_user.id", ondelete="SET NULL")
    )
    lowering_reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    lowering_reason = SealedText("lowering_reason_sealed")
    closing_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff_user.id", ondelete="SET NULL")
    )
    closing_reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    closing_reason = SealedText("closing_reason_sealed")
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    closed_at: Mapped[datetime | None]

    response: Mapped[Response] = relationship()
    notes: Mapped[list["FlagNote"]] = relationship(
        back_populates="flag", cascade="all, delete-orphan", order_by="FlagNote.written_at"
    )


class FlagNote(RandomId, Base):
    """What somebody did or learned about a flag."""

    __tablename__ = "flag_note"

    flag_id: Mapped[UUID] = mapped_column(ForeignKey("flag.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    body = SealedText("body_sealed")
    written_at: Mapped[datetime]

    flag: Mapped[Flag] = relationship(back_populates="notes")


class ContactRequest(RandomId, Base):
    """How and when it is safe to reach somebody; kept apart from the answers, and sealed."""

    __tablename__ = "contact_request"

    # Beside answers, or beside a task alone: a wish that belongs to no answers (settled.md 23).
    response_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("response.id", ondelete="CASCADE"), unique=True
    )
    task_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("task.id", ondelete="CASCADE"), unique=True
    )
    wish: Mapped[str] = mapped_column(String(20))  # this_week | soon
    details_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    details = SealedText("details_sealed")  # JSON: way, address, safe times
    safe_until: Mapped[date | None]
    asked_on: Mapped[date]
    done_on: Mapped[date | None]


class Task(RandomId, Base):
    """Something a caseworker or supervisor has to do by a time."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("response_id", "kind"),
        Index("ix_task_open", "done_at", "due_at"),
    )

    kind: Mapped[str] = mapped_column(String(40))  # contact | low_check_in | stopping | missed
    response_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("response.id", ondelete="CASCADE"), index=True
    )
    case_key: Mapped[str | None] = mapped_column(String(80), index=True)
    service: Mapped[str | None] = mapped_column(String(60))
    raised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    note = SealedText("note_sealed")
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))


class DutyDay(RandomId, Base):
    """Who watches the safeguarding desk on a day; without one it is the lead."""

    __tablename__ = "duty_day"

    day: Mapped[date] = mapped_column(unique=True)
    lead_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    deputy_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    set_at: Mapped[datetime]


class ConflictSeal(RandomId, Base):
    """A colleague who knows the person in a case may not open it (safety.md T7)."""

    __tablename__ = "conflict_seal"
    __table_args__ = (UniqueConstraint("user_id", "case_key"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"))
    case_key: Mapped[str] = mapped_column(String(80), index=True)
    sealed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    sealed_at: Mapped[datetime]


class Complaint(RandomId, Base):
    """A complaint about how somebody's data is used; joined to no answers, and sealed."""

    __tablename__ = "complaint"

    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    words = SealedText("words_sealed")
    reply_to_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reply_to = SealedText("reply_to_sealed")
    received_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)  # the law's 30 days
    acknowledged_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))

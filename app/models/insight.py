"""What commissioners work with: released figures, the gap register, evidence, reference counts."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, RandomId
from .sealed import SealedText


class FigureRelease(RandomId, Base):
    """The safe figures of a survey as at the end of a complete period; no row-level data.

    Kept because a withdrawal deletes texts and codes at once, while figures change only with the
    next complete period, so that before minus after reveals no one (settled.md 34).
    """

    __tablename__ = "figure_release"
    __table_args__ = (UniqueConstraint("survey_id", "as_at"),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    as_at: Mapped[date]
    made_at: Mapped[datetime]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class GapState(StrEnum):
    """Where a gap stands, as the public page says it (domain §5.5)."""

    HEARD = "heard"
    LOOKING = "looking"
    DOING = "doing"
    DONE = "done"
    CANNOT = "cannot"


class Gap(RandomId, Base):
    """One gap in the register: theme or need × barrier → decision → owner → later effect."""

    __tablename__ = "gap"
    __table_args__ = (Index("ix_gap_due", "state", "due_on"),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    theme: Mapped[str | None] = mapped_column(String(80))
    need: Mapped[str | None] = mapped_column(String(40))
    barrier: Mapped[str | None] = mapped_column(String(40))
    area: Mapped[str | None] = mapped_column(String(20))
    crime_group: Mapped[str | None] = mapped_column(String(40))
    evidence: Mapped[dict[str, Any]]  # the safe cell it rests on, frozen
    state: Mapped[str] = mapped_column(String(12), default=GapState.HEARD)
    decision: Mapped[str] = mapped_column(Text, default="")
    because: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(String(120), default="")
    service: Mapped[str | None] = mapped_column(String(60))
    due_on: Mapped[date | None]
    acted_on: Mapped[date | None]
    said: Mapped[str] = mapped_column(Text, default="")  # "you said", for the public page
    did: Mapped[str] = mapped_column(Text, default="")  # "we did"
    is_public: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]


class EvidenceNote(RandomId, Base):
    """A source on the shelf beside a theme: research, a group, interviews, a report."""

    __tablename__ = "evidence_note"

    codebook_id: Mapped[UUID | None] = mapped_column(ForeignKey("codebook.id"))
    theme: Mapped[str] = mapped_column(String(80), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # research | group | interview | report
    title: Mapped[str] = mapped_column(String(300))
    author: Mapped[str] = mapped_column(String(200), default="")
    year: Mapped[int | None]
    link: Mapped[str] = mapped_column(String(500), default="")
    finding: Mapped[str] = mapped_column(Text)
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    added_at: Mapped[datetime]


class ReferenceCount(RandomId, Base):
    """A count from elsewhere, with its source: a referral margin, or a step of the funnel."""

    __tablename__ = "reference_count"
    __table_args__ = (UniqueConstraint("kind", "dimension", "value", "starts_on", "ends_on"),)

    kind: Mapped[str] = mapped_column(String(20))  # margin | funnel | cases
    dimension: Mapped[str] = mapped_column(String(20))  # crime_group | age_band | area | step
    value: Mapped[str] = mapped_column(String(60))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    count: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))
    definition: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    is_synthetic: Mapped[bool] = mapped_column(default=False)


class FrozenReport(RandomId, Base):
    """A report as it was: safe tables only, never changed; quotes are looked up when read."""

    __tablename__ = "frozen_report"

    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(200))
    survey_id: Mapped[UUID | None] = mapped_column(ForeignKey("survey.id"))
    period: Mapped[str] = mapped_column(String(40))
    tables: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]


class ReportFile(RandomId, Base):
    """A report as Word or PDF. It holds quoted words, so it goes as soon as one may not be shown.

    `quotes` names the quotations inside: the file is given out only while these, and no others,
    may be shown. It can always be made again from the frozen report.
    """

    __tablename__ = "report_file"
    __table_args__ = (UniqueConstraint("report_id", "format"),)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("frozen_report.id", ondelete="CASCADE"))
    format: Mapped[str] = mapped_column(String(8))  # docx | pdf
    quotes: Mapped[list[Any]]
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    content = SealedText("content_sealed")  # base64
    made_at: Mapped[datetime]


class Comment(RandomId, Base):
    """What a reader of figures remarks on a page of a survey's results; never about one person."""

    __tablename__ = "figure_comment"

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), index=True)
    page: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(40))
    service: Mapped[str | None] = mapped_column(String(60))  # bound readers see their own
    body: Mapped[str] = mapped_column(Text)
    written_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff_user.id", ondelete="SET NULL")
    )
    written_at: Mapped[datetime]


class ApiToken(RandomId, Base):
    """A key for programs that read released figures; only its hash is kept."""

    __tablename__ = "api_token"

    label: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(24))  # under which it reads
    survey_id: Mapped[UUID | None] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    made_at: Mapped[datetime]
    used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]

"""Focus groups and interviews: who spoke, and what they allowed. Their words are answers.

What a speaker said is an `AnswerText` of a response of their own, set aside from every figure of
the survey (docs/decisions/0066).
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .answers import Response
from .base import Base, RandomId
from .surveys import Survey

REPLY = "reply"  # `Response.quarantined` of a text somebody sent back, and its question
IN_GROUP = "group"  # `Response.quarantined` of what was said in a group or an interview
TURN = "turn"  # `AnswerText.question_id` of a turn; its number stands in `part`


class Method(StrEnum):
    """How people were talked with."""

    GROUP = "focus_group"
    INTERVIEW = "interview"


class GroupSession(RandomId, Base):
    """One group or interview; never a name or a place."""

    __tablename__ = "group_session"
    __table_args__ = (UniqueConstraint("survey_id", "key"),)

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))
    key: Mapped[str] = mapped_column(String(40))
    method: Mapped[str] = mapped_column(String(20))
    held_on: Mapped[date]
    community: Mapped[str | None] = mapped_column(String(80))
    left_out: Mapped[int] = mapped_column(default=0)  # turns of facilitators and interpreters
    uploaded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff_user.id", ondelete="SET NULL")
    )
    uploaded_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]  # when the speakers' consents were entered
    checked_on: Mapped[date | None]  # when those who took part had read the summary

    survey: Mapped[Survey] = relationship()
    speakers: Mapped[list["Speaker"]] = relationship(
        back_populates="session",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Speaker.code",
    )


class Speaker(RandomId, Base):
    """One person who took part, by the code of the transcript, and what they allowed."""

    __tablename__ = "speaker"
    __table_args__ = (UniqueConstraint("session_id", "code"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("group_session.id", ondelete="CASCADE"))
    response_id: Mapped[UUID] = mapped_column(
        ForeignKey("response.id", ondelete="CASCADE"), unique=True
    )
    code: Mapped[str] = mapped_column(String(40))
    may_use: Mapped[bool] = mapped_column(default=False)
    may_record: Mapped[bool] = mapped_column(default=False)
    may_quote: Mapped[bool] = mapped_column(default=False)
    may_name_community: Mapped[bool] = mapped_column(default=False)
    withdrawn_on: Mapped[date | None]

    session: Mapped[GroupSession] = relationship(back_populates="speakers")
    response: Mapped[Response] = relationship()

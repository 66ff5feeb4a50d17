"""What people tell us: drafts while they answer, responses once they send."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, RandomId
from .sealed import SealedText
from .surveys import Collector, Survey, SurveyVersion


class Draft(RandomId, Base):
    """An unsent journey. Never a response, never coded; deleted on Exit unless a code was taken."""

    __tablename__ = "draft"

    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)  # of the journey cookie
    version_id: Mapped[UUID] = mapped_column(ForeignKey("survey_version.id"))
    collector_id: Mapped[UUID] = mapped_column(ForeignKey("collector.id"))
    link_id: Mapped[UUID | None] = mapped_column(ForeignKey("personal_link.id"), index=True)
    language: Mapped[str] = mapped_column(String(12), default="en")
    answers_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    answers = SealedText("answers_sealed")  # JSON of surveys.Answers
    state_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state = SealedText("state_sealed")  # JSON: where the person is in the journey
    code_key: Mapped[str | None] = mapped_column(String(128), unique=True)  # from the six words
    submission_key: Mapped[str] = mapped_column(String(64), unique=True)
    started_on: Mapped[date]
    touched_at: Mapped[datetime] = mapped_column(index=True)

    version: Mapped[SurveyVersion] = relationship(lazy="joined")
    collector: Mapped[Collector] = relationship(lazy="joined")


class Response(RandomId, Base):
    """One person's sent answers. Carries the day only (settled.md 6)."""

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("survey_id", "import_key"),
        Index("ix_response_survey_day", "survey_id", "received_on"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("survey_version.id"))
    collector_id: Mapped[UUID] = mapped_column(ForeignKey("collector.id"), index=True)
    link_id: Mapped[UUID | None] = mapped_column(ForeignKey("personal_link.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(12), default="en")
    received_on: Mapped[date]
    disposition: Mapped[str] = mapped_column(String(20))  # complete | partial | break_off
    eligible: Mapped[bool] = mapped_column(default=True)
    is_test: Mapped[bool] = mapped_column(default=False)
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    quarantined: Mapped[str | None] = mapped_column(String(60))  # a reason; never a deletion
    quote_consent: Mapped[bool] = mapped_column(default=False)
    # What figures may be filtered by; filled from answers or link context at send.
    area: Mapped[str | None] = mapped_column(String(20))
    crime_group: Mapped[str | None] = mapped_column(String(40))
    age_band: Mapped[str | None] = mapped_column(String(20))
    service: Mapped[str | None] = mapped_column(String(60))
    stage: Mapped[str | None] = mapped_column(String(40))
    submission_key: Mapped[str] = mapped_column(String(64), unique=True)
    withdraw_key: Mapped[str | None] = mapped_column(String(128), unique=True)
    import_key: Mapped[str | None] = mapped_column(String(64))
    purge_on: Mapped[date] = mapped_column(index=True)
    withdrawn_on: Mapped[date | None]  # kept as a shell until the next complete period

    survey: Mapped[Survey] = relationship()
    answers: Mapped[list["Answer"]] = relationship(
        back_populates="response", cascade="all, delete-orphan", passive_deletes=True
    )
    texts: Mapped[list["AnswerText"]] = relationship(
        back_populates="response", cascade="all, delete-orphan", passive_deletes=True
    )


class Answer(RandomId, Base):
    """One choice, number or date of one question; many rows for a multiple choice.

    `state` tells an answer from the four kinds of non-answer; they are never merged.
    """

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("response_id", "question_id", "part"),)

    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"))
    question_id: Mapped[str] = mapped_column(String(40))
    part: Mapped[int] = mapped_column(default=0)  # position in a multiple choice or ranking
    state: Mapped[str] = mapped_column(String(16))  # answered | skipped | dont_know | …
    option_id: Mapped[str | None] = mapped_column(String(40))
    number: Mapped[float | None]
    day: Mapped[date | None]

    response: Mapped[Response] = relationship(back_populates="answers")


class AnswerText(RandomId, Base):
    """Free text as it was written, sealed. Readable only through an audited act."""

    __tablename__ = "answer_text"
    __table_args__ = (UniqueConstraint("response_id", "question_id", "part"),)

    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"))
    question_id: Mapped[str] = mapped_column(String(40), index=True)
    part: Mapped[str] = mapped_column(String(40), default="")  # option id of "other, please say"
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    body = SealedText("body_sealed")
    typed_by_worker: Mapped[bool] = mapped_column(default=False)

    response: Mapped[Response] = relationship(back_populates="texts")


class DropOff(RandomId, Base):
    """Anonymous counters: how many reached a question on a day, and how many got past it."""

    __tablename__ = "drop_off"
    __table_args__ = (UniqueConstraint("version_id", "question_id", "day"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("survey_version.id"))
    question_id: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    reached: Mapped[int] = mapped_column(default=0)
    passed: Mapped[int] = mapped_column(default=0)

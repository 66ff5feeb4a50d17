"""Groups and interviews, who spoke in them, and what of it waits to be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.models import (
    TURN,
    AnswerText,
    GroupSession,
    MachineCoding,
    Response,
    Review,
    ReviewCode,
    Speaker,
    Survey,
)

from .coding import is_in_use
from .errors import NotFoundError


@dataclass(frozen=True, slots=True)
class SaidTurn:
    """A turn as a list names it; never its words."""

    text_id: UUID
    number: int
    speaker: str
    is_coded: bool
    is_reviewed: bool


def list_sessions(session: Session) -> Sequence[GroupSession]:
    """Return all groups and interviews, newest first."""
    return session.scalars(
        select(GroupSession)
        .options(selectinload(GroupSession.speakers), joinedload(GroupSession.survey))
        .order_by(GroupSession.held_on.desc(), GroupSession.key)
    ).all()


def get_session(session: Session, session_id: UUID) -> GroupSession:
    """Return a group or interview with its speakers; raise NotFoundError."""
    found = session.scalars(
        select(GroupSession)
        .where(GroupSession.id == session_id)
        .options(selectinload(GroupSession.speakers).joinedload(Speaker.response))
    ).one_or_none()
    if found is None:
        raise NotFoundError(f"group {session_id}")
    return found


def find_session(session: Session, survey_id: UUID, key: str) -> GroupSession | None:
    """Return the group of that name beside a survey."""
    return session.scalars(
        select(GroupSession).where(GroupSession.survey_id == survey_id, GroupSession.key == key)
    ).one_or_none()


def get_speaker(session: Session, speaker_id: UUID) -> Speaker:
    """Return a speaker with their session; raise NotFoundError."""
    found = session.scalars(
        select(Speaker)
        .where(Speaker.id == speaker_id)
        .options(joinedload(Speaker.session), joinedload(Speaker.response))
    ).one_or_none()
    if found is None:
        raise NotFoundError(f"speaker {speaker_id}")
    return found


def list_turns(session: Session, session_id: UUID) -> Sequence[SaidTurn]:
    """Return the turns of a session in the order they were spoken."""
    coded = exists().where(MachineCoding.text_id == AnswerText.id)
    reviewed = exists().where(Review.text_id == AnswerText.id, Review.is_current, is_in_use())
    query = (
        select(AnswerText.id, AnswerText.part, Speaker.code, coded, reviewed)
        .join(Response, Response.id == AnswerText.response_id)
        .join(Survey, Survey.id == Response.survey_id)
        .join(Speaker, Speaker.response_id == Response.id)
        .where(
            Speaker.session_id == session_id,
            AnswerText.question_id == TURN,
            Response.withdrawn_on.is_(None),
        )
        .order_by(AnswerText.part)
    )
    return [SaidTurn(row[0], int(row[1]), *row[2:]) for row in session.execute(query)]


def find_session_of(session: Session, text_id: UUID) -> UUID | None:
    """Return the group or interview that a text was said in."""
    return session.scalar(
        select(Speaker.session_id)
        .join(AnswerText, AnswerText.response_id == Speaker.response_id)
        .where(AnswerText.id == text_id)
    )


def list_themes(session: Session, session_id: UUID) -> Sequence[tuple[str, str | None]]:
    """Return the themes people found in a session and how they are spoken of, the commonest first.

    How many raised one is left out: in a room everybody knows who that was.
    """
    query = (
        _found_in(session_id, ReviewCode.theme, ReviewCode.polarity)
        .group_by(ReviewCode.theme, ReviewCode.polarity)
        .order_by(func.count(func.distinct(Speaker.id)).desc(), ReviewCode.theme)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def list_said(session: Session, session_id: UUID) -> Sequence[tuple[str, str, int]]:
    """Return in how many of their turns each speaker raised each theme: theme, code, turns."""
    turns = func.count(func.distinct(AnswerText.id))
    query = (
        _found_in(session_id, ReviewCode.theme, Speaker.code, turns)
        .group_by(ReviewCode.theme, Speaker.code)
        .order_by(ReviewCode.theme, Speaker.code)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def list_ways(session: Session, session_id: UUID) -> Sequence[tuple[str, str | None, int]]:
    """Return in how many turns each theme came up in each way: theme, strength, turns."""
    turns = func.count(func.distinct(AnswerText.id))
    query = _found_in(session_id, ReviewCode.theme, ReviewCode.strength, turns).group_by(
        ReviewCode.theme, ReviewCode.strength
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def set_consents(speaker: Speaker, given: Mapping[str, Any]) -> None:
    """Write what a speaker allowed, on the speaker and on what they said."""
    for name, value in given.items():
        setattr(speaker, name, value)
    speaker.response.quote_consent = speaker.may_quote and speaker.withdrawn_on is None


def _found_in(session_id: UUID, *columns: Any) -> Select[Any]:
    """Return a query of what people found in the turns of a session that still stand."""
    return (
        select(*columns)
        .select_from(ReviewCode)
        .join(Review, Review.id == ReviewCode.review_id)
        .join(AnswerText, AnswerText.id == Review.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .join(Survey, Survey.id == Response.survey_id)
        .join(Speaker, Speaker.response_id == Response.id)
        .where(
            Speaker.session_id == session_id,
            Review.is_current,
            is_in_use(),
            Response.withdrawn_on.is_(None),
        )
    )

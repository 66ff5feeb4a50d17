"""What was raised in groups and interviews: beside a theme's figures, never added to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from app.models import (
    IN_GROUP,
    TURN,
    AnswerText,
    GroupSession,
    Method,
    Quote,
    Response,
    Review,
    ReviewCode,
    Speaker,
    Strength,
    Survey,
)

from .quotes import CONTEXT, DELAY, Voice

FEWEST_SPEAKERS = 10  # told only as groups below it (settled.md 32)
FEWEST_IN_GROUP = 3  # a smaller group would tell of its people

_People = Sequence[Any]  # rows of a speaker's id, session, method, turns and turns read
_Ways = dict[UUID, set[str | None]]  # how each speaker who raised a theme did so


@dataclass(frozen=True, slots=True)
class Raised:
    """How far a theme was raised in the groups and interviews read to the end.

    `speakers` is None below ten, zero or not; `waiting` are groups that people still read. In
    `unasked` of the groups somebody brought it up without being asked, in `debated` it was argued
    over.
    """

    groups: int
    of_groups: int
    speakers: int | None
    waiting: int
    unasked: int = 0
    debated: int = 0


@dataclass(frozen=True, slots=True)
class _Spoke:
    """One speaker; `ways` holds how they raised a theme, and is empty where they did not."""

    session_id: UUID
    method: str
    turns: int
    read: int
    ways: frozenset[str | None]


def raised(session: Session, survey_id: UUID, theme: str) -> Raised | None:
    """Return how far a theme was raised; None where no group or interview stands beside it."""
    said = _said(session, survey_id, ReviewCode.theme == theme)
    return _tell(_speakers(session, survey_id), said.get(theme, {}))


def raised_by_theme(session: Session, survey_id: UUID) -> dict[str, Raised]:
    """Return how far each theme was raised that anybody raised, by the rules of `raised`."""
    people = _speakers(session, survey_id)
    told = {theme: _tell(people, ways) for theme, ways in _said(session, survey_id, true()).items()}
    return {theme: found for theme, found in told.items() if found is not None}


def _tell(people: _People, ways: _Ways) -> Raised | None:
    by_session: dict[UUID, list[_Spoke]] = {}
    for speaker_id, at, how, turns, read in people:
        one = _Spoke(at, how, turns, read, frozenset(ways.get(speaker_id, ())))
        by_session.setdefault(at, []).append(one)
    if not by_session:
        return None
    groups = [people for people in by_session.values() if _is_group(people)]
    done = [people for people in groups if _is_read(people)]
    heard = [one for people in by_session.values() if _is_read(people) for one in people]
    speakers = sum(bool(one.ways) for one in heard)
    told = [frozenset[str | None]().union(*(one.ways for one in people)) for people in done]
    return Raised(
        groups=sum(bool(ways) for ways in told),
        of_groups=len(done),
        speakers=speakers if speakers >= FEWEST_SPEAKERS else None,
        waiting=len(groups) - len(done),
        unasked=sum(Strength.SPONTANEOUS in ways for ways in told),
        debated=sum(Strength.DEBATED in ways for ways in told),
    )


def list_voices(
    session: Session, survey_id: UUID, theme: str, *, today: date, most: int
) -> Sequence[Voice]:
    """Return approved words of speakers who allow it, under the rules of every other quotation."""
    found = raised(session, survey_id, theme)
    if found is None or (found.speakers or 0) < CONTEXT:
        return []
    query = (
        select(Quote)
        .join(AnswerText, AnswerText.id == Quote.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .where(
            Response.survey_id == survey_id,
            Response.quarantined == IN_GROUP,
            Response.quote_consent,
            Response.withdrawn_on.is_(None),
            Response.received_on <= today - DELAY,
            Quote.theme == theme,
            Quote.approved_by.is_not(None),
            Quote.approved_by != Quote.proposed_by,
        )
        .order_by(Quote.approved_at.desc(), Quote.id)
    )
    return [Voice(q.words or "", q.theme, q.id) for q in session.scalars(query.limit(most))]


def _is_group(people: Sequence[_Spoke]) -> bool:
    return people[0].method == Method.GROUP and len(people) >= FEWEST_IN_GROUP


def _is_read(people: Sequence[_Spoke]) -> bool:
    return all(one.turns == one.read for one in people)


_COUNTS = (
    GroupSession.id,
    GroupSession.method,
    func.count(func.distinct(AnswerText.id)),
    func.count(func.distinct(Review.text_id)),
)


def _speakers(session: Session, survey_id: UUID) -> _People:
    """Return everybody whose words may be used, with how many of their turns people have read."""
    query = _of_survey(select(Speaker.id, *_COUNTS), survey_id)
    return session.execute(query.group_by(Speaker.id, GroupSession.id, GroupSession.method)).all()


def _said(session: Session, survey_id: UUID, which: ColumnElement[bool]) -> dict[str, _Ways]:
    """Return for each theme who raised it, and the ways in which they did."""
    query = _of_survey(select(ReviewCode.theme, Speaker.id, ReviewCode.strength), survey_id)
    found: dict[str, _Ways] = {}
    for theme, speaker_id, way in session.execute(
        query.join(ReviewCode, ReviewCode.review_id == Review.id).where(which).distinct()
    ):
        found.setdefault(theme, {}).setdefault(speaker_id, set()).add(way)
    return found


def _of_survey(query: Select[*tuple[Any, ...]], survey_id: UUID) -> Select[*tuple[Any, ...]]:
    """Narrow a query to the turns beside a survey that may be used, with what people decided."""
    in_use = or_(Survey.codebook_id.is_(None), Review.codebook_id == Survey.codebook_id)
    return (
        query.select_from(GroupSession)
        .join(Speaker, Speaker.session_id == GroupSession.id)
        .join(Response, Response.id == Speaker.response_id)
        .join(Survey, Survey.id == Response.survey_id)
        .join(AnswerText, AnswerText.response_id == Response.id)
        .outerjoin(Review, and_(Review.text_id == AnswerText.id, Review.is_current, in_use))
        .where(
            GroupSession.survey_id == survey_id,
            GroupSession.asked_at.is_not(None),
            Speaker.may_use,
            Response.withdrawn_on.is_(None),
            AnswerText.question_id == TURN,
        )
    )

"""What was raised in groups and interviews: beside a theme's figures, never added to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, or_, select
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
    Survey,
)

from .quotes import CONTEXT, DELAY, Voice

FEWEST_SPEAKERS = 10  # told only as groups below it (settled.md 32)
FEWEST_IN_GROUP = 3  # a smaller group would tell of its people


@dataclass(frozen=True, slots=True)
class Raised:
    """How far a theme was raised in the groups and interviews read to the end.

    `speakers` is None below ten, zero or not; `waiting` are groups that people still read.
    """

    groups: int
    of_groups: int
    speakers: int | None
    waiting: int


@dataclass(frozen=True, slots=True)
class _Spoke:
    session_id: UUID
    method: str
    turns: int
    read: int
    raises: int  # 1 or 0


def raised(session: Session, survey_id: UUID, theme: str) -> Raised | None:
    """Return how far a theme was raised; None where no group or interview stands beside it."""
    return _tell(_speakers(session, survey_id, theme))


def raised_by_theme(session: Session, survey_id: UUID) -> dict[str, Raised]:
    """Return how far each theme was raised that anybody raised, by the rules of `raised`."""
    said: dict[str, set[UUID]] = {}
    query = _of_survey(select(ReviewCode.theme, Speaker.id), survey_id).join(
        ReviewCode, ReviewCode.review_id == Review.id
    )
    for theme, speaker_id in session.execute(query.distinct()):
        said.setdefault(theme, set()).add(speaker_id)
    base = _of_survey(select(Speaker.id, *_COUNTS), survey_id).group_by(
        Speaker.id, GroupSession.id, GroupSession.method
    )
    people = session.execute(base).all()
    told = {
        theme: _tell(
            [_Spoke(at, how, turns, read, int(i in who)) for i, at, how, turns, read in people]
        )
        for theme, who in said.items()
    }
    return {theme: found for theme, found in told.items() if found is not None}


def _tell(spoke: Sequence[_Spoke]) -> Raised | None:
    by_session: dict[UUID, list[_Spoke]] = {}
    for one in spoke:
        by_session.setdefault(one.session_id, []).append(one)
    if not by_session:
        return None
    groups = [people for people in by_session.values() if _is_group(people)]
    done = [people for people in groups if _is_read(people)]
    heard = [one for people in by_session.values() if _is_read(people) for one in people]
    speakers = sum(one.raises for one in heard)
    return Raised(
        groups=sum(any(one.raises for one in people) for people in done),
        of_groups=len(done),
        speakers=speakers if speakers >= FEWEST_SPEAKERS else None,
        waiting=len(groups) - len(done),
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


def _speakers(session: Session, survey_id: UUID, theme: str) -> list[_Spoke]:
    """Return everybody whose words may be used, with how many of their turns people have read."""
    raises = func.max(case((ReviewCode.id.is_not(None), 1), else_=0))
    said = and_(ReviewCode.review_id == Review.id, ReviewCode.theme == theme)
    query = (
        _of_survey(select(*_COUNTS, raises), survey_id)
        .outerjoin(ReviewCode, said)
        .group_by(GroupSession.id, GroupSession.method, Speaker.id)
    )
    return [_Spoke(*row) for row in session.execute(query)]


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

"""What organisations wrote in a provider survey: how many, and what people at the desk found in it.

Their words are on no page: a sentence can name a rival, and nobody asked whether it may be quoted.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AnswerText, Response, Review, ReviewCode

from .codebook import Book
from .providers import ProviderSurvey, counted, counts, newest_questions
from .suppress import STAFF, Thresholds
from .tables import NOT_YET, SafeCell, SafeRow, SafeTable

WRITTEN = "long_text"
COLUMNS = ("Organisations that raise it",)


@dataclass(frozen=True, slots=True)
class Written:
    """One question in their own words. `themes` is empty where nothing of it may be shown."""

    question: str
    wrote: SafeCell
    read: SafeCell
    themes: SafeTable


def written(
    session: Session,
    survey: ProviderSurvey,
    book: Book,
    *,
    limits: Thresholds = STAFF,
    is_team: bool = False,
) -> tuple[Written, ...]:
    """Return each open question with what was raised in answer to it, under the rules of a lot."""
    asked = [q for q in newest_questions(session, survey.id) if q.kind == WRITTEN]
    found = []
    for question in asked:
        wrote, read, raised = _held(session, survey.id, question.id)
        is_shown = is_team or (survey.is_closed and read >= limits.hide_below)
        labels = {theme: known.label for theme in raised if (known := book.theme(theme))}
        rows = [
            SafeRow(theme, label, (counted(raised[theme], limits, is_team=is_team, of=read),))
            for theme, label in sorted(labels.items(), key=lambda item: (-raised[item[0]], item[1]))
            if is_shown
        ]
        shown = [row for row in rows if row.cells[0].count is not None]
        base = _base(read, survey, limits, is_team=is_team)
        table = SafeTable(question.label, COLUMNS, tuple(shown), base)
        found.append(
            Written(question.label, _base(wrote, survey, limits, is_team=is_team), base, table)
        )
    return tuple(found)


def _base(count: int, survey: ProviderSurvey, limits: Thresholds, *, is_team: bool) -> SafeCell:
    if not is_team and not survey.is_closed:
        return SafeCell(why=NOT_YET)
    return counted(count, limits, is_team=is_team)


def _held(
    session: Session, survey_id: UUID, question_id: str
) -> tuple[int, int, Mapping[str, int]]:
    """Return how many wrote, of how many a person has read it, and how many raise each theme."""
    query = (
        select(AnswerText.response_id, Review.id, ReviewCode.theme)
        .join(Response, Response.id == AnswerText.response_id)
        .outerjoin(Review, (Review.text_id == AnswerText.id) & Review.is_current)
        .outerjoin(ReviewCode, ReviewCode.review_id == Review.id)
        .where(*counts(survey_id), AnswerText.question_id == question_id)
    )
    wrote: set[UUID] = set()
    read: set[UUID] = set()
    raised: defaultdict[str, set[UUID]] = defaultdict(set)
    for response, review, theme in session.execute(query):
        wrote.add(response)
        if review is not None:
            read.add(response)
        if theme is not None:
            raised[theme].add(response)
    return len(wrote), len(read), {theme: len(them) for theme, them in raised.items()}

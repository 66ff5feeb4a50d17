"""The list of all questions, what stands beside it, and the path map, ready to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import surveys
from app.design import wording
from app.design.question_forms import KIND_WORDS
from app.services.assessing import Assessment, title_of
from app.services.designing import Working
from surveys import Question, Survey


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One question in the list of all."""

    id: str
    number: int
    title: str
    kind: str
    rule: str
    marks: tuple[str, ...]
    problems: int
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the form at all times."""

    problems: int
    advice: int
    minutes: str
    reading_age: str
    routes: str


def outline(survey: Survey, found: Assessment) -> list[tuple[str, list[OutlineRow]]]:
    """Return the questions under the headings of their sections."""
    titles = {section.id: section.title.in_(survey.source_language) for section in survey.sections}
    parts: list[tuple[str, list[OutlineRow]]] = []
    for place, question in enumerate(survey.questions):
        heading = titles.get(question.section or "", "")
        if not parts or parts[-1][0] != heading:
            parts.append((heading, []))
        parts[-1][1].append(_outline_row(survey, question, place, found))
    return parts


def _outline_row(survey: Survey, question: Question, place: int, found: Assessment) -> OutlineRow:
    ruled = question.show_when is not None or question.skip_when is not None
    marks = [name for name in ("sensitive", "identifying", "core") if getattr(question, name)]
    return OutlineRow(
        id=question.id,
        number=place + 1,
        title=title_of(survey, question),
        kind=KIND_WORDS[question.kind],
        rule=surveys.explain_page(question, survey, survey.source_language) if ruled else "",
        marks=tuple(marks),
        problems=len(found.about(question.id)),
        is_first=place == 0,
        is_last=place == len(survey.questions) - 1,
    )


def titles(questions: Sequence[Question]) -> list[tuple[str, str]]:
    """Return ids and words of questions."""
    return [(question.id, question.text.in_("en") or question.name) for question in questions]


def sections(draft: Working) -> list[tuple[str, str]]:
    """Return ids and titles of the sections."""
    return [(s.id, s.title.in_(draft.survey.source_language)) for s in draft.survey.sections]


def beside(found: Assessment) -> Beside:
    """Return the short account of a form's state."""
    more = " or more" if found.more_routes else ""
    return Beside(
        problems=len(found.problems),
        advice=sum(not hint.explained for hint in found.advice),
        minutes=wording.minutes(found.fewest_minutes, found.most_minutes),
        reading_age=wording.age(found.reading_age),
        routes=f"{found.routes}{more}",
    )


def stops(survey: Survey, found: Assessment) -> list[dict[str, Any]]:
    """Return the path map as rows."""
    ids = {question.id for question in survey.questions}
    return [
        {
            "title": stop.title,
            "rule": stop.rule,
            "asked": stop.asked,
            "id": stop.question if stop.question in ids else "",
        }
        for stop in found.stops
    ]

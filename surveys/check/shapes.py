"""Each question by itself: options, rows, ranges, and fields that belong to other kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from surveys.kinds import HAS_OPTIONS, SCORED, SEVERAL_OF, TEXT, Kind
from surveys.model import Question, Survey
from surveys.places import where
from surveys.problems import Code, Problem

_FACES = frozenset({3, 5})

#: Fields that mean something for some kinds only.
_FIELDS_FOR: Mapping[str, frozenset[Kind]] = {
    "options": HAS_OPTIONS,
    "rows": frozenset({Kind.LIKERT}),
    "minimum": frozenset({Kind.NUMBER}),
    "maximum": frozenset({Kind.NUMBER}),
    "whole": frozenset({Kind.NUMBER}),
    "unit": frozenset({Kind.NUMBER}),
    "low_label": frozenset({Kind.SCALE10}),
    "high_label": frozenset({Kind.SCALE10}),
    "earliest": frozenset({Kind.DATE}),
    "latest": frozenset({Kind.DATE}),
    "min_choices": SEVERAL_OF,
    "max_choices": SEVERAL_OF,
    "max_length": TEXT,
}


def check_shapes(survey: Survey) -> Iterator[Problem]:
    """Yield what is missing from a question, impossible in it, or has no place in it."""
    sections = {section.id for section in survey.sections}
    endings = {ending.id for ending in survey.endings}
    if not survey.questions:
        yield Problem(Code.EMPTY, "questions", "The survey has no questions.")
    for question in survey.questions:
        place = where(question)
        yield from _options(question, place)
        yield from _ranges(question, place)
        yield from _foreign_fields(question, place)
        if question.section is not None and question.section not in sections:
            message = f"There is no section with the id {question.section}."
            yield Problem(Code.DANGLING, f"{place}.section", message)
        for finish in question.finish:
            if finish.ending not in endings:
                message = f"There is no ending with the id {finish.ending}."
                yield Problem(Code.DANGLING, f"{place}.finish.{finish.ending}", message)


def _options(question: Question, place: str) -> Iterator[Problem]:
    live = question.live_options
    if question.kind in HAS_OPTIONS and not live:
        yield Problem(Code.NO_OPTIONS, place, "There is nothing to choose from.")
    if question.kind is Kind.LIKERT and not any(not row.retired for row in question.rows):
        yield Problem(Code.NO_ROWS, place, "A likert group needs at least one row.")
    if question.kind is Kind.SCALE5 and live and len(live) != 5:
        message = f"A 5-point scale has 5 answers, all with words; this has {len(live)}."
        yield Problem(Code.OPTION_COUNT, place, message)
    if question.kind is Kind.FACES and live and len(live) not in _FACES:
        message = f"A row of faces has 3 or 5 of them; this has {len(live)}."
        yield Problem(Code.OPTION_COUNT, place, message)
    if question.kind in SCORED and any(option.score is None for option in live):
        message = "Each answer of a scale needs a score, so that answers can be compared."
        yield Problem(Code.OPTION_MISSING, place, message)


def _ranges(question: Question, place: str) -> Iterator[Problem]:
    low, high = question.minimum, question.maximum
    if low is not None and high is not None and low > high:
        message = f"No number is at least {low} and at most {high}."
        yield Problem(Code.IMPOSSIBLE_RANGE, place, message)
    first, last = question.earliest, question.latest
    if first not in {None, "today"} and last not in {None, "today"} and str(first) > str(last):
        message = f"No day is on or after {first} and on or before {last}."
        yield Problem(Code.IMPOSSIBLE_RANGE, place, message)
    yield from _choice_counts(question, place)


def _choice_counts(question: Question, place: str) -> Iterator[Problem]:
    least, most = question.min_choices, question.max_choices
    if least is not None and most is not None and least > most:
        message = f"Nobody can choose at least {least} and at most {most}."
        yield Problem(Code.IMPOSSIBLE_RANGE, place, message)
    elif least is not None and question.options and least > len(question.live_options):
        message = f"Nobody can choose {least} of {len(question.live_options)} answers."
        yield Problem(Code.IMPOSSIBLE_RANGE, place, message)


def _foreign_fields(question: Question, place: str) -> Iterator[Problem]:
    for field, kinds in _FIELDS_FOR.items():
        if question.kind not in kinds and getattr(question, field) not in (None, (), False):
            message = f"“{field}” means nothing for a question of kind {question.kind.value}."
            yield Problem(Code.NOT_FOR_KIND, f"{place}.{field}", message)

"""Answers written by hand as JSON, by variable name and option value, for `walk` and tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from surveys.answers import Answer, Answers, Chosen, Day, NoAnswer, Number, Words
from surveys.compiled import plan_of
from surveys.document import parse_json
from surveys.kinds import HAS_OPTIONS, SEVERAL_OF, TEXT, Kind
from surveys.model import Question, Survey
from surveys.problems import Problem, SurveyError
from surveys.rules import NonAnswer
from surveys.values import as_day, as_number


class _Misfit(ValueError):  # noqa: N818 - never leaves this module
    """A value that does not fit its question; the text says what would."""


def read_answers(
    survey: Survey, document: str | bytes | Mapping[str, Any], today: date
) -> tuple[Answers, list[Problem]]:
    """Return the answers, and a note for each name the survey does not have (it is ignored).

    Raises SurveyError with every value that does not fit its question.
    """
    given = document if isinstance(document, Mapping) else parse_json(document)
    if not isinstance(given, dict):
        message = "The answers should be one JSON object, from variable names to answers."
        raise SurveyError((Problem("answers", "document", message),))
    by_name = plan_of(survey).by_name
    answers: dict[str, Answer] = {}
    misfits: list[Problem] = []
    unknown: list[Problem] = []
    for name, raw in given.items():
        question = by_name.get(name)
        if question is None:
            unknown.append(Problem("unknown_name", name, "No question has this variable name."))
        elif raw is not None:
            try:
                answers[question.id] = _answer(question, raw)
            except _Misfit as misfit:
                misfits.append(Problem("answers", name, str(misfit)))
    if misfits:
        raise SurveyError(tuple(misfits))
    return Answers(answers, day=today), unknown


def _answer(question: Question, raw: object) -> Answer:
    if isinstance(raw, dict) and "code" in raw:
        return _non_answer(raw["code"])
    if question.kind in HAS_OPTIONS:
        return _chosen(question, raw)
    return _READERS[question.kind](raw)


def _non_answer(code: object) -> NoAnswer:
    try:
        return NoAnswer(NonAnswer(str(code)))
    except ValueError:
        known = ", ".join(code.value for code in NonAnswer)
        raise _Misfit(f"“{code}” is not a non-answer; there are {known}.") from None


def _chosen(question: Question, raw: object) -> Chosen:
    values = list(raw) if isinstance(raw, list | tuple) else [raw]
    if question.kind not in SEVERAL_OF and len(values) != 1:
        raise _Misfit("This question takes one answer.")
    by_value = {option.value: option.id for option in question.options}
    texts = [_as_text(value) for value in values]
    missing = [text for text in texts if text not in by_value]
    if missing:
        raise _Misfit(f"“{missing[0]}” is not among the answers: {', '.join(by_value)}.")
    return Chosen(tuple(dict.fromkeys(by_value[text] for text in texts)))


def _as_text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        raise _Misfit("An answer is text or a number.")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _number(raw: object) -> Number:
    if isinstance(raw, bool):
        raise _Misfit("This question takes a number.")
    number = Decimal(str(raw)) if isinstance(raw, int | float) else as_number(_text_or_none(raw))
    if number is None or not number.is_finite():
        raise _Misfit("This question takes a number.")
    return Number(number)


def _day(raw: object) -> Day:
    day = as_day(_text_or_none(raw))
    if day is None:
        raise _Misfit("This question takes a date such as 2026-03-27.")
    return Day(day)


def _words(raw: object) -> Words:
    if isinstance(raw, dict | list | bool):
        raise _Misfit("This question takes text.")
    return Words(str(raw))


def _nothing(_raw: object) -> NoAnswer:
    return NoAnswer(NonAnswer.SKIPPED)


def _text_or_none(raw: object) -> str | None:
    return raw if isinstance(raw, str) else None


_READERS: Mapping[Kind, Callable[[object], Answer]] = {
    Kind.NUMBER: _number,
    Kind.SCALE10: _number,
    Kind.DATE: _day,
    Kind.INFO: _nothing,
    **dict.fromkeys(TEXT, _words),
}

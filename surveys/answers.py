"""Answers as small tagged values, and the immutable mapping that holds a person's answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from surveys.rules import NonAnswer


@dataclass(frozen=True, slots=True)
class Chosen:
    """Options chosen, by id; for a ranking, best first.  `other` holds what was written in."""

    options: tuple[str, ...]
    other: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """A number: of kind `number`, or 0 to 10 of kind `scale10`."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day."""

    value: date


@dataclass(frozen=True, slots=True)
class Words:
    """What a person typed, exactly."""

    text: str


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """One of the four ways of not answering."""

    code: NonAnswer


Answer = Chosen | Number | Day | Words | NoAnswer

SKIPPED = NoAnswer(NonAnswer.SKIPPED)


class AnswerFormatError(ValueError):
    """Stored JSON that is not an answer."""


class Answers(Mapping[str, Answer]):
    """A person's answers by question id, and the day they count as given on (Europe/London).

    Immutable: `with_answer` and `without` return new values.  The day belongs to the answers, so
    that a rule about today gives the same path whenever it is worked out again.
    """

    __slots__ = ("_given", "day", "walked")

    def __init__(
        self, given: Mapping[str, Answer] | None = None, *, day: date | None = None
    ) -> None:
        self._given: dict[str, Answer] = dict(given or {})
        self.day = day
        self.walked: Any = None  # surveys.paths keeps the path here: it is asked for many times

    def __getitem__(self, question_id: str) -> Answer:
        return self._given[question_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Answers):
            return NotImplemented
        return self._given == other._given and self.day == other.day

    def __hash__(self) -> int:
        return hash((frozenset(self._given.items()), self.day))

    def get(  # type: ignore[override]  # quick and narrow: it is in every path
        self, question_id: str, default: Answer | None = None
    ) -> Answer | None:
        """Return the answer to a question, or `default`."""
        return self._given.get(question_id, default)

    def __repr__(self) -> str:
        # Never the answers themselves: a repr ends up in logs.
        return f"<Answers to {len(self._given)} questions>"

    def with_answer(self, question_id: str, answer: Answer) -> Answers:
        """Return these answers with one added or replaced."""
        return Answers({**self._given, question_id: answer}, day=self.day)

    def without(self, question_id: str) -> Answers:
        """Return these answers less one; the same when it was not there."""
        kept = {q: a for q, a in self._given.items() if q != question_id}
        return Answers(kept, day=self.day)

    def on_day(self, day: date) -> Answers:
        """Return the same answers counted as given on `day`."""
        return Answers(self._given, day=day)


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as plain JSON values, for an encrypted draft or a stored row."""
    match answer:
        case Chosen(options, other):
            return {"options": list(options)} | ({"other": dict(other)} if other else {})
        case Number(value):
            return {"number": str(value)}
        case Day(value):
            return {"date": value.isoformat()}
        case Words(text):
            return {"text": text}
        case NoAnswer(code):
            return {"code": code.value}


def answer_from_json(stored: Mapping[str, Any]) -> Answer:
    """Return the answer that `answer_to_json` wrote.  Raises AnswerFormatError otherwise."""
    try:
        return _read(stored)
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError):
        # The message holds no part of the answer: it may reach a log.
        message = "stored JSON is not an answer"
        raise AnswerFormatError(message) from None


def answers_to_json(answers: Answers) -> dict[str, Any]:
    """Return all answers and their day as plain JSON values."""
    return {
        "day": answers.day.isoformat() if answers.day else None,
        "answers": {q: answer_to_json(a) for q, a in answers.items()},
    }


def answers_from_json(stored: Mapping[str, Any]) -> Answers:
    """Return what `answers_to_json` wrote.  Raises AnswerFormatError for anything else."""
    try:
        day = date.fromisoformat(stored["day"]) if stored["day"] else None
        given = {str(q): answer_from_json(a) for q, a in stored["answers"].items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        message = "stored JSON is not a set of answers"
        raise AnswerFormatError(message) from None
    return Answers(given, day=day)


def _read(stored: Mapping[str, Any]) -> Answer:
    if "options" in stored:
        other = stored.get("other", {})
        written = tuple((str(o), str(words)) for o, words in other.items())
        return Chosen(tuple(str(o) for o in stored["options"]), written)
    if "number" in stored:
        value = Decimal(stored["number"])
        if not value.is_finite():
            raise ValueError
        return Number(value)
    if "date" in stored:
        return Day(date.fromisoformat(stored["date"]))
    if "text" in stored:
        return Words(str(stored["text"]))
    return NoAnswer(NonAnswer(stored["code"]))

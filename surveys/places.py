"""Every rule and every text of a survey with its place, so that checks need not know the shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from surveys.model import Question, Survey
from surveys.rules import Node
from surveys.text import Text


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A rule or operand, where it stands, and what it may see.

    Attributes:
        position: Index of its question among `survey.questions`; it may see earlier ones.
        own: It may also see its own question (finish, validation and signal rules).
    """

    node: Node
    where: str
    position: int
    own: bool
    question: Question


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text, where it stands, and the position of its question (None: before all of them)."""

    text: Text
    where: str
    position: int | None


def where(question: Question) -> str:
    """Return the readable place of a question."""
    return f"questions.{question.name}"


def rules_of(question: Question, position: int) -> Iterator[PlacedRule]:
    """Yield every rule of one question."""
    place = where(question)
    for name, rule in (("show_when", question.show_when), ("skip_when", question.skip_when)):
        if rule is not None:
            yield PlacedRule(rule, f"{place}.{name}", position, False, question)
    for option in question.options:
        if option.show_when is not None:
            at = f"{place}.options.{option.value}.show_when"
            yield PlacedRule(option.show_when, at, position, False, question)
    for number, validation in enumerate(question.validation, 1):
        yield PlacedRule(validation.rule, f"{place}.validation.{number}", position, True, question)
    for finish in question.finish:
        yield PlacedRule(finish.when, f"{place}.finish.{finish.ending}", position, True, question)
    for signal in question.signals:
        yield PlacedRule(signal.when, f"{place}.signals.{signal.name}", position, True, question)


def all_rules(survey: Survey) -> Iterator[PlacedRule]:
    """Yield every rule of a survey, in question order."""
    for position, question in enumerate(survey.questions):
        yield from rules_of(question, position)


def texts_of(question: Question, position: int | None) -> Iterator[PlacedText]:
    """Yield every text of one question."""
    place = where(question)
    for name in ("text", "hint", "why", "unit", "low_label", "high_label"):
        text = getattr(question, name)
        if text is not None:
            yield PlacedText(text, f"{place}.{name}", position)
    for option in question.live_options:
        yield PlacedText(option.text, f"{place}.options.{option.value}", position)
        if option.heading is not None:
            yield PlacedText(option.heading, f"{place}.options.{option.value}.heading", position)
    for row in question.rows:
        if not row.retired:
            yield PlacedText(row.text, f"{place}.rows.{row.name}", position)
    for number, validation in enumerate(question.validation, 1):
        yield PlacedText(validation.message, f"{place}.validation.{number}.message", position)


def all_texts(survey: Survey) -> Iterator[PlacedText]:
    """Yield every text a respondent may read, in reading order."""
    yield PlacedText(survey.public_title, "public_title", None)
    for name, text in survey.names.items():
        yield PlacedText(text, f"names.{name}", None)
    if survey.promise is not None:
        for name in type(survey.promise).model_fields:
            yield PlacedText(getattr(survey.promise, name), f"promise.{name}", None)
    for section in survey.sections:
        yield PlacedText(section.title, f"sections.{section.name}", None)
    for position, question in enumerate(survey.questions):
        yield from texts_of(question, position)
    last = len(survey.questions)
    for ending in survey.endings:
        yield PlacedText(ending.text, f"endings.{ending.id}", last)
    if survey.thanks is not None:
        yield PlacedText(survey.thanks, "thanks", last)

"""Ids and names: each once, and names that every export can carry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from surveys.model import Survey
from surveys.places import where
from surveys.problems import Code, Problem

_NAME = re.compile(r"[^\W\d][\w.\-]*")
MAX_NAME = 64


def check_names(survey: Survey) -> Iterator[Problem]:
    """Yield ids given twice, variable names given twice or unusable, option values given twice."""
    yield from _twice(_ids(survey), Code.DUPLICATE_ID, "The id {} is used {} times.")
    names = list(_names(survey))
    yield from _twice(
        ((name, at) for name, at in names),
        Code.DUPLICATE_NAME,
        "The variable name “{}” is used {} times.",
    )
    for name, at in names:
        if not _NAME.fullmatch(name) or len(name) > MAX_NAME:
            message = (
                f"The variable name “{name[:80]}” should start with a letter and have only"
                f" letters, digits, “_”, “-” and “.”, at most {MAX_NAME} of them."
            )
            yield Problem(Code.BAD_NAME, at, message)
    for question in survey.questions:
        place = where(question)
        yield from _twice(
            ((o.id, f"{place}.options.{o.value}") for o in question.options),
            Code.DUPLICATE_ID,
            "The option id {} is used {} times in one question.",
        )
        yield from _twice(
            ((o.value, f"{place}.options.{o.value}") for o in question.options),
            Code.DUPLICATE_VALUE,
            "The option value “{}” is used {} times in one question.",
        )


def _ids(survey: Survey) -> Iterator[tuple[str, str]]:
    for question in survey.questions:
        yield question.id, where(question)
        for row in question.rows:
            yield row.id, f"{where(question)}.rows.{row.name}"
    for section in survey.sections:
        yield section.id, f"sections.{section.name}"
    for computed in survey.computed:
        yield computed.id, f"computed.{computed.name}"
    for ending in survey.endings:
        yield ending.id, f"endings.{ending.id}"


def _names(survey: Survey) -> Iterator[tuple[str, str]]:
    for question in survey.questions:
        yield question.name, where(question)
        for row in question.rows:
            yield row.name, f"{where(question)}.rows.{row.name}"
    for computed in survey.computed:
        yield computed.name, f"computed.{computed.name}"


def _twice(found: Iterable[tuple[str, str]], code: Code, message: str) -> Iterator[Problem]:
    places = dict(reversed(pairs := list(found)))
    for name, count in Counter(name for name, _ in pairs).items():
        if count > 1:
            yield Problem(code, places[name], message.format(name, count))

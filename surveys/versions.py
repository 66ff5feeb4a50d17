"""Answers of many versions in one table, by permanent ids, and series that break visibly.

A column belongs to a question id (and, where several options can be chosen, an option id), never
to a name or a position in one version.  Columns are only ever added at the end, so the table of
versions 1 to n is the left part of the table of versions 1 to n+1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from surveys.answers import Answer, Chosen, Day, NoAnswer, Number, Words
from surveys.changes import Storage, breaks, storage
from surveys.compiled import pages_of
from surveys.model import Question, Survey
from surveys.rules import NonAnswer


class Part(StrEnum):
    """Which part of an answer a column holds."""

    VALUE = "value"
    #: Whether one option of several was chosen.
    CHOSEN = "chosen"
    #: The place one option was given.
    RANK = "rank"
    #: What was written beside an option.
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Choice:
    """The option chosen, in a cell."""

    option: str


#: None: not asked (of this person, or in this version).  A non-answer is a value of its own.
Cell = None | NonAnswer | Choice | bool | int | Decimal | date | str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table of all versions.

    Attributes:
        key: Permanent: the question id, or question id, option id and part.
        name: Header from the newest version that has it; unique in the table.
        names: All names it has had, oldest first.
        question: The newest version of the question.
        versions: Numbers of the versions that have it.
    """

    key: str
    part: Part
    name: str
    names: tuple[str, ...]
    question: Question
    option: str | None
    versions: tuple[int, ...]
    storage: Storage


@dataclass(frozen=True, slots=True)
class Segment:
    """Neighbouring versions whose figures compare, and why they do not with those before."""

    versions: tuple[int, ...]
    because: tuple[str, ...]


def columns(versions: Sequence[Survey]) -> tuple[Column, ...]:
    """Return the columns of all versions, oldest version first, in an order that never changes."""
    found: dict[str, Column] = {}
    for survey in versions:
        for question in pages_of(survey):
            for key, part, option, name in _parts(question):
                found[key] = _merged(found.get(key), key, part, option, name, question, survey)
    return _uniquely_named(tuple(found.values()))


def cells(table: Sequence[Column], version: int, answers: Mapping[str, Answer]) -> list[Cell]:
    """Return one row: the cells of one response to one version, in the order of the columns."""
    return [cell(column, version, answers.get(column.question.id)) for column in table]


def cell(column: Column, version: int, answer: Answer | None) -> Cell:
    """Return what one answer puts in one column; None where that version did not ask it."""
    if answer is None or version not in column.versions:
        return None
    if column.part is Part.OTHER:
        return _written(column.option, answer)
    if isinstance(answer, NoAnswer):
        return answer.code
    if column.part is Part.CHOSEN:
        return isinstance(answer, Chosen) and column.option in answer.options
    if column.part is Part.RANK:
        return _rank(column.option, answer)
    return _value(answer)


def series(versions: Sequence[Survey], question_id: str) -> tuple[Segment, ...]:
    """Return the runs of versions over which a question's figures compare, oldest first.

    A version without the question is in no run; when it comes back unchanged the run goes on.
    """
    segments: list[Segment] = []
    before: Question | None = None
    for survey in versions:
        question = next((page for page in pages_of(survey) if page.id == question_id), None)
        if question is None:
            continue
        because = () if before is None else tuple(breaks(before, question, survey))
        if segments and not because:
            last = segments[-1]
            segments[-1] = Segment((*last.versions, survey.version), last.because)
        else:
            segments.append(Segment((survey.version,), because))
        before = question
    return tuple(segments)


def _parts(question: Question) -> Iterator[tuple[str, Part, str | None, str]]:
    kept = storage(question.kind)
    if kept is Storage.NOTHING:
        return
    if kept in {Storage.SEVERAL, Storage.ORDER}:
        part = Part.CHOSEN if kept is Storage.SEVERAL else Part.RANK
        for option in question.options:
            name = f"{question.name}_{option.value}"
            yield f"{question.id}/{option.id}/{part}", part, option.id, name
    else:
        yield question.id, Part.VALUE, None, question.name
    for option in question.options:
        if option.write_in:
            name = f"{question.name}_{option.value}_text"
            yield f"{question.id}/{option.id}/{Part.OTHER}", Part.OTHER, option.id, name


def _merged(
    known: Column | None,
    key: str,
    part: Part,
    option: str | None,
    name: str,
    question: Question,
    survey: Survey,
) -> Column:
    names = known.names if known else ()
    return Column(
        key=key,
        part=part,
        name=name,
        names=(*(n for n in names if n != name), name),
        question=question,
        option=option,
        versions=(*(known.versions if known else ()), survey.version),
        storage=known.storage if known else storage(question.kind),
    )


def _uniquely_named(table: tuple[Column, ...]) -> tuple[Column, ...]:
    taken: set[str] = set()
    named: list[Column] = []
    for column in table:
        name, number = column.name, 2
        # SPSS and Excel take “Age” and “age” for one name
        while name.casefold() in taken:
            name, number = f"{column.name}_{number}", number + 1
        taken.add(name.casefold())
        named.append(column if name == column.name else _renamed(column, name))
    return tuple(named)


def _renamed(column: Column, name: str) -> Column:
    return Column(
        column.key,
        column.part,
        name,
        column.names,
        column.question,
        column.option,
        column.versions,
        column.storage,
    )


def _written(option: str | None, answer: Answer) -> Cell:
    if not isinstance(answer, Chosen):
        return None
    return dict(answer.other).get(option or "")


def _rank(option: str | None, answer: Answer) -> Cell:
    if not isinstance(answer, Chosen) or option not in answer.options:
        return None
    return answer.options.index(option) + 1


def _value(answer: Answer) -> Cell:
    match answer:
        case Chosen(options):
            return Choice(options[0]) if options else None
        case Number(value):
            return value
        case Day(value):
            return value
        case Words(text):
            return text
    return None

"""Responses on their way out: one row each, in the columns of all versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from surveys.answers import Answer, Chosen, Day, NoAnswer, Number, Words
from surveys.changes import Storage
from surveys.model import Survey
from surveys.versions import Column, Part, columns, series

#: What stands before the answers in every table.
LEADING = ("response", "version", "day")


@dataclass(frozen=True, slots=True)
class Response:
    """One response: the version answered, the day (never a time), and on-path answers by id."""

    id: str
    version: int
    day: date
    answers: Mapping[str, Answer]
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of an export.

    Attributes:
        removed: Headers of columns left out because they could identify a person.
        meta: Names of the columns between the leading ones and the answers.
    """

    versions: tuple[Survey, ...]
    columns: tuple[Column, ...]
    meta: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The headers, each once (answers that share a name with a leading column give way)."""
        taken = {name.casefold() for name in (*LEADING, *self.meta)}
        names = []
        for column in self.columns:
            name = column.name
            while name.casefold() in taken:
                name = f"{name}_answer"
            taken.add(name.casefold())
            names.append(name)
        return (*LEADING, *self.meta, *names)


def table_of(
    versions: Sequence[Survey], *, meta: Sequence[str] = (), identifying: bool = False
) -> Table:
    """Return the table for these versions (oldest first), without identifying columns."""
    found = columns(versions)
    kept = tuple(c for c in found if identifying or not c.question.identifying)
    removed = tuple(c.name for c in found if c not in kept)
    return Table(tuple(versions), kept, tuple(meta), removed)


#: Puts one answer into a row.
Filler = Callable[[list[str], Answer], None]


class RowMaker:
    """Makes rows of text quickly: work is done once for each version, not for each cell."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._width = len(table.header)
        self._fillers = {s.version: self._of_version(s.version) for s in table.versions}

    def rows(self, responses: Iterable[Response]) -> Iterator[list[str]]:
        """Yield one row of text for each response; an empty cell is a question not asked."""
        meta = self._table.meta
        for response in responses:
            row = [response.id, str(response.version), response.day.isoformat()]
            row += [response.meta.get(name, "") for name in meta]
            row += [""] * (self._width - len(row))
            fillers = self._fillers.get(response.version, {})
            for question, answer in response.answers.items():
                filler = fillers.get(question)
                if filler is not None:
                    filler(row, answer)
            yield row

    def _of_version(self, version: int) -> dict[str, Filler]:
        start = len(LEADING) + len(self._table.meta)
        places: dict[str, list[tuple[int, Column]]] = {}
        for place, column in enumerate(self._table.columns, start):
            if version in column.versions:
                places.setdefault(column.question.id, []).append((place, column))
        return {question: _filler(found) for question, found in places.items()}


def _filler(found: list[tuple[int, Column]]) -> Filler:
    other = {c.option: place for place, c in found if c.part is Part.OTHER and c.option}
    kept = found[0][1].storage
    if kept in {Storage.SEVERAL, Storage.ORDER}:
        options = {c.option: place for place, c in found if c.part is not Part.OTHER and c.option}
        return _several(options, other, ranked=kept is Storage.ORDER)
    place, column = found[0]
    if kept is Storage.ONE:
        return _one(place, {o.id: o.value for o in column.question.options}, other)
    return _plain(place)


def _one(place: int, values: Mapping[str, str], other: Mapping[str, int]) -> Filler:
    def fill(row: list[str], answer: Answer) -> None:
        if type(answer) is Chosen:
            option = answer.options[0] if answer.options else ""
            row[place] = values.get(option, option)
            _write_in(row, answer, other)
        elif type(answer) is NoAnswer:
            row[place] = answer.code.value

    return fill


def _several(options: Mapping[str, int], other: Mapping[str, int], *, ranked: bool) -> Filler:
    empty = "" if ranked else "0"
    places = tuple(options.values())

    def fill(row: list[str], answer: Answer) -> None:
        if type(answer) is Chosen:
            _set(row, places, empty)
            for rank, option in enumerate(answer.options, 1):
                if option in options:
                    row[options[option]] = str(rank) if ranked else "1"
            _write_in(row, answer, other)
        elif type(answer) is NoAnswer:
            _set(row, places, answer.code.value)

    return fill


def _set(row: list[str], places: Sequence[int], text: str) -> None:
    for place in places:
        row[place] = text


def _write_in(row: list[str], answer: Chosen, other: Mapping[str, int]) -> None:
    for written, words in answer.other:
        if written in other:
            row[other[written]] = words


def _plain(place: int) -> Filler:
    def fill(row: list[str], answer: Answer) -> None:
        row[place] = plain_cell(answer)

    return fill


def plain_cell(answer: Answer) -> str:
    """Return a number, a day, a text or a way of not answering as text."""
    match answer:
        case Words(text):
            return text
        case Number(value):
            return f"{value:f}"
        case Day(value):
            return value.isoformat()
        case NoAnswer(code):
            return code.value
    return ""


DICTIONARY = (
    "column", "earlier names", "question id", "option id", "holds", "kind", "question", "answers",
    "versions", "comparable", "sensitive", "identifying", "source",
)  # fmt: skip


def dictionary(table: Table, language: str = "en") -> Iterator[list[str]]:
    """Yield the data dictionary: headings, a row for each column, then what was removed."""
    yield list(DICTIONARY)
    names = table.header[len(LEADING) + len(table.meta) :]
    for name, column in zip(names, table.columns, strict=True):
        yield _described(name, column, table, language)
    for removed in table.removed:
        yield [removed, *[""] * 3, "left out: it could identify a person", *[""] * 8]


def _described(name: str, column: Column, table: Table, language: str) -> list[str]:
    question = column.question
    option = question.option(column.option) if column.option else None
    holds = {
        Part.VALUE: "the answer",
        Part.CHOSEN: f"1 if “{option.text.in_(language) if option else ''}” was chosen",
        Part.RANK: f"the place given to “{option.text.in_(language) if option else ''}”",
        Part.OTHER: "what was written beside the answer",
    }[column.part]
    answers = "; ".join(f"{o.value} = {o.text.in_(language)}" for o in question.options)
    return [
        name,
        ", ".join(n for n in column.names if n != name),
        question.id,
        column.option or "",
        holds,
        question.kind.value,
        " ".join(question.text.in_(language).split()),
        answers if column.part is Part.VALUE else "",
        ", ".join(map(str, column.versions)),
        _comparable(table, question.id),
        "yes" if question.sensitive else "no",
        "yes" if question.identifying else "no",
        question.source.name if question.source else "",
    ]


def _comparable(table: Table, question_id: str) -> str:
    runs = series(table.versions, question_id)
    parts = []
    for run in runs:
        numbers = "–".join(dict.fromkeys((str(run.versions[0]), str(run.versions[-1]))))
        because = f" ({' '.join(run.because)})" if run.because else ""
        parts.append(f"{numbers}{because}")
    return "; then ".join(parts)

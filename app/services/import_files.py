"""Historical answers as they come in files: CSV, XLSX, and JSON lines with annotations."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.services.tabular import MAX_BYTES, TableError, decode, read_table

MAX_TEXT = 20_000
DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y")
LABEL_SEPARATORS = "|;"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what; None where the file does not say."""

    text: str = "text"
    labels: str | None = None
    question: str | None = None
    date: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A theme somebody gave an answer, by id or label, with what else they noted about it."""

    name: str
    polarity: str | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class FileRow:
    """One answer of a file, not yet compared with what is stored."""

    line: int
    text: str
    key: str  # what makes the row itself, to be hashed
    question: str | None
    received_on: date | None
    labels: tuple[Label, ...]
    gaps: tuple[Mapping[str, Any], ...] = ()
    sentiment: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken, and why. Never quotes the answer."""

    line: int
    why: str


class _RowError(ValueError):
    """This one row cannot be taken."""


def read_rows(data: bytes, name: str, columns: Columns) -> Iterator[FileRow | Refused]:
    """Yield every row of a file in order; raise TableError when it is no table at all."""
    is_lines = name.lower().endswith((".jsonl", ".ndjson"))
    found = _json_lines(data, name) if is_lines else _table_lines(data, name, columns)
    for line, values in found:
        try:
            yield _row(line, values, columns)
        except _RowError as error:
            yield Refused(line, str(error))


def column_names(data: bytes, name: str) -> tuple[str, ...]:
    """Return the columns of a file; those of the first line where it is JSON lines."""
    if not name.lower().endswith((".jsonl", ".ndjson")):
        return read_table(data, name).columns
    first = next(_json_lines(data, name), None)
    return tuple(first[1]) if first else ()


def _table_lines(
    data: bytes, name: str, columns: Columns
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    table = read_table(data, name)
    wanted = (columns.text, columns.labels, columns.question, columns.date, columns.id)
    for column in wanted:
        if column is not None and column not in table.columns:
            known = ", ".join(filter(None, table.columns))
            raise TableError(f"{name} has no column {column!r}. Its columns are: {known}.")
    for row in table.rows:
        yield row.line, row.values


def _json_lines(data: bytes, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if len(data) > MAX_BYTES:
        raise TableError(f"{name} is larger than {MAX_BYTES // 1024 // 1024} MB.")
    for line, text in enumerate(decode(data, name).split("\n"), start=1):
        if not text.strip():
            continue
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            values = None
        yield line, values if isinstance(values, dict) else {}


def _row(line: int, values: Mapping[str, Any], columns: Columns) -> FileRow:
    text = values.get(columns.text)
    if not isinstance(text, str) or not text.strip():
        raise _RowError("it has no text")
    if len(text) > MAX_TEXT:
        raise _RowError(f"its text is longer than {MAX_TEXT:,} characters")
    question = _plain(values, columns.question)
    day = _plain(values, columns.date)
    own_id = _plain(values, columns.id)
    received_on = _date(day) if day else None
    key = f"id\x1f{own_id}" if own_id else "\x1f".join(("row", text, question or "", day or ""))
    labels = values.get(columns.labels) if columns.labels else None
    notes = labels if isinstance(labels, list) else None
    return FileRow(
        line=line,
        text=text.replace("\0", ""),
        key=key,
        question=question,
        received_on=received_on,
        labels=_split(labels) if notes is None else _annotated(notes, values),
        gaps=() if notes is None else _gaps(values),
        sentiment=None if notes is None else _plain(values, "sentiment"),
    )


def _plain(values: Mapping[str, Any], column: str | None) -> str | None:
    value = values.get(column) if column else None
    return str(value).strip() or None if isinstance(value, str | int | float) else None


def _date(text: str) -> date:
    for form in DATE_FORMATS:
        try:
            # A day in a file carries no zone; London is meant and only the day is kept.
            return datetime.strptime(text.split("T")[0].split(" 00:")[0], form).date()  # noqa: DTZ007
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise _RowError("its date cannot be read; write 2026-11-18 or 18/11/2026") from None


def _split(labels: Any) -> tuple[Label, ...]:
    if not isinstance(labels, str):
        return ()
    for separator in LABEL_SEPARATORS[1:]:
        labels = labels.replace(separator, LABEL_SEPARATORS[0])
    names = (name.strip() for name in labels.split(LABEL_SEPARATORS[0]))
    return tuple(Label(name) for name in dict.fromkeys(filter(None, names)))


def _annotated(labels: Sequence[Any], values: Mapping[str, Any]) -> tuple[Label, ...]:
    """Return labels given as objects, each with the first clause it rests on."""
    evidence = _dicts(values.get("evidence"))
    made = []
    for label in labels:
        given = label if isinstance(label, dict) else {"theme": label}
        theme = str(given.get("theme", ""))
        clause: Mapping[str, Any] = next((e for e in evidence if e.get("theme") == theme), {})
        start, end = clause.get("start"), clause.get("end")
        is_span = isinstance(start, int) and isinstance(end, int)
        polarity = given.get("polarity")
        made.append(
            Label(
                theme,
                polarity if isinstance(polarity, str) else None,
                start if is_span else None,
                end if is_span else None,
            )
        )
    return tuple({label.name: label for label in made if label.name}.values())


def _gaps(values: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    found = {(g.get("need"), g.get("barrier")): g for g in _dicts(values.get("gaps"))}
    return tuple(gap for (need, barrier), gap in found.items() if need and barrier)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

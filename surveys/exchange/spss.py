"""Responses out as an SPSS file, with labels and declared missing values."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyreadstat

from surveys.changes import Storage
from surveys.exchange.responses import LEADING, Response, Table
from surveys.rules import NonAnswer
from surveys.versions import Cell, Choice, Column, Part, cells

#: Declared as missing in SPSS, so that they enter no mean; texts hold the words instead.
MISSING: Mapping[NonAnswer, int] = {
    NonAnswer.SKIPPED: -99,
    NonAnswer.DONT_KNOW: -98,
    NonAnswer.NOT_APPLICABLE: -97,
    NonAnswer.PREFER_NOT: -96,
}
_LABELS = {
    NonAnswer.SKIPPED: "Skipped",
    NonAnswer.DONT_KNOW: "Don’t know",
    NonAnswer.NOT_APPLICABLE: "Doesn’t apply",
    NonAnswer.PREFER_NOT: "Prefer not to say",
}
_RESERVED = frozenset(
    {"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"}
)
MAX_NAME_BYTES = 64
MAX_LABEL = 120


def write_sav(table: Table, responses: Iterable[Response], path: Path, language: str = "en") -> int:
    """Write responses as .sav and return how many.

    An option's number is its place among all options the question ever had, which never changes.
    """
    pandas = _pandas()
    kept = list(responses)
    names = spss_names(table.header)
    leading = len(LEADING) + len(table.meta)
    rows = [_row(table, response) for response in kept]
    frame = pandas.DataFrame(rows, columns=list(names))
    labels: dict[str, dict[int | float, str]] = {}
    missing: dict[str, list[Any]] = {}
    titles: dict[str, str | None] = {}
    for name, column in zip(names[leading:], table.columns, strict=True):
        titles[name] = _title(column, language)
        frame[name] = _typed(frame[name], column, pandas)
        if _is_numeric(column):
            labels[name] = _value_labels(column, language)
            missing[name] = [{"lo": min(MISSING.values()), "hi": max(MISSING.values())}]
    for name in names[:leading]:
        frame[name] = frame[name].astype(str)
    pyreadstat.write_sav(
        frame,
        str(path),
        column_labels=titles,
        variable_value_labels=labels,
        missing_ranges=missing,
    )
    return len(kept)


class DataFramesMissingError(ImportError):
    """No library of data frames is installed, without which pyreadstat writes nothing."""


def _pandas() -> Any:
    try:
        return importlib.import_module("pandas")
    except ImportError:
        message = "writing .sav files needs pandas: pip install pandas"
        raise DataFramesMissingError(message) from None


def spss_names(headers: Iterable[str]) -> tuple[str, ...]:
    """Return names SPSS takes, each once: 64 bytes, a letter first, no reserved words."""
    taken: set[str] = set()
    names = []
    for header in headers:
        plain = re.sub(r"[^\w.]", "_", header).strip("._") or "v"
        if not plain[0].isalpha() or plain.upper() in _RESERVED:
            plain = f"v_{plain}"
        name, number = _cut(plain, ""), 2
        while name.casefold() in taken:
            name, number = _cut(plain, f"_{number}"), number + 1
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def _cut(name: str, end: str) -> str:
    room = MAX_NAME_BYTES - len(end)
    return name.encode()[:room].decode(errors="ignore").rstrip("._") + end


def _row(table: Table, response: Response) -> list[Any]:
    leading = [response.id, str(response.version), response.day.isoformat()]
    leading += [response.meta.get(name, "") for name in table.meta]
    found = cells(table.columns, response.version, response.answers)
    return [*leading, *(_cell(c, v) for c, v in zip(table.columns, found, strict=True))]


def _cell(column: Column, value: Cell) -> Any:
    if isinstance(value, NonAnswer):
        return MISSING[value] if _is_numeric(column) else _not_numeric(column, value)
    if isinstance(value, Choice):
        places = {option.id: place for place, option in enumerate(column.question.options, 1)}
        return places.get(value.option)
    if isinstance(value, bool):
        return int(value)
    if _is_numeric(column):
        return None if value is None else float(str(value))
    return value


def _not_numeric(column: Column, value: NonAnswer) -> str | None:
    return None if column.storage is Storage.DAY else f"({value.value})"


def _is_numeric(column: Column) -> bool:
    return column.part is not Part.OTHER and column.storage not in {Storage.TEXT, Storage.DAY}


def _typed(values: Any, column: Column, pandas: Any) -> Any:
    if _is_numeric(column):
        return values.astype(float)
    if column.storage is Storage.DAY:
        return pandas.to_datetime(values)
    return values.fillna("").astype(str)


def _title(column: Column, language: str) -> str:
    title = " ".join(column.question.text.in_(language).split())
    option = column.question.option(column.option) if column.option else None
    if option is not None:
        title = f"{option.text.in_(language)}: {title}"
    return title[:MAX_LABEL]


def _value_labels(column: Column, language: str) -> dict[int | float, str]:
    labels: dict[int | float, str] = {n: _LABELS[code] for code, n in MISSING.items()}
    if column.part is Part.CHOSEN:
        return labels | {0: "Not chosen", 1: "Chosen"}
    if column.storage is Storage.ONE:
        for place, option in enumerate(column.question.options, 1):
            labels[place] = option.text.in_(language)[:MAX_LABEL]
    return labels

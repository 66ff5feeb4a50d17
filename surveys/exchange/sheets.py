"""Response files of other tools as rows of text: CSV of several encodings, and XLSX values."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from openpyxl import load_workbook

from surveys.exchange.limits import Content, look
from surveys.exchange.report import Report, refuse

MAX_COLUMNS = 2_000


class Tool(StrEnum):
    """Where a file of responses comes from, known by its first rows."""

    QUALTRICS = "qualtrics"
    CITIZEN_SPACE = "citizen_space"
    MICROSOFT_FORMS = "microsoft_forms"
    SMARTSURVEY = "smartsurvey"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Headings (and longer titles, where a tool has both), rows, and the line of the first row."""

    tool: Tool
    headings: tuple[str, ...]
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_line: int


def read_sheet(path: Path, report: Report) -> Sheet:
    """Return a file of responses.  Raises RefusedError for a file not safe or not readable."""
    content = look(path, report)
    if content is Content.OLE:
        raise refuse("file", "Old .xls files are not read: save it as .xlsx or CSV.")
    rows = list(_workbook_rows(path) if content is Content.ZIP else _csv_rows(path))
    if not rows or not any(rows[0]):
        raise refuse("file", "The first row has no headings.")
    if len(rows[0]) > MAX_COLUMNS:
        raise refuse("columns", f"The file has more than {MAX_COLUMNS:,} columns.")
    return _sheet(rows)


def _sheet(rows: list[tuple[str, ...]]) -> Sheet:
    headings = rows[0]
    if len(rows) > 2 and rows[2] and rows[2][0].startswith('{"ImportId"'):
        return Sheet(Tool.QUALTRICS, headings, rows[1], tuple(rows[3:]), 4)
    known = {heading.strip().casefold() for heading in headings}
    if {"start time", "completion time"} <= known:
        return Sheet(Tool.MICROSOFT_FORMS, headings, headings, tuple(rows[1:]), 2)
    if known & {"userid", "userno"} and len(rows) > 1:
        titles = _joined(headings, rows[1])
        return Sheet(Tool.SMARTSURVEY, titles, titles, tuple(rows[2:]), 3)
    tool = Tool.CITIZEN_SPACE if known & {"responseid", "response id"} else Tool.OTHER
    return Sheet(tool, headings, headings, tuple(rows[1:]), 2)


def _joined(headings: Sequence[str], below: Sequence[str]) -> tuple[str, ...]:
    """SmartSurvey puts the question over its first column only, and the answer below each."""
    joined, last = [], ""
    for place, heading in enumerate(headings):
        last = heading or last
        under = below[place] if place < len(below) else ""
        joined.append(last if not under or under == last else f"{last} | {under}")
    return tuple(joined)


def _csv_rows(path: Path) -> Iterator[tuple[str, ...]]:
    text = path.read_bytes().decode("utf-8-sig")
    sample = text[:4_000]
    delimiter = max(",;\t", key=sample.split("\n", 1)[0].count)
    for row in csv.reader(io.StringIO(text), delimiter=delimiter):
        if any(cell.strip() for cell in row):
            yield tuple(row)


def _workbook_rows(path: Path) -> Iterator[tuple[str, ...]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's remarks on Excel extensions
        try:
            book = load_workbook(path, read_only=True, data_only=True)
        except (KeyError, ValueError, OSError, TypeError) as error:
            raise refuse("file", f"The workbook cannot be read: {error}.") from None
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(values_only=True):
            cells = tuple(map(_text, row))
            if any(cells):
                yield cells
        book.close()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

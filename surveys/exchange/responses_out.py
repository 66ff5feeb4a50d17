"""Responses out as CSV, XLSX and JSON lines, each row streamed; nothing is ever a formula."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from surveys.answers import answer_to_json
from surveys.exchange.report import Place, Report
from surveys.exchange.responses import Response, RowMaker, Table, dictionary
from surveys.model import Survey

#: Characters with which Excel and its kin begin a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
MAX_CELL = 32_767
MAX_SHEET_ROWS = 1_048_576


def write_csv(
    table: Table, responses: Iterable[Response], path: Path, *, for_excel: bool = True
) -> int:
    """Write responses as CSV and return how many; `path` gets a dictionary beside it.

    With `for_excel`, a text that a spreadsheet would run as a formula gets a quote before it
    (Source: OWASP, CSV injection); without, every text is exactly as given.
    """
    count = 0
    with path.open("w", encoding="utf-8-sig" if for_excel else "utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.header)
        for row in RowMaker(table).rows(responses):
            writer.writerow(_guarded(row) if for_excel else row)
            count += 1
    described = path.with_name(f"{path.stem}_dictionary.csv")
    with described.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(_guarded(row) for row in dictionary(table))
    return count


def write_xlsx(
    table: Table, responses: Iterable[Response], path: Path, report: Report | None = None
) -> int:
    """Write responses and the dictionary as a workbook and return how many.

    Every cell is text.  Texts longer than Excel takes are cut, which the report says.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("responses")
    notes = report or Report()
    count = 0

    def cells(row: Sequence[str], number: int) -> list[Any]:
        made: list[Any] = []
        for heading, text in zip(table.header, row, strict=False):
            if not text:
                made.append(None)
                continue
            if len(text) > MAX_CELL:
                place = Place("responses", number, heading)
                notes.reported(place, "long text", f"Cut to {MAX_CELL:,} characters.")
            cell = WriteOnlyCell(sheet, value=_CONTROL.sub("", text)[:MAX_CELL])
            cell.data_type = "s"
            made.append(cell)
        return made

    sheet.append(cells(table.header, 1))
    for row in RowMaker(table).rows(responses):
        count += 1
        if count >= MAX_SHEET_ROWS:
            message = f"Excel takes {MAX_SHEET_ROWS:,} rows; use CSV for more."
            raise TooManyRowsError(message)
        sheet.append(cells(row, count + 1))
    described = book.create_sheet("dictionary")
    for line in dictionary(table):
        described.append(line)
    book.save(path)
    return count


def write_json_lines(table: Table, responses: Iterable[Response], path: Path) -> int:
    """Write one JSON object a line, answers by question id with their tags; return how many."""
    names = _names(table.versions)
    kept = {column.question.id for column in table.columns}
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for response in responses:
            answers = {
                names[question]: {"question": question, **answer_to_json(answer)}
                for question, answer in response.answers.items()
                if question in kept
            }
            line = {
                "response": response.id,
                "version": response.version,
                "day": response.day.isoformat(),
                **{name: response.meta.get(name, "") for name in table.meta},
                "answers": answers,
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    return count


class TooManyRowsError(ValueError):
    """More responses than the format holds."""


def _guarded(row: list[str]) -> list[str]:
    return [
        f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
        for text in row
    ]


def _names(versions: Iterable[Survey]) -> dict[str, str]:
    found: dict[str, str] = {}
    for survey in versions:
        for question in survey.questions:
            found[question.id] = question.name
            found |= {row.id: row.name for row in question.rows}
    return found

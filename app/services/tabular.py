"""Read tables people upload: CSV in whatever encoding Excel chose, and XLSX without its tricks.

Formulas are never evaluated and macros never run: stored values are read. Limits are checked
before anything is unpacked (safety.md §0.4; issue 3, "Bad input").
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from xml.etree.ElementTree import ParseError

MAX_BYTES = 60 * 1024 * 1024
MAX_UNPACKED = 400 * 1024 * 1024
MAX_COLUMNS = 500
MAX_ROWS = 250_000
ROWS_AT_ONCE = 250
DELIMITERS = ",;\t|"
XLSX_MAGIC = b"PK\x03\x04"
Item = TypeVar("Item")


class TableError(ValueError):
    """The file is not a table we can read; the message says what and where, in one sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its line in the file as a person counts it, the heading being line 1."""

    line: int
    values: Mapping[str, str]
    missing: frozenset[str] = frozenset()  # columns that this row ends before, or does not name
    is_too_long: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A heading and its rows, read as they are asked for."""

    columns: tuple[str, ...]
    rows: Iterator[Row]


def in_lots(rows: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Return rows in the lots they are stored in: each a few hundredths of a second of writing."""
    return (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))


def read_table(data: bytes, name: str) -> Table:
    """Return the table in a file; raise TableError. Reading its rows may raise it as well."""
    return _read(data, name, is_strict=False)


def read_strictly(data: bytes, name: str) -> Table:
    """Return a table in which no cell of a CSV goes on into the next line.

    One quotation mark left open swallows every row behind it, and what they say of consent.
    """
    return _read(data, name, is_strict=True)


def _read(data: bytes, name: str, *, is_strict: bool) -> Table:
    if len(data) > MAX_BYTES:
        raise TableError(f"{name} is larger than {MAX_BYTES // 1024 // 1024} MB.")
    is_xlsx = data.startswith(XLSX_MAGIC)
    lines = _xlsx_lines(data, name) if is_xlsx else _csv_lines(data, name, is_strict=is_strict)
    heading = next(lines, None)
    if heading is None or not any(heading):
        raise TableError(f"{name} has no heading in its first row.")
    columns = _columns(heading, name)
    return Table(columns, _rows(columns, lines, name))


def decode(data: bytes, name: str) -> str:
    """Return text from UTF-8, UTF-16 or Windows-1252; raise TableError for anything else."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data[1:2] == b"\0":
        encoding = "utf-16-le"
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        pass
    if b"\0" in data:
        raise TableError(f"{name} is not a text file or an Excel workbook.")
    return data.decode("cp1252", errors="replace")


def _csv_lines(data: bytes, name: str, *, is_strict: bool) -> Iterator[list[str]]:
    text = decode(data, name)
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=is_strict)
    began = 1
    try:
        for cells in reader:
            if is_strict and reader.line_num > began:
                raise _open_quote(name, began)
            began = reader.line_num + 1
            yield [cell.strip() for cell in cells]
    except csv.Error as error:
        if is_strict:
            raise _open_quote(name, began) from error
        raise TableError(f"{name} cannot be read after line {reader.line_num}.") from error


def _open_quote(name: str, line: int) -> TableError:
    return TableError(
        f"{name}: on line {line} a quotation mark is not closed, or a cell goes on into the next "
        "line. Nothing was taken. Mend that line and send the file again."
    )


def _xlsx_lines(data: bytes, name: str) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # 20 MiB of a web worker, for a file now and then

    _refuse_bomb(data, name)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = next(iter(book.worksheets), None)
        if sheet is None:
            raise TableError(f"{name} has no sheet.")
        for cells in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True):
            yield [_plain(cell) for cell in cells]
    except (KeyError, ValueError, OSError, ParseError, zipfile.BadZipFile) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(f"{name} is not an Excel workbook we can read.") from error


def _refuse_bomb(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise TableError(f"{name} is not an Excel workbook we can read.") from error
    if unpacked > MAX_UNPACKED:
        raise TableError(f"{name} unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB.")


def _plain(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        is_day = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if is_day else cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _columns(heading: list[str], name: str) -> tuple[str, ...]:
    while heading and not heading[-1]:
        heading = heading[:-1]
    twice = sorted({column for column in heading if column and heading.count(column) > 1})
    if twice:
        raise TableError(f"{name} has two columns called {twice[0]!r}.")
    return tuple(heading)


def _rows(columns: tuple[str, ...], lines: Iterator[list[str]], name: str) -> Iterator[Row]:
    filled = 0
    for line, cells in enumerate(lines, start=2):
        if line > MAX_ROWS * 4:  # a million blank rows are a mistake, not a table
            raise TableError(f"{name} goes on for more than {MAX_ROWS * 4:,} rows.")
        if not any(cells):
            continue
        filled += 1
        if filled > MAX_ROWS:
            raise TableError(f"{name} has more than {MAX_ROWS:,} rows. Send it in parts.")
        padded = cells + [""] * (len(columns) - len(cells))
        values = {c: v for c, v in zip(columns, padded, strict=False) if c}
        missing = frozenset(columns[len(cells) :])
        yield Row(line, values, missing, is_too_long=any(cells[len(columns) :]))

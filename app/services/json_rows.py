"""A hand-over as JSON: a list of flat objects, read as the rows of a file."""

import json
from collections.abc import Iterator
from typing import Any

from app.services.tabular import Row, Table, TableError

FIRST_LINE = 2  # as in a file, whose first line is the heading


def read_json(data: bytes, name: str) -> Table:
    """Return the rows of a JSON list; raise TableError. A key left out is not an empty cell."""
    try:
        rows: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise TableError(f"{_upper(name)} is not JSON.") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TableError(f"{_upper(name)} has to be a list of objects, one a case.")
    columns = tuple(dict.fromkeys(key.strip() for row in rows for key in row))
    return Table(columns, _rows(rows, columns))


def _upper(name: str) -> str:
    return name[:1].upper() + name[1:]


def _rows(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> Iterator[Row]:
    for line, row in enumerate(rows, start=FIRST_LINE):
        values = {key.strip(): _cell(value) for key, value in row.items()}
        yield Row(line, values, frozenset(columns) - values.keys())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ";".join(str(part) for part in value)
    if isinstance(value, dict):
        raise TableError("A value is an object; write a text, a number, yes or no, or a list.")
    plain = str(value).encode("utf-8", "replace").decode()  # no half of a pair of surrogates
    return " ".join(plain.replace("\0", "").splitlines()).strip()

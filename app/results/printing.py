"""Safe tables as rows of words: for pages, and as lines for files."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from app.figures.tables import SafeCell, SafeRow, SafeTable

Link = Callable[[SafeRow], str | None]
COLUMNS = ("code", "name", "column", "count", "base", "percent", "low", "high", "note")
RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula


def no_link(_row: SafeRow) -> str | None:
    """Link no row."""
    return None


def measure_columns(
    first: str, count: str, base: str, *, share: str = "Share"
) -> list[dict[str, Any]]:
    """Return the columns of a table of one figure a row."""
    return [
        {"key": "label", "label": first},
        {"key": "count", "label": count, "numeric": True},
        {"key": "base", "label": base, "numeric": True},
        {"key": "share", "label": share, "numeric": True},
        {"key": "range", "label": "Likely range", "numeric": True},
    ]


def measure_rows(table: SafeTable, link: Link = no_link) -> list[dict[str, str]]:
    """Return the rows of a table of one figure a row, ready to print."""
    return [_linked(row, link, measures_of(row.cell) | {"label": row.label}) for row in table.rows]


def measures_of(cell: SafeCell) -> dict[str, str]:
    """Return one figure in the words of its columns."""
    return {
        "count": cell.count_words,
        "base": cell.base_words,
        "share": cell.share_words,
        "range": cell.interval_words,
    }


def _linked(row: SafeRow, link: Link, values: dict[str, str]) -> dict[str, str]:
    url = link(row)
    return values if url is None else values | {"_url": url}


def grid_columns(first: str, table: SafeTable) -> list[dict[str, Any]]:
    """Return the columns of a table with a figure in every cell."""
    shown = [
        {"key": f"c{i}", "label": label, "numeric": True} for i, label in enumerate(table.columns)
    ]
    return [{"key": "label", "label": first}, *shown]


def grid_rows(table: SafeTable, link: Link = no_link) -> list[dict[str, str]]:
    """Return the rows of a table with a figure in every cell."""
    return [
        _linked(
            row,
            link,
            {"label": row.label} | {f"c{i}": cell_words(c) for i, c in enumerate(row.cells)},
        )
        for row in table.rows
    ]


def cell_words(cell: SafeCell) -> str:
    """Return one cell as short as can be."""
    if cell.count is None:
        return cell.why
    return f"{cell.count:,}" if cell.share is None else f"{cell.share_words} ({cell.count:,})"


def lines(table: SafeTable) -> Iterator[dict[str, Any]]:
    """Return a table as lines of plain values, one a cell: the form of every file."""
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            yield {
                "code": row.code,
                "name": row.label,
                "column": column,
                "count": cell.count,
                "base": cell.base,
                **_percents(cell),
                "note": cell.why,
            }


def _percents(cell: SafeCell) -> dict[str, int | None]:
    """Return share and interval in whole per cent, as the page prints them."""
    interval = cell.interval
    return {
        "percent": None if cell.share is None else _whole(cell.share),
        "low": None if interval is None else _whole(interval.low),
        "high": None if interval is None else _whole(interval.high),
    }


def _whole(share: float) -> int:
    return int(100 * share + 0.5)


def csv_text(table: SafeTable) -> str:
    """Return a table as CSV; no text in it starts a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for line in lines(table):
        writer.writerow({key: harmless(value) for key, value in line.items()})
    return out.getvalue()


def harmless(value: object) -> object:
    """Return text that a spreadsheet reads as text; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(RISKY):
        return f"'{value}"
    return "" if value is None else value

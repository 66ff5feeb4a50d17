"""A frozen table: rows of safe cells, and which part of which cell each column prints."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.figures.changes import Change, changes
from app.figures.intervals import Interval
from app.figures.suppress import Showing
from app.figures.tables import NONE, SafeCell, SafeRow, SafeTable
from app.services.naming import change_words, strength


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean on a scale; None where the base allows none."""

    value: float | None = None

    @property
    def words(self) -> str:
        """Return the mean as printed."""
        return NONE if self.value is None else f"{self.value:.1f}"


Cell = SafeCell | Mean | str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: a code that claims refer to, its name, and its cells."""

    code: str
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """What one column prints: a part of the cell at a place, or of what the row's cells say."""

    label: str
    shows: str  # a key of SHOWS, or "change"
    at: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A frozen table. `before` is the cell that `change` columns compare the first cell with."""

    key: str
    title: str
    first: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    before: int | None = None

    def row(self, code: str) -> Row:
        """Return the row of that code; raise KeyError."""
        found = next((row for row in self.rows if row.code == code), None)
        if found is None:
            raise KeyError(code)
        return found

    @property
    def is_withheld(self) -> bool:
        """Return whether no figure in the table may be shown."""
        cells = [c for row in self.rows for c in row.cells if isinstance(c, SafeCell)]
        return bool(cells) and all(c.count is None and c.share is None for c in cells)

    def moved(self) -> list[Change]:
        """Return the change of every row: one family of tests, corrected together."""
        if self.before is None:
            return []
        pairs = [(_safe(row.cells[0]), _safe(row.cells[self.before])) for row in self.rows]
        return changes([(now, then if then.base is not None else None) for now, then in pairs])

    def printed(self, most: int | None = None) -> list[list[str]]:
        """Return the rows as words, each starting with its name."""
        moved = self.moved()
        return [
            [row.label, *(self._words(c, row, moved[i] if moved else None) for c in self.columns)]
            for i, row in enumerate(self.rows[:most])
        ]

    @staticmethod
    def _words(column: Column, row: Row, change: Change | None) -> str:
        if column.shows == "change":
            return (change_words(change) if change else "") or "–"
        cell = row.cells[column.at]
        if isinstance(cell, str):
            return cell
        return cell.words if isinstance(cell, Mean) else SHOWS[column.shows](cell)


def _safe(cell: Cell) -> SafeCell:
    return cell if isinstance(cell, SafeCell) else SafeCell()


def short(cell: SafeCell) -> str:
    """Return one cell as short as can be."""
    if cell.count is None:
        return cell.why or cell.share_words
    return f"{cell.count:,}" if cell.share is None else f"{cell.share_words} ({cell.count:,})"


SHOWS: Mapping[str, Callable[[SafeCell], str]] = {
    "count": lambda cell: cell.count_words or NONE,
    "base": lambda cell: cell.base_words,
    "share": lambda cell: cell.share_words,
    "range": lambda cell: cell.interval_words,
    "strength": strength,
    "short": short,
    "shown": lambda cell: cell.share_words if cell.share is not None else cell.why or NONE,
}


def measures(count: str, base: str) -> tuple[Column, ...]:
    """Return the columns of a table of one figure a row."""
    return (
        Column(count, "count"),
        Column(base, "base"),
        Column("Share", "share"),
        Column("Likely range", "range"),
    )


def frozen(key: str, table: SafeTable, first: str, columns: Sequence[Column], **more: Any) -> Table:
    """Return a safe table as a report keeps it."""
    rows = tuple(Row(row.code, row.label, tuple(row.cells)) for row in table.rows)
    settings = {"title": table.title, "note": table.note} | more
    return Table(key, first=first, columns=tuple(columns), rows=rows, **settings)


def grid(key: str, table: SafeTable, first: str, **more: Any) -> Table:
    """Return a safe table with a figure in every cell as a report keeps it."""
    columns = [Column(label, "short", i) for i, label in enumerate(table.columns)]
    return frozen(key, table, first, columns, **more)


def compact(table: Table) -> Table:
    """Return the rows that may be shown, with the others named together below the table."""
    shown = tuple(row for row in table.rows if _is_shown(row))
    hidden = [row.label for row in table.rows if not _is_shown(row)]
    if not hidden or not shown:
        return table
    note = f"Too few, or not shown to protect others: {'; '.join(hidden)}."
    return replace(table, rows=shown, note=f"{table.note} {note}".strip())


def _is_shown(row: Row) -> bool:
    cell = row.cells[0]
    return isinstance(cell, SafeCell) and cell.count is not None


def beside(table: Table, then: Mapping[str, SafeCell], labels: Sequence[Column]) -> Table:
    """Return a table of one figure a row with the figure of the period before beside it."""
    rows = tuple(
        replace(row, cells=(*row.cells, then.get(row.code, SafeCell()))) for row in table.rows
    )
    return replace(table, rows=rows, columns=(*table.columns, *labels), before=1)


def thaw(table: Table) -> SafeTable:
    """Return a frozen table of safe cells as the gateway's own kind, for drawing."""
    rows = [
        SafeRow(r.code, r.label, tuple(c for c in r.cells if isinstance(c, SafeCell)))
        for r in table.rows
    ]
    return SafeTable(table.title, ("",), tuple(rows), SafeCell(), table.note)


def as_json(table: Table) -> dict[str, Any]:
    """Return a table as plain values."""
    return {
        "key": table.key,
        "title": table.title,
        "first": table.first,
        "note": table.note,
        "before": table.before,
        "columns": [[c.label, c.shows, c.at] for c in table.columns],
        "rows": [[r.code, r.label, [_cell_json(c) for c in r.cells]] for r in table.rows],
    }


def from_json(content: Mapping[str, Any]) -> Table:
    """Return the table that `as_json` wrote."""
    return Table(
        key=content["key"],
        title=content["title"],
        first=content["first"],
        note=content["note"],
        before=content["before"],
        columns=tuple(Column(*c) for c in content["columns"]),
        rows=tuple(
            Row(code, label, tuple(_cell(c) for c in cells))
            for code, label, cells in content["rows"]
        ),
    )


NAMES = {
    "n": "count",
    "of": "base",
    "p": "share",
    "why": "why",
    "rests": "share_base",
    "sharp": "powered",
}


def _cell_json(cell: Cell) -> Any:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Mean):
        return {"mean": cell.value}
    found = {short: getattr(cell, name) for short, name in NAMES.items()}
    if cell.interval is not None:
        found["range"] = [cell.interval.low, cell.interval.high]
    found["show"] = str(cell.showing)
    return {name: value for name, value in found.items() if value not in (None, "", False)}


def _cell(content: Any) -> Cell:
    if isinstance(content, str):
        return content
    if "mean" in content:
        return Mean(content["mean"])
    values = {name: content[short] for short, name in NAMES.items() if short in content}
    interval = Interval(*content["range"]) if "range" in content else None
    return SafeCell(**values, interval=interval, showing=Showing(content["show"]))

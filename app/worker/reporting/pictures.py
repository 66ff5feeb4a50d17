"""Pictures of frozen tables: only what the table prints, in whole per cent."""

import io
import textwrap
from collections.abc import Callable, Mapping, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from app.figures.tables import SafeCell
from app.services.reporting.layout import Picture
from app.services.reporting.tables import Row, Table

INK, BAND, OTHER = "#153e54", "#7fa3b3", "#7a3e00"
WIDE = 6.7  # inches: the text width of A4 with 20 mm margins
MOST_ROWS, LABEL = 12, 34
DOTS = 200


def draw(picture: Picture) -> bytes | None:
    """Return a picture as PNG, or None where nothing may be drawn."""
    return DRAWN_BY[picture.draw](picture.table)


def _figure(rows: int) -> tuple[Figure, Axes]:
    mpl.rcParams["font.family"] = "DejaVu Sans"
    mpl.rcParams["font.size"] = 9
    figure = Figure(figsize=(WIDE, 0.8 + 0.27 * max(rows, 3)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure, axes


def _png(figure: Figure) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=DOTS, metadata={"Software": None})
    return out.getvalue()


def _percent(share: float) -> int:
    return int(100 * share + 0.5)


def _with_share(table: Table, at: int = 0) -> list[tuple[Row, SafeCell]]:
    """Return the rows whose cell has a share, in the table's order."""
    cells = [(row, row.cells[at]) for row in table.rows]
    return [(r, c) for r, c in cells if isinstance(c, SafeCell) and c.share is not None]


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [textwrap.fill(name, LABEL) for name in names])
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.invert_yaxis()


def _ranking(table: Table) -> bytes | None:
    """Draw dots with their ranges."""
    rows = _with_share(table)[:MOST_ROWS]
    if not rows:
        return None
    figure, axes = _figure(len(rows))
    for i, (_, cell) in enumerate(rows):
        share = _percent(cell.share or 0.0)
        if cell.interval is not None:
            low, high = _percent(cell.interval.low), _percent(cell.interval.high)
            axes.plot([low, high], [i, i], color=BAND, linewidth=3, solid_capstyle="butt")
        axes.plot(share, i, "o", color=INK, markersize=7)
        _label(axes, f"{share}%", (share, i), (0, 7))
    _name_rows(axes, [row.label for row, _ in rows])
    _share_axis(axes, "Share, % (line: likely range)")
    return _png(figure)


def _pairs(table: Table) -> bytes | None:
    """Draw two shares a row: those heard, and those referred."""
    rows = [
        (row, one, row.cells[1])
        for row, one in _with_share(table)
        if isinstance(row.cells[1], SafeCell) and row.cells[1].share is not None
    ]
    if not rows:
        return None
    half = MOST_ROWS // 2
    rows = rows if len(rows) <= MOST_ROWS else [*rows[:half], *rows[-half:]]
    figure, axes = _figure(len(rows) + 1)
    for i, (_, one, two) in enumerate(rows):
        heard, referred = _percent(one.share or 0.0), _percent(two.share or 0.0)
        axes.plot([heard, referred], [i, i], color=BAND, linewidth=2)
        axes.plot(heard, i, "o", color=INK, markersize=7, label="Heard" if not i else None)
        axes.plot(referred, i, "D", color=OTHER, markersize=6, label="Referred" if not i else None)
    _name_rows(axes, [row.label for row, _, _ in rows])
    _share_axis(axes, "Share of all, %")
    figure.legend(loc="outside upper right", ncols=2, frameon=False)
    return _png(figure)


def _label(axes: Axes, words: str, at: tuple[float, float], off: tuple[float, float]) -> None:
    axes.annotate(words, at, off, textcoords="offset points", ha="center", fontsize=8)


def _share_axis(axes: Axes, label: str) -> None:
    axes.set_xlim(left=0)
    axes.set_xlabel(label)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def _bars(table: Table) -> bytes | None:
    """Draw counts in the table's order."""
    rows = [
        (row, cell.count)
        for row, cell in ((row, row.cells[0]) for row in table.rows)
        if isinstance(cell, SafeCell) and cell.count is not None
    ][-MOST_ROWS:]
    if not rows:
        return None
    figure, axes = _figure(len(rows))
    axes.barh(range(len(rows)), [count for _, count in rows], color=BAND, height=0.6)
    for i, (_, count) in enumerate(rows):
        _label(axes, f"{count:,}", (count, i), (12, -3))
    _name_rows(axes, [row.label for row, _ in rows])
    axes.set_xlim(left=0)
    axes.margins(x=0.1)
    axes.set_xlabel("People")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return _png(figure)


DRAWN_BY: Mapping[str, Callable[[Table], bytes | None]] = {
    "ranking": _ranking,
    "pairs": _pairs,
    "bars": _bars,
}

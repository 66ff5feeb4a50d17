"""Plotly figures as plain data, made from safe tables: they hold what the table shows, no more.

Where a table shows nothing that could be drawn there is no figure: nobody is offered a chart of
empty axes.
"""

from collections.abc import Sequence
from typing import Any

from app.figures.tables import SafeCell, SafeTable

INK = "#153e54"
BAND = "#7fa3b3"
MOST_ROWS = 25


Figure = dict[str, Any]


def ranking(table: SafeTable) -> Figure | None:
    """Return dots with their intervals, the largest on top; rows without a share are left out."""
    rows = [row for row in table.rows if row.cell.share is not None][:MOST_ROWS][::-1]
    if not rows:
        return None
    cells = [row.cell for row in rows]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [_percent(c.share) for c in cells],
        "y": [row.label for row in rows],
        "error_x": _bars(cells),
        "marker": {"color": INK, "size": 10},
        "hovertemplate": "%{y}: %{x}%<extra></extra>",
    }
    return {"data": [trace], "layout": _layout(len(rows), "Share of those who answered, %")}


def over_time(table: SafeTable) -> Figure | None:
    """Return one figure over the periods, with gaps where nothing may be shown."""
    cells = [row.cell for row in table.rows]
    if all(cell.share is None for cell in cells):
        return None
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [row.label for row in table.rows],
        "y": [_percent(c.share) for c in cells],
        "error_y": _bars(cells),
        "connectgaps": False,
        "line": {"color": INK},
        "hovertemplate": "%{x}: %{y}%<extra></extra>",
    }
    layout = {
        "margin": {"l": 50, "r": 20, "t": 20, "b": 120},
        "yaxis": {"title": {"text": "%"}, "rangemode": "tozero"},
        "height": 380,
    }
    return {"data": [trace], "layout": layout}


def heat(table: SafeTable) -> Figure | None:
    """Return a heatmap of the shares, or of the counts where there are no shares."""
    cells = [cell for row in table.rows for cell in row.cells]
    share = any(cell.share is not None for cell in cells)
    if not share and all(cell.count is None for cell in cells):
        return None
    trace = {
        "type": "heatmap",
        "x": list(table.columns),
        "y": [row.label for row in table.rows],
        "z": [[_percent(c.share) if share else c.count for c in row.cells] for row in table.rows],
        "colorscale": [[0, "#ffffff"], [1, INK]],
        "zmin": 0,
        "hoverongaps": False,
        "hovertemplate": "%{y}, %{x}: %{z}<extra></extra>",
        "colorbar": {"title": {"text": "%" if share else "answers"}},
    }
    upside_down = {"yaxis": {"autorange": "reversed", "automargin": True}}
    return {"data": [trace], "layout": _layout(len(table.rows), "") | upside_down}


def bars(table: SafeTable) -> Figure | None:
    """Return counts as bars, in the order of the table."""
    rows = [row for row in table.rows if row.cell.count is not None][::-1]
    if not rows:
        return None
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": [row.cell.count for row in rows],
        "y": [row.label for row in rows],
        "marker": {"color": BAND},
        "hovertemplate": "%{y}: %{x}<extra></extra>",
    }
    return {"data": [trace], "layout": _layout(len(rows), "People")}


def _percent(share: float | None) -> int | None:
    return None if share is None else int(100 * share + 0.5)


def _bars(cells: Sequence[SafeCell]) -> dict[str, Any]:
    """Return the intervals as error bars, in the whole per cent that the table prints."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [_reach(c, above=True) for c in cells],
        "arrayminus": [_reach(c, above=False) for c in cells],
        "color": BAND,
        "thickness": 2,
    }


def _reach(cell: SafeCell, *, above: bool) -> int | None:
    share = _percent(cell.share)
    if share is None or cell.interval is None:
        return None
    bound = _percent(cell.interval.high if above else cell.interval.low)
    return abs((bound or 0) - share)


def _layout(rows: int, title: str) -> dict[str, Any]:
    return {
        "margin": {"l": 20, "r": 20, "t": 20, "b": 50},
        "xaxis": {"title": {"text": title}, "rangemode": "tozero", "automargin": True},
        "yaxis": {"automargin": True},
        "height": 120 + 26 * max(rows, 4),
    }

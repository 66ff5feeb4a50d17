"""One theme, from its number to its evidence: trend, who, where, words, sources, reading."""

from dataclasses import replace
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.clock import london_today
from app.db import db
from app.figures import pages
from app.figures.pages import View
from app.figures.quotes import list_voices
from app.figures.tables import PROTECTING, SafeCell
from app.guards import audience, current_actor
from app.store import gaps as gap_store
from app.store.errors import NotFoundError

from . import charts, groups_beside, printing
from .choosing import Choice
from .frame import as_csv, heading_of, show
from .register_views import DECIDERS
from .views import READERS, bp, chosen, seen
from .wording import DIMENSION_LABELS, reading_note

WHO_AND_WHERE = ("crime_group", "area", "age_band", "service")
VOICES = 5


@bp.get("/results/<slug>/themes/<theme>")
@audience(*READERS)
def theme(slug: str, theme: str) -> ResponseReturnValue:
    """Show everything that stands behind the figure of one theme."""
    choice = chosen(slug)
    view, known = seen(choice), choice.book.theme(theme)
    if known is None:
        raise NotFoundError(f"theme {theme}")
    row = f"theme:{theme}"
    trend = pages.trend_table(view, row, "read", known.label)
    return show(
        "theme",
        choice,
        heading=known.label,
        theme=known,
        lead=heading_of(choice),
        note=reading_note(view),
        raised_by=_raised_by(view.cell(row, "read")),
        figures=printing.measures_of(view.cell(row, "read")),
        weighted=_weighted(view, row),
        agreement=_agreement(view, theme),
        trend={"rows": printing.measure_rows(trend), "figure": charts.over_time(trend)},
        splits=[_split(choice, view, row, d) for d in WHO_AND_WHERE if _can_split(view, d)],
        columns=printing.measure_columns("Group", "Answers that raise it", "Answers read"),
        voices=list_voices(
            db.session, choice.survey.id, view, today=london_today(), theme=theme, most=VOICES
        ),
        in_groups=groups_beside.told(choice.survey.id, theme, today=london_today()),
        shelf=gap_store.list_evidence(db.session, theme),
        may_decide=current_actor().role in DECIDERS,
    )


def _raised_by(cell: SafeCell) -> str:
    if cell.count is None and cell.why == PROTECTING:
        return f"How many of the {cell.base_words} answers read raise it is not shown."
    return f"{cell.count_words.capitalize()} of {cell.base_words} answers read raise it."


def _can_split(view: View, dimension: str) -> bool:
    held = view.release.lattice.dimension(dimension) is not None
    return held and dimension not in view.facets and len(view.facets) < 2


def _split(choice: Choice, view: View, row: str, dimension: str) -> dict[str, Any]:
    table = pages.split_table(view, row, "read", dimension, lambda v: choice.name(dimension, v))
    shown = replace(table, rows=tuple(r for r in table.rows if r.cell.count is not None))
    return {
        "title": DIMENSION_LABELS[dimension],
        "rows": printing.measure_rows(shown),
        "hidden": len(table.rows) > len(shown.rows),
    }


def _weighted(view: View, row: str) -> str:
    """Return the weighted share beside the plain one, or why there is none."""
    if view.node:
        return "Weighted figures are made for everyone together, not for groups."
    cell = view.release.weighted(row, view.period)
    found = view.release.about.weighted.get(view.period.key, {})
    if cell.share is None:
        return str(found.get("why") or "Weighted figures need more answers.")
    return (
        f"Weighted to the people referred: {cell.share_words}, likely {cell.interval_words}. "
        "Indicative: nobody was drawn at random."
    )


def _agreement(view: View, theme: str) -> str:
    """Return how far the computer agrees with people on this theme."""
    kappa = view.release.about.agreement.get(view.period.key, {}).get(theme)
    coder = view.release.about.coder
    if coder is None:
        return "No computer has read these answers."
    if kappa is None:
        return f"Read by {coder}; too few answers were read by both to say how far it agrees."
    return f"Read by {coder}. It agrees with people to {kappa:.2f} (Cohen's kappa; 1 is always)."


@bp.get("/results/<slug>/themes/<theme>.csv")
@audience(*READERS)
def theme_csv(slug: str, theme: str) -> ResponseReturnValue:
    """Return one theme by one group as a file."""
    choice = chosen(slug)
    view, by = seen(choice), request.args.get("by", "area")
    if choice.book.theme(theme) is None or not _can_split(view, by):
        raise NotFoundError("no such table")
    table = pages.split_table(view, f"theme:{theme}", "read", by, lambda v: choice.name(by, v))
    return as_csv(table, f"{theme}-by-{by}")

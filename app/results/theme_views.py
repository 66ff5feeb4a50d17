"""One theme, from its number to its evidence: trend, who, where, words, sources, reading."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.clock import london_today
from app.db import db
from app.figures import pages
from app.figures.codebook import Theme
from app.figures.pages import View
from app.figures.quotes import list_voices
from app.figures.tables import SafeCell
from app.guards import audience, current_actor
from app.store import gaps as gap_store
from app.store.errors import NotFoundError

from . import charts, groups_beside, printing
from .choosing import Choice
from .frame import as_csv, heading_of, show
from .register_views import DECIDERS
from .views import READERS, bp, chosen, seen
from .wording import DIMENSION_LABELS, origin_words, quotes_note, reading_note

SAID = "said"  # instead of a group, in the address of a file
WAYS_NOTE = (
    "Decided by the people who read the answers. Somebody who praises in one answer and "
    "criticises in another counts as both. Where nearly everybody says it one way, nothing is "
    "shown, because it would tell how few say the other."
)
WAYS_COUNTED = f"{WAYS_NOTE} These are counts of the answers read, and no share of all answers."
RAISE_IT, READ = "Answers that raise it", "Answers read"
POWERED = "This share is one of them."
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
    row, cell = f"theme:{theme}", view.theme(choice.book, known)
    trend = pages.theme_trend(view, choice.book, known)
    is_asked = view.asks(choice.book, known)
    ways = _ways(choice, view, known) if is_asked else None
    splits = [
        _split(choice, view, row, d) for d in WHO_AND_WHERE if is_asked and _can_split(view, d)
    ]
    return show(
        "theme",
        choice,
        heading=known.label,
        theme=known,
        lead=heading_of(choice),
        note=f"{reading_note(view)} {POWERED if cell.powered else ''}".strip(),
        origin=origin_words(choice.book, theme),
        raised_by=_raised_by(cell),
        figures=printing.measures_of(cell),
        weighted=_weighted(view, row) if is_asked else "",
        agreement=_agreement(view, theme),
        trend={
            "columns": printing.measure_columns("Quarter", RAISE_IT, READ),
            "rows": printing.measure_rows(trend),
            "figure": charts.over_time(trend),
        },
        ways=ways,
        splits=[split for split in splits if split["rows"]],
        too_few=_too_few(ways, splits),
        columns=printing.measure_columns("Group", RAISE_IT, READ),
        voices=list_voices(
            db.session,
            choice.survey.id,
            view,
            today=london_today(),
            theme=theme,
            most=VOICES,
            by_service=bool(choice.locked),
        ),
        quotes_note=quotes_note(view.facets, choice.locked),
        in_groups=groups_beside.told(choice.survey.id, theme, today=london_today()),
        shelf=gap_store.list_evidence(db.session, theme),
        may_decide=current_actor().role in DECIDERS,
    )


def _raised_by(cell: SafeCell) -> str:
    if cell.why == pages.NOT_ASKED:
        return "Nobody was asked to look for it when these answers were read."
    if cell.count is None:
        return f"Of the {cell.base_words} answers read, {cell.why} raise it."
    return f"{cell.count_words.capitalize()} of {cell.base_words} answers read raise it."


def _ways(choice: Choice, view: View, theme: Theme) -> dict[str, Any]:
    """Return how a theme was said, ready to print."""
    table = pages.ways_table(view, theme)
    shown = any(row.cell.count is not None for row in table.rows)
    return {
        "rows": printing.measure_rows(table) if shown else [],
        "columns": printing.measure_columns("How", "Answers", "Answers that raise it"),
        "csv": choice.url("theme_csv", theme=theme.id, by=SAID) if shown else "",
        "note": WAYS_NOTE if view.reading == "read" else WAYS_COUNTED,
    }


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


def _too_few(ways: dict[str, Any] | None, splits: Sequence[dict[str, Any]]) -> str:
    """Return what cannot be shown for want of answers, in one sentence."""
    empty = ["how it was said"] if ways is not None and not ways["rows"] else []
    empty += [split["title"].lower() for split in splits if not split["rows"]]
    if not empty:
        return ""
    words = empty[0] if len(empty) == 1 else f"{', '.join(empty[:-1])} or {empty[-1]}"
    return (
        f"Too few answers here to show it by {words} without telling a smaller number. "
        "A longer period may have enough."
    )


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
    """Return one theme by one group, or by how it was said, as a file."""
    choice = chosen(slug)
    view, by = seen(choice), request.args.get("by", "area")
    known = choice.book.theme(theme)
    if known is not None and by == SAID:
        return as_csv(pages.ways_table(view, known), f"{theme}-how-it-was-said")
    if known is None or not _can_split(view, by) or not view.asks(choice.book, known):
        raise NotFoundError("no such table")
    table = pages.split_table(view, f"theme:{theme}", "read", by, lambda v: choice.name(by, v))
    return as_csv(table, f"{theme}-by-{by}")

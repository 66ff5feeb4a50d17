"""Page one, by rule: the sentence, the tiles, what changed, the largest gaps, who is missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.figures import answered, pages
from app.figures.blocks import HIDDEN
from app.figures.changes import Change, changes
from app.figures.comparing import Arrow
from app.figures.pages import View
from app.figures.reference import Margin, Skew, skew_table
from app.figures.release import direct
from app.figures.tables import SafeCell, SafeRow, SafeTable
from app.services.naming import change_words, strength

from . import charts
from .choosing import Choice
from .frame import heading_of
from .printing import measure_columns, measure_rows, measures_of
from .wording import DIMENSION_LABELS, period_words, reading_note

TOP = 5
MOST_GAPS = 15
MISSING = 4
MOVED = 3
QUESTION = "question-"  # before a question's id: where its table begins on its page
NOT_SHOWN = "Not shown"
OPEN_CHANNELS = {"open", "campaign", "poster"}


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline figure, ready to print; its name leads to the table it rests on."""

    value: str
    name: str
    label: str
    url: str


def tiles(choice: Choice, view: View) -> list[Tile]:
    """Return the headline figures: voices, rate, and the indicators the survey asks for."""
    people = view.count("people")
    cells = answered.indicator_cells(view, choice.questions)
    earlier = view.before()
    before = dict.fromkeys((r.indicator.key for r, _ in cells), None) | (
        {}
        if earlier is None
        else {r.indicator.key: c for r, c in answered.indicator_cells(earlier, choice.questions)}
    )
    moved = changes([(cell, before[reading.indicator.key]) for reading, cell in cells])
    shown = [
        Tile(
            value_words(cell),
            reading.indicator.label,
            f"{_basis(cell)} {change_words(change)}",
            f"{choice.url('questions')}#{QUESTION}{reading.question.id}",
        )
        for (reading, cell), change in zip(cells, moved, strict=True)
    ]
    why = f"{people.why.capitalize()}." if people.why else ""
    heard = Tile(value_words(people), "People heard", why, choice.url("people"))
    return [heard, _rate(choice, view), *shown]


def value_words(cell: SafeCell) -> str:
    """Return a figure as large as it may be said."""
    if cell.count is None:
        return NOT_SHOWN  # why stands below, in small letters
    return cell.share_words if cell.share is not None else f"{cell.count:,}"


def _basis(cell: SafeCell) -> str:
    if cell.count is None:
        of = f", of {cell.base_words} who answered" if cell.base else ""
        return f"{cell.why.capitalize()}{of}." if cell.why else ""
    words = f"{cell.count:,} of {cell.base_words} who answered"
    return f"{words} (likely {cell.interval_words})." if cell.interval else f"{words}."


def _rate(choice: Choice, view: View) -> Tile:
    """Return the response rate of personal links; an open link has none (domain.md 7.1)."""
    channels = set(choice.release.about.channels)
    if channels & OPEN_CHANNELS:
        words = "Nobody can know how many people saw it."
        return Tile("No rate", "Open link – no rate", words, choice.url("drop_off"))
    people, issued = (
        view.count("people").count,
        choice.release.about.totals[view.period.key]["issued"],
    )
    if channels != {"personal"} or view.node or people is None or issued <= 0:
        words = "There is no list of the people who were asked."
        return Tile("No rate", "Who was asked", words, choice.url("drop_off"))
    cell = direct(min(people, issued), issued, choice.release.limits)
    words = f"Of {issued:,} personal links issued."
    return Tile(value_words(cell), "Answered", words, choice.url("drop_off"))


def sentence(choice: Choice, view: View) -> list[dict[str, str]]:
    """Return what the page says in one or two sentences, in parts that lead to their tables."""
    people = view.count("people")
    whom = f" ({choice.of_whom})" if choice.of_whom else ""
    when, who = period_words(view.period), choice.url("people")
    if people.count is None:
        heard = [_part(f"How many people told us{whom} {when}"), _part(people.count_words, who)]
        parts = [heard[0], _part(": "), heard[1], _part(".")]
    else:
        parts = [_part(f"{people.count_words} people", who), _part(f" told us{whom} {when}.")]
    top = next((r for r in pages.theme_table(view, choice.book).rows if r.cell.count), None)
    if top is None:
        return [*parts, _part(" Too few written answers have been read to name a theme.")]
    return [
        *parts,
        _part(f" What they raised most was {_lower(top.label)}: "),
        _part(_in_words(top.cell), choice.url("theme", theme=top.code)),
        _part("."),
    ]


def _part(words: str, url: str = "") -> dict[str, str]:
    return {"words": words, "url": url}


def _lower(label: str) -> str:
    """Return a label inside a sentence; proper names keep their capitals."""
    return label if label[:7] == "Victims" else label[:1].lower() + label[1:]


def _in_words(cell: SafeCell) -> str:
    if cell.share is None:
        return f"{cell.count_words} of the {cell.base_words} answers read"
    return f"{cell.share_words} of answers, likely {cell.interval_words}"


def flow(choice: Choice, view: View) -> list[dict[str, str]]:
    """Return received, screened out and eligible; only for everyone, never for a group."""
    people = view.count("people")
    if view.node or people.count is None:
        return []
    screened = choice.release.about.totals[view.period.key]["screened"]
    out = choice.release.few.why if screened == HIDDEN else f"{screened:,}"
    # "Fewer than 10" would be untrue: it is those counted and the few screened out.
    received = NOT_SHOWN if screened == HIDDEN else f"{people.count + screened:,}"
    return [
        {"step": "Answers received", "count": received},
        {"step": "Screened out: the questions were not for them", "count": out},
        {"step": "People whose answers count here", "count": people.count_words},
    ]


def top_gaps(choice: Choice, view: View) -> list[SafeRow]:
    """Return the largest needs with what got in their way, then needs whatever got in the way.

    A need follows only where none of its pairs is named: it would count the same people twice.
    """
    pairs = pages.gap_table(view).rows[:TOP]
    named = {row.code.partition("|")[0] for row in pairs}
    needs = [
        replace(row, label=pages.gap_label(row.code))
        for row in pages.need_table(view, choice.book).rows
        if row.code not in named
    ]
    return [*pairs, *needs][:TOP]


def movers(choice: Choice, view: View) -> tuple[list[dict[str, Any]], str]:
    """Return the themes that clearly moved, and what to say where there are none."""
    then = pages.themes_before(view, choice.book)
    if then is None:
        return [], "There is no earlier period of the same kind to compare with."
    now = {row.code: row for row in pages.theme_table(view, choice.book).rows}
    found = changes([(row.cell, then.get(code)) for code, row in now.items()])
    moved = [
        (row, change)
        for row, change in zip(now.values(), found, strict=True)
        if change.arrow is not Arrow.NONE
    ]
    if all(change.difference is None for change in found):
        return [], "Too few may be shown to compare with the period before."
    return _largest_moves(moved), "No theme clearly changed against the period before."


def _largest_moves(moved: Sequence[tuple[SafeRow, Change]]) -> list[dict[str, Any]]:
    """Return up to three themes that went up and three that went down."""
    by_size = sorted(moved, key=lambda pair: -abs(pair[1].points or 0))
    chosen = [
        pair
        for way in (Arrow.UP, Arrow.DOWN)
        for pair in [p for p in by_size if p[1].arrow is way][:MOVED]
    ]
    return [
        {
            "label": row.label,
            "code": row.code,
            "words": change_words(change),
            "now": change.now.share_words,
            "before": change.before.share_words if change.before else "",
        }
        for row, change in chosen
    ]


def content(choice: Choice, view: View) -> dict[str, Any]:
    """Return the figures of page one, ready to print."""
    moved, still = movers(choice, view)
    themes = pages.theme_table(view, choice.book)
    return {
        "lead": heading_of(choice),
        "sentence": sentence(choice, view),
        "tiles": tiles(choice, view),
        "flow": flow(choice, view),
        "note": reading_note(view),
        "columns": [*measure_columns("Theme", "Answers", "Of"), WEIGHTED],
        "rows": [_ranked(choice, view, row) for row in themes.rows[:TOP] if row.cell.count],
        "figure": charts.ranking(themes),
        "moved": moved,
        "still": still,
        "gap_columns": GAP_COLUMNS,
        "gaps": [_gap(row) for row in top_gaps(choice, view)],
        "missing_columns": MISSING_COLUMNS,
    }


GAP_COLUMNS = (
    {"key": "label", "label": "Need: barrier"},
    {"key": "count", "label": "Answers", "numeric": True},
    {"key": "share", "label": "Share", "numeric": True},
    {"key": "range", "label": "Likely range", "numeric": True},
    {"key": "strength", "label": "Evidence"},
)
MISSING_COLUMNS = (
    {"key": "label", "label": "Group"},
    {"key": "heard", "label": "Heard", "numeric": True},
    {"key": "referred", "label": "Referred", "numeric": True},
    {"key": "words", "label": "In words"},
)
WEIGHTED = {"key": "weighted", "label": "Weighted", "numeric": True}


def _ranked(choice: Choice, view: View, row: SafeRow) -> dict[str, str]:
    """Return a theme with its link to what stands behind it, weighted beside unweighted."""
    weighted = SafeCell() if view.node else view.release.weighted(f"theme:{row.code}", view.period)
    return measures_of(row.cell) | {
        "label": row.label,
        "weighted": weighted.share_words,
        "_url": choice.url("theme", theme=row.code),
    }


def missing(choice: Choice, view: View, margins: Sequence[Margin]) -> dict[str, Any]:
    """Return the groups heard least against those referred, or why nobody can say."""
    if view.node:
        return {"rows": [], "words": "Who is missing is shown for everyone together."}
    rows: list[SafeRow] = []
    sources = set()
    for margin in margins:
        people = pages.people_table(view, margin.dimension, _namer(choice, margin.dimension))
        rows += skew_table(view, margin, people).rows
        sources.add(margin.source)
    if not rows:
        return {"rows": [], "words": "There are no counts of people referred to compare with."}
    least = sorted(rows, key=lambda row: Skew(*row.cells).points or 0)[:MISSING]
    words = f"Shares are of people. Against the people referred ({'; '.join(sorted(sources))})."
    return {"rows": [_skewed(row) for row in least], "words": words}


def _namer(choice: Choice, dimension: str) -> Callable[[str], str]:
    return lambda value: choice.name(dimension, value)


def _skewed(row: SafeRow) -> dict[str, str]:
    skew = Skew(*row.cells)
    return {
        "label": row.label,
        "heard": skew.heard.share_words if skew.heard.count is not None else skew.heard.why,
        "referred": skew.referred.share_words,
        "words": skew.words,
    }


def _gap(row: SafeRow) -> dict[str, str]:
    cell = row.cell
    return {
        "label": row.label,
        "count": cell.count_words,
        "share": cell.share_words,
        "range": cell.interval_words,
        "strength": strength(cell),
    }


STANDS_OUT = {None: "", False: "As usual", True: "Stands out"}
OUT_COLUMN = {"key": "out", "label": "Against other quarters"}


def trend_part(table: SafeTable) -> dict[str, Any]:
    """Return one figure over time, ready to print; bare counts are drawn as bars."""
    shares = any(row.cell.share is not None for row in table.rows)
    bare = all(row.cell.base is None for row in table.rows)
    columns = measure_columns("Quarter", "Number", "Out of")
    out = [STANDS_OUT[found] for found in pages.standing_out(table)]
    rows = [row | {"out": words} for row, words in zip(measure_rows(table), out, strict=True)]
    return {
        "title": table.title,
        "columns": columns[:2] if bare else [*columns, OUT_COLUMN] if any(out) else columns,
        "rows": rows,
        "figure": charts.over_time(table) if shares else charts.bars(table),
    }


def people_part(choice: Choice, view: View, dimension: str) -> dict[str, Any]:
    """Return who answered by one dimension, ready to print."""
    table = pages.people_table(view, dimension, lambda v: choice.name(dimension, v))
    return {
        "name": dimension,
        "title": DIMENSION_LABELS[dimension],
        "rows": measure_rows(table),
        "figure": charts.bars(table),
        "csv": choice.url("people_csv", by=dimension),
    }


def with_changes(choice: Choice, view: View, table: SafeTable) -> list[dict[str, str]]:
    """Return a ranking's rows with what may be said of the change since the period before."""
    then = pages.themes_before(view, choice.book) or {}
    found = changes([(row.cell, then.get(row.code)) for row in table.rows])
    rows = measure_rows(table, lambda row: choice.url("theme", theme=row.code))
    return [
        row | {"change": change_words(change) or "–", "machine": _machine_words(view, code)}
        for row, change, code in zip(rows, found, (r.code for r in table.rows), strict=True)
    ]


def _machine_words(view: View, theme: str) -> str:
    """Return what the computer alone says; only in figures for the engagement team."""
    if not view.release.has(f"machine:{theme}"):
        return "–"
    return _short(view.cell(f"machine:{theme}", "coded"))


def compared(choice: Choice, view: View, other: View) -> list[dict[str, str]]:
    """Return themes in two views side by side; all tests on the page are corrected together."""
    one = pages.theme_table(view, choice.book).rows
    two = {row.code: row.cell for row in pages.theme_table(other, choice.book).rows}
    apart = not _share_people(view, other)
    found = changes([(row.cell, two[row.code] if apart else None) for row in one])
    return [
        {
            "label": row.label,
            "one": _short(row.cell),
            "two": _short(two[row.code]),
            "gap": _gap_words(change),
            "words": change_words(change) or ("Cannot be compared" if apart else "Same people"),
        }
        for row, change in zip(one, found, strict=True)
    ]


def _share_people(view: View, other: View) -> bool:
    """Return whether the same people may be in both views: then no test of two groups holds."""
    if not set(view.period.quarters) & set(other.period.quarters):
        return False
    one, two = view.facets, other.facets
    return all(one[name] == two[name] for name in one.keys() & two.keys())


def _short(cell: SafeCell) -> str:
    if cell.count is None:
        return cell.why
    of = f"{cell.count_words} of {cell.base_words}"
    return of if cell.share is None else f"{cell.share_words} ({of})"


def _gap_words(change: Change) -> str:
    if change.difference is None:
        return "–"
    low, high = change.difference.interval.low, change.difference.interval.high
    return f"{round(100 * low):+d} to {round(100 * high):+d} points"


def offer_gap_words(view: View) -> str:
    """Return how many wanted restorative justice and were never told of it."""
    cell = answered.offer_gap(view)
    if cell is None:
        return ""
    lead = "Of the people who would have wanted restorative justice, never told about it:"
    return f"{lead} {_short(cell)}{', likely ' + cell.interval_words if cell.interval else ''}."

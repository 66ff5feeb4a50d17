"""Needs named together, coverage, where people stopped, referrals, and files."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.db import db
from app.figures import answered, dropoff, pages, pairings
from app.figures.distance import CAUSE_NOTE
from app.figures.tables import SafeTable
from app.guards import audience
from app.store.errors import NotFoundError

from . import charts, printing, workbook
from . import page_one as first
from .choosing import Choice, filter_fields, other_view
from .frame import as_csv, heading_of, show
from .travelled import outcome_rows
from .views import READERS, asked_now, bp, chosen, seen
from .wording import DIMENSION_LABELS, facet_words, period_words

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


COMPARED = (
    {"key": "label", "label": "Theme"},
    {"key": "one", "label": "These figures", "numeric": True},
    {"key": "two", "label": "Compared with", "numeric": True},
    {"key": "gap", "label": "Likely difference", "numeric": True},
    {"key": "words", "label": "In words"},
)


@bp.get("/results/<slug>/compare")
@audience(*READERS)
def compare(slug: str) -> ResponseReturnValue:
    """Show themes in two periods or two groups side by side."""
    choice = chosen(slug)
    other = other_view(choice, asked_now())
    if choice.view is None or other is None:
        return show("compare", choice, rows=[], others=filter_fields(choice, choice.view, "other_"))
    whom = facet_words(choice.pack, other.facets)
    return show(
        "compare",
        choice,
        lead=heading_of(choice),
        other=", ".join(part for part in (whom, period_words(other.period)) if part),
        columns=COMPARED,
        rows=first.compared(choice, choice.view, other),
        others=filter_fields(choice, other, "other_"),
    )


@bp.get("/results/<slug>/together")
@audience(*READERS)
def together(slug: str) -> ResponseReturnValue:
    """Show which needs the same answers name."""
    choice = chosen(slug)
    if choice.view is None:
        return show("table", choice)
    table = pairings.co_occurrence(choice.view, choice.book)
    ticked = pairings.chosen_together(choice.view, choice.questions)
    parts = [_together("named", table, NAMED, choice.url("together_csv"))]
    if ticked is not None:
        csv = choice.url("together_csv", of="ticked")
        parts.insert(0, _together("ticked", ticked, TICKED, csv))
    return show("together", choice, lead=heading_of(choice), parts=parts)


TICKED = "How many people ticked both needs in the survey’s list."
NAMED = "How many written answers name both needs in the person’s own words."


def _together(name: str, table: SafeTable, note: str, csv: str) -> dict[str, object]:
    return {
        "name": name,
        "title": table.title,
        "note": note,
        "columns": printing.grid_columns("Need", table),
        "rows": printing.grid_rows(table),
        "figure": charts.heat(table),
        "csv": csv,
    }


@bp.get("/results/<slug>/together.csv")
@audience(*READERS)
def together_csv(slug: str) -> ResponseReturnValue:
    """Return needs named together as a file."""
    choice = chosen(slug)
    view = seen(choice)
    if request.args.get("of") == "ticked":
        ticked = pairings.chosen_together(view, choice.questions)
        if ticked is None:
            raise NotFoundError("no list of needs in this survey")
        return as_csv(ticked, "needs-ticked-together")
    return as_csv(pairings.co_occurrence(view, choice.book), "needs-together")


@bp.get("/results/<slug>/coverage")
@audience(*READERS)
def coverage(slug: str) -> ResponseReturnValue:
    """Show how many people answered by two groups at once, empty places named."""
    choice = chosen(slug)
    pair = _pair(choice)
    if choice.view is None or pair is None:
        return show("coverage", choice, tables=[])
    table = _coverage(choice, pair)
    is_sparse = table.withheld * 2 > table.size
    listed = pages.largest_places(table)
    return show(
        "coverage",
        choice,
        lead=heading_of(choice),
        note=listed.note if is_sparse else "",
        tables=[_printed(listed) if is_sparse else _printed_grid(table)],
        pairs=_pairs(choice),
        csv=choice.url("coverage_csv", rows=pair[0], columns=pair[1]),
    )


@bp.get("/results/<slug>/coverage.csv")
@audience(*READERS)
def coverage_csv(slug: str) -> ResponseReturnValue:
    """Return coverage by two groups as a file."""
    choice = chosen(slug)
    seen(choice)
    pair = _pair(choice)
    if pair is None:
        raise NotFoundError("no two groups to cross")
    return as_csv(_coverage(choice, pair), "coverage")


def _printed_grid(table: SafeTable) -> dict[str, object]:
    columns = printing.grid_columns("Group", table)
    return {"columns": columns, "rows": printing.grid_rows(table), "figure": charts.heat(table)}


def _printed(table: SafeTable) -> dict[str, object]:
    columns = printing.measure_columns("Group", "People", "")[:2]
    return {"columns": columns, "rows": printing.measure_rows(table), "figure": charts.bars(table)}


def _pairs(choice: Choice) -> list[dict[str, str]]:
    dims = [d.name for d in choice.release.lattice.dimensions if d.name not in choice.locked]
    return [
        {
            "label": f"{DIMENSION_LABELS[one]} by {DIMENSION_LABELS[two].lower()}",
            "url": choice.url("coverage", rows=one, columns=two),
        }
        for i, one in enumerate(dims)
        for two in dims[i + 1 :]
    ]


def _pair(choice: Choice) -> tuple[str, str] | None:
    """Return the two dimensions to cross; two facets are the most, so nothing else is fixed."""
    if choice.view is None or choice.view.facets:
        return None
    dims = [d.name for d in choice.release.lattice.dimensions]
    if len(dims) < 2:
        return None
    rows, columns = request.args.get("rows", dims[0]), request.args.get("columns", dims[1])
    return (rows, columns) if rows != columns and {rows, columns} <= set(dims) else None


def _coverage(choice: Choice, pair: tuple[str, str]) -> SafeTable:
    names = [lambda value, d=d: choice.name(d, value) for d in pair]
    return pages.coverage_table(seen(choice), pair, (names[0], names[1]))


@bp.get("/results/<slug>/drop-off")
@audience(*READERS)
def drop_off(slug: str) -> ResponseReturnValue:
    """Show where people stopped, and the referral funnel where one was entered."""
    choice = chosen(slug)
    view = choice.view
    if view is None or choice.locked:
        return show("drop_off", choice, rows=[], funnel=None, figure=None)
    table = _stopped(choice)
    funnel = dropoff.funnel_table(db.session, view.period.starts_on, view.period.ends_on)
    return show(
        "drop_off",
        choice,
        lead=heading_of(choice),
        columns=printing.measure_columns("Question", "Left here", "Reached it")[:4],
        rows=printing.measure_rows(table),
        figure=charts.bars(table),
        funnel=None if funnel is None else printing.measure_rows(funnel),
        funnel_note="" if funnel is None else funnel.note,
        funnel_columns=printing.measure_columns("Step", "People", "Of those referred")[:4],
        csv=choice.url("drop_off_csv"),
    )


@bp.get("/results/<slug>/drop-off.csv")
@audience(*READERS)
def drop_off_csv(slug: str) -> ResponseReturnValue:
    """Return where people stopped as a file."""
    choice = chosen(slug)
    seen(choice)
    if choice.locked:
        raise NotFoundError("not for one service")
    return as_csv(_stopped(choice), "where-people-stopped")


def _stopped(choice: Choice) -> SafeTable:
    as_at = choice.release.about.as_at
    questions = tuple(choice.questions)
    return dropoff.drop_off_table(
        db.session, choice.survey.id, seen(choice).period, questions, as_at
    )


@bp.get("/results/<slug>/figures.xlsx")
@audience(*READERS)
def figures_xlsx(slug: str) -> ResponseReturnValue:
    """Return every safe figure as a workbook for Excel and Power BI."""
    choice = chosen(slug)
    seen(choice)
    return _as_xlsx(workbook.star(choice), "figures")


@bp.get("/results/<slug>/questions/<question>.xlsx")
@audience(*READERS)
def question_xlsx(slug: str, question: str) -> ResponseReturnValue:
    """Return one question as a small workbook."""
    choice = chosen(slug)
    view = seen(choice)
    asked = next((q for q in choice.questions if q.id == question), None)
    if asked is None:
        raise NotFoundError(f"question {question}")
    return _as_xlsx(workbook.one_table(answered.option_table(view, asked)), asked.name)


def _as_xlsx(content: bytes, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(content, mimetype=EXCEL, headers=disposition)


OUTCOME = (
    {"key": "outcome", "label": "Outcome"},
    {"key": "service", "label": "Service"},
    {"key": "pairs", "label": "People with both", "numeric": True},
    {"key": "start", "label": "Start", "numeric": True},
    {"key": "end", "label": "End", "numeric": True},
    {"key": "change", "label": "Change", "numeric": True},
    {"key": "up", "label": "Up 2 or more", "numeric": True},
    {"key": "same", "label": "About the same", "numeric": True},
    {"key": "down", "label": "Down 2 or more", "numeric": True},
    {"key": "no_end", "label": "Closed without an end form", "numeric": True},
)


@bp.get("/results/<slug>/outcomes")
@audience(*READERS)
def outcomes(slug: str) -> ResponseReturnValue:
    """Show how far people came between start and end of support, and which rights were kept."""
    choice = chosen(slug)
    if choice.view is None:
        return show("outcomes", choice)
    rights = answered.rights_table(choice.view, choice.questions)
    agencies = answered.agency_table(choice.view, choice.questions)
    return show(
        "outcomes",
        choice,
        lead=heading_of(choice),
        columns=OUTCOME,
        rows=outcome_rows(choice, choice.view),
        caution=CAUSE_NOTE,
        rights_columns=printing.measure_columns("Right", "Had it in full", "It was due to"),
        rights=printing.measure_rows(rights),
        figure=charts.ranking(rights),
        agency_columns=[] if agencies is None else printing.grid_columns("Right", agencies),
        agencies=None if agencies is None else printing.grid_rows(agencies),
    )

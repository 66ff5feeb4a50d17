"""Results: what people told us, for those who decide. Every number comes from app.figures."""

from collections.abc import Iterator

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import london_today, utc_now
from app.db import db
from app.figures import answered, pages
from app.figures.pages import View
from app.figures.questions import Question
from app.figures.quotes import list_voices
from app.figures.reference import margins_for
from app.guards import Role, audience, current_actor
from app.store import gaps as gap_store
from app.store.errors import NotFoundError

from . import charts, printing, register
from . import page_one as first
from .choosing import Asked, Choice, NothingYetError, TooManyFacetsError, choose, is_bound
from .frame import WHOLE_BODY, as_csv, heading_of, show
from .wording import DIMENSION_LABELS, origin_words, quotes_note, reading_note

bp = Blueprint("results", __name__)
READERS = (
    Role.COMMISSIONER,
    Role.SCRUTINY,
    Role.ANALYST,
    Role.PROVIDER_LEAD,
    Role.LEAD_PARTNER,
)
CHANGE = {"key": "change", "label": "Since the period before"}
READ_COLUMNS = [
    *printing.measure_columns("Theme", "Answers that raise it", "Answers read"),
    CHANGE,
]
MACHINE = {"key": "machine", "label": "Computer, not reviewed", "numeric": True}


def asked_now() -> Asked:
    """Return who asks for what in this request."""
    pack = current_app.config["PACK"]
    return Asked(current_actor(), pack, request.args, london_today(), utc_now())


def chosen(slug: str | None = None) -> Choice:
    """Return what this request looks at.

    Frozen reports are of the whole body: nobody bound to one service opens them.
    """
    asked = asked_now()
    if request.endpoint in WHOLE_BODY and is_bound(asked.actor):
        raise NotFoundError("reports are of the whole body")
    return choose(asked, slug)


def seen(choice: Choice) -> View:
    """Return the view of a choice that must have one: a file of nothing is not there."""
    if choice.view is None:
        raise NotFoundError("nothing to show yet")
    return choice.view


@bp.errorhandler(TooManyFacetsError)
def too_many_facets(_error: TooManyFacetsError) -> ResponseReturnValue:
    """Say that two filters at once are the most, and drop them all but the period."""
    flash("Choose at most two filters beside the period, so that nobody can be picked out.")
    assert request.endpoint is not None  # noqa: S101 - an error inside a view has one
    period = request.args.get("period")
    return redirect(url_for(request.endpoint, **(request.view_args or {}), period=period))


@bp.get("/results")
@bp.get("/results/<slug>")
@audience(*READERS)
def page_one(slug: str | None = None) -> ResponseReturnValue:
    """Show what changed, who is missing and what to do, on one page."""
    try:
        choice = chosen(slug)
    except NothingYetError:
        if slug is not None:
            raise
        return render_template("results/nothing_at_all.html")
    view = choice.view
    if view is None:
        return show("page_one", choice)
    session, today, actor = db.session, london_today(), current_actor()
    margins = margins_for(session, view.period.starts_on, view.period.ends_on)
    gaps = gap_store.list_gaps(session, choice.survey.id, actor.services)
    return show(
        "page_one",
        choice,
        **first.content(choice, view),
        missing=first.missing(choice, view, margins),
        actions=register.actions_due(gaps, today),
        voices=list_voices(
            session, choice.survey.id, view, today=today, by_service=bool(choice.locked)
        ),
        quotes_note=quotes_note(view.facets, choice.locked),
    )


@bp.get("/results/<slug>/themes")
@audience(*READERS)
def themes(slug: str) -> ResponseReturnValue:
    """Show every theme with base, share and interval."""
    choice = chosen(slug)
    if choice.view is None:
        return show("table", choice)
    table = pages.theme_table(choice.view, choice.book)
    return show(
        "table",
        choice,
        heading="What people raise",
        lead=heading_of(choice),
        note=reading_note(choice.view),
        columns=[*READ_COLUMNS, MACHINE] if choice.is_live else READ_COLUMNS,
        rows=first.with_changes(choice, choice.view, table),
        figure=charts.ranking(table),
        csv=choice.url("themes_csv"),
    )


@bp.get("/results/<slug>/themes.csv")
@audience(*READERS)
def themes_csv(slug: str) -> ResponseReturnValue:
    """Return the themes as a file."""
    choice = chosen(slug)
    return as_csv(pages.theme_table(seen(choice), choice.book), "themes")


@bp.get("/results/<slug>/gaps")
@audience(*READERS)
def gaps(slug: str) -> ResponseReturnValue:
    """Show needs and what gets in their way."""
    choice = chosen(slug)
    if choice.view is None:
        return show("gaps", choice)
    table, matrix = pages.gap_table(choice.view), pages.gap_matrix(choice.view, choice.book)
    needs = pages.need_table(choice.view, choice.book)
    return show(
        "gaps",
        choice,
        lead=heading_of(choice),
        note=reading_note(choice.view),
        others=table.note,
        needs=printing.measure_rows(needs),
        other_needs=needs.note,
        need_columns=printing.measure_columns("Need", "Answers that say so", "Answers read"),
        needs_csv=choice.url("needs_csv"),
        columns=printing.measure_columns("Need and barrier", "Answers that say so", "Answers read"),
        rows=printing.measure_rows(table)[: first.MOST_GAPS],
        matrix_columns=printing.grid_columns("Need", matrix),
        matrix_rows=printing.grid_rows(matrix),
        figure=charts.heat(matrix),
        csv=choice.url("gaps_csv"),
    )


@bp.get("/results/<slug>/gaps.csv")
@audience(*READERS)
def gaps_csv(slug: str) -> ResponseReturnValue:
    """Return needs and barriers as a file."""
    return as_csv(pages.gap_table(seen(chosen(slug))), "gaps")


@bp.get("/results/<slug>/needs.csv")
@audience(*READERS)
def needs_csv(slug: str) -> ResponseReturnValue:
    """Return needs, whatever got in the way, as a file."""
    choice = chosen(slug)
    return as_csv(pages.need_table(seen(choice), choice.book), "needs")


@bp.get("/results/<slug>/groups")
@audience(*READERS)
def groups(slug: str) -> ResponseReturnValue:
    """Show themes by area, service, type of crime, age or channel."""
    choice = chosen(slug)
    by = _dimension(choice)
    if choice.view is None or by is None:
        return show("groups", choice, by=None, kinds=[])
    table = pages.group_table(choice.view, choice.book, by, lambda v: choice.name(by, v))
    return show(
        "groups",
        choice,
        by=DIMENSION_LABELS[by],
        kinds=_kinds(choice, by),
        lead=heading_of(choice),
        note=f"{table.note} {reading_note(choice.view)}".strip(),
        columns=printing.grid_columns("Theme", table),
        rows=printing.grid_rows(table),
        figure=charts.heat(table),
        csv=choice.url("groups_csv", by=by),
    )


@bp.get("/results/<slug>/groups.csv")
@audience(*READERS)
def groups_csv(slug: str) -> ResponseReturnValue:
    """Return themes by group as a file."""
    choice = chosen(slug)
    view, by = seen(choice), _dimension(choice)
    if by is None:
        raise NotFoundError("no group to split by")
    table = pages.group_table(view, choice.book, by, lambda v: choice.name(by, v))
    return as_csv(table, f"themes-by-{by}")


def _open_dimensions(choice: Choice) -> list[str]:
    """Return the dimensions that can still be split by: not the ones already fixed."""
    fixed = choice.view.facets if choice.view else {}
    return [d.name for d in choice.release.lattice.dimensions if d.name not in fixed]


def _dimension(choice: Choice) -> str | None:
    """Return the dimension asked for, or the first there is."""
    held = _open_dimensions(choice)
    if choice.view is None or len(choice.view.facets) > 1 or not held:
        return None
    wanted = request.args.get("by", "")
    return wanted if wanted in held else held[0]


def _kinds(choice: Choice, by: str) -> list[dict[str, object]]:
    return [
        {"label": DIMENSION_LABELS[d], "url": choice.url("groups", by=d), "current": d == by}
        for d in _open_dimensions(choice)
    ]


@bp.get("/results/<slug>/questions")
@audience(*READERS)
def questions(slug: str) -> ResponseReturnValue:
    """Show what people chose at every question with options."""
    choice = chosen(slug)
    if choice.view is None:
        return show("questions", choice)
    parts = [part for q in choice.questions for part in _question_parts(choice, choice.view, q)]
    return show(
        "questions",
        choice,
        lead=heading_of(choice),
        parts=parts,
        columns=printing.measure_columns("Answer", "People", "Of those who answered"),
        offer_gap=first.offer_gap_words(choice.view),
    )


def _question_parts(choice: Choice, view: View, question: Question) -> Iterator[dict[str, object]]:
    """Yield the tables of a question: in the groups it is published in, where it is, and whole."""
    whole, groups = answered.option_table(view, question), answered.rolled_up(view, question)
    for code, table in ((f"{question.id}-groups", groups), (question.id, whole)):
        if table is not None and table.rows:
            yield {
                "id": code,
                "title": table.title,
                "rows": printing.measure_rows(table),
                "figure": charts.ranking(table),
                "xlsx": choice.url("question_xlsx", question=code) if table is whole else "",
            }


@bp.get("/results/<slug>/trend")
@audience(*READERS)
def trend(slug: str) -> ResponseReturnValue:
    """Show one theme, or the people heard, quarter by quarter."""
    choice = chosen(slug)
    if choice.view is None:
        return show("trend", choice)
    most_raised = (row.code for row in pages.theme_table(choice.view, choice.book).rows)
    theme = choice.book.theme(request.args.get("theme", "") or next(most_raised, ""))
    tables = [pages.people_trend(choice.view)]
    if theme is not None:
        tables.append(pages.theme_trend(choice.view, choice.book, theme))
    return show(
        "trend",
        choice,
        lead=choice.of_whom,
        theme=theme,
        origin=origin_words(choice.book, theme.id) if theme else "",
        parts=[first.trend_part(table) for table in tables],
        csv=choice.url("trend_csv", theme=theme.id if theme else None),
    )


@bp.get("/results/<slug>/trend.csv")
@audience(*READERS)
def trend_csv(slug: str) -> ResponseReturnValue:
    """Return one theme quarter by quarter as a file."""
    choice = chosen(slug)
    view, theme = seen(choice), choice.book.theme(request.args.get("theme", ""))
    if theme is None:
        return as_csv(pages.people_trend(view), "people-by-quarter")
    return as_csv(pages.theme_trend(view, choice.book, theme), f"{theme.id}-by-quarter")


@bp.get("/results/<slug>/people")
@audience(*READERS)
def people(slug: str) -> ResponseReturnValue:
    """Show who answered, by every dimension there is."""
    choice = chosen(slug)
    if choice.view is None:
        return show("people", choice)
    return show(
        "people",
        choice,
        lead=heading_of(choice),
        flow=first.flow(choice, choice.view),
        parts=[first.people_part(choice, choice.view, d) for d in _open_dimensions(choice)],
        columns=printing.measure_columns("Group", "People", "Of all who answered")[:4],
    )


@bp.get("/results/<slug>/people.csv")
@audience(*READERS)
def people_csv(slug: str) -> ResponseReturnValue:
    """Return who answered, by one dimension, as a file."""
    choice = chosen(slug)
    view, by = seen(choice), _dimension(choice)
    if by is None:
        raise NotFoundError("no group to split by")
    return as_csv(pages.people_table(view, by, lambda v: choice.name(by, v)), f"people-by-{by}")

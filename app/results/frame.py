"""What every results page has around it: filters, places to go, notes, and what is made up."""

from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.clock import london_words
from app.db import db
from app.figures.tables import SafeTable
from app.guards import current_actor
from app.services.api_tokens import HOLDERS
from app.store import comments as comment_store

from .choosing import Choice, filter_fields
from .printing import csv_text
from .wording import day_words, period_words, share_read_words

SMALL_NUMBERS = (
    "Fewer than 10 people are never counted out. Where it says “or not shown”, the number is that "
    "small, or it would tell a smaller one. A dash (–) in place of a share: too few answers were "
    "drawn at random, or it would tell a smaller number."
)
PLACES = (
    ("page_one", "Page one"),
    ("themes", "What people raise"),
    ("gaps", "Needs and barriers"),
    ("groups", "By group"),
    ("together", "Needs together"),
    ("questions", "Answers to questions"),
    ("outcomes", "Outcomes and rights"),
    ("trend", "Over time"),
    ("compare", "Compare two"),
    ("people", "Who answered"),
    ("coverage", "Coverage"),
    ("drop_off", "Where people stopped"),
    ("gap_list", "What was done"),
    ("beside_others", "Beside others"),
    ("providers_said", "Victims said, providers said"),
    ("report_list", "Reports"),
)
OF_THE_WHOLE = {"report_list", "providers_said"}  # never for whoever is bound to one service
REPORTS = ("report_list", "ask_report", "report", "ledger")
WHOLE_BODY = {
    f"results.{name}" for name in (*REPORTS, "report_file", "drop_report", "frozen_report")
}
FROZEN = {"results.report", "results.ledger"}  # they carry their own notes
COMMENTED = tuple(name for name, _ in PLACES if name != "report_list")
UNFILTERED = {
    f"results.{name}" for name in ("gap_list", "gap", "open_gap", "add_evidence", *REPORTS)
}


def show(template: str, choice: Choice, **values: Any) -> ResponseReturnValue:
    """Return a results page with its frame."""
    if choice.view is None:
        return render_template("results/nothing_yet.html", **_frame(choice))
    return render_template(f"results/{template}.html", **_frame(choice), **values)


def _frame(choice: Choice) -> dict[str, Any]:
    return {
        "choice": choice,
        "fields": [] if request.endpoint in UNFILTERED else filter_fields(choice, choice.view),
        "places": [
            {
                "label": label,
                "url": choice.url(endpoint),
                "current": request.endpoint == f"results.{endpoint}",
            }
            for endpoint, label in PLACES
            if endpoint not in OF_THE_WHOLE or not choice.locked
        ],
        "other_surveys": [s for s in choice.surveys if s.slug != choice.survey.slug],
        "notes": [] if request.endpoint in FROZEN else notes(choice),
        "may_have_keys": current_actor().role in HOLDERS,
        **_comments(choice),
    }


def _comments(choice: Choice) -> dict[str, Any]:
    """Return what was remarked on this page, and the page's name where one may remark."""
    page = (request.endpoint or "").removeprefix("results.")
    if page not in COMMENTED or choice.view is None:
        return {"comments": [], "comment_page": ""}
    actor, labels = current_actor(), {p.key: p.label for p in choice.release.periods}
    found = comment_store.list_comments(db.session, choice.survey.id, page, actor)
    return {
        "comment_page": page,
        "comments": [
            {
                "id": one.id,
                "body": one.body,
                "by": f"{name}, {london_words(one.written_at)}, on "
                f"{labels.get(one.period, one.period)}",
                "own": one.written_by == actor.user_id,
            }
            for one, name in found
        ],
    }


def notes(choice: Choice) -> list[str]:
    """Return what a careful reader has to know, in whole sentences."""
    view, about = choice.view, choice.release.about
    if view is None:
        return []
    as_at = "These figures are as they stand now and change daily; they are for the team only."
    if about.as_at is not None:
        as_at = (
            f"Data as at {day_words(about.as_at)}. Figures change only when a quarter is over, "
            "so that no one can be told from a difference."
        )
    coder = f" The computer's reading is by {about.coder}." if about.coder else ""
    return [
        as_at,
        share_read_words(view) + coder,
        SMALL_NUMBERS,
    ]


def heading_of(choice: Choice) -> str:
    """Return the survey, whom and when in one line."""
    assert choice.view is not None  # noqa: S101 - pages without a view print nothing_yet
    parts = [choice.of_whom, period_words(choice.view.period)]
    return ", ".join(part for part in parts if part)


def as_csv(table: SafeTable, name: str) -> Response:
    """Return a table as a file, the same figures as its page."""
    return Response(
        "\ufeff" + csv_text(table),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )

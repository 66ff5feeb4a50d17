"""Watch a survey: who is heard, through which way in, and how far people get. Counts only."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.clock import london_today, utc_now
from app.db import db
from app.design import wording
from app.design.blueprint import bp, pack, page
from app.design.forms import TargetForm
from app.figures import watching
from app.figures.reference import Skew
from app.figures.tables import SafeTable
from app.figures.watching import WayIn
from app.guards import Role, audience, current_actor
from app.services import targets
from app.services.assessing import title_of
from app.services.naming import DIMENSION_LABELS, value_label
from app.store import designs
from surveys import pages_of

ACROSS = ("area", "crime_group")


@bp.get("/<uuid:survey_id>/monitor")
@audience(Role.DESIGNER, Role.APPROVER)
def monitor(survey_id: UUID) -> ResponseReturnValue:
    """Show what came in against the aim, who is missing, where people stop."""
    return _monitor(survey_id, TargetForm(obj=targets.find_target(db.session, survey_id)))


@bp.post("/<uuid:survey_id>/monitor")
@audience(Role.DESIGNER)
def set_target(survey_id: UUID) -> ResponseReturnValue:
    """Set how many people the survey aims to hear."""
    form = TargetForm()
    if not form.validate_on_submit():
        return _monitor(survey_id, form)
    aim = targets.Target(form.people.data, form.by.data)
    targets.set_target(db.session, survey_id, aim, by=current_actor(), now=utc_now())
    flash("The aim is kept.", "success")
    return redirect(url_for(".monitor", survey_id=survey_id))


def _monitor(survey_id: UUID, form: TargetForm) -> str:
    target = targets.find_target(db.session, survey_id)
    came = watching.received(db.session, survey_id, today=london_today())
    return page(
        "monitor",
        survey_id,
        tab="design.monitor",
        form=form,
        aim=wording.aim(came.everything, target),
        ways=_ways(survey_id, came),
        crosses=[_cross(survey_id, dimension) for dimension in ACROSS],
        missing=_missing(survey_id),
        steps=_steps(survey_id),
        flags=watching.flags(db.session, survey_id).items(),
    )


def _ways(survey_id: UUID, came: watching.Received) -> list[dict[str, Any]]:
    rows = [
        {"name": found.name, **_counts(came.ways[found.id]), "most": found.quota or "–"}
        for found in designs.list_collectors(db.session, survey_id)
        if found.id in came.ways
    ]
    return [*rows, {"name": "Together", **_counts(came.everything), "most": "–"}]


def _counts(way: WayIn) -> dict[str, str]:
    return {
        "complete": way.complete.count_words,
        "partial": way.partial.count_words,
        "aside": way.set_aside.count_words,
        "week": way.this_week.count_words,
    }


def _cross(survey_id: UUID, dimension: str) -> dict[str, Any]:
    table = watching.by_channel(db.session, survey_id, dimension, _name)
    columns: list[dict[str, Any]] = [{"key": "name", "label": DIMENSION_LABELS[dimension]}]
    columns += [
        {"key": f"c{at}", "label": label, "numeric": True} for at, label in enumerate(table.columns)
    ]
    rows = [
        {"name": row.label} | {f"c{at}": cell.count_words for at, cell in enumerate(row.cells)}
        for row in table.rows
    ]
    title = f"{DIMENSION_LABELS[dimension]}, by how they answered"
    return {"title": title, "columns": columns, "rows": rows}


def _missing(survey_id: UUID) -> list[dict[str, Any]]:
    tables = watching.heard_and_referred(db.session, survey_id, today=london_today(), name=_name)
    return [
        {"title": DIMENSION_LABELS[table.title], "rows": _skews(table), "source": table.note}
        for table in tables
    ]


def _skews(table: SafeTable) -> list[dict[str, str]]:
    rows = []
    for row in table.rows:
        heard, referred = row.cells
        words = {"heard": heard.share_words, "referred": referred.share_words}
        rows.append({"name": row.label, **words, "words": Skew(heard, referred).words})
    return rows


def _steps(survey_id: UUID) -> list[dict[str, str]]:
    versions = designs.list_questionnaires(db.session, survey_id)
    if not versions:
        return []
    asked = [(q.id, title_of(versions[-1], q)) for q in pages_of(versions[-1])]
    table = watching.stopping(db.session, survey_id, asked)
    return [
        {
            "question": row.label,
            "reached": row.cell.base_words,
            "stopped": row.cell.count_words,
            "share": row.cell.share_words,
        }
        for row in (table.rows if table else ())
    ]


def _name(dimension: str, value: str) -> str:
    return value_label(pack(), dimension, value)

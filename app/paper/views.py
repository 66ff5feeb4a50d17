"""Type in paper forms, one page a form, quickly; every one is marked as paper."""

import secrets
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from app.clock import london_today, utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.paper import sheet
from app.services import entering

bp = Blueprint("paper", __name__, url_prefix="/paper")
NOTHING: MultiDict[str, str] = MultiDict()


@bp.get("/")
@audience(Role.ANALYST)
def batches() -> ResponseReturnValue:
    """List the ways in for paper that are open."""
    rows = [
        {
            "name": collector.name,
            "survey": collector.survey.name,
            "_url": url_for(".form", collector_id=collector.id),
        }
        for collector in entering.list_batches(db.session)
    ]
    return render_template("paper/batches.html", rows=rows)


@bp.route("/<uuid:collector_id>", methods=["GET", "POST"])
@audience(Role.ANALYST)
def form(collector_id: UUID) -> ResponseReturnValue:
    """Show one empty form; store what was typed and show the next."""
    batch = entering.get_batch(db.session, collector_id)
    token = FlaskForm()
    typed = None
    if token.validate_on_submit():
        typed = sheet.read(batch.survey, request.form, today=london_today())
        if not typed.problems and not typed.is_empty:
            return _store(batch, typed)
    asked = sheet.lines(
        batch.survey, request.form if typed else NOTHING, typed.problems if typed else {}
    )
    return render_template(
        "paper/form.html",
        batch=batch,
        lines=asked,
        form=token,
        is_empty=bool(typed and typed.is_empty and not typed.problems),
        once=request.form.get("once") or secrets.token_urlsafe(24),
    )


def _store(batch: entering.Batch, typed: sheet.Typed) -> ResponseReturnValue:
    is_new = entering.enter(
        db.session,
        batch,
        typed.answers,
        once=request.form.get("once", ""),
        hours=current_app.config["PACK"].staffed_hours,
        by=current_actor(),
        now=utc_now(),
    )
    left = f" {typed.left_out} off the route left out." if typed.left_out else ""
    words = f"The form is stored.{left} Here is the next one."
    flash(words if is_new else "That form was stored already. Here is the next one.", "success")
    return redirect(url_for(".form", collector_id=batch.collector_id))

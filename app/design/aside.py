"""Answers set aside as doubtful: let in or kept out, a reason at a time, without reading any."""

from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import utc_now
from app.db import db
from app.design.blueprint import bp, page
from app.guards import Role, audience, current_actor
from app.services import setting_aside
from app.store import surveys as surveys_store

ACTS = {"release": setting_aside.release, "keep": setting_aside.keep}
SAID = {"release": "They count from now on.", "keep": "They stay out."}


@bp.route("/<uuid:survey_id>/aside", methods=["GET", "POST"])
@audience(Role.DESIGNER, Role.APPROVER)
def aside(survey_id: UUID) -> ResponseReturnValue:
    """Show how many answers are set aside and why; let them in, or keep them out."""
    surveys_store.get_survey(db.session, survey_id)
    if request.method == "GET":
        piles = setting_aside.list_piles(db.session, survey_id)
        return page("aside", survey_id, tab="design.aside", piles=piles)
    act, reason = request.form.get("act", ""), request.form.get("reason", "")
    if act not in ACTS:
        abort(400)
    ACTS[act](db.session, survey_id, reason, by=current_actor(), now=utc_now())
    flash(SAID[act], "success")
    return redirect(url_for(".aside", survey_id=survey_id))

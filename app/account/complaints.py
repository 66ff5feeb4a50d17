"""Complaints about how data is used: the administrator acknowledges and answers them in time."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import london_today, utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.services import complaints as service

bp = Blueprint("complaints", __name__)
ACTS = {"acknowledge": service.acknowledge, "close": service.close}
SAID = {"acknowledge": "Noted as acknowledged.", "close": "Noted as answered."}


@bp.get("/complaints")
@audience(Role.ADMINISTRATOR)
def everything() -> ResponseReturnValue:
    """List complaints by the day they have to be answered."""
    rows = service.list_all(db.session)
    return render_template("account/complaints.html", rows=rows, today=london_today())


@bp.route("/complaints/<uuid:complaint_id>", methods=["GET", "POST"])
@audience(Role.ADMINISTRATOR)
def complaint(complaint_id: UUID) -> ResponseReturnValue:
    """Read one complaint, which is recorded; note that it was acknowledged or answered."""
    by, now = current_actor(), utc_now()
    if request.method == "GET":
        row = service.read(db.session, complaint_id, by=by, now=now)
        return render_template("account/complaint.html", row=row)
    act = request.form.get("act", "")
    if act not in ACTS:
        abort(400)
    ACTS[act](db.session, complaint_id, by=by, now=now)
    flash(SAID[act], "success")
    return redirect(url_for(".everything"))

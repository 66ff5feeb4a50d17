"""Administrators invite and remove people; auditors read the trail."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.clock import LONDON, utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.services import accounts, audit_chain
from app.store import staff

from .forms import ConfirmForm, InviteForm

bp = Blueprint("people", __name__, url_prefix="/people")
AUDIT_ROWS = 200


@bp.get("/")
@audience(Role.ADMINISTRATOR)
def everyone() -> ResponseReturnValue:
    """List everybody with an account, and open invitations."""
    return render_template(
        "account/people.html",
        people=staff.list_users(db.session),
        invitations=staff.list_open_invitations(db.session, utc_now()),
        form=ConfirmForm(),
    )


@bp.route("/invite", methods=["GET", "POST"])
@audience(Role.ADMINISTRATOR)
def invite() -> ResponseReturnValue:
    """Invite a colleague; the link is shown once, to be passed on."""
    form = InviteForm()
    services = current_app.config["PACK"].services
    form.service.choices = {"": "The whole body", **{s.code: s.name for s in services}}
    called = current_app.config["PACK"].role_name
    form.roles.choices = {r.value: f"{called(r)[:1].upper()}{called(r)[1:]}" for r in Role}
    if form.validate_on_submit():
        grants = [accounts.Grant(Role(r), form.service.data or None) for r in form.roles.data]
        token = accounts.invite(
            db.session,
            email=form.email.data,
            name=form.name.data,
            grants=grants,
            by=current_actor(),
            now=utc_now(),
        )
        link = url_for("account.join", token=token, _external=True)
        return render_template("account/invited.html", link=link, name=form.name.data)
    return render_template("account/invite.html", form=form)


@bp.post("/<uuid:user_id>/deactivate")
@audience(Role.ADMINISTRATOR)
def deactivate(user_id: UUID) -> ResponseReturnValue:
    """Close an account; every session of theirs ends at once."""
    try:
        accounts.deactivate(db.session, user_id, by=current_actor(), now=utc_now())
    except accounts.LastAdministratorError:
        flash("This is the last administrator. Invite another one first, then close this account.")
        return redirect(url_for(".everyone"))
    flash("The account is closed and signed out everywhere.", "success")
    return redirect(url_for(".everyone"))


@bp.get("/audit")
@audience(Role.AUDITOR)
def audit_trail() -> ResponseReturnValue:
    """Show who did what, newest first. It never holds anybody's words."""
    names = {user.id: user.name for user in staff.list_users(db.session)}
    rows = [
        {
            "at": f"{event.at.astimezone(LONDON):%d %b %Y %H:%M}",
            "who": names.get(event.actor_id, event.actor_kind)
            if event.actor_id
            else event.actor_kind,
            "role": current_app.config["PACK"].role_name(event.role or ""),
            "act": event.act,
            "what": f"{event.object_kind} {event.object_id[:8]}",
        }
        for event in staff.list_audit_events(db.session, current_actor(), limit=AUDIT_ROWS)
    ]
    return render_template("account/audit.html", rows=rows)


@bp.get("/audit/check")
@audience(Role.AUDITOR)
def check_audit() -> ResponseReturnValue:
    """Say whether the trail is as it was written, or which row is not."""
    kept = audit_chain.find_head(current_app.config["HEARD"].instance)
    verdict = audit_chain.verify(db.session, kept)
    return render_template("account/audit_check.html", verdict=verdict)

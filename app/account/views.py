"""Signing in and out, joining, the first set-up, and the home page."""

import re
import secrets
from typing import cast
from uuid import UUID

import segno
from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as browser_session
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.clock import utc_now
from app.config import Config
from app.db import db
from app.guards import Audience, Role, audience, current_actor
from app.services import accounts, home, passwords, setup
from app.store import staff

from .forms import ConfirmForm, JoinForm, ProveForm, SetupForm, SignInForm
from .sessions import COOKIE, forget, remember

PAIRING = "pairing"  # in the session of a browser that opened an invitation
bp = Blueprint("account", __name__)


def _config() -> Config:
    return cast("Config", current_app.config["HEARD"])


@bp.get("/")
@audience(Audience.STAFF)
def home_page() -> ResponseReturnValue:
    """Show what needs this person today."""
    actor = current_actor()
    needs = home.todays_needs(db.session, actor, now=utc_now())
    return render_template("account/home.html", needs=needs, roles=sorted(actor.roles))


@bp.route("/sign-in", methods=["GET", "POST"])
@audience(Audience.SIGNED_OUT)
def sign_in() -> ResponseReturnValue:
    """Sign in with address, password and one-time code."""
    form = SignInForm()
    if form.validate_on_submit():
        try:
            secret = accounts.sign_in(
                db.session,
                email=form.email.data,
                password=form.password.data,
                code=form.code.data,
                address=request.remote_addr or "",
                now=utc_now(),
            )
            return remember(_onward(), secret)
        except accounts.SignInRefusedError:
            form.email.errors = ["Check your e-mail address, password and code, and try again."]
        except accounts.TooManyTriesError:
            form.email.errors = ["There were many tries. Wait 15 minutes, then try again."]
    return render_template("account/sign_in.html", form=form, demo_users=_demo_users())


@bp.post("/sign-in/demo/<uuid:user_id>")
@audience(Audience.SIGNED_OUT)
def sign_in_demo(user_id: UUID) -> ResponseReturnValue:
    """Sign in to a demonstration account by one click; only where DEMO=1."""
    if not _config().demo:
        return redirect(url_for(".sign_in"))
    secret = accounts.sign_in_demo(db.session, user_id, now=utc_now())
    return remember(_onward(), secret)


@bp.post("/sign-out")
@audience(Audience.STAFF)
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    accounts.sign_out(db.session, request.cookies.get(COOKIE, ""), now=utc_now())
    return forget(cast("Response", redirect(url_for(".sign_in"))))


@bp.post("/act-as/<role>")
@audience(Audience.STAFF)
def act_as(role: str) -> ResponseReturnValue:
    """Switch to another of one's own roles."""
    wanted = next((r for r in Role if r == role), None)
    if wanted is not None and wanted in current_actor().roles:
        accounts.act_as(db.session, request.cookies.get(COOKIE, ""), wanted, now=utc_now())
    return redirect(url_for(".home_page"))


@bp.route("/join/<token>", methods=["GET", "POST"])
@audience(Audience.SIGNED_OUT)
def join(token: str) -> ResponseReturnValue:
    """Take up an invitation: choose a password, pair an authenticator app."""
    try:
        invitation = accounts.open_invitation(db.session, token, utc_now())
    except accounts.InvitationSpentError:
        return render_template("account/invitation_spent.html"), 404
    secret = passwords.totp_secret(_config().secret_key, token, _pairing())
    is_known = accounts.has_working_account(db.session, invitation.email)
    form = ProveForm() if is_known else JoinForm()
    if isinstance(form, JoinForm):
        form.about = (invitation.email.lower(), invitation.name.lower())
    if form.validate_on_submit():
        try:
            user = accounts.accept_invitation(
                db.session,
                token,
                password=form.password.data,
                totp_secret=secret,
                code=form.code.data,
                now=utc_now(),
            )
            session = accounts.start_session(db.session, user, act="staff.sign_in", now=utc_now())
            return remember(cast("Response", redirect(url_for(".home_page"))), session)
        except accounts.SignInRefusedError:
            form.code.errors = ["That did not match. Wait for the next code and try again."]
        except accounts.TooManyTriesError:
            form.code.errors = ["There were many tries. Wait 15 minutes, then try again."]
    if is_known:
        return render_template("account/gain.html", form=form, invitation=invitation)
    uri = passwords.totp_uri(secret, invitation.email, f"Heard {g.get('body', '')}".strip())
    return render_template(
        "account/join.html", form=form, invitation=invitation, secret=secret, qr=_qr(uri)
    )


def _pairing() -> str:
    """Return what makes the code offered here this browser's own.

    Whoever opened the invitation before its owner, a mail scanner or a thief, was shown another
    one and holds no second factor to the account.
    """
    return str(browser_session.setdefault(PAIRING, secrets.token_urlsafe(16)))


@bp.route("/set-up", methods=["GET", "POST"])
@audience(Audience.SIGNED_OUT)
def set_up() -> ResponseReturnValue:
    """Make the first administrator; closed for good once there is one."""
    if not setup.is_open(db.session):
        return render_template("account/set_up_closed.html"), 404
    form = SetupForm()
    if form.validate_on_submit():
        try:
            token = setup.start(
                db.session,
                code=form.code.data,
                email=form.email.data,
                name=form.name.data,
                now=utc_now(),
            )
            return redirect(url_for(".join", token=token))
        except setup.SetupClosedError:
            form.code.errors = ["Check the code where Heard was started, and try again."]
    return render_template("account/set_up.html", form=form)


@bp.route("/sessions", methods=["GET", "POST"])
@audience(Audience.STAFF)
def my_sessions() -> ResponseReturnValue:
    """Show where one is signed in, and sign out everywhere."""
    actor, now = current_actor(), utc_now()
    form = ConfirmForm()
    if form.validate_on_submit():
        accounts.sign_out_everywhere(db.session, by=actor, now=now)
        flash("You are signed out everywhere.", "success")
        return forget(cast("Response", redirect(url_for(".sign_in"))))
    rows = staff.list_live_sessions(db.session, actor.user_id, since=now - accounts.IDLE)
    return render_template("account/sessions.html", form=form, rows=rows)


def _onward() -> Response:
    """Go where the person was going, if that is a page of ours."""
    target = request.args.get("next", "")
    # Browsers drop tabs and line ends inside an address: "/\t/other.site" leads to another site.
    is_ours = target.isprintable() and re.match(r"/(?![/\\])", target) is not None
    return make_response(redirect(target if is_ours else url_for(".home_page")))


def _demo_users() -> list[dict[str, str]]:
    if not _config().demo:
        return []
    return [
        {
            "id": str(user.id),
            "name": user.name,
            "role": ", ".join(current_app.config["PACK"].role_name(r.role) for r in user.roles),
        }
        for user in staff.list_demo_users(db.session)
    ]


def _qr(uri: str) -> Markup:
    svg = segno.make(uri, micro=False).svg_inline(scale=4, title="Code for your authenticator app")
    return Markup(svg)  # noqa: S704 - drawn by us from our own address

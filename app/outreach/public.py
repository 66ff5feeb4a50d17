"""What the public face does for outreach: the one-click stop, and GOV.UK Notify's calls.

Nothing here says whether a link, a number or a message is known. No form token is asked for: a
mail program presses the button for somebody (RFC 8058), and Notify shows a token of its own.
"""

import hmac
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import utc_now
from app.config import Config
from app.db import db
from app.guards import Audience, audience
from app.services import fingerprints, stopping

bp = Blueprint("replies", __name__)


def _config() -> Config:
    found: Config = current_app.config["HEARD"]
    return found


@bp.get("/stop/<token>")
@audience(Audience.PUBLIC)
def stop(token: str) -> ResponseReturnValue:
    """Ask once, for programs open links by themselves: a GET changes nothing."""
    return render_template("outreach/stop.html", token=token)


@bp.post("/stop/<token>")
@audience(Audience.PUBLIC)
def stop_now(token: str) -> ResponseReturnValue:
    """Stop every message to the person this one went to, on every channel."""
    stopping.stop_by_link(db.session, token, secret=_config().secret_key, now=utc_now())
    return redirect(url_for(".stopped"), 303)


@bp.get("/stopped")
@audience(Audience.PUBLIC)
def stopped() -> ResponseReturnValue:
    """Say that nothing more will come, alike for every link."""
    return render_template("outreach/stopped.html")


@bp.post("/notify/text")
@audience(Audience.PUBLIC)
def text_received() -> ResponseReturnValue:
    """Take a reply to a text."""
    body = _called()
    stopping.take_reply(
        db.session,
        number=_words(body, "source_number"),
        words=_words(body, "message"),
        reply_id=_words(body, "id"),
        pepper=fingerprints.pepper(db.session, _config().secret_key),
        hours=current_app.config["PACK"].staffed_hours,
        now=utc_now(),
    )
    return "", 204


@bp.post("/notify/delivery")
@audience(Audience.PUBLIC)
def delivered() -> ResponseReturnValue:
    """Take a receipt."""
    body = _called()
    stopping.take_receipt(
        db.session,
        reference=_words(body, "reference"),
        status=_words(body, "status"),
        now=utc_now(),
    )
    return "", 204


def _called() -> dict[str, Any]:
    """Return what the caller says; refuse whoever does not show the token that Notify was given."""
    right = _config().notify_callback_token
    if not right:
        abort(404)
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(shown.encode(), right.encode()):
        abort(403)
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(400)
    return body


def _words(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""

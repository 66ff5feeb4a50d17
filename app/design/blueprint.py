"""The blueprint, and what its views share."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, make_response, render_template, url_for

from app.clock import utc_now
from app.config import Config
from app.db import db
from app.frontend import csp_nonce, security_headers
from app.guards import current_actor
from app.packs import Pack
from app.services import designing, organisations
from app.services.designing import Edit, Working
from app.store import surveys as surveys_store
from surveys import Survey

bp = Blueprint("design", __name__, url_prefix="/design")

TABS = (
    ("Overview", "design.survey"),
    ("Questions", "design.outline"),
    ("Checks and map", "design.checks"),
    ("Languages", "design.languages"),
    ("History", "design.history"),
    ("Approval", "design.approval"),
    ("Ways in", "design.collectors"),
    ("Monitor", "design.monitor"),
    ("Set aside", "design.aside"),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """One survey on the desk: what every page of it prints."""

    id: UUID
    name: str
    status: str
    mode: str


def pack() -> Pack:
    """Return the area pack."""
    found: Pack = current_app.config["PACK"]
    return found


def public_url(path: str) -> str:
    """Return an address on the respondents' face."""
    config: Config = current_app.config["HEARD"]
    return config.public_url.rstrip("/") + path


def entry_url(token: str, content: Survey) -> str:
    """Return the address of a way in; the welcome behind it speaks to whom the form is for."""
    return public_url(f"/{'o' if organisations.is_asked(content) else 's'}/{token}")


def working(survey_id: UUID) -> Working:
    """Return the working copy; 404 for a survey that is not there."""
    surveys_store.get_survey(db.session, survey_id)
    return designing.find_working(db.session, survey_id)


def save(survey_id: UUID, edit: Edit, revision: int, change: str, **more: Any) -> Working:
    """Apply an edit of whoever is signed in, now (see `designing.save`)."""
    return designing.save(
        db.session,
        survey_id,
        edit,
        revision=revision,
        change=change,
        by=current_actor(),
        now=utc_now(),
        **more,
    )


def page(template: str, survey_id: UUID, *, tab: str = "", **context: Any) -> str:
    """Render a page of one survey with its tabs."""
    row = surveys_store.get_survey(db.session, survey_id)
    desk = Desk(row.id, row.name, row.status, row.mode)
    tabs = [
        {"label": label, "url": url_for(endpoint, survey_id=survey_id), "current": endpoint == tab}
        for label, endpoint in TABS
    ]
    return render_template(f"design/{template}.html", desk=desk, tabs_of=tabs, **context)


def with_preview(html: str) -> Response:
    """Let a page hold the preview in a frame of our own."""
    config: Config = current_app.config["HEARD"]
    response = make_response(html)
    policy = security_headers(csp_nonce(), secure=config.secure)["Content-Security-Policy"]
    response.headers["Content-Security-Policy"] = f"{policy}; frame-src 'self'"
    return response

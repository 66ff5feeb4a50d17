"""Alerts about reading (safety.md T7): what was raised, the limits, and planting a record."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.clock import LONDON, utc_now
from app.db import db
from app.guards import Role, audience
from app.services import alerts as alerts_service
from app.services.alerts import CANARY, LIMITS, PLANT, REACH, Limits, NowhereToPlantError
from app.store import alerts as store

from .blueprint import bp, names
from .desk import me
from .forms import LimitsForm
from .wording import Names, name_of

READERS = (Role.ADMINISTRATOR, Role.SAFEGUARDING_LEAD, Role.AUDITOR)
KEEPERS = (Role.ADMINISTRATOR, Role.SAFEGUARDING_LEAD)
REACH_WORDS = {
    "texts": "Answers read: more than {limit}",
    "originals": "Answers read as they were written: more than {limit}",
    "identities": "People whose details were opened: more than {limit}",
}
SHOWN = (CANARY, REACH, PLANT, LIMITS)


@bp.get("/safeguarding/alerts")
@audience(*READERS)
def alerts() -> ResponseReturnValue:
    """List what was raised in the last weeks, and the limits."""
    chosen = alerts_service.limits(db.session)
    return _page(LimitsForm(**asdict(chosen)))


@bp.post("/safeguarding/alerts/limits")
@audience(*KEEPERS)
def set_alert_limits() -> ResponseReturnValue:
    """Choose other limits."""
    form = LimitsForm()
    if not form.validate_on_submit():
        return _page(form)
    chosen = Limits(form.texts.data, form.originals.data, form.identities.data)
    alerts_service.set_limits(db.session, chosen, by=me(), now=utc_now())
    flash("The limits are saved.", "success")
    return redirect(url_for(".alerts"))


@bp.post("/safeguarding/alerts/plant")
@audience(Role.ADMINISTRATOR)
def plant_record() -> ResponseReturnValue:
    """Plant a record that nobody has a reason to open."""
    hours = current_app.config["PACK"].staffed_hours
    try:
        alerts_service.plant(db.session, hours=hours, by=me(), now=utc_now())
        flash("A record is planted. Nobody is told which it is.", "success")
    except NowhereToPlantError:
        flash("There is no survey yet that people have answered in their own words.")
    return redirect(url_for(".alerts"))


def _page(limits: LimitsForm) -> ResponseReturnValue:
    now, people = utc_now(), names()
    events = store.list_events(db.session, SHOWN, since=now - alerts_service.BACK)
    # Whom an alert is about is not the one who looks into it.
    mine = str(me().user_id)
    raised = [e for e in events if e.act in (CANARY, REACH) and e.object_id != mine]
    changed = [e for e in events if e.act in (PLANT, LIMITS)]
    return render_template(
        "safeguarding/alerts.html",
        raised=[_row(event, people) for event in raised],
        changed=[_change(event, people) for event in changed],
        planted=alerts_service.count_planted(db.session),
        limits=limits,
        may_change=me().role in KEEPERS,
        may_plant=me().role is Role.ADMINISTRATOR,
    )


def _row(event: Any, people: Names) -> dict[str, str]:
    return {
        "at": _when(event.at),
        "who": name_of(UUID(event.object_id), people),
        "what": what_words(event.act, event.detail),
    }


def what_words(act: str, detail: Mapping[str, Any]) -> str:
    """Return what somebody did, with nothing of what they read."""
    day = f"{date.fromisoformat(detail['day']):%-d %b}"
    if act == CANARY:
        return f"Opened a planted record on {day}"
    return f"{REACH_WORDS[detail['what']].format(limit=detail['limit'])}, on {day}"


def _when(at: datetime) -> str:
    """Return a moment of the last 30 days, short enough for a phone."""
    return f"{at.astimezone(LONDON):%-d %b, %H:%M}"


def _change(event: Any, people: Names) -> dict[str, str]:
    said = "Planted a record"
    if event.act == LIMITS:
        said = "Set the limits to {texts}, {originals} and {identities}".format(**event.detail)
    return {"at": _when(event.at), "who": name_of(event.actor_id, people), "what": said}

"""Issue personal links; each is shown once, to be passed on by somebody the person knows."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from app.clock import london_today, utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.services import facts
from app.services import links as links_service
from app.services.planning import DAYS_BETWEEN as DAYS
from app.services.planning import STOPS
from app.store import cases, issued, outreach, staff

from .forms import IssueForm

bp = Blueprint("outreach", __name__, url_prefix="/links")
ROWS = 100
DAYS_BETWEEN = timedelta(days=DAYS)


@bp.get("/")
@audience(Role.OUTREACH)
def links() -> ResponseReturnValue:
    """List what was issued; without the links themselves, for we do not have them."""
    names = {user.id: user.name for user in staff.list_users(db.session)}
    today = london_today()
    rows = [
        _row(link, names, today)
        for link in issued.list_issued(db.session, current_actor(), limit=ROWS)
    ]
    return render_template("outreach/links.html", rows=rows)


@bp.route("/new", methods=["GET", "POST"])
@audience(Role.OUTREACH)
def issue() -> ResponseReturnValue:
    """Issue a link and show it this once."""
    form = IssueForm()
    collectors = issued.list_personal_collectors(db.session, london_today())
    form.survey.choices = {str(c.id): f"{c.survey.name} ({c.name})" for c in collectors}
    form.service.choices = _services()
    if not form.validate_on_submit():
        return render_template(
            "outreach/issue.html", form=form, can_issue=bool(collectors), against=()
        )
    service, case = form.service.data or None, form.case_key.data.strip()
    against = _against(form, case)
    if form.errors:
        return render_template("outreach/issue.html", form=form, can_issue=True, against=against)
    wait_until = _wait_until(case, london_today())
    token = links_service.issue_link(
        db.session,
        issued.get_personal_collector(db.session, UUID(form.survey.data), london_today()),
        case_key=case,
        context={"service": service} if service else {},
        by=current_actor(),
        now=utc_now(),
        despite=form.despite.data if against else "",
    )
    address = f"{current_app.config['HEARD'].public_url}/s/{token}"
    return render_template(
        "outreach/issued.html", address=address, case=case, wait_until=wait_until
    )


def _against(form: IssueForm, case_key: str) -> tuple[str, ...]:
    """Return what speaks against a link for this case; leave an error where it may not be made."""
    if not cases.may_see_key(db.session, current_actor(), case_key):
        form.case_key.errors = ["This case is with another service. Ask a colleague there."]
        return ()
    against = facts.blocks_by_hand(db.session, case_key, now=utc_now())
    if STOPS.intersection(against):
        form.case_key.errors = ["They asked us to stop. No link can be issued for this case."]
    elif against and not form.despite.data:
        form.despite.errors = ["Read what speaks against it, and choose a reason."]
    return against


def _wait_until(case_key: str, today: date) -> str:
    """Return the first day on which this person may be asked again; "" for today."""
    asked = [day for day in outreach.days_of_requests(db.session, case_key) if day <= today]
    free = max(asked, default=date.min) + DAYS_BETWEEN
    return f"{free:%-d %B %Y}" if free > today else ""


def _services() -> dict[str, str]:
    """Return the services to choose from: a person of one service issues for that one."""
    actor, pack = current_actor(), current_app.config["PACK"]
    if actor.sees_everything:
        return {"": "None yet", **{s.code: s.name for s in pack.services}}
    return {code: pack.service_name(code) for code in sorted(actor.services)}


def _row(link: Any, names: dict[UUID, str], today: date) -> dict[str, str]:
    context = link.context or {}
    service = context.get("service")
    return {
        "case": link.case_key or "no case",
        "survey": link.collector.survey.name,
        "service": current_app.config["PACK"].service_name(service) if service else "none",
        "issued": f"{link.issued_on:%-d %B %Y}",
        "by": names.get(link.issued_by, "a former colleague") if link.issued_by else "Heard",
        "until": _until(link, today),
    }


def _until(link: Any, today: date) -> str:
    if link.stopped_on:
        return "asked to stop: send nothing more"
    if link.expires_on and link.expires_on < today:
        return "has ended"
    return f"{link.expires_on:%-d %B %Y}" if link.expires_on else "no end"

"""Take over cases and contact details; say for every case whether and when something is sent."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.clock import london_today, london_words, utc_now
from app.config import Config
from app.db import db
from app.guards import Role, audience, current_actor
from app.packs import Pack
from app.services import (
    contacts,
    fingerprints,
    handover,
    outbound,
    planning,
    plans,
    returns,
    signing,
    stops,
)
from app.services.tabular import TableError
from app.store import cases, issued, outreach

from .forms import KeyForm, StopForm, UploadForm

bp = Blueprint("handover", __name__, url_prefix="/handover")
RETURN_DAYS = 31
FORM_WORDS = {
    "checkin_adult": "Check-in",
    "checkin_adult_informed": "Check-in, with a question on being kept informed",
    "checkin_court": "Check-in before court",
    "outcomes_start": "Outcomes at the start of support",
    "outcomes_end": "Outcomes at the end of support",
    "victims_code": "Victims' Code survey",
}
MOMENT_WORDS = {
    "not_reached": "Not reached three times",
    "rj_offer": "Restorative justice offered",
    "trial_done": "Trial or evidence given",
    "outcome": "Outcome or sentence",
    "support_start": "Support began",
    "closure": "Case closed",
    "after_closure": "Some time after closure",
}
KIND_WORDS = {"cases": "Cases", "contacts": "Contact details"}


def pack() -> Pack:
    """Return the area pack."""
    return cast("Pack", current_app.config["PACK"])


def pepper() -> str:
    """Return the secret with which addresses are fingerprinted."""
    return fingerprints.pepper(db.session, cast("Config", current_app.config["HEARD"]).secret_key)


@bp.get("/")
@audience(Role.OUTREACH)
def overview() -> ResponseReturnValue:
    """Show what came in lately, and where to send more."""
    return _overview(UploadForm())


@bp.post("/")
@audience(Role.OUTREACH)
def upload() -> ResponseReturnValue:
    """Take a file of cases or of contact details."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _overview(form)
    data, name = form.file.data.read(), form.file.data.filename or "the file"
    try:
        report = _take(form.kind.data, data, name)
    except TableError as error:
        form.file.errors = [str(error)]
        return _overview(form)
    return render_template("outreach/report.html", report=report, name=name)


@bp.get("/case/<path:case_key>")
@audience(Role.OUTREACH)
def case(case_key: str) -> ResponseReturnValue:
    """Say for one case what happened in it, and what will be sent, when and why."""
    found = cases.get_case(db.session, current_actor(), case_key)
    now = utc_now()
    rows = [
        _moment(
            touchpoint,
            outbound.plan_touchpoint(db.session, touchpoint, found, pack=pack(), now=now),
            outbound.list_missing(db.session, touchpoint.kind, found),
        )
        for touchpoint in outreach.list_touchpoints(db.session, found.id)
    ]
    return render_template("outreach/case.html", case=found, rows=rows, form=StopForm())


@bp.post("/case/<path:case_key>")
@audience(Role.OUTREACH)
def stop_case(case_key: str) -> ResponseReturnValue:
    """Honour a stop that somebody told a colleague."""
    found = cases.get_case(db.session, current_actor(), case_key)
    stops.stop(
        db.session, case_key=found.case_key, address=None, pepper=pepper(), how="staff",
        by=current_actor(), now=utc_now(),
    )  # fmt: skip
    flash("Nothing more will be sent, on any channel.", "success")
    return redirect(url_for(".case", case_key=case_key))


@bp.route("/plan", methods=["GET", "POST"])
@audience(Role.OUTREACH)
def plan() -> ResponseReturnValue:
    """Show what is asked when, and choose the survey that asks it."""
    live = issued.list_personal_collectors(db.session, london_today())
    surveys = {c.survey.slug: c.survey.name for c in live}
    form = StopForm()
    if form.validate_on_submit():
        chosen = {name: request.form.get(name, "") for name in plans.FORMS}
        chosen = {name: slug for name, slug in chosen.items() if slug in surveys}
        plans.choose(db.session, chosen, by=current_actor(), now=utc_now())
        flash("From now on it is asked like this.", "success")
        return redirect(url_for(".plan"))
    return render_template(
        "outreach/plan.html", form=form, rows=_rules(), surveys=surveys, forms=_forms(surveys)
    )


@bp.get("/returns.csv")
@audience(Role.OUTREACH)
def returns_file() -> ResponseReturnValue:
    """Return what the case system may know of the last month, as a file."""
    today = london_today()
    since, mine = today - timedelta(days=RETURN_DAYS), current_actor().services
    rows = returns.list_returns(db.session, since=since, until=today, services=mine)
    written = io.StringIO()
    csv.writer(written).writerows(returns.as_csv_rows(rows))
    headers = {"Content-Disposition": f"attachment; filename=heard-return-{today}.csv"}
    return Response(written.getvalue(), mimetype="text/csv", headers=headers)


@bp.route("/keys", methods=["GET", "POST"])
@audience(Role.ADMINISTRATOR)
def keys() -> ResponseReturnValue:
    """Make a key for the case system; its secret is shown this once."""
    form, made = KeyForm(), None
    if form.validate_on_submit():
        made = signing.create_key(
            db.session, name=form.name.data, by=current_actor(), now=utc_now()
        )
    rows = [
        {
            "name": key.name,
            "id": key.key_id,
            "made": london_words(key.created_at),
            "state": "ended" if key.revoked_at else "in use",
        }
        for key in outreach.list_handover_keys(db.session)
    ]
    return render_template("outreach/keys.html", form=form, made=made, rows=rows)


@bp.post("/keys/<key_id>/revoke")
@audience(Role.ADMINISTRATOR)
def revoke(key_id: str) -> ResponseReturnValue:
    """End a key at once."""
    signing.revoke_key(db.session, key_id, by=current_actor(), now=utc_now())
    flash("The key has ended.", "success")
    return redirect(url_for(".keys"))


def _take(kind: str, data: bytes, name: str) -> Any:
    if kind == "contacts":
        return contacts.take_contacts(
            db.session, data, name, pepper=pepper(), how="upload", by=current_actor(),
            now=utc_now(),
        )  # fmt: skip
    return handover.take_cases(
        db.session, data, name, pack=pack(), how="upload", by=current_actor(), now=utc_now()
    )


def _overview(form: UploadForm) -> ResponseReturnValue:
    rows = [
        {
            "at": london_words(batch.at),
            "kind": KIND_WORDS[batch.kind],
            "how": batch.how,
            "read": batch.read,
            "stored": batch.stored,
            "unchanged": batch.unchanged,
            "refused": batch.refused,
        }
        for batch in cases.list_batches(db.session)
    ]
    known = cases.count_cases(db.session)
    return render_template(
        "outreach/handover.html", form=form, rows=rows, known=known, keyed=request.args.get("case")
    )


def _rules() -> list[dict[str, str]]:
    return [
        {
            "what": moment_words(kind),
            "after": _when(rule),
            "form": FORM_WORDS.get(rule.form or "", "None"),
        }
        for kind, rule in planning.RULES.items()
    ]


def moment_words(kind: str) -> str:
    """Return what happened in a case, in words."""
    return MOMENT_WORDS.get(kind, kind.replace("_", " ").capitalize())


def _when(rule: planning.Rule) -> str:
    if not rule.form:
        return "a person speaks to them first"
    if rule.again:
        return f"every {rule.after_days} days"
    days = rule.after_days
    return f"{days} day{'s' if days != 1 else ''} later" if days else "the same day"


def _forms(surveys: Mapping[str, str]) -> list[dict[str, str]]:
    found = []
    for form in plans.FORMS:
        slug = plans.asked_by(db.session, form)
        found.append(
            {"name": form, "label": FORM_WORDS[form], "slug": slug if slug in surveys else ""}
        )
    return found


def _moment(touchpoint: Any, decision: planning.Decision, missing: Sequence[str]) -> dict[str, str]:
    settled: date | None = touchpoint.settled_on
    words = planning.explain(decision)
    if settled:
        outcome = (touchpoint.outcome or "").replace("_", " ")
        words = [f"Settled on {settled:%-d %B %Y}: {outcome}."]
    elif decision.sends and missing:
        words = ["It could be sent, but not before this is done:", *missing]
    return {
        "what": moment_words(touchpoint.kind),
        "day": f"{touchpoint.day:%-d %B %Y}",
        "decision": " ".join(words),
    }

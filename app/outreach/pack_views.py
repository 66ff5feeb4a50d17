"""The area pack: what is in force, and putting another in its place."""

import json
from datetime import timedelta

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.clock import london_today, utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.installed import refresh
from app.packs import Pack, dump_pack
from app.services import packs
from app.services.packs_check import old_lines

from .forms import PackForm
from .handover import pack as present

bp = Blueprint("packs", __name__, url_prefix="/area-pack")
CHECK_AGAIN_AFTER = timedelta(days=180)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@bp.get("/")
@audience(Role.ADMINISTRATOR)
def overview() -> ResponseReturnValue:
    """Show the pack in force, and where to load another."""
    return _overview(PackForm(), [])


@bp.post("/")
@audience(Role.ADMINISTRATOR)
def load() -> ResponseReturnValue:
    """Put a pack in place of this one; a wrong one changes nothing and is told all its problems."""
    form = PackForm()
    if not form.validate_on_submit():
        return _overview(form, [])
    try:
        loaded = packs.install(
            db.session, form.file.data.read(), present=present(), by=current_actor(), now=utc_now()
        )
    except packs.PackRefusedError as error:
        form.file.errors = ["Nothing was changed. Correct the file and choose it again."]
        return _overview(form, error.problems)
    refresh(current_app._get_current_object())  # type: ignore[attr-defined]  # the app itself
    flash(f"{loaded.body_name} is in force everywhere within seconds.", "success")
    return redirect(url_for(".overview"))


@bp.get("/present.json")
@audience(Role.ADMINISTRATOR)
def download() -> ResponseReturnValue:
    """Return the pack in force as a file, to be changed and loaded again."""
    text = json.dumps(dump_pack(present()), indent=2, ensure_ascii=False)
    name = f"{present().key}.json"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(text, mimetype="application/json", headers=headers)


def _overview(form: PackForm, problems: list[str]) -> ResponseReturnValue:
    found = present()
    return render_template(
        "outreach/pack.html", form=form, problems=problems, names=_names(found),
        areas=_areas(found), services=_services(found), lines=_lines(found), limits=_limits(found),
        roles=_roles(found), behind=packs.list_behind(db.session, found),
    )  # fmt: skip


def _names(found: Pack) -> list[dict[str, str]]:
    hours = found.staffed_hours
    today = london_today()
    coming = [f"{day:%-d %B %Y}" for day in hours.bank_holidays if day >= today]
    days = ", ".join(DAYS[day] for day in hours.days)
    return [
        {"what": "Body", "is": f"{found.body_name} ({found.body_short})"},
        {"what": "Pages of respondents are called", "is": found.public_name},
        {"what": "Support service people may know", "is": found.support_name},
        {"what": "Panel", "is": found.panel_name},
        {"what": "Contact", "is": found.contact_email},
        {"what": "Data protection", "is": found.privacy_contact},
        {"what": "Exit leads to", "is": found.exit_url},
        {"what": "Desk is watched", "is": f"{days}, {hours.opens:%H:%M} to {hours.closes:%H:%M}"},
        {"what": "Bank holidays to come", "is": "; ".join(coming) or "None named"},
    ]


def _areas(found: Pack) -> list[dict[str, str]]:
    return [
        {
            "name": area.name,
            "code": area.code,
            "county": found.area_name(area.parent) if area.parent else "–",
        }
        for area in found.areas
    ]


def _services(found: Pack) -> list[dict[str, str]]:
    return [
        {
            "name": service.name,
            "code": service.code,
            "lead": found.service_name(service.lead) if service.lead else "–",
        }
        for service in found.services
    ]


def _lines(found: Pack) -> list[dict[str, str]]:
    old = old_lines(found, today=london_today(), after=CHECK_AGAIN_AFTER)
    return [
        {
            "name": line.name,
            "number": line.number,
            "hours": line.hours,
            "checked": f"{line.checked_on:%-d %B %Y}{': ring it again' if line in old else ''}",
        }
        for line in found.lines
    ]


def _limits(found: Pack) -> list[dict[str, str]]:
    limits = found.thresholds
    return [
        {"what": "Counts are withheld under", "is": str(limits.hide_below)},
        {"what": "Percentages from a base of", "is": str(limits.percent_from)},
        {"what": "Percentages without a caution from", "is": str(limits.normal_from)},
        {"what": "Public counts rounded to", "is": str(limits.round_public_to)},
    ]


def _roles(found: Pack) -> list[dict[str, str]]:
    return [
        {"role": role.replace("_", " ").capitalize(), "is": found.role_name(role)}
        for role in Role
        if role in found.roles
    ]

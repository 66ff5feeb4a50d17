"""Names, colours, hours and help lines of the area pack, changed in the browser."""

import json
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.installed import refresh
from app.packs import dump_pack
from app.services import packs

from .forms import ConfirmForm
from .handover import pack as present
from .pack_views import DAYS, bp

# Key of the pack, words, and what a field needs to be told besides.
NAMES = (
    ("body_name", "Body", "In full."),
    ("body_short", "Body, in short", ""),
    ("public_name", "What respondents’ pages are called", "Says nothing of crime or police."),
    ("support_name", "Support service people may know", ""),
    ("panel_name", "Panel", ""),
    ("contact_email", "E-mail address for contact", ""),
    ("privacy_contact", "E-mail address for data protection", ""),
    ("return_address", "Address for paper answers", "Empty: they are handed back."),
)
COLOURS = (("main", "Main colour"), ("accent", "Second colour"))  # named colour_main, colour_…
OF_A_LINE = (("name", "Line"), ("number", "Number"), ("hours", "Hours"), ("note", "Note"))
NEW_LINES = 2


@bp.route("/change", methods=["GET", "POST"])
@audience(Role.ADMINISTRATOR)
def change() -> ResponseReturnValue:
    """Change what a body is called, its colours, hours and help lines; all of it or nothing."""
    form, held, problems = ConfirmForm(), dump_pack(present()), []
    if form.validate_on_submit():
        held |= _sent(held)
        try:
            data = json.dumps(held).encode()
            packs.install(db.session, data, present=present(), by=current_actor(), now=utc_now())
        except packs.PackRefusedError as error:
            problems = error.problems
        else:
            refresh(current_app._get_current_object())  # type: ignore[attr-defined]  # the app
            flash("Saved. It holds everywhere within seconds.", "success")
            return redirect(url_for(".overview"))
    blank = {"name": "", "number": "", "hours": "", "note": "", "checked_on": "", "urgent": False}
    return render_template(
        "outreach/pack_change.html",
        form=form,
        problems=problems,
        held=held,
        names=NAMES,
        colours=COLOURS,
        of_a_line=OF_A_LINE,
        lines=[*held["lines"], *[blank] * NEW_LINES],  # type: ignore[misc]  # a list in the file
        days=DAYS,
    )


def _sent(held: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of the pack that the page sent."""
    form = request.form
    days = [day for day in range(len(DAYS)) if f"day_{day}" in form]
    hours = {"opens": form.get("opens", ""), "closes": form.get("closes", ""), "days": days}
    return {
        **{key: form.get(key, "").strip() for key, _, _ in NAMES},
        "brand": {key: form.get(f"colour_{key}", "").lower() for key, _ in COLOURS},
        "staffed_hours": held["staffed_hours"] | hours,
        "lines": [_line(n) for n in range(len(held["lines"]) + NEW_LINES) if _line(n)["name"]],
    }


def _line(number: int) -> dict[str, Any]:
    form = request.form
    words = {key: form.get(f"{key}_{number}", "").strip() for key, _ in OF_A_LINE}
    checked, urgent = form.get(f"checked_on_{number}", ""), f"urgent_{number}" in form
    return {**words, "checked_on": checked, "urgent": urgent}

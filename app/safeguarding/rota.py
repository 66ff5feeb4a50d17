"""The duty rota, the hours in which somebody watches, and who is kept out of which case."""

from datetime import date, timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import london_today, london_words, utc_now
from app.db import db
from app.guards import audience
from app.packs import Hours
from app.services import rota as rota_service
from app.services.rota import Watch
from app.store import care
from app.store.errors import NotFoundError

from .acts import hours
from .blueprint import DESK, bp, names
from .desk import me
from .forms import SealForm
from .wording import name_of

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NO_CASE = "No case has this key. Check it: a wrong one would keep nobody out of anything."


@bp.route("/safeguarding/rota", methods=["GET", "POST"])
@audience(*DESK)
def rota() -> ResponseReturnValue:
    """Show and fill in who watches on each staffed day of the next two weeks."""
    days = rota_service.list_days(db.session, today=london_today(), hours=hours())
    if request.method == "POST" and days:
        posted = {watch.day: _posted(watch.day) for watch in days}
        rota_service.set_days(db.session, posted, by=me(), now=utc_now())
        flash("The rota is saved.", "success")
        return redirect(url_for(".rota"))
    desk = rota_service.people(db.session, rota_service.LEADS | rota_service.DEPUTIES)
    return render_template(
        "safeguarding/rota.html",
        hours=hours_words(hours()),
        days=[(w.day.isoformat(), f"{w.day:%A %-d %B}", w) for w in days],
        people=[(user.id, user.name) for user in desk],
        holidays=_holidays(hours()),
    )


@bp.route("/safeguarding/kept-out", methods=["GET", "POST"])
@audience(*DESK)
def kept_out() -> ResponseReturnValue:
    """Keep a colleague who knows a person out of that person's case."""
    people, form = names(), SealForm()
    # Nobody stands there unasked: the wrong colleague kept out is the right one left in.
    form.colleague.choices = {"": "Choose a colleague"} | {str(i): n for i, n in people.items()}
    if form.validate_on_submit():
        user_id, case_key = UUID(form.colleague.data), form.case_key.data
        try:
            rota_service.seal_off(db.session, user_id, case_key, by=me(), now=utc_now())
            flash("They no longer see that case.", "success")
            return redirect(url_for(".kept_out"))
        except NotFoundError:
            form.case_key.errors = [NO_CASE]
    rows = [
        {
            "case": seal.case_key,
            "who": name_of(seal.user_id, people),
            "by": name_of(seal.sealed_by, people),
            "at": london_words(seal.sealed_at),
        }
        for seal in care.list_seals(db.session)
        if seal.user_id != me().user_id
    ]
    return render_template("safeguarding/kept_out.html", form=form, rows=rows)


def hours_words(staffed: Hours) -> str:
    """Return the staffed hours as people say them."""
    days = [DAY_NAMES[day] for day in staffed.days]
    runs_on = staffed.days == tuple(range(staffed.days[0], staffed.days[-1] + 1))
    said = f"{days[0]} to {days[-1]}" if runs_on and len(days) > 1 else ", ".join(days)
    return f"{said}, {staffed.opens:%H:%M} to {staffed.closes:%H:%M}, not on bank holidays"


def _posted(day: date) -> Watch:
    return Watch(day, _person(f"lead-{day}"), _person(f"deputy-{day}"))


def _person(field: str) -> UUID | None:
    return request.form.get(field, None, type=UUID)


def _holidays(staffed: Hours) -> list[str]:
    today = london_today()
    coming = today + timedelta(days=rota_service.DAYS_AHEAD)
    return [f"{day:%A %-d %B}" for day in staffed.bank_holidays if today <= day <= coming]

"""What people do with a flag; each act is a form of its own, recorded under its maker's name."""

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.db import db
from app.guards import Role, audience
from app.packs import Hours
from app.services import flags, identity
from app.store import care
from app.store.surveys import get_survey

from . import wording
from .blueprint import DESK, bp
from .desk import flag_page, me
from .forms import (
    CloseForm,
    IdentityForm,
    KeepForm,
    MoveForm,
    NoteForm,
)

SECOND = (*DESK, Role.APPROVER)


@bp.post("/safeguarding/flags/<uuid:flag_id>/take")
@audience(*DESK)
def take(flag_id: UUID) -> ResponseReturnValue:
    """Take a flag."""
    flags.take(db.session, flag_id, by=me(), now=utc_now())
    return _back(flag_id, "It is yours now.")


@bp.post("/safeguarding/flags/<uuid:flag_id>/note")
@audience(*DESK)
def note(flag_id: UUID) -> ResponseReturnValue:
    """Keep a note."""
    form = NoteForm()
    if form.validate_on_submit():
        flags.add_note(db.session, flag_id, form.words.data, by=me(), now=utc_now())
        return _back(flag_id, "Your note is kept.")
    row = care.get_flag_seen_by(db.session, me(), flag_id)
    page = flag_page(row)
    return render_template("safeguarding/flag.html", **page, is_desk=True, note=form)


@bp.route("/safeguarding/flags/<uuid:flag_id>/move", methods=["GET", "POST"])
@audience(*DESK)
def move(flag_id: UUID) -> ResponseReturnValue:
    """Move a flag up at once, or propose to move it down."""
    row = care.get_flag_seen_by(db.session, me(), flag_id)
    form = MoveForm()
    form.tier.choices = {t: wording.tier_words(t) for t in flags.TIERS if t != row.tier}
    if form.validate_on_submit():
        return _moved(flag_id, row.tier, form)
    return render_template(
        "safeguarding/move.html", form=form, flag_id=flag_id, tier=wording.tier_words(row.tier)
    )


@bp.post("/safeguarding/flags/<uuid:flag_id>/lower/agree")
@audience(*SECOND)
def agree_lower(flag_id: UUID) -> ResponseReturnValue:
    """Agree, as a second person, to a lower tier."""
    tier = next((t for t in flags.TIERS if t == request.form.get("tier")), None)
    if tier is None:
        raise flags.NothingProposedError
    flags.agree_lower(db.session, flag_id, tier, hours=hours(), by=me(), now=utc_now())
    return _back(flag_id, f"It is at {wording.tier_words(tier)} now.")


@bp.route("/safeguarding/flags/<uuid:flag_id>/close", methods=["GET", "POST"])
@audience(*DESK)
def close(flag_id: UUID) -> ResponseReturnValue:
    """Propose to close a flag."""
    care.get_flag_seen_by(db.session, me(), flag_id)
    form = CloseForm()
    if form.validate_on_submit():
        flags.propose_close(db.session, flag_id, form.reason.data, by=me(), now=utc_now())
        return _back(flag_id, "Proposed. It closes when a second person agrees.")
    return render_template("safeguarding/close.html", form=form, flag_id=flag_id)


@bp.post("/safeguarding/flags/<uuid:flag_id>/close/agree")
@audience(*SECOND)
def agree_close(flag_id: UUID) -> ResponseReturnValue:
    """Agree, as a second person, that a flag is closed."""
    flags.agree_close(db.session, flag_id, request.form.get("seen", ""), by=me(), now=utc_now())
    return _back(flag_id, "You agreed. The flag is closed.")


@bp.route("/safeguarding/flags/<uuid:flag_id>/keep", methods=["GET", "POST"])
@audience(*SECOND)
def keep(flag_id: UUID) -> ResponseReturnValue:
    """Do not agree to what was proposed, or take one's own proposal back."""
    care.get_flag_seen_by(db.session, me(), flag_id)
    form = KeepForm()
    if form.validate_on_submit():
        flags.keep(db.session, flag_id, form.reason.data, by=me(), now=utc_now())
        return _back(flag_id, "The flag stays as it is.")
    return render_template("safeguarding/keep.html", form=form, flag_id=flag_id)


@bp.route("/safeguarding/flags/<uuid:flag_id>/person", methods=["GET", "POST"])
@audience(*DESK)
def person(flag_id: UUID) -> ResponseReturnValue:
    """Open who sent an answer: by token only, with a reason, and recorded."""
    row = care.get_flag_seen_by(db.session, me(), flag_id)
    response = care.get_response(db.session, row.response_id)
    form, found = IdentityForm(), None
    if form.validate_on_submit():
        found = identity.open_for_flag(
            db.session, flag_id, form.reason.data, by=me(), now=utc_now()
        )
    return render_template(
        "safeguarding/person.html",
        form=form,
        flag_id=flag_id,
        lead=identity.lead_of(db.session, response),
        survey=get_survey(db.session, response.survey_id).name,
        found=found,
        contact=wording.contact_rows(found.contact) if found else [],
        service=current_app.config["PACK"].service_name(found.service)
        if found and found.service
        else "",
    )


def hours() -> Hours:
    """Return when somebody watches the desk."""
    staffed: Hours = current_app.config["PACK"].staffed_hours
    return staffed


def _moved(flag_id: UUID, before: str, form: MoveForm) -> Response:
    tier = flags.TIERS[flags.place(form.tier.data)]
    reason, by, now = form.reason.data, me(), utc_now()
    if flags.place(tier) < flags.place(before):
        flags.move_up(db.session, flag_id, tier, reason, hours=hours(), by=by, now=now)
        return _back(flag_id, f"It is at {wording.tier_words(tier)} now.")
    flags.propose_lower(db.session, flag_id, tier, reason, by=by, now=now)
    return _back(flag_id, "Proposed. It moves down when a second person agrees.")


def _back(flag_id: UUID, words: str) -> Response:
    flash(words, "success")
    if me().role not in DESK:
        return redirect(url_for(".second"))
    return redirect(url_for(".flag", flag_id=flag_id))

"""Groups and interviews: take transcripts in, ask who allows what, read turns, give back."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import utc_now
from app.db import db
from app.figures import groups as figures
from app.guards import Role, audience, current_actor
from app.services import groups as service
from app.services.codebooks import Book, read_book
from app.services.groups import Consents
from app.store import coding
from app.store import groups as store
from app.store import surveys as surveys_store
from app.store.coding import Order
from app.store.errors import NotFoundError
from surveys.exchange.report import RefusedError
from surveys.exchange.transcripts import Transcript, is_table, read_table, read_words

from . import group_wording
from .blueprint import Place, bp
from .group_forms import DoForm, UploadForm

CONSENTS = {
    "may_use": "Use what they said",
    "may_record": "Be recorded",
    "may_quote": "Be quoted",
    "may_name_community": "Name their community",
}
METHOD_WORDS = {"focus_group": "Group", "interview": "Interview"}
SPOKEN = {"positive": "You spoke well of this.", "negative": "You want this to be better."}


@bp.get("/groups")
@audience(Role.ANALYST)
def groups() -> ResponseReturnValue:
    """List the groups and interviews."""
    held = store.list_sessions(db.session)
    beside = {one.survey_id: one.survey for one in held}
    return render_template(
        "coding/groups.html",
        rows=[_row(one) for one in held],
        raised=[(survey.name, _raised(survey)) for survey in beside.values()],
        rules=group_wording.RULES,
    )


@bp.route("/groups/new", methods=["GET", "POST"])
@audience(Role.ANALYST)
def upload_group() -> ResponseReturnValue:
    """Take transcripts in."""
    form = UploadForm()
    held = [one for one in surveys_store.list_surveys(db.session) if one.codebook_id]
    form.survey.choices = {str(s.id): s.name for s in held if s.status != "draft"}
    if form.validate_on_submit():
        try:
            made = service.take_in(
                db.session,
                UUID(form.survey.data),
                _read(form),
                by=current_actor(),
                now=utc_now(),
            )
            flash("Taken in. Nothing is read before you say who allows it.", "success")
            return redirect(url_for(".group", session_id=made[0].id))
        except RefusedError as error:
            form.file.errors = [_where(line) for line in error.lines]
        except service.TakenAlreadyError as error:
            form.key.errors = [f"{error.key} is taken in already. Give it another short name."]
    return render_template("coding/group_upload.html", form=form)


@bp.get("/groups/<uuid:session_id>")
@audience(Role.ANALYST)
def group(session_id: UUID) -> ResponseReturnValue:
    """Show who spoke, what they allowed, and what waits to be read."""
    found = store.get_session(db.session, session_id)
    turns = store.list_turns(db.session, session_id)
    place = Place(Order.NEWEST, None, group_id=session_id)
    return render_template(
        "coding/group.html",
        group=found,
        heading=_heading(found),
        survey=surveys_store.get_survey(db.session, found.survey_id).name,
        consents=CONSENTS,
        counts={s.id: sum(t.speaker == s.code for t in turns) for s in found.speakers},
        waiting=sum(not turn.is_reviewed for turn in turns),
        said=_matrix(found),
        turns=[_turn(turn, place) for turn in turns],
        form=DoForm(),
    )


@bp.post("/groups/<uuid:session_id>/consents")
@audience(Role.ANALYST)
def allow_group(session_id: UUID) -> ResponseReturnValue:
    """Keep what each speaker allowed."""
    found = store.get_session(db.session, session_id)
    given = {
        speaker.id: Consents(**{name: f"{name}.{speaker.id}" in request.form for name in CONSENTS})
        for speaker in found.speakers
        if speaker.withdrawn_on is None
    }
    service.allow(db.session, session_id, given, by=current_actor(), now=utc_now())
    flash("Saved. What may be used is read by the computer next, then by you.", "success")
    return redirect(url_for(".group", session_id=session_id))


@bp.route("/speakers/<uuid:speaker_id>/withdraw", methods=["GET", "POST"])
@audience(Role.ANALYST)
def withdraw_speaker(speaker_id: UUID) -> ResponseReturnValue:
    """Delete what one speaker said."""
    speaker = store.get_speaker(db.session, speaker_id)
    form = DoForm()
    if form.validate_on_submit():
        service.withdraw(db.session, speaker_id, by=current_actor(), now=utc_now())
        flash(f"What {speaker.code} said is deleted, with its codes and quotes.", "success")
        return redirect(url_for(".group", session_id=speaker.session_id))
    return render_template("coding/group_withdraw.html", speaker=speaker, form=form)


@bp.get("/groups/<uuid:session_id>/next")
@audience(Role.ANALYST)
def next_turn(session_id: UUID) -> ResponseReturnValue:
    """Go to the next turn that nobody has decided on."""
    store.get_session(db.session, session_id)
    waits = (t for t in store.list_turns(db.session, session_id) if not t.is_reviewed)
    turn = next((turn for turn in waits if turn.is_coded), None)
    if turn is None:
        flash("Nothing of it waits to be read now.")
        return redirect(url_for(".group", session_id=session_id))
    place = Place(Order.NEWEST, None, group_id=session_id)
    return redirect(url_for(".answer", text_id=turn.text_id, **place.args))


@bp.route("/groups/<uuid:session_id>/summary", methods=["GET", "POST"])
@audience(Role.ANALYST)
def group_summary(session_id: UUID) -> ResponseReturnValue:
    """Show what was heard, to print and give back to those who took part."""
    found = store.get_session(db.session, session_id)
    form = DoForm()
    if form.validate_on_submit():
        service.note_summary(db.session, session_id, by=current_actor(), now=utc_now())
        flash("Noted that they have read it.", "success")
        return redirect(url_for(".group", session_id=session_id))
    waiting = sum(not turn.is_reviewed for turn in store.list_turns(db.session, session_id))
    return render_template(
        "coding/group_summary.html",
        group=found,
        held_on=f"{found.held_on:%-d %B %Y}",
        heard=_heard(found),
        waiting=waiting,
        form=form,
    )


def _read(form: UploadForm) -> tuple[Transcript, ...]:
    data = form.file.data.read()
    if is_table(form.file.data.filename or ""):
        return read_table(data)
    return (read_words(data, form.about()),)


def _where(line: Any) -> str:
    return f"Row {line.place.row}: {line.message}" if line.place.row else str(line.message)


def _heading(found: Any) -> str:
    return f"{METHOD_WORDS[found.method]} {found.key}"


def _row(found: Any) -> dict[str, str]:
    turns = store.list_turns(db.session, found.id)
    read = sum(turn.is_reviewed for turn in turns)
    state = f"{read} of {len(turns)} turns read" if found.asked_at else "Who allows what?"
    return {
        "name": _heading(found),
        "survey": found.survey.name,
        "held": f"{found.held_on:%-d %B %Y}",
        "speakers": str(sum(one.withdrawn_on is None for one in found.speakers)),
        "state": state,
        "_url": url_for(".group", session_id=found.id),
    }


def _turn(turn: Any, place: Place) -> dict[str, str]:
    state = "Read" if turn.is_reviewed else "To be read" if turn.is_coded else "Not read yet"
    row = {"turn": f"Turn {turn.number}", "speaker": turn.speaker, "state": state}
    if turn.is_coded:
        row["_url"] = url_for(".answer", text_id=turn.text_id, **place.args)
    return row


def _raised(survey: Any) -> list[dict[str, str]]:
    found = figures.raised_by_theme(db.session, survey.id)
    return group_wording.raised_rows(found, _book(survey))


def _matrix(found: Any) -> dict[str, list[dict[str, Any]]]:
    here = [speaker.code for speaker in found.speakers if speaker.withdrawn_on is None]
    said = store.list_said(db.session, found.id)
    ways = store.list_ways(db.session, found.id)
    return group_wording.matrix(said, ways, here, _book(found.survey))


def _book(survey: Any) -> Book:
    if survey.codebook_id is None:
        raise NotFoundError(f"no codebook beside {survey.id}")
    return read_book(coding.get_codebook(db.session, survey.codebook_id).document)


def _heard(found: Any) -> list[dict[str, str]]:
    """Return the themes in plain words; nothing says who or how many raised one."""
    book = _book(found.survey)
    spoken: dict[str, set[str | None]] = {}
    for theme, polarity in store.list_themes(db.session, found.id):
        spoken.setdefault(theme, set()).add(polarity)
    return [
        {
            "label": known.label,
            "definition": known.definition,
            "spoken": SPOKEN.get(next(iter(ways)) or "", "")
            if len(ways) == 1
            else "You did not all say the same about this.",
        }
        for theme, ways in spoken.items()
        if (known := book.themes.get(theme)) is not None
    ]

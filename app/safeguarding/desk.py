"""The desk: what is open, in the order in which to act; one flag with all that belongs to it."""

from typing import Any
from uuid import UUID

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

import surveys
from app.clock import london_words, utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.services import duty, flags, identity, reading
from app.services import rota as rota_service
from app.services.reading import NotReadYetError, Reading
from app.store import care
from app.store import surveys as surveys_store

from . import wording
from .blueprint import DESK, bp, names
from .forms import NoteForm, OriginalForm

CLOSED_ROWS = 50


@bp.get("/safeguarding/")
@audience(*DESK)
def desk() -> ResponseReturnValue:
    """List what is open, most urgent first."""
    now, people = utc_now(), names()
    watch = rota_service.on_duty(db.session, now=now)
    is_staffed = duty.is_staffed(now, current_app.config["PACK"].staffed_hours)
    return render_template(
        "safeguarding/desk.html",
        flags=_rows(care.list_desk(db.session, me())),
        watch=wording.watch_words(watch, people, is_staffed=is_staffed),
    )


@bp.get("/safeguarding/closed")
@audience(*DESK)
def closed() -> ResponseReturnValue:
    """List what was closed last."""
    flags = care.list_closed_flags(db.session, me(), limit=CLOSED_ROWS)
    return render_template("safeguarding/closed.html", flags=_rows(flags))


@bp.get("/safeguarding/second")
@audience(Role.APPROVER, *DESK)
def second() -> ResponseReturnValue:
    """List what waits for a second person."""
    flags = [flag for flag in care.list_desk(db.session, me()) if is_proposed(flag)]
    return render_template("safeguarding/second.html", flags=_rows(flags))


@bp.get("/safeguarding/flags/<uuid:flag_id>")
@audience(*DESK, Role.APPROVER)
def flag(flag_id: UUID) -> ResponseReturnValue:
    """Show one flag: its clock, what raised it, what was done, and what can be done."""
    row = care.get_flag_seen_by(db.session, me(), flag_id)
    is_desk = me().role in DESK
    if not is_desk and not is_proposed(row):
        return redirect(url_for(".second"))
    return render_template(
        "safeguarding/flag.html",
        **flag_page(row),
        is_desk=is_desk,
        note=NoteForm(),
    )


@bp.route("/safeguarding/flags/<uuid:flag_id>/words/<uuid:text_id>", methods=["GET", "POST"])
@audience(*DESK)
def words(flag_id: UUID, text_id: UUID) -> ResponseReturnValue:
    """Show another answer of the same person, or, with a reason, the words as written."""
    row = care.get_flag_seen_by(db.session, me(), flag_id)
    text = care.get_text_of(db.session, row.response_id, text_id)
    form, original = OriginalForm(), None
    if form.validate_on_submit():
        original = reading.read_original(
            db.session, text, reason=form.reason.data, by=me(), now=utc_now()
        )
    shown = None if original is not None else _read(text)
    return render_template(
        "safeguarding/words.html",
        flag_id=flag_id,
        question=_question(row, text.question_id),
        reading=shown,
        original=original,
        form=form,
    )


def flag_page(row: Any) -> dict[str, Any]:
    """Return what a flag's page prints; reading the words in it is recorded."""
    now, people = utc_now(), names()
    response = care.get_response(db.session, row.response_id)
    texts = care.list_texts(db.session, response.id)
    flagged = next((text for text in texts if text.id == row.text_id), None)
    return {
        "flag": row,
        "row": wording.flag_row(row, people, now, _url),
        "acts": wording.TIER_ACTS[row.tier],
        "received_on": f"{response.received_on:%-d %B %Y}",
        "lead": identity.lead_of(db.session, response),
        "question": _question(row, row.reason.rpartition(":")[2]),
        "choices": _choices(row),
        "flagged": flagged,
        "flagged_question": _question(row, flagged.question_id) if flagged else "",
        "reading": _read(flagged) if flagged else None,
        "others": [(t.id, _question(row, t.question_id)) for t in texts if t.id != row.text_id],
        "history": wording.history(
            care.list_acts(db.session, "flag", row.id), care.list_notes(db.session, row.id), people
        ),
        "proposal": flags.proposal_mark(row),
        "proposed_by": wording.name_of(row.closing_by or row.lowering_by, people, ""),
        "is_own_proposal": me().user_id in (row.closing_by, row.lowering_by),
        "lowering": wording.tier_words(row.lowering_to) if row.lowering_to else "",
        "closed_at": london_words(row.closed_at) if row.closed_at else "",
    }


def is_proposed(row: Any) -> bool:
    """Return whether a second person has something to agree to."""
    return row.status == "closing" or row.lowering_to is not None


def me() -> Any:
    """Return who is acting."""
    return current_actor()


def _rows(flags: Any) -> list[dict[str, Any]]:
    now, people = utc_now(), names()
    return [wording.flag_row(flag, people, now, _url) for flag in flags]


def _url(flag_id: UUID) -> str:
    return url_for("safeguarding.flag", flag_id=flag_id)


def _read(text: Any) -> Reading | None:
    try:
        return reading.read_redacted(
            db.session, text, purpose="safeguarding", by=me(), now=utc_now()
        )
    except NotReadYetError:
        return None


def _asked(row: Any, question_id: str) -> surveys.Question | None:
    version = surveys_store.get_version(db.session, row.response.version_id)
    return surveys.find_question(surveys_store.questionnaire(version), question_id)


def _question(row: Any, question_id: str) -> str:
    if question_id in wording.NOT_ASKED:
        return wording.NOT_ASKED[question_id]
    question = _asked(row, question_id)
    return question.text.in_("en") if question else ""


def _choices(row: Any) -> list[str]:
    """Return what was chosen in the question that raised a flag."""
    question_id = row.reason.rpartition(":")[2]
    question = _asked(row, question_id)
    if row.source != "answer" or question is None:
        return []
    chosen = care.list_choices(db.session, row.response_id, question_id)
    options = [question.option(choice.option_id) for choice in chosen if choice.option_id]
    return [option.text.in_("en") for option in options if option]

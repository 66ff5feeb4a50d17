"""One answer on one screen: what the machine suggests, what a person decides."""

from dataclasses import replace
from datetime import datetime, time
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import LONDON, london_today, utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.raising_form import RaiseForm
from app.services import flags, half_done, reading, reviews
from app.services.reviews import Opened
from app.store import coding, staff

from . import halves, wording
from .blueprint import bp, here
from .forms import (
    Draft,
    OriginalForm,
    Problem,
    Row,
    decide,
    first_draft,
    read_draft,
)
from .halves import Half

BREAK_EVERY = 20  # safety.md R29


@bp.get("/answers/<uuid:text_id>")
@audience(Role.ANALYST)
def answer(text_id: UUID) -> ResponseReturnValue:
    """Show an answer with its suggestions; before distressing words, say so."""
    begun = half_done.find(db.session, text_id, is_blind=False, by=current_actor())
    opened = reviews.look_up(db.session, text_id, coder=halves.seen_of(begun))
    if wording.risk_words(opened.risk_level) and "ready" not in request.args:
        return render_template("coding/care.html", text_id=text_id, place=here(), is_double=False)
    reviews.note_read(db.session, opened, by=current_actor(), now=utc_now())
    draft = halves.restore(begun, opened) if begun else first_draft(opened)
    return answer_page(opened, draft, half=halves.half_of(text_id, begun, is_blind=False))


@bp.post("/answers/<uuid:text_id>")
@audience(Role.ANALYST)
def save_answer(text_id: UUID) -> ResponseReturnValue:
    """Keep what was decided, then go on; whatever is wrong, the page comes back as it was."""
    opened = reviews.look_up(db.session, text_id, coder=request.form.get("coder"))
    act = request.form.get("act")
    if act == "quiet":
        return halves.keep_quietly(opened, is_blind=False)
    draft = read_draft(request.form, opened)
    decision, problems = (None, []) if act == "add" else decide(draft, opened)
    if decision is None:
        half = halves.keep_posted(opened, is_blind=False)
        return answer_page(opened, draft, problems, half=half)
    try:
        reviews.save(
            db.session,
            opened,
            decision,
            seen=draft.seen,
            order=here().order,
            by=current_actor(),
            now=utc_now(),
        )
    except reviews.ReviewedMeanwhileError as error:
        half = halves.keep_posted(opened, is_blind=False)
        again = replace(draft, seen=error.mark)
        return answer_page(opened, again, [_overtaken(error)], half=half)
    return go_on(here().next_url)


@bp.route("/answers/<uuid:text_id>/original", methods=["GET", "POST"])
@audience(Role.ANALYST)
def original(text_id: UUID) -> ResponseReturnValue:
    """Show an answer as it was written: an act of its own, with a reason, recorded."""
    text = coding.get_text(db.session, text_id)
    form, words = OriginalForm(), None
    form.reason.choices = wording.WHY_ORIGINAL
    if form.validate_on_submit():
        words = reading.read_original(
            db.session, text, reason=form.reason.data, by=current_actor(), now=utc_now()
        )
    return render_template(
        "coding/original.html", form=form, words=words, text_id=text_id, place=here()
    )


@bp.route("/answers/<uuid:text_id>/raise", methods=["GET", "POST"])
@audience(Role.ANALYST)
def raise_flag(text_id: UUID) -> ResponseReturnValue:
    """Tell safeguarding about what one has read."""
    text = coding.get_text(db.session, text_id)
    form = RaiseForm()
    if form.validate_on_submit():
        flags.raise_by_person(
            db.session,
            text.response_id,
            flags.TIERS[flags.place(form.tier.data)],
            form.reason.data,
            hours=current_app.config["PACK"].staffed_hours,
            by=current_actor(),
            now=utc_now(),
            text_id=text_id,
        )
        flash("Safeguarding has it now.", "success")
        return redirect(url_for(".answer", text_id=text_id, ready=1, **here().args))
    return render_template("coding/raise.html", form=form, text_id=text_id, place=here())


def answer_page(
    opened: Opened,
    draft: Draft,
    problems: list[Problem] | None = None,
    *,
    half: Half | None = None,
    is_double: bool = False,
) -> ResponseReturnValue:
    """Return the page of one answer; for a second coding without anything others made of it."""
    response = opened.text.response
    return render_template(
        "coding/answer.html",
        text_id=opened.text.id,
        question=wording.question_of(opened.text),
        survey=response.survey.name,
        received=f"{response.received_on:%-d %B %Y}",
        coder=opened.coder or "",
        pieces=opened.pieces,
        badges=wording.badges(opened),
        themes=wording.suggestions(opened, draft),
        gaps=wording.gap_suggestions(opened, draft),
        theme_choices=wording.theme_choices(opened.book),
        gap_choices=wording.gap_choices(opened.book),
        polarities=wording.polarity_choices(),
        draft=draft,
        rows=[*draft.rows, Row()],  # the last one is empty, to be filled next
        half=half or Half(),
        strengths=wording.strength_choices(opened.text),
        suggested_sentiment=opened.sentiment,
        is_reviewed=opened.review is not None,
        is_double=is_double,
        may_quote=not is_double and opened.review is not None and response.quote_consent,
        problems=problems or [],
        place=here(),
        skip_url="" if is_double else here().skip_url,
    )


def _overtaken(error: reviews.ReviewedMeanwhileError) -> Problem:
    names = {user.id: user.name for user in staff.list_users(db.session)}
    who = names.get(error.reviewer_id, "A colleague") if error.reviewer_id else "A colleague"
    if error.reviewer_id == current_actor().user_id:
        return Problem("save", "You saved this in another tab. Save again to replace that.")
    return Problem(
        "save", f"{who} decided on this answer while you had it open. Save again to replace that."
    )


def go_on(following: str, **to: Any) -> ResponseReturnValue:
    """Go to the next answer, or after every 20 a pause that leads there (safety.md R29).

    The desk's script is told where, and goes by itself.
    """
    done = done_today()
    address = url_for(".pause", **(to or here().args)) if is_break(done) else following
    if request.accept_mimetypes.best == "application/json":
        return {"next": address}
    return redirect(address)


def done_today() -> int:
    """Return how many answers one has decided on today."""
    today = datetime.combine(london_today(), time(), LONDON)
    return coding.count_reviews_since(db.session, current_actor().user_id, today)


def is_break(done: int) -> bool:
    """Return whether it is time to look up."""
    return done > 0 and done % BREAK_EVERY == 0

"""One answer on one screen: what the machine suggests, what a person decides."""

from datetime import datetime, time
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import LONDON, london_today, utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.raising_form import RaiseForm
from app.services import flags, reading, reviews
from app.services.reviews import Opened
from app.store import coding, staff

from . import wording
from .blueprint import bp, here
from .forms import (
    Draft,
    OriginalForm,
    Problem,
    Row,
    decide,
    first_draft,
    read_draft,
    seen_review,
)

BREAK_EVERY = 20  # safety.md R29


@bp.get("/answers/<uuid:text_id>")
@audience(Role.ANALYST)
def answer(text_id: UUID) -> ResponseReturnValue:
    """Show an answer with its suggestions; before distressing words, say so."""
    opened = reviews.look_up(db.session, text_id)
    if wording.risk_words(opened.risk_level) and "ready" not in request.args:
        return render_template("coding/care.html", text_id=text_id, place=here(), is_double=False)
    reviews.note_read(db.session, opened, by=current_actor(), now=utc_now())
    return answer_page(opened, first_draft(opened))


@bp.post("/answers/<uuid:text_id>")
@audience(Role.ANALYST)
def save_answer(text_id: UUID) -> ResponseReturnValue:
    """Keep what was decided, then go on; whatever is wrong, the page comes back as it was."""
    opened = reviews.look_up(db.session, text_id, coder=request.form.get("coder"))
    draft = read_draft(request.form, opened)
    if request.form.get("act") == "add":
        return answer_page(opened, draft)
    decision, problems = decide(draft, opened)
    if decision is None:
        return answer_page(opened, draft, problems)
    try:
        reviews.save(
            db.session,
            opened,
            decision,
            seen_review=seen_review(draft),
            order=here().order,
            by=current_actor(),
            now=utc_now(),
        )
    except reviews.ReviewedMeanwhileError as error:
        return answer_page(opened, draft, [_overtaken(error)], seen=error.review_id)
    if request.accept_mimetypes.best == "application/json":  # the desk's script goes on by itself
        return {"next": _onward()}
    return redirect(_onward())


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
    seen: UUID | None = None,
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
        seen=str(seen) if seen else draft.seen,
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
    return Problem(
        "save", f"{who} decided on this answer while you had it open. Save again to replace that."
    )


def _onward() -> str:
    """Return the next answer's address, or, after every 20, a pause's."""
    today = datetime.combine(london_today(), time(), LONDON)
    done = coding.count_reviews_since(db.session, current_actor().user_id, today)
    if done and done % BREAK_EVERY == 0:
        return url_for(".pause", **here().args)
    return here().next_url

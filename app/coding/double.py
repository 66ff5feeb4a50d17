"""Coding twice, blind, and what comes of it: agreement, and answers to talk about."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.services import doubling, half_done, reviews
from app.services.doubling import Difference, NothingToDrawError
from app.store import samples
from app.store import surveys as surveys_store
from app.store.errors import NotFoundError

from . import halves, measures, wording
from .answers import answer_page, go_on
from .blueprint import bp, here
from .forms import Draft, DrawForm, decide, read_draft

CODERS_SHOWN = 3


@bp.route("/agreement/<uuid:survey_id>", methods=["GET", "POST"])
@audience(Role.ANALYST)
def agreement(survey_id: UUID) -> ResponseReturnValue:
    """Show how far people agree with each other and the machine with them; draw a sample."""
    survey, form = surveys_store.get_survey(db.session, survey_id), DrawForm()
    if form.validate_on_submit():
        return _draw(survey_id, form.size.data)
    me = current_actor()  # bound to a service, one sees what concerns its answers
    drawn, done = samples.count_drawn(db.session, survey_id, me)
    book = doubling.book_of(db.session, survey_id)
    coders = samples.list_coders(db.session, survey_id)[:CODERS_SHOWN]
    reports = [doubling.machine(db.session, survey_id, coder, me) for coder in coders]
    return render_template(
        "coding/agreement.html",
        survey=survey,
        form=form,
        progress=measures.double_words(drawn, done),
        can_code=samples.find_next(db.session, survey_id, me) is not None,
        people=measures.people_rows(doubling.people(db.session, survey_id, me), book),
        machines=[(measures.machine_words(r), measures.machine_rows(r, book)) for r in reports],
        differences=[_difference_row(d, survey_id, book) for d in _differences(survey_id)],
    )


@bp.get("/double/<uuid:survey_id>/next")
@audience(Role.ANALYST)
def next_double(survey_id: UUID) -> ResponseReturnValue:
    """Go to the next answer that waits for a second person."""
    found = samples.find_next(db.session, survey_id, current_actor())
    if found is None:
        flash("Nothing more waits for you to code a second time.", "success")
        return redirect(url_for(".agreement", survey_id=survey_id))
    return redirect(url_for(".double", text_id=found))


@bp.get("/double/answers/<uuid:text_id>")
@audience(Role.ANALYST)
def double(text_id: UUID) -> ResponseReturnValue:
    """Show a drawn answer and nothing of what others, or the machine, made of it."""
    begun = half_done.find(db.session, text_id, is_blind=True, by=current_actor())
    opened = _drawn(text_id)
    if wording.risk_words(opened.risk_level) and "ready" not in request.args:
        return render_template("coding/care.html", text_id=text_id, place=here(), is_double=True)
    reviews.note_read(db.session, opened, by=current_actor(), now=utc_now())
    draft = halves.restore(begun, opened) if begun else Draft()
    half = halves.half_of(text_id, begun, is_blind=True)
    return answer_page(opened, draft, half=half, is_double=True)


@bp.post("/double/answers/<uuid:text_id>")
@audience(Role.ANALYST)
def save_double(text_id: UUID) -> ResponseReturnValue:
    """Keep a second coding, then go on to the next."""
    opened = _drawn(text_id)
    act = request.form.get("act")
    if act == "quiet":
        return halves.keep_quietly(opened, is_blind=True)
    draft = read_draft(request.form, opened)
    decision, problems = (None, []) if act == "add" else decide(draft, opened)
    if decision is None:
        half = halves.keep_posted(opened, is_blind=True)
        return answer_page(opened, draft, problems, half=half, is_double=True)
    reviews.save_blind(db.session, opened, decision, by=current_actor(), now=utc_now())
    survey_id = opened.text.response.survey_id
    return go_on(url_for(".next_double", survey_id=survey_id), double=survey_id)


@bp.route("/differences/<uuid:survey_id>/<uuid:text_id>", methods=["GET", "POST"])
@audience(Role.ANALYST)
def difference(survey_id: UUID, text_id: UUID) -> ResponseReturnValue:
    """Show two codings side by side; let one stand after people have talked."""
    found = next((d for d in _differences(survey_id) if d.text_id == text_id), None)
    if found is None:
        raise NotFoundError(f"no difference about {text_id}")
    if request.method == "POST":
        chosen = found.second if request.form.get("stands") == "second" else found.first
        reviews.settle(db.session, chosen, by=current_actor(), now=utc_now())
        flash("Settled. This is what counts now.", "success")
        return redirect(url_for(".agreement", survey_id=survey_id))
    opened = reviews.look_up(db.session, text_id)
    reviews.note_read(db.session, opened, by=current_actor(), now=utc_now())
    return render_template(
        "coding/difference.html",
        survey_id=survey_id,
        text_id=text_id,
        pieces=opened.pieces,
        question=wording.question_of(opened.text),
        sides=measures.sides(found, opened),
        is_settled=found.is_settled,
    )


def _draw(survey_id: UUID, size: int) -> ResponseReturnValue:
    try:
        drawn = doubling.draw(db.session, survey_id, size, by=current_actor(), now=utc_now())
        flash(f"{len(drawn.items)} answers are drawn for a second coding.", "success")
    except NothingToDrawError:
        flash("First read answers in the random order. The second coding is drawn from those.")
    return redirect(url_for(".agreement", survey_id=survey_id))


def _drawn(text_id: UUID) -> reviews.Opened:
    if not samples.is_drawn(db.session, text_id):
        raise NotFoundError(f"{text_id} is not drawn for a second coding")
    return reviews.look_up_blind(db.session, text_id)


def _differences(survey_id: UUID) -> list[Difference]:
    return doubling.list_differences(db.session, survey_id, current_actor())


def _difference_row(found: Difference, survey_id: UUID, book: Any) -> dict[str, str]:
    return {
        "themes": measures.labels(found.themes | found.polarities, book),
        "state": "settled" if found.is_settled else "open",
        "_url": url_for(".difference", survey_id=survey_id, text_id=found.text_id),
    }

"""Quotes: proposed by one person, approved by another."""

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.clock import london_words, utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.services import quotes as quotes_service
from app.services import reviews
from app.services.codebooks import Book, book_of, read_book
from app.services.reading import WordsNotFoundError
from app.store import coding, recoding, staff
from app.store import quotes as quotes_store
from app.store.codebooks import DEFAULT_KEY

from . import wording
from .blueprint import bp
from .forms import ApproveForm, QuoteForm

APPROVED_ROWS = 50
# What stops a proposal, the field it belongs to, and what to do about it.
REFUSALS: dict[type[Exception], tuple[str, str]] = {
    WordsNotFoundError: ("words", "Those words are not in the answer. Copy them from it."),
    quotes_service.TooLongError: ("words", "Choose at most 400 letters: fewer words are safer."),
    quotes_service.AlreadyQuotedError: ("words", "Some of these words are proposed already."),
    reviews.UnknownCodeError: ("theme", "Choose a theme that stands in this answer."),
}


@bp.get("/quotes")
@audience(Role.ANALYST, Role.APPROVER)
def quotes() -> ResponseReturnValue:
    """List what waits for a second person, and what was approved."""
    proposed = quotes_store.list_proposed(db.session, current_actor())
    approved = quotes_store.list_approved(db.session, current_actor(), limit=APPROVED_ROWS)
    row = _rows()
    return render_template(
        "coding/quotes.html",
        proposed=[row(quote, text) for quote, text in proposed],
        approved=[row(quote, text) for quote, text in approved],
        form=ApproveForm(),
    )


@bp.route("/answers/<uuid:text_id>/quote", methods=["GET", "POST"])
@audience(Role.ANALYST)
def propose_quote(text_id: UUID) -> ResponseReturnValue:
    """Propose words of an answer."""
    opened = reviews.look_up(db.session, text_id)
    form = QuoteForm()
    decided = opened.review.codes if opened.review else []
    form.theme.choices = {code.theme: opened.book.label(code.theme) for code in decided}
    if form.validate_on_submit() and _proposed(text_id, form):
        flash("Proposed. It can be shown when a second person approves it.", "success")
        return redirect(url_for(".quotes"))
    reviews.note_read(db.session, opened, by=current_actor(), now=utc_now())
    return render_template(
        "coding/propose_quote.html",
        form=form,
        text_id=text_id,
        question=wording.question_of(opened.text),
        pieces=opened.pieces,
        has_consent=opened.text.response.quote_consent,
        is_reviewed=bool(decided),
    )


@bp.post("/quotes/<uuid:quote_id>/approve")
@audience(Role.ANALYST, Role.APPROVER)
def approve_quote(quote_id: UUID) -> ResponseReturnValue:
    """Approve a quote as the second person."""
    if not ApproveForm().validate_on_submit():
        flash("Tick that nobody could be recognised from it, then approve.")
        return redirect(url_for(".quotes"))
    try:
        quotes_service.approve(db.session, quote_id, by=current_actor(), now=utc_now())
        flash("Approved. It shows after 30 days, where enough people stand behind it.", "success")
    except quotes_service.SecondPersonNeededError:
        flash("You proposed it yourself. A second person has to approve it.")
    except quotes_service.HidesMoreError:
        flash("Something in it should be hidden by now. Remove it and propose it again.")
    return redirect(url_for(".quotes"))


@bp.post("/quotes/<uuid:quote_id>/remove")
@audience(Role.ANALYST, Role.APPROVER)
def remove_quote(quote_id: UUID) -> ResponseReturnValue:
    """Decline a proposal, or take an approved quote back."""
    quotes_service.remove(db.session, quote_id, by=current_actor(), now=utc_now())
    flash("Removed. It shows nowhere any more.", "success")
    return redirect(url_for(".quotes"))


def _proposed(text_id: UUID, form: QuoteForm) -> bool:
    try:
        quotes_service.propose(
            db.session,
            text_id,
            form.words.data,
            form.theme.data,
            take_out=form.take_out.data or "",
            by=current_actor(),
            now=utc_now(),
        )
    except tuple(REFUSALS) as error:
        name, words = REFUSALS[type(error)]
        form[name].errors = [words]
        return False
    return True


def _rows() -> Callable[[Any, Any], dict[str, Any]]:
    """Return what makes a row of a quote; what many quotes share is asked for once."""
    names = {user.id: user.name for user in staff.list_users(db.session)}
    question, book = cache(wording.question_words), cache(_book)

    def row(quote: Any, text: Any) -> dict[str, Any]:
        response = text.response
        approved = names.get(quote.approved_by, "a former colleague") if quote.approved_at else ""
        return {
            "id": quote.id,
            "words": quote.words or "",
            "question": question(response.version_id, text.question_id),
            "theme": book(response.survey.codebook_id).label(quote.theme) if quote.theme else "",
            "proposed": f"{names.get(quote.proposed_by, 'a former colleague')}, "
            f"{london_words(quote.proposed_at)}",
            "approved": approved,
            "is_own": quote.proposed_by == current_actor().user_id,
        }

    return row


def _book(codebook_id: UUID | None) -> Book:
    """Return the codebook of a survey; one that names none is read by the shipped one."""
    if codebook_id is not None:
        return read_book(coding.get_codebook(db.session, codebook_id).document)
    found = recoding.find_newest_in_use(db.session, DEFAULT_KEY)
    return read_book(found.document) if found else book_of({})

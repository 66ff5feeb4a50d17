"""Our own words in other languages: read beside the English, then offered to people."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalogues import TRANSLATED, catalogue, fingerprint
from app.clock import utc_now
from app.db import db
from app.design.blueprint import bp
from app.design.fields import ConfirmForm
from app.design.forms import ReviewerForm
from app.guards import Role, audience, current_actor
from app.languages import text_direction
from app.services import interface
from app.services.interface import NotTheSameWordsError, Review


@bp.get("/our-own-words")
@audience(Role.DESIGNER, Role.APPROVER)
def our_words() -> ResponseReturnValue:
    """List the languages our own pages are translated into, and who has read each."""
    rows = [_row(review) for review in interface.list_reviews(db.session)]
    return render_template("design/our_words.html", rows=rows)


@bp.route("/our-own-words/<tag>", methods=["GET", "POST"])
@audience(Role.DESIGNER, Role.APPROVER)
def our_words_in(tag: str) -> ResponseReturnValue:
    """Show every text of ours in one language; keep who has read them."""
    if tag not in TRANSLATED:
        abort(404)
    form = ReviewerForm()
    if form.validate_on_submit():
        return _approve(tag, form)
    return render_template(
        "design/our_words_in.html",
        tag=tag,
        name=TRANSLATED[tag],
        direction=text_direction(tag),
        words=sorted(catalogue(tag).words.items()),
        fingerprint=fingerprint(tag),
        review=interface.find_review(db.session, tag),
        form=form,
        take_back=ConfirmForm(),
    )


@bp.post("/our-own-words/<tag>/take-back")
@audience(Role.DESIGNER, Role.APPROVER)
def take_back_words(tag: str) -> ResponseReturnValue:
    """Offer a language to nobody until it has been read again."""
    interface.withdraw(db.session, tag, by=current_actor(), now=utc_now())
    flash("The language is a draft again. Nobody new is offered it.", "success")
    return redirect(url_for(".our_words"))


def _approve(tag: str, form: Any) -> ResponseReturnValue:
    try:
        interface.approve(
            db.session,
            tag,
            reviewer=form.reviewer.data,
            words=request.form.get("fingerprint", ""),
            by=current_actor(),
            now=utc_now(),
        )
    except NotTheSameWordsError:
        flash("The words changed while you were reading. Please read them again.")
        return redirect(url_for(".our_words_in", tag=tag))
    flash(f"Our pages can be offered in {TRANSLATED[tag]} now.", "success")
    return redirect(url_for(".our_words"))


def _row(review: Review) -> dict[str, Any]:
    state = "A draft: offered to nobody"
    if review.is_current:
        state = "Reviewed: offered where the survey is too"
    elif review.reviewer:
        state = "Changed since it was read: offered to nobody"
    return {
        "name": TRANSLATED[review.tag],
        "state": state,
        "who": f"{review.reviewer}, {review.on}" if review.reviewer else "nobody yet",
        "count": review.count,
        "_url": url_for(".our_words_in", tag=review.tag),
    }

"""Comments beside figures: any reader may leave one, a panel member first of all."""

from uuid import UUID

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from wtforms.validators import AnyOf

from app.clock import utc_now
from app.db import db
from app.guards import audience, current_actor
from app.services import commenting

from .forms import CommentForm
from .frame import COMMENTED, show
from .views import READERS, bp, chosen, seen


@bp.post("/results/<slug>/comments")
@audience(*READERS)
def comment(slug: str) -> ResponseReturnValue:
    """Keep a comment and go back to its page."""
    choice, form = chosen(slug), CommentForm()
    form.page.validators = [AnyOf(COMMENTED)]
    period = seen(choice).period.key
    if not form.validate_on_submit():
        return show("comment", choice, form=form)
    commenting.remark(
        db.session,
        choice.survey.id,
        form.page.data,
        period,
        form.body.data.strip(),
        by=current_actor(),
        now=utc_now(),
    )
    flash("Your comment is kept.")
    return redirect(f"{choice.url(form.page.data)}#comments")


@bp.post("/results/<slug>/comments/<uuid:comment_id>/remove")
@audience(*READERS)
def remove_comment(slug: str, comment_id: UUID) -> ResponseReturnValue:
    """Take back a comment of one's own."""
    choice = chosen(slug)
    commenting.take_back(db.session, comment_id, by=current_actor(), now=utc_now())
    flash("Your comment is gone.")
    return redirect(choice.url("page_one"))

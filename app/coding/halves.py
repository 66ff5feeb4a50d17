"""Half-done decisions on the page: kept while somebody works, and there again when they come back.

The page's script posts the form as it stands with `act=quiet` (docs/decisions/0064).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.clock import LONDON, london_today, utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.services import half_done, reviews
from app.services.half_done import Begun, ElsewhereError
from app.services.reviews import Opened
from app.store import half_done as store
from app.store import staff

from . import wording
from .blueprint import bp, here
from .forms import Draft, fields_of, read_draft

ELSEWHERE = (
    "You went on with this answer in another tab, or saved it there. What stands on this page is "
    "not kept until you press Save."
)


@dataclass(frozen=True, slots=True)
class Half:
    """What the page of an answer says of work begun with it, and not saved."""

    revision: int = 0
    mine: str = ""  # when the person themselves began
    others: str = ""  # who else has begun


@bp.post("/answers/<uuid:text_id>/afresh")
@audience(Role.ANALYST)
def begin_afresh(text_id: UUID) -> ResponseReturnValue:
    """Forget what one has begun with an answer."""
    is_blind = "blind" in request.form
    half_done.drop(db.session, text_id, is_blind=is_blind, by=current_actor())
    flash("What you had begun is taken away.", "success")
    if is_blind:
        return redirect(url_for(".double", text_id=text_id, ready=1))
    return redirect(url_for(".answer", text_id=text_id, ready=1, **here().args))


def restore(begun: Begun, opened: Opened) -> Draft:
    """Return the page as it was left."""
    return read_draft(MultiDict((n, v) for n, vs in begun.fields.items() for v in vs), opened)


def seen_of(begun: Begun | None) -> str | None:
    """Return the coder version whose suggestions were on the page that was left."""
    return next(iter(begun.fields.get("coder", ())), None) if begun else None


def half_of(text_id: UUID, begun: Begun | None, *, is_blind: bool) -> Half:
    """Return what to say of work begun: one's own, and, not to somebody blind, others'."""
    found = Half()
    if begun is not None:
        found = Half(begun.revision, mine=_when(begun.saved_at))
    if is_blind:
        return found
    names = {user.id: user.name for user in staff.list_users(db.session)}
    others = store.list_by_others(db.session, text_id, current_actor().user_id)
    words = [f"{names.get(o.user_id, 'A colleague')} ({_when(o.saved_at)})" for o in others]
    return replace(found, others=", ".join(words))


def keep_quietly(opened: Opened, *, is_blind: bool) -> ResponseReturnValue:
    """Keep the page as it stands and tell its script; a second tab is not written over."""
    now = utc_now()
    try:
        revision = _keep(opened, is_blind=is_blind, now=now)
    except ElsewhereError:
        return {"words": ELSEWHERE}, 409
    return {"half": revision, "words": f"Half done, kept at {now.astimezone(LONDON):%H:%M}."}


def keep_posted(opened: Opened, *, is_blind: bool) -> Half:
    """Keep what was posted and cannot be saved yet; the desk's script posts it once more itself."""
    if request.accept_mimetypes.best == "application/json":
        return Half(_known())
    try:
        return Half(_keep(opened, is_blind=is_blind, now=utc_now()))
    except ElsewhereError:
        return Half(_known())


def list_rows() -> list[dict[str, Any]]:
    """Return what one has begun, ready to print."""
    return [
        {
            "question": wording.question_of(text),
            "survey": text.response.survey.name,
            "kept": _when(half.saved_at),
            "_url": url_for(".double" if half.is_blind else ".answer", text_id=text.id),
        }
        for half, text in store.list_of(db.session, current_actor())
    ]


def _keep(opened: Opened, *, is_blind: bool, now: datetime) -> int:
    if request.form.get("seen", "") != reviews.mark_of(_own(opened)) and _own(opened):
        raise ElsewhereError(str(opened.text.id))  # saved in another tab since
    return half_done.keep(
        db.session,
        opened.text.id,
        fields_of(request.form),
        known=_known(),
        is_blind=is_blind,
        by=current_actor(),
        now=now,
    )


def _own(opened: Opened) -> Any:
    """Return the review that counts, if it is one's own."""
    review = opened.review
    return review if review and review.reviewer_id == current_actor().user_id else None


def _known() -> int:
    posted = request.form.get("half", "0")
    return int(posted) if posted.isdecimal() and len(posted) < 9 else 0


def _when(at: datetime) -> str:
    local = at.astimezone(LONDON)
    day = "today" if local.date() == london_today() else f"{local:%-d %B}"
    return f"{day} at {local:%H:%M}"

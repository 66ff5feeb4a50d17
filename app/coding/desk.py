"""The desk's front: what waits, in which order to work, the next answer, a pause."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

import surveys
from app.db import db
from app.guards import Role, audience, current_actor
from app.store import coding
from app.store import surveys as surveys_store
from app.store.coding import Order, Waiting

from . import halves
from .answers import done_today
from .blueprint import Place, bp, here
from .wording import ORDER_HINTS, ORDER_WORDS, risk_words, sample_words

ROWS = 10


@bp.get("/")
@audience(Role.ANALYST)
def desk() -> ResponseReturnValue:
    """Choose a survey and an order."""
    place = here()
    total, read, random = coding.count_read(db.session, place.survey_id)
    waiting = coding.list_waiting(
        db.session, place.survey_id, place.order, limit=ROWS, seen_by=current_actor()
    )
    return render_template(
        "coding/desk.html",
        place=place,
        orders=[(o.value, ORDER_WORDS[o], ORDER_HINTS[o]) for o in Order],
        surveys=surveys_store.list_surveys(db.session),
        waiting=coding.count_waiting(db.session, current_actor(), place.survey_id),
        sample=sample_words(total, read, random),
        rows=[_row(item, place) for item in waiting],
        begun=halves.list_rows(),
    )


@bp.get("/next")
@audience(Role.ANALYST)
def next_answer() -> ResponseReturnValue:
    """Go to the next answer of the list."""
    place = here()
    found = coding.list_waiting(
        db.session,
        place.survey_id,
        place.order,
        skip=place.skip,
        limit=1,
        seen_by=current_actor(),
    )
    if not found:
        return render_template("coding/nothing.html", place=place)
    return redirect(url_for(".answer", text_id=found[0].text_id, **place.args))


@bp.get("/pause")
@audience(Role.ANALYST)
def pause() -> ResponseReturnValue:
    """Suggest a break (safety.md R29)."""
    double = request.args.get("double", None, type=UUID)
    following = url_for(".next_double", survey_id=double) if double else here().next_url
    return render_template("coding/pause.html", following=following, done=done_today())


def _row(item: Waiting, place: Place) -> dict[str, Any]:
    version = surveys_store.get_version(db.session, item.version_id)
    question = surveys.find_question(surveys_store.questionnaire(version), item.question_id)
    return {
        "question": question.text.in_("en") if question else "An answer",
        "survey": item.survey,
        "received": f"{item.received_on:%-d %B %Y}",
        "care": risk_words(item.risk_level),
        "_url": url_for(".answer", text_id=item.text_id, **place.args),
    }

"""Training the coder on what people decided, and letting a person choose between old and new."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.clock import london_words, utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.services import learning
from app.services.codebook_drafts import SecondPersonNeededError
from app.services.codebooks import read_book
from app.services.learning import (
    FEWEST,
    OutdatedTrainingError,
    TooFewReviewsError,
    TrainingUnderwayError,
)
from app.services.recoding import RecodingUnderwayError
from app.store import coding, recoding
from app.store import learning as store
from app.store.errors import NotFoundError

from . import codebook_wording as wording
from .blueprint import bp
from .codebook_forms import RevisionForm

STATES = {
    "waiting": "waits for the worker",
    "running": "training",
    "ready": "waits for a person to choose",
    "failed": "came to nothing",
    "adopted": "adopted",
    "declined": "not taken",
}


@bp.get("/codebooks/<key>/learning")
@audience(Role.ANALYST, Role.APPROVER)
def trainings(key: str) -> ResponseReturnValue:
    """Show what there is to learn from, and earlier trainings."""
    book = _in_use(key)
    learn, held = store.count_material(db.session, book.id)
    runs = store.list_runs(db.session, key)
    return render_template(
        "coding/learning.html",
        book=book,
        learn=learn,
        held=held,
        fewest=FEWEST,
        rows=[_row(run) for run in runs],
        under_way=next((r for r in runs if r.state in learning.UNDER_WAY), None),
        can_ask=Role.ANALYST in current_actor().roles and min(learn, held) >= FEWEST,
        progress=wording.progress(key),
        form=RevisionForm(),
    )


@bp.post("/codebooks/<key>/learning")
@audience(Role.ANALYST)
def ask_training(key: str) -> ResponseReturnValue:
    """Ask the worker to train."""
    try:
        learning.ask(db.session, _in_use(key).id, by=current_actor(), now=utc_now())
        flash("Asked. Training takes some minutes and goes on in the background.", "success")
    except TooFewReviewsError:
        flash(f"People have to read more first: {FEWEST} answers to learn from, {FEWEST} aside.")
    except TrainingUnderwayError:
        flash("A training is under way or waits to be decided on.")
    return redirect(url_for(".trainings", key=key))


@bp.get("/trainings/<uuid:run_id>")
@audience(Role.ANALYST, Role.APPROVER)
def training(run_id: UUID) -> ResponseReturnValue:
    """Show old and new side by side."""
    run = store.get_run(db.session, run_id)
    codebook = coding.get_codebook(db.session, run.codebook_id)
    has_result = bool(run.result.get("new"))
    book = read_book(codebook.document)
    return render_template(
        "coding/training.html",
        run=run,
        key=codebook.key,
        name=codebook.name,
        state=STATES[run.state],
        asked=f"{wording.person(run.asked_by)}, {london_words(run.asked_at)}",
        measures=wording.measures(run.result) if has_result else [],
        themes=wording.by_theme(run.result, book) if has_result else [],
        old=(run.result.get("old") or {}).get("coder", ""),
        known_to_old=run.result.get("known_to_old", 0),
        is_own=run.asked_by == current_actor().user_id,
        form=RevisionForm(),
    )


@bp.post("/trainings/<uuid:run_id>/adopt")
@audience(Role.ANALYST, Role.APPROVER)
def adopt_training(run_id: UUID) -> ResponseReturnValue:
    """Adopt the new coder as the second person."""
    try:
        learning.adopt(db.session, run_id, by=current_actor(), now=utc_now())
        flash("Adopted. Every answer is coded anew before it comes into use.", "success")
    except SecondPersonNeededError:
        flash("You asked for this training. A second person has to adopt what came of it.")
    except RecodingUnderwayError:
        flash("Answers are being coded anew already. Adopt this when that is done.")
    except OutdatedTrainingError:
        flash("The codebook has a newer version since. Train again for that one.")
    return redirect(url_for(".training", run_id=run_id))


@bp.post("/trainings/<uuid:run_id>/decline")
@audience(Role.ANALYST, Role.APPROVER)
def decline_training(run_id: UUID) -> ResponseReturnValue:
    """Stay with the coder in use."""
    learning.decline(db.session, run_id, by=current_actor(), now=utc_now())
    flash("The coder in use stays.", "success")
    return redirect(url_for(".training", run_id=run_id))


def _in_use(key: str) -> Any:
    found = recoding.find_newest_in_use(db.session, key)
    if found is None:
        raise NotFoundError(f"codebook {key}")
    return found


def _row(run: Any) -> dict[str, str]:
    return {
        "asked": london_words(run.asked_at),
        "by": wording.person(run.asked_by),
        "coder": run.coder or "",
        "state": STATES[run.state],
        "_url": url_for(".training", run_id=run.id),
    }

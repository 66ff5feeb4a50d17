"""Themes nobody thought of: groups among the answers the codebook explains badly."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.clock import london_words, utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.services import emerging, reading, reviews
from app.services.codebooks import read_book
from app.services.emerging import FEWEST
from app.store import coding
from app.store import emerging as store
from app.store import surveys as surveys_store
from app.store.errors import ConflictError, NotFoundError

from .blueprint import bp
from .codebook_forms import RevisionForm

EXAMPLES = 3


@bp.get("/emerging/<uuid:survey_id>")
@audience(Role.ANALYST)
def emerging_themes(survey_id: UUID) -> ResponseReturnValue:
    """Show the groups found last."""
    survey = surveys_store.get_survey(db.session, survey_id)
    run = store.find_latest(db.session, survey_id)
    groups = store.list_groups(db.session, run.id, FEWEST) if run else []
    return render_template(
        "coding/emerging.html",
        survey=survey,
        run=run,
        looked=london_words(run.finished_at) if run and run.finished_at else "",
        rows=[_row(group) for group in groups],
        fewest=FEWEST,
        form=RevisionForm(),
    )


@bp.post("/emerging/<uuid:survey_id>")
@audience(Role.ANALYST)
def look_for_themes(survey_id: UUID) -> ResponseReturnValue:
    """Ask the worker to look."""
    try:
        emerging.ask(db.session, survey_id, by=current_actor(), now=utc_now())
        flash("The worker is looking. Come back in a minute or two.", "success")
    except NotFoundError:
        flash("No answer of this survey is coded yet.")
    except ConflictError:
        flash("The worker is looking already.")
    return redirect(url_for(".emerging_themes", survey_id=survey_id))


@bp.get("/emerging/groups/<uuid:group_id>")
@audience(Role.ANALYST)
def emerging_group(group_id: UUID) -> ResponseReturnValue:
    """Show what holds a group together, with a few answers; opening them is recorded."""
    group = store.get_group(db.session, group_id, FEWEST)
    texts = store.list_texts(db.session, group_id, current_actor(), limit=EXAMPLES)
    opened = [reviews.look_up(db.session, text.id) for text in texts]
    shown = [found for found in opened if found.risk_level == "none"]
    emerging.note_read(
        db.session, group_id, [f.text.id for f in shown], by=current_actor(), now=utc_now()
    )
    return render_template(
        "coding/emerging_group.html",
        group=group,
        words=", ".join(group.words).capitalize(),
        nearest=_nearest(group),
        examples=[reading.shown_words(found.pieces) for found in shown],
        kept_back=len(opened) - len(shown),
        form=RevisionForm(),
    )


@bp.post("/emerging/groups/<uuid:group_id>/candidate")
@audience(Role.ANALYST)
def make_candidate(group_id: UUID) -> ResponseReturnValue:
    """Make a theme of a group in the draft of the next version."""
    draft, theme = emerging.make_candidate(db.session, group_id, by=current_actor(), now=utc_now())
    flash("A candidate theme is in the draft. Say what it means and what people say.", "success")
    return redirect(url_for(".edit_theme", draft_id=draft.id, theme=theme))


def _row(group: Any) -> dict[str, str]:
    return {
        "words": ", ".join(group.words).capitalize() or "No word in common",
        "people": f"{group.respondents:,}",
        "nearest": _nearest(group),
        "stability": f"{group.stability:.2f}",
        "state": "in the draft" if group.theme else "",
        "_url": url_for(".emerging_group", group_id=group.id),
    }


def _nearest(group: Any) -> str:
    if group.nearest is None:
        return "none"
    return read_book(coding.get_codebook(db.session, group.codebook_id).document).label(
        group.nearest
    )

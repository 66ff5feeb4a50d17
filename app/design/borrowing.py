"""Questions that are there already: the bank, and questionnaires in other programs' files."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import utc_now
from app.db import db
from app.design.blueprint import bp, pack, page, save, working
from app.design.fields import ConfirmForm
from app.design.forms import UploadForm
from app.guards import Role, audience, current_actor
from app.services import bank, foreign, launching
from app.services.assessing import title_of
from app.services.foreign import UnreadableError


@bp.route("/<uuid:survey_id>/bank", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def question_bank(survey_id: UUID) -> ResponseReturnValue:
    """Choose questions of the shipped questionnaires."""
    draft = working(survey_id)
    name = request.values.get("shelf", bank.shelves()[0].name)
    try:
        source = bank.shelf(name, pack())
    except KeyError:
        abort(404)
    form = ConfirmForm()
    chosen = request.form.getlist("question")
    if form.validate_on_submit() and chosen:
        borrow = partial(bank.borrow, source=source, question_ids=chosen)
        save(survey_id, borrow, draft.revision, f"Added {len(chosen)} from the bank")
        return redirect(url_for(".outline", survey_id=survey_id))
    there = [(q.id, title_of(source, q)) for q in bank.not_borrowed(draft.survey, source)]
    shelves = [(s.name, s.title) for s in bank.shelves()]
    return page(
        "bank", survey_id, tab="design.outline", form=form, shelf=name, shelves=shelves, there=there
    )


@bp.route("/import", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def upload() -> ResponseReturnValue:
    """Begin a survey from a file of another program; say what became of everything in it."""
    form = UploadForm()
    if form.validate_on_submit():
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"upload{Path(form.file.data.filename).suffix[:8].lower()}"
            form.file.data.save(path)
            try:
                found = foreign.read(path, form.name.data)
            except UnreadableError as error:
                form.file.errors = [*form.file.errors, *error.reasons]
                return render_template("design/import.html", form=form)
        survey = launching.start(
            db.session, found, name=form.name.data, by=current_actor(), now=utc_now()
        )
        flash("The file is in. What was changed or left out is below.", "success")
        return redirect(url_for(".checks", survey_id=survey.id, _anchor="import"))
    return render_template("design/import.html", form=form)

"""All surveys; begin one; one survey's page; launch, pause, close, copy, major incident."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import utc_now
from app.db import db
from app.design import wording
from app.design.blueprint import bp, pack, page, working
from app.design.fields import ConfirmForm
from app.design.forms import CopyForm, IncidentForm, StartForm
from app.guards import Role, audience, current_actor
from app.services import approving, designing, editing, launching
from app.services.launching import NotNowError
from app.store import designs
from app.store import surveys as surveys_store
from surveys import Mode, Survey, library


@bp.get("/")
@audience(Role.DESIGNER, Role.APPROVER)
def everything() -> ResponseReturnValue:
    """List every survey with where it stands."""
    versions = designs.list_statuses(db.session)
    rows = [
        {
            "name": survey.name,
            "status": wording.status(survey.status, versions.get(survey.id, 0)),
            "version": versions.get(survey.id, "none yet"),
            "promise": survey.mode,
            "_url": url_for(".survey", survey_id=survey.id),
        }
        for survey in surveys_store.list_surveys(db.session)
    ]
    return render_template("design/everything.html", rows=rows)


@bp.route("/new", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def new() -> ResponseReturnValue:
    """Begin a survey from a template, from another survey, or with nothing."""
    form = StartForm()
    form.source.choices = dict(_sources())
    if form.validate_on_submit():
        content = _content(form.source.data, form.name.data, form.mode.data)
        survey = launching.start(
            db.session,
            content,
            name=form.name.data,
            by=current_actor(),
            now=utc_now(),
            is_check_in=form.source.data.startswith("template:checkin_"),
        )
        first = ".new_question" if form.source.data == "blank" else ".outline"
        return redirect(url_for(first, survey_id=survey.id))
    return render_template("design/new.html", form=form)


@bp.get("/<uuid:survey_id>")
@audience(Role.DESIGNER, Role.APPROVER)
def survey(survey_id: UUID) -> ResponseReturnValue:
    """Show where a survey stands and what can be done next."""
    row = surveys_store.get_survey(db.session, survey_id)
    versions = designs.list_versions(db.session, survey_id)
    names = designs.list_names(db.session)
    waiting = [r for r in designs.list_requests(db.session, survey_id) if not r.decision]
    return page(
        "survey",
        survey_id,
        tab="design.survey",
        row=row,
        status=wording.status(row.status, len(versions)),
        acts=wording.acts(row.status, has_version=bool(versions)),
        next_step=wording.next_step(row.status, len(versions), waiting=bool(waiting)),
        versions=[wording.version_row(v, names) for v in reversed(versions)],
        form=ConfirmForm(),
    )


@bp.post("/<uuid:survey_id>/<any(launch, pause, close):act>")
@audience(Role.DESIGNER, Role.APPROVER)
def change_status(survey_id: UUID, act: str) -> ResponseReturnValue:
    """Launch, pause, close or reopen a survey."""
    try:
        launching.ACTS[act](db.session, survey_id, by=current_actor(), now=utc_now())
        flash(wording.DONE[act], "success")
    except NotNowError as error:
        flash(str(error), "error")
    return redirect(url_for(".survey", survey_id=survey_id))


@bp.route("/<uuid:survey_id>/copy", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def copy(survey_id: UUID) -> ResponseReturnValue:
    """Copy a survey's questions into a survey of its own."""
    form = CopyForm()
    if form.validate_on_submit():
        made = launching.clone(
            db.session, survey_id, name=form.name.data, by=current_actor(), now=utc_now()
        )
        return redirect(url_for(".outline", survey_id=made.id))
    return page("copy", survey_id, form=form)


@bp.route("/incident", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def incident() -> ResponseReturnValue:
    """Put an approved version live at once, unchanged; a second person reviews it in 24 hours."""
    form = IncidentForm()
    form.version.choices = dict(_approved_versions())
    if form.validate_on_submit():
        made = approving.launch_for_incident(
            db.session,
            UUID(form.version.data),
            name=form.name.data,
            reason=form.reason.data,
            by=current_actor(),
            now=utc_now(),
        )
        flash("It is live. An approver reviews it within 24 hours.", "success")
        return redirect(url_for(".collectors", survey_id=made.id))
    return render_template("design/incident.html", form=form)


@bp.get("/<uuid:survey_id>/history")
@audience(Role.DESIGNER, Role.APPROVER)
def history(survey_id: UUID) -> ResponseReturnValue:
    """Show every edit of the draft; each can be undone."""
    working(survey_id)
    names = designs.list_names(db.session)
    edits = designs.list_edits(db.session, survey_id)
    rows = [wording.edit_row(edit, names) for edit in wording.runs(edits)]
    return page("history", survey_id, tab="design.history", rows=rows)


@bp.post("/<uuid:survey_id>/history/<int:revision>")
@audience(Role.DESIGNER)
def restore(survey_id: UUID, revision: int) -> ResponseReturnValue:
    """Bring the draft back to what it was before an edit, or use words that were set aside."""
    aside = designing.is_aside(db.session, survey_id, revision)
    act = designing.put_back if aside else designing.restore
    act(db.session, survey_id, revision, by=current_actor(), now=utc_now())
    flash(wording.RESTORED[aside], "success")
    back = ".outline" if request.form.get("back") == "outline" else ".history"
    return redirect(url_for(back, survey_id=survey_id))


def _sources() -> list[tuple[str, str]]:
    templates = [(f"template:{name}", library.get(name).title) for name in library.list_names()]
    copies = [
        (f"copy:{survey.id}", f"A copy of “{survey.name}”")
        for survey in surveys_store.list_surveys(db.session)
    ]
    return [("blank", "Nothing: a blank survey"), *templates, *copies]


def _content(source: str, name: str, mode: str) -> Survey:
    kind, _, which = source.partition(":")
    if kind == "template":
        return launching.from_template(which, pack(), name)
    if kind == "copy":
        return editing.copy_of(working(UUID(which)).survey, name)
    if kind != "blank":
        abort(400)
    return editing.blank(name, Mode(mode))


def _approved_versions() -> list[tuple[str, str]]:
    found = []
    for row in surveys_store.list_surveys(db.session):
        versions = designs.list_versions(db.session, row.id)
        if versions and approving.is_approved(db.session, versions[-1]):
            words = f"{row.name}, version {versions[-1].number}"
            found.append((str(versions[-1].id), words))
    return found

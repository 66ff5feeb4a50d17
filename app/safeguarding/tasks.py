"""Tasks: caseworkers and supervisors see the same list, what falls due first comes first."""

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.clock import london_words, utc_now
from app.db import db
from app.guards import audience
from app.raising_form import RaiseForm
from app.services import flags, identity
from app.services import tasks as tasks_service
from app.store import care

from . import wording
from .acts import hours
from .blueprint import TASK_ROLES, bp, names
from .desk import me
from .forms import TaskNoteForm

DONE_ROWS = 20


@bp.get("/tasks/")
@audience(*TASK_ROLES)
def tasks() -> ResponseReturnValue:
    """List what is to do, and what was done last."""
    return render_template(
        "safeguarding/tasks.html",
        tasks=_rows(care.list_open_tasks(db.session, me())),
        done=_rows(care.list_done_tasks(db.session, me(), limit=DONE_ROWS)),
    )


@bp.route("/tasks/<uuid:task_id>", methods=["GET", "POST"])
@audience(*TASK_ROLES)
def task(task_id: UUID) -> ResponseReturnValue:
    """Show one task; write a note about it."""
    row = care.get_task(db.session, me(), task_id)
    form = TaskNoteForm()
    if form.validate_on_submit():
        tasks_service.add_note(db.session, task_id, form.words.data, by=me(), now=utc_now())
        return _back(task_id, "Your note is kept.")
    return _page(row, form)


@bp.post("/tasks/<uuid:task_id>/take")
@audience(*TASK_ROLES)
def take_task(task_id: UUID) -> ResponseReturnValue:
    """Take a task, so that nobody else rings too."""
    shown = request.form.get("was_with", "")
    try:
        tasks_service.take(
            db.session, task_id, by=me(), now=utc_now(), was_with=UUID(shown) if shown else None
        )
    except (tasks_service.TaskTakenError, ValueError):
        flash("Not taken: somebody else took it while you were reading. See below who.")
        return redirect(url_for(".task", task_id=task_id))
    return _back(task_id, "It is yours now.")


@bp.post("/tasks/<uuid:task_id>/done")
@audience(*TASK_ROLES)
def finish_task(task_id: UUID) -> ResponseReturnValue:
    """Say that it is done, and what came of it."""
    row = care.get_task(db.session, me(), task_id)
    form = TaskNoteForm()
    if not form.validate_on_submit():
        return _page(row, form)
    tasks_service.finish(db.session, task_id, form.words.data, by=me(), now=utc_now())
    flash("Done, and kept.", "success")
    return redirect(url_for(".tasks"))


@bp.post("/tasks/<uuid:task_id>/reach")
@audience(*TASK_ROLES)
def reach(task_id: UUID) -> ResponseReturnValue:
    """Show how to reach the person; that it was opened is recorded."""
    row = care.get_task(db.session, me(), task_id)
    found = identity.open_for_task(db.session, row, by=me(), now=utc_now())
    return _page(row, TaskNoteForm(formdata=None), contact=wording.contact_rows(found.contact))


@bp.route("/tasks/<uuid:task_id>/raise", methods=["GET", "POST"])
@audience(*TASK_ROLES)
def raise_from_task(task_id: UUID) -> ResponseReturnValue:
    """Tell safeguarding about somebody one is worried for."""
    row = care.get_task(db.session, me(), task_id)
    form = RaiseForm()
    if row.response_id is not None and form.validate_on_submit():
        tier = flags.TIERS[flags.place(form.tier.data)]
        now, words = utc_now(), form.reason.data
        flags.raise_by_person(
            db.session, row.response_id, tier, words, hours=hours(), by=me(), now=now
        )
        return _back(task_id, "Safeguarding has it now.")
    return render_template("safeguarding/raise.html", form=form, task_id=task_id)


def _page(
    row: Any, form: TaskNoteForm, contact: list[tuple[str, str]] | None = None
) -> ResponseReturnValue:
    return render_template(
        "safeguarding/task.html",
        task=row,
        row=_rows([row])[0],
        form=form,
        contact=contact,
        has_contact=care.find_contact_of_task(db.session, row) is not None,
        is_mine=row.owner_id == me().user_id,
    )


def _rows(tasks: Any) -> list[dict[str, Any]]:
    now, people, pack = utc_now(), names(), current_app.config["PACK"]
    return [
        {
            "url": url_for(".task", task_id=task.id),
            "what": wording.TASK_WORDS.get(task.kind, "Task"),
            "advice": wording.TASK_ADVICE.get(task.kind, ""),
            "case": task.case_key or "no case known",
            "service": pack.service_name(task.service) if task.service else "whole body",
            "due": wording.due_words(task.due_at, now),
            "is_late": task.done_at is None and task.due_at < now,
            "owner": wording.name_of(task.owner_id, people),
            "done": f"{london_words(task.done_at)} by {wording.name_of(task.done_by, people)}"
            if task.done_at
            else "",
        }
        for task in tasks
    ]


def _back(task_id: UUID, words: str) -> Response:
    flash(words, "success")
    return redirect(url_for(".task", task_id=task_id))

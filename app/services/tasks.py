"""Tasks of caseworkers and supervisors: both see them, anybody who sees one may do it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import LONDON, london_words
from app.models import Task
from app.store import audit, care
from app.store.actors import Actor
from app.store.errors import ConflictError


class TaskDoneError(ConflictError):
    """Somebody has done it already."""


class TaskTakenError(ConflictError):
    """Somebody took it after this person had looked at it."""


def take(
    session: Session, task_id: UUID, *, by: Actor, now: datetime, was_with: UUID | None = None
) -> None:
    """Make a task one's own, so that nobody else rings too.

    Whoever takes it over names whom it was with; raise TaskTakenError when it is with somebody
    else by now.
    """
    task = _open_task(session, task_id, by)
    if task.owner_id not in (was_with, by.user_id):
        session.rollback()
        raise TaskTakenError
    task.owner_id = by.user_id
    _finish(session, task, "task.take", by, now)


def add_note(session: Session, task_id: UUID, words: str, *, by: Actor, now: datetime) -> None:
    """Add what was tried or learned, below what others wrote."""
    task = _open_task(session, task_id, by)
    task.note = _noted(task, words, by, now)
    _finish(session, task, "task.note", by, now)


def finish(session: Session, task_id: UUID, words: str, *, by: Actor, now: datetime) -> None:
    """Say that it is done, and what came of it."""
    task = _open_task(session, task_id, by)
    task.note = _noted(task, words, by, now)
    task.done_at = now
    task.done_by = by.user_id
    _meet_request(session, task, now)
    _finish(session, task, "task.finish", by, now)


def _open_task(session: Session, task_id: UUID, by: Actor) -> Task:
    task = care.get_task(session, by, task_id, lock=True)
    if task.done_at is not None:
        raise TaskDoneError
    return task


def _meet_request(session: Session, task: Task, now: datetime) -> None:
    """Note the day contact was made, from which on the way to reach somebody is soon forgotten."""
    if task.kind != "contact":
        return
    request = care.find_contact_of_task(session, task)
    if request is not None:
        request.done_on = now.astimezone(LONDON).date()


def _noted(task: Task, words: str, by: Actor, now: datetime) -> str | None:
    if not words.strip():
        return task.note
    line = f"{london_words(now)}, {by.name}: {words.strip()}"
    return f"{task.note}\n\n{line}" if task.note else line


def _finish(session: Session, task: Task, act: str, by: Actor, now: datetime) -> None:
    audit.add_event(session, by=by, act=act, kind="task", object_id=task.id, now=now)
    session.commit()

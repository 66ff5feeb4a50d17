"""Flags, tasks and contact requests."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from app.models import Flag, FlagStatus, Task, Tier

from .actors import Actor
from .errors import NotFoundError

TIER_ORDER = case({tier.value: place for place, tier in enumerate(Tier)}, value=Flag.tier)


def find_flag_by_reason(session: Session, response_id: UUID, reason: str) -> Flag | None:
    """Return the flag already raised for this reason, if any."""
    return session.scalars(
        select(Flag).where(Flag.response_id == response_id, Flag.reason == reason)
    ).one_or_none()


def get_flag(session: Session, flag_id: UUID) -> Flag:
    """Return a flag; raise NotFoundError."""
    flag = session.get(Flag, flag_id)
    if flag is None:
        raise NotFoundError(f"flag {flag_id}")
    return flag


def list_open_flags(session: Session) -> Sequence[Flag]:
    """Return what is not closed, most urgent first, then by what falls due first."""
    return session.scalars(
        select(Flag).where(Flag.status != FlagStatus.CLOSED).order_by(TIER_ORDER, Flag.due_at)
    ).all()


def find_task(session: Session, response_id: UUID, kind: str) -> Task | None:
    """Return the task already opened for this response and kind, if any."""
    return session.scalars(
        select(Task).where(Task.response_id == response_id, Task.kind == kind)
    ).one_or_none()


def list_open_tasks(session: Session, actor: Actor) -> Sequence[Task]:
    """Return the tasks this person may see, by what falls due first."""
    query = select(Task).where(Task.done_at.is_(None)).order_by(Task.due_at)
    if not actor.sees_everything:
        query = query.where(Task.service.in_(actor.services))
    return session.scalars(query).all()


def get_task(session: Session, actor: Actor, task_id: UUID) -> Task:
    """Return a task this person may see; raise NotFoundError."""
    task = session.get(Task, task_id)
    if task is None or not (actor.sees_everything or task.service in actor.services):
        raise NotFoundError(f"task {task_id}")
    return task

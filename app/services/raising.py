"""Raise flags and tasks. Used by the send, by the worker and by people; adds, never commits.

The caller's transaction carries the flag, so an answer is never stored without it. Raising the
same reason again may move a flag up, and opens one again that people closed under a lower tier;
nothing here lowers or closes one.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import Flag, FlagStatus, Task, Tier
from app.packs import Hours
from app.services.duty import due_at, end_of_working_day
from app.store import audit, care
from app.store.actors import Actor
from app.store.outbox import add_job

NOTICE = "flag_notice"  # the worker's job that tells the duty lead, without content


def raise_flag(
    session: Session,
    response_id: UUID,
    *,
    reason: str,
    source: str,
    tier: Tier,
    hours: Hours,
    now: datetime,
    text_id: UUID | None = None,
    by: Actor | None = None,
) -> Flag:
    """Open a flag, or move the one already open for this reason up to a higher tier."""
    flag = care.find_flag_by_reason(session, response_id, reason)
    if flag is not None:
        if list(Tier).index(tier) < list(Tier).index(Tier(flag.tier)):
            _raise_further(session, flag, tier, hours=hours, now=now, by=by)
        return flag
    flag = Flag(
        response_id=response_id,
        text_id=text_id,
        reason=reason,
        source=source,
        tier=tier,
        status="open",
        raised_at=now,
        due_at=due_at(tier, now, hours),
    )
    session.add(flag)
    add_job(session, NOTICE, now=now, subject_id=flag.id)
    audit.add_event(
        session,
        by=by,
        act="flag.raise",
        kind="flag",
        object_id=flag.id,
        now=now,
        detail={"tier": tier, "source": source},
    )
    return flag


def raise_task(
    session: Session,
    response_id: UUID,
    *,
    kind: str,
    hours: Hours,
    now: datetime,
    working_days: int = 1,
    case_key: str | None = None,
    service: str | None = None,
) -> Task:
    """Open a task once for this response and kind, due by the end of a working day."""
    task = care.find_task(session, response_id, kind)
    if task is not None:
        return task
    task = Task(
        kind=kind,
        response_id=response_id,
        case_key=case_key,
        service=service,
        raised_at=now,
        due_at=end_of_working_day(now, working_days, hours),
    )
    session.add(task)
    _note_task(session, task, now)
    return task


def raise_case_task(
    session: Session, case_key: str, service: str | None, *, kind: str, hours: Hours, now: datetime
) -> Task:
    """Open a task about a case that belongs to no answers, due by the next working day's end."""
    task = Task(
        kind=kind,
        case_key=case_key,
        service=service,
        raised_at=now,
        due_at=end_of_working_day(now, 1, hours),
    )
    session.add(task)
    _note_task(session, task, now)
    return task


def _note_task(session: Session, task: Task, now: datetime) -> None:
    audit.add_event(
        session, by=None, act="task.raise", kind="task", object_id=task.id, now=now,
        detail={"kind": task.kind},
    )  # fmt: skip


def _raise_further(
    session: Session, flag: Flag, tier: Tier, *, hours: Hours, now: datetime, by: Actor | None
) -> None:
    """Move a flag up: what people knew when they took or closed it no longer covers it."""
    was_closed = flag.status == FlagStatus.CLOSED
    due = due_at(tier, now, hours)
    flag.due_at = due if was_closed else min(flag.due_at, due)
    detail = {"from": flag.tier, "to": tier, "was": flag.status}
    flag.tier = tier
    flag.status = FlagStatus.OPEN
    flag.acknowledged_at = flag.escalated_at = flag.closed_at = None
    flag.closed_by = flag.closing_by = flag.closing_reason = None
    flag.lowering_to = flag.lowering_by = flag.lowering_reason = None
    add_job(session, NOTICE, now=now, subject_id=flag.id)
    audit.add_event(
        session,
        by=by,
        act="flag.raise_further",
        kind="flag",
        object_id=flag.id,
        now=now,
        detail=detail,
    )

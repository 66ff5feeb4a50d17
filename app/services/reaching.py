"""A wish to be contacted that belongs to no answers (settled.md 23)."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Task
from app.packs import Hours
from app.services.duty import end_of_working_day
from app.store import audit


def ask(session: Session, how: str, *, hours: Hours, now: datetime) -> None:
    """Open a task with how and when it is safe to be in touch, sealed."""
    task = Task(kind="contact", raised_at=now, due_at=end_of_working_day(now, 1, hours))
    task.note = how
    session.add(task)
    audit.add_event(
        session,
        by=None,
        act="task.raise",
        kind="task",
        object_id=task.id,
        now=now,
        detail={"kind": "contact"},
    )
    session.commit()

"""A wish to be contacted that belongs to no answers (settled.md 23)."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import ContactRequest, Task
from app.packs import Hours
from app.services.duty import end_of_working_day
from app.store import audit

# How long the way given stays safe to use before somebody has to ask again.
SAFE_FOR = {"week": timedelta(days=7), "month": timedelta(days=30), "quarter": timedelta(days=91)}


def ask(session: Session, how: Mapping[str, object], *, hours: Hours, now: datetime) -> None:
    """Open a task, and keep how and when it is safe to be in touch beside it: sealed, for a time.

    The way is opened by whoever takes the task, and goes when its time is over (services/identity
    and services/retention).
    """
    task = Task(kind="contact", raised_at=now, due_at=end_of_working_day(now, 1, hours))
    session.add(task)
    session.flush()
    request = ContactRequest(
        task_id=task.id, wish="this_week", asked_on=now.astimezone(LONDON).date()
    )
    say_way(request, how)
    session.add(request)
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


def say_way(request: ContactRequest, how: Mapping[str, object]) -> None:
    """Keep how and when it is safe to be in touch, and until which day."""
    request.details = json.dumps(dict(how), ensure_ascii=False)
    safe_for = SAFE_FOR.get(str(how.get("safe_for")), SAFE_FOR["month"])
    request.safe_until = request.asked_on + safe_for

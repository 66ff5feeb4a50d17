"""Who somebody is, and how to reach them: opened by token only, with a reason, and audited."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import ContactRequest, FlagNote, Response, SurveyMode, Task
from app.store import audit, care
from app.store.actors import Actor
from app.store.errors import ConflictError, NotFoundError


class AnonymousError(Exception):
    """The survey promised that nothing leads from an answer to a person, and nothing does."""


class NotOwnerError(ConflictError):
    """A number or an address is opened by the one colleague who will use it."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How and when somebody said it is safe to be in touch."""

    wish: str
    way: str
    reach: str
    times: tuple[str, ...]
    may_leave_message: str
    safe_until: date | None


@dataclass(frozen=True, slots=True)
class Identity:
    """All that leads from an answer to a person."""

    case_key: str | None
    service: str | None
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class Lead:
    """What could be opened about an answer, without opening it."""

    is_anonymous: bool
    has_case: bool
    has_contact: bool

    @property
    def leads_anywhere(self) -> bool:
        """Return whether there is anything to open."""
        return not self.is_anonymous and (self.has_case or self.has_contact)


def lead_of(session: Session, response: Response) -> Lead:
    """Return what could be opened; looking at this opens nothing."""
    request = care.find_contact_request(session, response.id)
    return Lead(
        is_anonymous=response.survey.mode == SurveyMode.ANONYMOUS,
        has_case=care.find_case_key(session, response) is not None,
        has_contact=request is not None,
    )


def open_for_flag(
    session: Session, flag_id: UUID, reason: str, *, by: Actor, now: datetime
) -> Identity:
    """Return who sent a flagged answer; the reason is kept with the flag, sealed.

    Raise AnonymousError where nothing leads to anybody.
    """
    flag = care.get_flag_seen_by(session, by, flag_id)
    response = care.get_response(session, flag.response_id)
    if not lead_of(session, response).leads_anywhere:
        raise AnonymousError
    note = FlagNote(flag_id=flag.id, author_id=by.user_id, written_at=now)
    note.body = reason.strip()
    session.add(note)
    audit.add_event(
        session,
        by=by,
        act="identity.open",
        kind="flag",
        object_id=flag.id,
        now=now,
        detail={"reason_in_note": str(note.id)},
    )
    found = Identity(
        care.find_case_key(session, response), response.service, _contact(session, response.id)
    )
    session.commit()
    return found


def open_for_task(session: Session, task: Task, *, by: Actor, now: datetime) -> Identity:
    """Return how to reach the person a task is about; the task itself is the reason.

    Only whoever took the task opens it: raise NotOwnerError for anybody else.
    """
    if task.owner_id != by.user_id:
        raise NotOwnerError(f"task {task.id} is with somebody else")
    request = care.find_contact_of_task(session, task)
    if request is None and task.response_id is None:
        raise NotFoundError(f"task {task.id} is about no answer")
    found = Identity(task.case_key, task.service, _said(request))
    audit.add_event(session, by=by, act="contact.open", kind="task", object_id=task.id, now=now)
    session.commit()
    return found


def _contact(session: Session, response_id: UUID) -> Contact | None:
    return _said(care.find_contact_request(session, response_id))


def _said(request: ContactRequest | None) -> Contact | None:
    if request is None:
        return None
    said: dict[str, Any] = json.loads(request.details) if request.details else {}
    return Contact(
        wish=request.wish,
        way=str(said.get("way") or ""),
        reach=str(said.get("reach") or ""),
        times=tuple(str(time) for time in said.get("times") or ()),
        may_leave_message=str(said.get("message") or "no"),
        safe_until=request.safe_until,
    )

"""Flags, tasks and contact requests."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, exists, or_, select, update
from sqlalchemy.orm import Session, joinedload

from app.models import (
    REPLY,
    Answer,
    AnswerText,
    AuditEvent,
    Case,
    ConflictSeal,
    ContactRequest,
    DutyDay,
    Flag,
    FlagNote,
    FlagStatus,
    PersonalLink,
    Response,
    Task,
    Tier,
)

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


def get_flag_seen_by(session: Session, actor: Actor, flag_id: UUID, *, lock: bool = False) -> Flag:
    """Return a flag this person may see, locked where it is about to change.

    Raise NotFoundError alike for a flag that is not there and for one of another service.
    """
    query = _seen_by(actor, select(Flag)).where(Flag.id == flag_id)
    if lock:
        query = query.with_for_update(of=Flag).execution_options(populate_existing=True)
    flag = session.scalars(query).one_or_none()
    if flag is None:
        raise NotFoundError(f"flag {flag_id}")
    return flag


def list_desk(session: Session, actor: Actor) -> Sequence[Flag]:
    """Return the open flags this person may see, in the order in which to act."""
    return session.scalars(
        _seen_by(actor, select(Flag))
        .where(Flag.status != FlagStatus.CLOSED)
        .options(joinedload(Flag.response).joinedload(Response.survey))
        .order_by(TIER_ORDER, Flag.due_at, Flag.raised_at)  # what came on a Sunday is due at once
    ).all()


def list_closed_flags(session: Session, actor: Actor, *, limit: int) -> Sequence[Flag]:
    """Return the flags closed last that this person may see."""
    return session.scalars(
        _seen_by(actor, select(Flag))
        .where(Flag.status == FlagStatus.CLOSED)
        .options(joinedload(Flag.response).joinedload(Response.survey))
        .order_by(Flag.closed_at.desc())
        .limit(limit)
    ).all()


def list_unanswered_flags(session: Session, *, due_by: datetime) -> Sequence[Flag]:
    """Return flags nobody has taken by their time and that have not gone to the deputy yet."""
    return session.scalars(
        select(Flag)
        .where(Flag.status == FlagStatus.OPEN, Flag.due_at <= due_by, Flag.escalated_at.is_(None))
        .order_by(TIER_ORDER, Flag.due_at)
        .with_for_update(skip_locked=True)
    ).all()


def list_notes(session: Session, flag_id: UUID) -> Sequence[FlagNote]:
    """Return what people wrote about a flag, oldest first."""
    return session.scalars(
        select(FlagNote).where(FlagNote.flag_id == flag_id).order_by(FlagNote.written_at)
    ).all()


def list_acts(session: Session, kind: str, object_id: UUID) -> Sequence[AuditEvent]:
    """Return what was done to one flag or task, oldest first."""
    return session.scalars(
        select(AuditEvent)
        .where(AuditEvent.object_kind == kind, AuditEvent.object_id == str(object_id))
        .order_by(AuditEvent.id)
    ).all()


def list_texts(session: Session, response_id: UUID) -> Sequence[AnswerText]:
    """Return the texts of a response, still sealed, by question."""
    return session.scalars(
        select(AnswerText)
        .where(AnswerText.response_id == response_id)
        .order_by(AnswerText.question_id, AnswerText.part)
    ).all()


def get_text_of(session: Session, response_id: UUID, text_id: UUID) -> AnswerText:
    """Return a text of this very response; raise NotFoundError for any other."""
    text = session.get(AnswerText, text_id)
    if text is None or text.response_id != response_id:
        raise NotFoundError(f"text {text_id}")
    return text


def get_response(session: Session, response_id: UUID) -> Response:
    """Return a response with its survey; raise NotFoundError."""
    response = session.get(Response, response_id, options=[joinedload(Response.survey)])
    if response is None:
        raise NotFoundError(f"response {response_id}")
    return response


def list_choices(session: Session, response_id: UUID, question_id: str) -> Sequence[Answer]:
    """Return what was chosen in one question of a response."""
    return session.scalars(
        select(Answer)
        .where(Answer.response_id == response_id, Answer.question_id == question_id)
        .order_by(Answer.part)
    ).all()


def find_contact_request(session: Session, response_id: UUID) -> ContactRequest | None:
    """Return how to reach the sender of a response, if they asked for it."""
    return session.scalars(
        select(ContactRequest).where(ContactRequest.response_id == response_id)
    ).one_or_none()


def find_contact_of_task(session: Session, task: Task) -> ContactRequest | None:
    """Return how to reach the person a task is about, where they said."""
    if task.response_id is not None:
        return find_contact_request(session, task.response_id)
    return session.scalars(
        select(ContactRequest).where(ContactRequest.task_id == task.id)
    ).one_or_none()


def find_case_key(session: Session, response: Response) -> str | None:
    """Return the case a personal link was issued for; open links lead to nobody.

    A text sent back by somebody who never had a link belongs to the case its task names.
    """
    if response.link_id is None:
        named = select(Task.case_key).where(Task.response_id == response.id, Task.kind == REPLY)
        return session.scalars(named).first()
    return session.scalar(select(PersonalLink.case_key).where(PersonalLink.id == response.link_id))


def list_duty_days(session: Session, first: date, last: date) -> Sequence[DutyDay]:
    """Return who watches the desk on the days of a stretch that somebody has filled in."""
    return session.scalars(
        select(DutyDay).where(DutyDay.day.between(first, last)).order_by(DutyDay.day)
    ).all()


def list_seals(session: Session) -> Sequence[ConflictSeal]:
    """Return who may not open which case."""
    return session.scalars(select(ConflictSeal).order_by(ConflictSeal.sealed_at.desc())).all()


def is_case(session: Session, case_key: str) -> bool:
    """Return whether anything is kept under this case."""
    kept = (Case.case_key, PersonalLink.case_key, Task.case_key)
    return any(session.scalar(select(exists().where(key == case_key))) for key in kept)


def find_seal(session: Session, user_id: UUID, case_key: str) -> ConflictSeal | None:
    """Return the seal that keeps a colleague out of a case, if there is one."""
    return session.scalars(
        select(ConflictSeal).where(
            ConflictSeal.user_id == user_id, ConflictSeal.case_key == case_key
        )
    ).one_or_none()


def find_task(session: Session, response_id: UUID, kind: str) -> Task | None:
    """Return the task already opened for this response and kind, if any."""
    return session.scalars(
        select(Task).where(Task.response_id == response_id, Task.kind == kind)
    ).one_or_none()


def list_open_tasks(session: Session, actor: Actor) -> Sequence[Task]:
    """Return the tasks this person may see, by what falls due first."""
    query = select(Task).where(Task.done_at.is_(None), _not_sealed(actor)).order_by(Task.due_at)
    if not actor.sees_everything:
        query = query.where(Task.service.in_(actor.services))
    return session.scalars(query).all()


def list_done_tasks(session: Session, actor: Actor, *, limit: int) -> Sequence[Task]:
    """Return the tasks done last that this person may see."""
    done = (Task.done_at.is_not(None), _not_sealed(actor))
    query = select(Task).where(*done).order_by(Task.done_at.desc())
    if not actor.sees_everything:
        query = query.where(Task.service.in_(actor.services))
    return session.scalars(query.limit(limit)).all()


def get_task(session: Session, actor: Actor, task_id: UUID, *, lock: bool = False) -> Task:
    """Return a task this person may see, locked where it is about to change.

    Raise NotFoundError alike for one that is not there and for one of another service.
    """
    if lock:  # SQLite has no row to lock: the write that comes first makes the others wait
        same = update(Task).where(Task.id == task_id).values(kind=Task.kind)
        session.execute(same.execution_options(synchronize_session=False))
    task = session.get(Task, task_id, populate_existing=lock)
    if task is None or not (actor.sees_everything or task.service in actor.services):
        raise NotFoundError(f"task {task_id}")
    if task.case_key and find_seal(session, actor.user_id, task.case_key):
        raise NotFoundError(f"task {task_id}")
    return task


def _seen_by(actor: Actor, query: Select[Flag]) -> Select[Flag]:
    """Narrow a query of flags to the actor's services, less the cases they are kept out of.

    Whoever knows a person does not learn that a flag about them exists (safety.md T7).
    """
    query = query.join(Response, Response.id == Flag.response_id).where(_not_kept_out(actor))
    if actor.sees_everything:
        return query
    # A complaint about a service is not for the service it is about (domain §4.4).
    return query.where(Response.service.in_(actor.services), Flag.tier != Tier.SG4)


def _not_kept_out(actor: Actor) -> ColumnElement[bool]:
    """Return that a response is of no case this person is kept out of, by its link or task."""
    mine = ConflictSeal.user_id == actor.user_id
    by_link = exists().where(
        PersonalLink.id == Response.link_id, ConflictSeal.case_key == PersonalLink.case_key, mine
    )
    by_task = exists().where(
        Task.response_id == Response.id, ConflictSeal.case_key == Task.case_key, mine
    )
    return ~or_(by_link, by_task)


def _not_sealed(actor: Actor) -> ColumnElement[bool]:
    return ~exists().where(
        ConflictSeal.case_key == Task.case_key, ConflictSeal.user_id == actor.user_id
    )

"""What needs a person today, by role: the first thing staff see."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import london_words
from app.models import FlagStatus, Role
from app.store import care, coding, designs, machine, outbox, quotes, staff
from app.store.actors import Actor


@dataclass(frozen=True, slots=True)
class Need:
    """One line of the home page; `tone` is high, wait or plain."""

    words: str
    endpoint: str
    tone: str = "plain"


SAFEGUARDING = frozenset({Role.SAFEGUARDING_LEAD, Role.SAFEGUARDING_DEPUTY})
READER_ROLES = SAFEGUARDING | {Role.ANALYST, Role.ADMINISTRATOR}
READER_SILENT = timedelta(minutes=5)
TASK_ROLES = frozenset({Role.CASEWORKER, Role.SUPERVISOR})


def todays_needs(session: Session, actor: Actor, *, now: datetime) -> list[Need]:
    """Return what waits for this person under any of their roles, most pressing first."""
    parts: list[tuple[frozenset[Role], Callable[..., list[Need]]]] = [
        (frozenset({Role.ADMINISTRATOR}), _first_steps),
        (READER_ROLES, _reader),
        (SAFEGUARDING, _flags),
        (TASK_ROLES, _tasks),
        (frozenset({Role.ANALYST}), _coding),
        (frozenset({Role.APPROVER}), _approvals),
        (frozenset({Role.ADMINISTRATOR, Role.ANALYST}), _parked),
    ]
    needs: list[Need] = []
    for roles, part in parts:
        held = roles & actor.roles
        if held:
            needs += part(session, actor.under(next(iter(held))), now)
    return needs


def _first_steps(session: Session, _actor: Actor, _now: datetime) -> list[Need]:
    """Lead the first administrator on, until a colleague has an account."""
    if len(staff.list_users(session)) > 1:
        return []
    return [
        Need("Check the names, colours, hours and help lines people will see", "packs.change"),
        Need("Invite your colleagues", "people.invite"),
    ]


def _reader(session: Session, _actor: Actor, now: datetime) -> list[Need]:
    """Say plainly when nothing is being read: a cry for help may lie in what waits."""
    seen_at = machine.find_seen_at(session)
    if seen_at is not None and now - seen_at < READER_SILENT:
        return []
    words = "The reader of answers has not been seen"
    words += " yet" if seen_at is None else f" since {london_words(seen_at)}"
    words += ". Answers are kept, and nobody looks for danger in them. Ask whoever runs Heard."
    return [Need(words, "account.home_page", "high")]


def _flags(session: Session, actor: Actor, now: datetime) -> list[Need]:
    flags = care.list_desk(session, actor)
    late = sum(flag.due_at < now for flag in flags)
    new = sum(flag.status == FlagStatus.OPEN for flag in flags)
    needs = []
    if late:
        needs.append(Need(f"{_many(late, 'flag')} past the time to act", _DESK, "high"))
    if new:
        needs.append(Need(f"{_many(new, 'flag')} nobody has taken yet", _DESK, "high"))
    if flags and not needs:
        needs.append(Need(f"{_many(len(flags), 'flag')} open", _DESK))
    return needs


def _tasks(session: Session, actor: Actor, now: datetime) -> list[Need]:
    tasks = care.list_open_tasks(session, actor)
    if not tasks:
        return []
    late = sum(task.due_at < now for task in tasks)
    words = f"{_many(len(tasks), 'task')} to do" + (f", {late} late" if late else "")
    return [Need(words, "safeguarding.tasks", "high" if late else "wait")]


def _coding(session: Session, _actor: Actor, _now: datetime) -> list[Need]:
    waiting = coding.count_unreviewed(session)
    if not waiting:
        return []
    return [Need(f"{_many(waiting, 'answer')} no person has read yet", "coding.desk", "wait")]


def _approvals(session: Session, actor: Actor, _now: datetime) -> list[Need]:
    needs = []
    waiting = designs.count_waiting(session)
    if waiting:
        words = f"{_many(waiting, 'questionnaire')} to look at before publishing"
        needs.append(Need(words, "design.requests", "wait"))
    proposed = len(quotes.list_proposed(session, actor))
    if proposed:
        words = f"{_many(proposed, 'quote')} for a second person"
        needs.append(Need(words, "coding.quotes", "wait"))
    return needs


def _parked(session: Session, _actor: Actor, _now: datetime) -> list[Need]:
    parked = len(outbox.list_parked(session))
    if not parked:
        return []
    words = f"{_many(parked, 'job')} stopped after three tries. Ask whoever runs Heard to look."
    return [Need(words, "account.home_page", "high")]


_DESK = "safeguarding.desk"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

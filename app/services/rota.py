"""Who watches the safeguarding desk, day by day, and who is kept out of which case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import ConflictSeal, DutyDay, Role, StaffUser
from app.packs import Hours
from app.services.duty import is_working_day
from app.store import audit, care, staff
from app.store.actors import Actor
from app.store.errors import NotFoundError

DAYS_AHEAD = 14
LEADS = frozenset({Role.SAFEGUARDING_LEAD})
DEPUTIES = frozenset({Role.SAFEGUARDING_DEPUTY})


class NotOnDeskError(ValueError):
    """Somebody who does not hold the role was put on the rota."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who watches the desk on one day; both may be unsaid."""

    day: date
    lead_id: UUID | None
    deputy_id: UUID | None


def list_days(session: Session, *, today: date, hours: Hours) -> list[Watch]:
    """Return the staffed days of the next two weeks, filled in or not."""
    last = today + timedelta(days=DAYS_AHEAD - 1)
    known = {row.day: row for row in care.list_duty_days(session, today, last)}
    days = (today + timedelta(days=n) for n in range(DAYS_AHEAD))
    return [_watch(day, known.get(day)) for day in days if is_working_day(day, hours)]


def people(session: Session, roles: frozenset[Role]) -> Sequence[StaffUser]:
    """Return the active colleagues who hold one of these roles."""
    return [
        user
        for user in staff.list_users(session)
        if user.is_active and any(held.role in roles for held in user.roles)
    ]


def set_days(session: Session, watches: Mapping[date, Watch], *, by: Actor, now: datetime) -> None:
    """Fill in days of the rota; raise NotOnDeskError when somebody lacks the role."""
    allowed_leads = {u.id for u in people(session, LEADS | DEPUTIES)}
    chosen = {i for w in watches.values() for i in (w.lead_id, w.deputy_id) if i}
    if not chosen <= allowed_leads:
        raise NotOnDeskError
    known = {r.day: r for r in care.list_duty_days(session, min(watches), max(watches))}
    for day, watch in watches.items():
        row = known.get(day) or DutyDay(day=day, set_at=now)
        session.add(row)
        row.lead_id, row.deputy_id = watch.lead_id, watch.deputy_id
        row.set_by, row.set_at = by.user_id, now
    detail = {"from": min(watches).isoformat(), "to": max(watches).isoformat()}
    audit.add_event(
        session, by=by, act="rota.set", kind="rota", object_id="desk", now=now, detail=detail
    )
    session.commit()


def on_duty(session: Session, *, now: datetime) -> Watch | None:
    """Return who watches today in London; None where the rota says nothing."""
    today = now.astimezone(LONDON).date()
    rows = care.list_duty_days(session, today, today)
    return _watch(today, rows[0]) if rows else None


def addresses(session: Session, *, to_deputy: bool, now: datetime) -> list[str]:
    """Return whom a notice goes to: who is on duty, or where nobody is, all who could act.

    A notice that reaches too many costs a glance; one that reaches nobody could cost more.
    """
    watch = on_duty(session, now=now)
    named = (watch.deputy_id if to_deputy else watch.lead_id) if watch else None
    wanted = people(session, DEPUTIES if to_deputy else LEADS | DEPUTIES)
    on_watch = [user.email for user in people(session, LEADS | DEPUTIES) if user.id == named]
    return on_watch or [user.email for user in wanted or people(session, LEADS)]


def seal_off(session: Session, user_id: UUID, case_key: str, *, by: Actor, now: datetime) -> None:
    """Keep a colleague who knows the person out of a case; raise NotFoundError for no case.

    A key typed wrongly would keep nobody out of anything, and nobody would know.
    """
    key = case_key.strip()
    if not care.is_case(session, key):
        raise NotFoundError("no such case")
    if care.find_seal(session, user_id, key) is None:
        session.add(
            ConflictSeal(user_id=user_id, case_key=key, sealed_by=by.user_id, sealed_at=now)
        )
        audit.add_event(
            session, by=by, act="case.seal_off", kind="staff", object_id=user_id, now=now
        )
    session.commit()


def _watch(day: date, row: DutyDay | None) -> Watch:
    return Watch(day, row.lead_id if row else None, row.deputy_id if row else None)

"""Cases, touchpoints and the batches they came in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.models import Case, HandoverBatch, Touchpoint

from .actors import Actor
from .errors import NotFoundError

CHUNK = 500  # SQLite takes a limited number of parameters


def find_cases(session: Session, keys: Sequence[str]) -> dict[str, Case]:
    """Return the known cases among some keys."""
    found: dict[str, Case] = {}
    for start in range(0, len(keys), CHUNK):
        rows = session.scalars(select(Case).where(Case.case_key.in_(keys[start : start + CHUNK])))
        found |= {case.case_key: case for case in rows}
    return found


def get_case(session: Session, actor: Actor, case_key: str) -> Case:
    """Return a case this person may see; raise NotFoundError."""
    case = session.scalars(select(Case).where(Case.case_key == case_key)).one_or_none()
    if case is None or not (actor.sees_everything or case.service in actor.services):
        raise NotFoundError(f"case {case_key}")
    return case


def get_made_up(session: Session, ending: str) -> Case:
    """Return the case of the demonstration whose key ends like this; raise NotFoundError."""
    made_up = (Case.is_synthetic, Case.case_key.endswith(ending, autoescape=True))
    case = session.scalars(select(Case).where(*made_up).limit(1)).one_or_none()
    if case is None:
        raise NotFoundError(f"case {ending}")
    return case


def may_see_key(session: Session, actor: Actor, case_key: str) -> bool:
    """Return whether a case is this person's to see, or not known here at all."""
    try:
        get_case(session, actor, case_key)
    except NotFoundError:
        return case_key not in find_cases(session, [case_key])
    return True


def add_cases(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert new cases."""
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(Case), rows[start : start + CHUNK])


def change_cases(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Update cases by their `id`."""
    for start in range(0, len(rows), CHUNK):
        session.execute(update(Case), rows[start : start + CHUNK])


def hold_cases(session: Session, keys: Sequence[str], *, on: date) -> None:
    """Send nothing to these cases until a row comes that can be used."""
    for start in range(0, len(keys), CHUNK):
        held = Case.case_key.in_(keys[start : start + CHUNK])
        session.execute(
            update(Case)
            .where(held, Case.held_on.is_(None))
            .values(held_on=on)
            .execution_options(synchronize_session=False)
        )


def known_touchpoints(session: Session, case_ids: Iterable[UUID]) -> set[tuple[UUID, str, Any]]:
    """Return the touchpoints already noted for some cases."""
    wanted = list(case_ids)
    known: set[tuple[UUID, str, Any]] = set()
    for start in range(0, len(wanted), CHUNK):
        query = select(Touchpoint.case_id, Touchpoint.kind, Touchpoint.day).where(
            Touchpoint.case_id.in_(wanted[start : start + CHUNK])
        )
        known |= {(row.case_id, row.kind, row.day) for row in session.execute(query)}
    return known


def add_touchpoints(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert touchpoints."""
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(Touchpoint), rows[start : start + CHUNK])


def list_open_touchpoints(session: Session, case_ids: Sequence[UUID]) -> Sequence[Touchpoint]:
    """Return what may still lead to a message in some cases."""
    found: list[Touchpoint] = []
    for start in range(0, len(case_ids), CHUNK):
        some = Touchpoint.case_id.in_(case_ids[start : start + CHUNK])
        query = select(Touchpoint).where(some, Touchpoint.settled_on.is_(None))
        found += session.scalars(query)
    return found


def settle_alike(session: Session, case_id: UUID, kind: str, today: date) -> None:
    """Settle what else is open of one kind in a case, told of before today: it was asked now."""
    session.execute(
        update(Touchpoint)
        .where(Touchpoint.case_id == case_id, Touchpoint.kind == kind)
        .where(Touchpoint.settled_on.is_(None), Touchpoint.day < today)
        .values(settled_on=today, outcome="asked_already")
        .execution_options(synchronize_session=False)
    )


def drop_touchpoints(session: Session, ids: Sequence[UUID]) -> None:
    """Delete moments that did not come."""
    for start in range(0, len(ids), CHUNK):
        some = Touchpoint.id.in_(ids[start : start + CHUNK])
        session.execute(delete(Touchpoint).where(some).execution_options(synchronize_session=False))


def count_cases(session: Session) -> int:
    """Return how many cases there are."""
    return session.scalar(select(func.count()).select_from(Case)) or 0


def list_batches(session: Session, *, limit: int = 20) -> Sequence[HandoverBatch]:
    """Return the newest hand-overs."""
    return session.scalars(
        select(HandoverBatch).order_by(HandoverBatch.at.desc()).limit(limit)
    ).all()

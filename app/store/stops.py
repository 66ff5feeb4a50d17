"""Who asked us to stop, and what is taken away from them: what waits to be sent, and addresses."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from app.models import Case, ContactDetail, Message, OptOut

CHUNK = 500  # SQLite takes a limited number of parameters


def drop_waiting_messages(session: Session, case_key: str | None, address_hash: str | None) -> None:
    """Drop whatever was about to go to somebody who said stop."""
    same_address = select(ContactDetail.case_key).where(
        ContactDetail.address_hash == address_hash, ContactDetail.address_hash.is_not(None)
    )
    cases = select(Case.id).where(or_(Case.case_key == case_key, Case.case_key.in_(same_address)))
    session.execute(
        update(Message)
        .where(Message.case_id.in_(cases), Message.state == "waiting")
        .values(state="dropped", reason="stopped", body_sealed=None)
        .execution_options(synchronize_session=False)
    )


def list_keys_at(session: Session, case_key: str | None, address_hash: str | None) -> Sequence[str]:
    """Return a case, if there is one, and all cases with this address."""
    same: Sequence[str] = []
    if address_hash is not None:
        at = ContactDetail.address_hash == address_hash
        same = session.scalars(select(ContactDetail.case_key).where(at)).all()
    return sorted({*same, *([case_key] if case_key else [])})


def list_stopped(session: Session) -> frozenset[str]:
    """Return the cases and the fingerprints of addresses that asked us to stop."""
    rows = session.execute(select(OptOut.case_key, OptOut.address_hash))
    return frozenset(name for row in rows for name in row if name)


def doubt_addresses(session: Session, keys: Sequence[str], *, now: datetime) -> list[str]:
    """Take away addresses that nobody is sure of any more; return the cases that had one."""
    known: list[str] = []
    for start in range(0, len(keys), CHUNK):
        some = ContactDetail.case_key.in_(keys[start : start + CHUNK])
        known += session.scalars(select(ContactDetail.case_key).where(some))
        _take_away(session, some, now)
    return known


def has_fingerprints(session: Session) -> bool:
    """Return whether any address was fingerprinted yet."""
    kept = (ContactDetail.address_hash, OptOut.address_hash)
    return any(session.scalar(select(one).where(one.is_not(None)).limit(1)) for one in kept)


def forget_addresses(
    session: Session, case_key: str | None, address_hash: str | None, *, now: datetime
) -> None:
    """Take away the address of somebody who said stop; its fingerprint stays, to honour it."""
    keys = list_keys_at(session, case_key, address_hash)
    _take_away(session, ContactDetail.case_key.in_(keys), now)


def _take_away(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    session.execute(
        update(ContactDetail)
        .where(which)
        .values(address_sealed=None, marked_safe=False, changed_at=now)
        .execution_options(synchronize_session=False)
    )

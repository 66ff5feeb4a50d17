"""Personal links: found by hash, spent once."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.models import Collector, PersonalLink


def find_link(session: Session, token_hash: str) -> PersonalLink | None:
    """Return the link with this hash, in whatever state it is."""
    return session.scalars(
        select(PersonalLink).where(PersonalLink.token_hash == token_hash)
    ).one_or_none()


def get_link(session: Session, link_id: UUID) -> PersonalLink:
    """Return a link that is known to be there; raise sqlalchemy.exc.NoResultFound."""
    return session.scalars(select(PersonalLink).where(PersonalLink.id == link_id)).one()


def spend_link(session: Session, link_id: UUID, *, on: date) -> bool:
    """Mark a link as used; return False when it already was, or was closed meanwhile."""
    done = session.execute(
        update(PersonalLink)
        .where(
            PersonalLink.id == link_id,
            PersonalLink.spent_on.is_(None),
            PersonalLink.sealed_on.is_(None),
            PersonalLink.stopped_on.is_(None),
        )
        .values(spent_on=on)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an update has one


def mark_link(session: Session, link_id: UUID, **values: Any) -> None:
    """Write what the person said about the link itself."""
    session.execute(update(PersonalLink).where(PersonalLink.id == link_id).values(**values))


def list_links(session: Session, collector_id: UUID) -> Sequence[PersonalLink]:
    """Return the links issued through a collector, newest day first."""
    return session.scalars(
        select(PersonalLink)
        .where(PersonalLink.collector_id == collector_id)
        .order_by(PersonalLink.issued_on.desc(), PersonalLink.case_key)
    ).all()


def find_open_collector(session: Session, token: str) -> Collector | None:
    """Return the collector behind a public token, open or not."""
    return session.scalars(select(Collector).where(Collector.token == token)).one_or_none()


def count_spent(session: Session, collector_id: UUID) -> int:
    """Return how many links of a collector were answered, for its quota."""
    query = select(func.count()).where(
        PersonalLink.collector_id == collector_id, PersonalLink.spent_on.is_not(None)
    )
    return session.scalar(query) or 0


def shared_collector_id(session: Session, survey_id: UUID) -> UUID:
    """Return the one collector that all of a survey's unnamed answers stand under."""
    query = select(Collector.id).where(Collector.survey_id == survey_id)
    return session.scalars(query.order_by(Collector.id).limit(1)).one()

"""Ways to pass a survey on to one person; scoped to the services of whoever asks."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from app.models import Channel, Collector, PersonalLink, Survey, SurveyStatus

from .actors import Actor
from .errors import NotFoundError


def list_personal_collectors(session: Session, today: date) -> Sequence[Collector]:
    """Return the open collectors through which personal links can be issued."""
    return session.scalars(
        select(Collector)
        .join(Survey)
        .where(
            Collector.channel == Channel.PERSONAL,
            Collector.is_open,
            Survey.status == SurveyStatus.LIVE,
            or_(Collector.closes_on.is_(None), Collector.closes_on >= today),
        )
        .order_by(Survey.name, Collector.name)
    ).all()


def get_personal_collector(session: Session, collector_id: UUID, today: date) -> Collector:
    """Return one of them; raise NotFoundError."""
    found = [c for c in list_personal_collectors(session, today) if c.id == collector_id]
    if not found:
        raise NotFoundError(f"collector {collector_id}")
    return found[0]


def list_issued(session: Session, actor: Actor, *, limit: int) -> Sequence[PersonalLink]:
    """Return the links issued last; for a person of one service, those of that service.

    Nobody learns from this list whether somebody has answered (safety.md T13).
    """
    query = (
        select(PersonalLink)
        .options(joinedload(PersonalLink.collector).joinedload(Collector.survey))
        .where(PersonalLink.case_key.is_not(None))  # not those of organisations
        .order_by(PersonalLink.issued_on.desc(), PersonalLink.case_key)
        .limit(limit)
    )
    if not actor.sees_everything:
        service = PersonalLink.context["service"].as_string()
        query = query.where(service.in_(actor.services))
    return session.scalars(query).all()

"""Organisations that answer a provider survey: their links, and the names they gave."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models import AnswerText, Channel, Collector, PersonalLink, Response

NAME = "organisation"  # of a link's context


def list_links(session: Session, survey_id: UUID) -> Sequence[PersonalLink]:
    """Return the links issued to organisations, the newest of each last."""
    query = (
        select(PersonalLink)
        .join(Collector, Collector.id == PersonalLink.collector_id)
        .where(Collector.survey_id == survey_id)
        .order_by(
            PersonalLink.issued_on,
            # Of two issued on one day, the one that the other ended.
            PersonalLink.expires_on.nulls_last(),
            PersonalLink.id,
        )
    )
    return [link for link in session.scalars(query) if link.context.get(NAME)]


def find_collector(session: Session, survey_id: UUID) -> Collector | None:
    """Return the survey's first open way in by personal links."""
    query = select(Collector).where(
        Collector.survey_id == survey_id,
        Collector.channel == Channel.PERSONAL,
        Collector.is_open,
    )
    return session.scalars(query.order_by(Collector.created_at, Collector.id)).first()


def end_link(session: Session, link_id: UUID, *, on: date) -> None:
    """Let a link work no longer, counting from that day."""
    session.execute(update(PersonalLink).where(PersonalLink.id == link_id).values(expires_on=on))


def list_names(session: Session, survey_id: UUID, question_id: str) -> Sequence[str]:
    """Return the names under which organisations have answered, and count."""
    query = (
        select(AnswerText)
        .join(Response, Response.id == AnswerText.response_id)
        .where(
            Response.survey_id == survey_id,
            Response.quarantined.is_(None),
            Response.withdrawn_on.is_(None),
            Response.is_test.is_(False),
            AnswerText.question_id == question_id,
        )
    )
    return [text.body or "" for text in session.scalars(query)]

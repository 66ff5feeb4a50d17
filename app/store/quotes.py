"""Words proposed or approved for reading by others; never where consent is missing."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from app.models import AnswerText, Quote, Response

from .actors import Actor
from .coding import within_reach
from .errors import NotFoundError


def list_proposed(session: Session, actor: Actor) -> Sequence[tuple[Quote, AnswerText]]:
    """Return what waits for a second person, oldest first, within the actor's services."""
    query = (
        _consented(actor).where(Quote.approved_at.is_(None)).order_by(Quote.proposed_at, Quote.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def list_approved(
    session: Session, actor: Actor, *, limit: int
) -> Sequence[tuple[Quote, AnswerText]]:
    """Return what two people have approved, newest first, within the actor's services."""
    query = _consented(actor).where(Quote.approved_at.is_not(None))
    rows = session.execute(query.order_by(Quote.approved_at.desc(), Quote.id).limit(limit))
    return [(row[0], row[1]) for row in rows]


def get_quote(session: Session, quote_id: UUID, actor: Actor) -> tuple[Quote, AnswerText]:
    """Return a quote with its text; raise NotFoundError, also when consent was taken back."""
    row = session.execute(_consented(actor).where(Quote.id == quote_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"quote {quote_id}")
    return row[0], row[1]


def list_quotes_of(session: Session, text_id: UUID) -> Sequence[Quote]:
    """Return the quotes of one answer, approved or not."""
    return session.scalars(select(Quote).where(Quote.text_id == text_id)).all()


def list_approved_of(
    session: Session, text_ids: Collection[UUID]
) -> Sequence[tuple[Quote, AnswerText]]:
    """Return the approved quotes of some answers, for the machine that has read them anew."""
    query = (
        select(Quote, AnswerText)
        .join(AnswerText, AnswerText.id == Quote.text_id)
        .where(Quote.text_id.in_(text_ids), Quote.approved_at.is_not(None))
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def delete_quotes_of_response(session: Session, response_id: UUID) -> int:
    """Remove every quote of a response; return how many there were."""
    texts = select(AnswerText.id).where(AnswerText.response_id == response_id)
    found = session.scalars(select(Quote).where(Quote.text_id.in_(texts))).all()
    for quote in found:
        session.delete(quote)
    return len(found)


def _consented(actor: Actor) -> Select[Quote, AnswerText]:
    return (
        select(Quote, AnswerText)
        .join(AnswerText, AnswerText.id == Quote.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .options(contains_eager(AnswerText.response).joinedload(Response.survey))
        .where(Response.quote_consent, Response.withdrawn_on.is_(None), *within_reach(actor))
    )

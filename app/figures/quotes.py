"""Approved words to stand beside a figure. Looked up when read, so a withdrawal empties them.

They stand beside the figures of everyone, or of the one service a reader or a report is bound to,
and never beside filtered ones: single filters asked one after another would tell every facet of
whoever wrote them (domain.md 7.5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.models import AnswerText, Quote, Response

from .pages import View

DELAY = timedelta(days=30)  # so that nobody is known by when they answered (settled.md 29)
CONTEXT = 10


@dataclass(frozen=True, slots=True)
class Voice:
    """One quotation, already redacted and approved by two people."""

    words: str
    theme: str | None
    id: UUID


def list_voices(
    session: Session,
    survey_id: UUID,
    view: View,
    *,
    today: date,
    theme: str | None = None,
    most: int = 2,
    by_service: bool = False,
) -> Sequence[Voice]:
    """Return up to `most` quotations that belong to this view.

    Consent and withdrawal are read at this moment. There are none beside filtered figures;
    `by_service` allows the one filter of somebody, or a report, bound to a service. At least ten
    people must stand behind the view, and behind the theme in the author's own quarter (and
    service): what is quoted of a year but of none of its quarters would tell the quarter.
    """
    if view.facets.keys() - ({"service"} if by_service else ()) or not _has_context(view, theme):
        return []
    query = (
        select(Quote, Response.received_on, Response.service)
        .join(AnswerText, AnswerText.id == Quote.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .where(*_allowed(survey_id, today), *_within(view))
        .order_by(Quote.approved_at.desc(), Quote.id)
    )
    if theme is not None:
        query = query.where(Quote.theme == theme)
    found = [
        quote
        for quote, day, service in session.execute(query.limit(8 * most))
        if _has_context(_narrowed(view, day, service), quote.theme)
    ]
    return [_voice(quote) for quote in found[:most]]


def find_voices(
    session: Session, survey_id: UUID, ids: Sequence[UUID], *, today: date
) -> Mapping[UUID, Voice]:
    """Return those of some quotations that may be shown at this moment.

    For frozen reports, which hold no words but where to look them up (settled.md 34).
    """
    query = (
        select(Quote)
        .join(AnswerText, AnswerText.id == Quote.text_id)
        .join(Response, Response.id == AnswerText.response_id)
        .where(*_allowed(survey_id, today), Quote.id.in_(ids))
    )
    return {quote.id: _voice(quote) for quote in session.scalars(query)} if ids else {}


def _voice(quote: Quote) -> Voice:
    return Voice(quote.words or "", quote.theme, quote.id)


def _allowed(survey_id: UUID, today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Response.survey_id == survey_id,
        Response.quote_consent.is_(True),
        Response.withdrawn_on.is_(None),
        Response.quarantined.is_(None),
        Response.is_test.is_(False),
        Response.received_on <= today - DELAY,
        Quote.approved_at.is_not(None),
        Quote.approved_by.is_not(None),
        Quote.approved_by != Quote.proposed_by,
    )


def _within(view: View) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the view's period and facets."""
    members = _members(view)
    columns = (getattr(Response, name).in_(values) for name, values in members.items())
    first, last = view.period.starts_on, view.period.ends_on
    return (Response.received_on >= first, Response.received_on <= last, *columns)


def _members(view: View) -> Mapping[str, tuple[str, ...]]:
    found = {}
    for name, value in view.facets.items():
        dim = view.release.lattice.dimension(name)
        found[name] = dim.members(value) if dim else (value,)
    return found


def _narrowed(view: View, day: date, service: str | None) -> View | None:
    """Return the quarter, and the single service of a supply chain, that somebody answered in."""
    held = [p for p in view.release.periods if p.starts_on <= day <= p.ends_on]
    quarter = min(held, key=lambda p: len(p.quarters), default=view.period)
    facets = {**view.facets, "service": service or ""} if view.facets else view.facets
    return view.during(quarter).at(facets)


def _has_context(view: View | None, theme: str | None) -> bool:
    """Return whether at least ten people stand behind the view, and behind the theme in it."""
    if view is None or (view.count("people").count or 0) < CONTEXT:
        return False
    return theme is None or (view.cell(f"theme:{theme}", "read").count or 0) >= CONTEXT

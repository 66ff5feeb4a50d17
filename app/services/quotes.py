"""Quotes: consented, redacted words that two people found safe to show (settled.md 29).

When and where an approved quote shows is decided at the moment of reading, by `app.figures`:
after 30 days, with a context of ten, and only while consent stands.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import AnswerText, Quote
from app.services import reading, reviews
from app.store import audit, coding
from app.store import quotes as quotes_store
from app.store.actors import Actor
from app.store.errors import NotFoundError

LONGEST = 400
TAKEN_OUT = "[…]"

Redactions = Sequence[Mapping[str, Any]]


class NoConsentError(NotFoundError):
    """The person did not allow, or no longer allows, their words to be quoted."""


class NotReviewedError(Exception):
    """A quote stands for a theme, and no person has decided on this answer's themes yet."""


class TooLongError(ValueError):
    """More words than a quote should have: the more of them, the easier to recognise somebody."""


class AlreadyQuotedError(Exception):
    """Some of these words are proposed or approved already."""


class HidesMoreError(Exception):
    """A newer coder hides something that still shows in the quote."""


class SecondPersonNeededError(Exception):
    """Whoever proposed a quote cannot approve it."""


def propose(
    session: Session,
    text_id: UUID,
    quoted: str,
    theme: str,
    *,
    take_out: str = "",
    by: Actor,
    now: datetime,
) -> Quote:
    """Propose words of an answer for reading by others, with names hidden.

    `take_out` holds further words to hide, a line each. Raise NoConsentError, NotReviewedError,
    WordsNotFoundError, TooLongError or AlreadyQuotedError; UnknownCodeError for another theme.
    """
    opened = reviews.look_up(session, text_id)
    if not opened.text.response.quote_consent:
        raise NoConsentError(f"text {text_id}")
    if opened.review is None:
        raise NotReviewedError
    if theme not in {code.theme for code in opened.review.codes}:
        raise reviews.UnknownCodeError
    start, end = reading.find_words(opened.pieces, quoted)
    words = _without(reading.words_between(opened.pieces, start, end), take_out)
    if len(words) > LONGEST:
        raise TooLongError
    if any(q.start < end and start < q.end for q in quotes_store.list_quotes_of(session, text_id)):
        raise AlreadyQuotedError
    quote = Quote(
        text_id=text_id,
        theme=theme,
        start=start,
        end=end,
        words=words,
        proposed_by=by.user_id,
        proposed_at=now,
    )
    session.add(quote)
    _finish(session, quote.id, "quote.propose", by, now)
    return quote


def approve(session: Session, quote_id: UUID, *, by: Actor, now: datetime) -> None:
    """Approve a quote as the second person; raise SecondPersonNeededError for the first."""
    quote, text = quotes_store.get_quote(session, quote_id, by)
    if quote.approved_at is not None:
        return
    if quote.proposed_by is None or quote.proposed_by == by.user_id:
        raise SecondPersonNeededError
    if hides_more_now(session, quote, text):
        raise HidesMoreError
    quote.approved_by = by.user_id
    quote.approved_at = now
    _finish(session, quote.id, "quote.approve", by, now)


def remove(session: Session, quote_id: UUID, *, by: Actor, now: datetime) -> None:
    """Decline a proposal, or take an approved quote back: one person is enough to stop it."""
    quote, _ = quotes_store.get_quote(session, quote_id, by)
    session.delete(quote)
    _finish(session, quote_id, "quote.remove", by, now)


def hides_more_now(session: Session, quote: Quote, text: AnswerText) -> bool:
    """Return whether a newer coder hides something that still shows in a quote."""
    found = coding.find_coding(session, text.id)
    return found is None or _shows_hidden(quote, text, found.redactions)


def hold_back(session: Session, hidden: Mapping[UUID, Redactions], *, now: datetime) -> None:
    """Take back the approval of quotes that show what a new reading hides; people decide anew.

    `hidden` holds the redactions of each text that was just read. The caller commits.
    """
    for quote, text in quotes_store.list_approved_of(session, list(hidden)):
        if _shows_hidden(quote, text, hidden[text.id]):
            quote.approved_at = quote.approved_by = None
            audit.add_event(
                session, by=None, act="quote.hold_back", kind="quote", object_id=quote.id, now=now
            )


def _shows_hidden(quote: Quote, text: AnswerText, redactions: Redactions) -> bool:
    body = text.body or ""
    shown = quote.words or ""
    return any(
        r["start"] < quote.end
        and quote.start < r["end"]
        and body[r["start"] : r["end"]].strip()
        and body[r["start"] : r["end"]] in shown
        for r in redactions
    )


def _without(words: str, take_out: str) -> str:
    for line in filter(None, (line.strip() for line in take_out.splitlines())):
        if line not in words:
            raise reading.WordsNotFoundError
        words = words.replace(line, TAKEN_OUT)
    return words


def _finish(session: Session, quote_id: UUID, act: str, by: Actor, now: datetime) -> None:
    audit.add_event(session, by=by, act=act, kind="quote", object_id=quote_id, now=now)
    session.commit()

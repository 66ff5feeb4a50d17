"""Deciding what an answer says: a person accepts, corrects, adds or removes, in one commit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import (
    AnswerText,
    MachineCode,
    MachineCoding,
    MachineGap,
    Review,
    ReviewCode,
    ReviewGap,
)
from app.services import reading
from app.services.codebooks import POLARITIES, STRENGTHS, Book, read_book
from app.services.reading import Piece
from app.store import audit, coding, half_done
from app.store.actors import Actor
from app.store.coding import Order
from app.store.errors import ConflictError

CHOSEN, RANDOM = "chosen", "random"
# Once an answer was coded twice, both codings stay as they were, or agreement could be made to
# look better afterwards; what people then settle on is a review of its own.
AGREED = "agreed"


class ReviewedMeanwhileError(ConflictError):
    """Somebody decided on this answer while it was open; `reviewer_id` says who."""

    def __init__(self, review: Review) -> None:
        super().__init__(str(review.id))
        self.mark = mark_of(review)
        self.reviewer_id = review.reviewer_id


class OwnCodingError(ConflictError):
    """Somebody would code blind what they coded first, or what nobody has coded yet."""


class UnknownCodeError(ValueError):
    """A theme, need, barrier or polarity that this codebook does not have."""


@dataclass(frozen=True, slots=True)
class CodeChoice:
    """A theme a person decides on, and the words it rests on."""

    theme: str
    polarity: str
    start: int | None = None
    end: int | None = None
    strength: str | None = None  # how it came up in a group or an interview, where that is known


@dataclass(frozen=True, slots=True)
class GapChoice:
    """A need and barrier a person decides on."""

    need: str
    barrier: str
    duration_days: int | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """All that one person decides about one answer."""

    codes: tuple[CodeChoice, ...]
    gaps: tuple[GapChoice, ...] = ()
    sentiment: str | None = None
    unsure: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """An answer at the desk: its words, the suggestions about it, and what stands already.

    `coder` is None for somebody who codes blind: then there are no suggestions and no marks.
    """

    text: AnswerText
    codebook_id: UUID
    book: Book
    coder: str | None
    codes: Sequence[MachineCode]
    gaps: Sequence[MachineGap]
    sentiment: str
    risk_level: str
    pieces: tuple[Piece, ...]
    review: Review | None


def note_read(session: Session, opened: Opened, *, by: Actor, now: datetime) -> None:
    """Record that somebody is shown an answer to code it."""
    reading.record(session, opened.text.id, "text.read", "coding", by=by, now=now)
    session.commit()


def look_up(session: Session, text_id: UUID, *, coder: str | None = None) -> Opened:
    """Return an answer with its suggestions; for checking what is posted about it.

    `coder` names the version whose suggestions were on the page; without it, or when it is gone,
    the newest is taken.
    """
    text = coding.get_text(session, text_id)
    seen = coding.find_coding_by_coder(session, text_id, coder) if coder else None
    found = seen or coding.get_coding(session, text_id)
    codebook_id = text.response.survey.codebook_id or found.codebook_id
    book = read_book(coding.get_codebook(session, codebook_id).document)
    return Opened(
        text=text,
        codebook_id=codebook_id,
        book=book,
        coder=found.coder,
        codes=[code for code in found.codes if code.theme in book.themes],
        gaps=found.gaps,
        sentiment=found.sentiment,
        risk_level=found.risk_level,
        pieces=reading.redacted(text, found, evidence_of(found, book)),
        review=coding.find_current_review(session, text_id, codebook_id),
    )


def evidence_of(found: MachineCoding, book: Book) -> dict[str, list[tuple[int, int]]]:
    """Return the words each suggested theme and gap rests on, by its key.

    While answers are coded anew, a suggestion may be of a theme that this version has not.
    """
    marks = {
        code.theme: [(code.start, code.end), *reading.spans(code.evidence)]
        for code in found.codes
        if code.theme in book.themes
    }
    return marks | {f"{gap.need}.{gap.barrier}": [(gap.start, gap.end)] for gap in found.gaps}


def look_up_blind(session: Session, text_id: UUID) -> Opened:
    """Return an answer as somebody sees it who codes it a second time: its words, and no more."""
    opened = look_up(session, text_id)
    found = coding.get_coding(session, text_id)
    return replace(
        opened,
        coder=None,
        codes=(),
        gaps=(),
        sentiment="",
        pieces=reading.redacted(opened.text, found, {}),
        review=None,
    )


def save(
    session: Session,
    opened: Opened,
    decision: Decision,
    *,
    seen: str,
    order: Order | None,
    by: Actor,
    now: datetime,
) -> Review:
    """Store a person's decision as the one that counts, with the coder version they saw.

    `seen` is the `mark_of` the review that was on the page. Raise ReviewedMeanwhileError when
    something else was decided after the answer was opened, so that nobody overwrites a colleague,
    or what they saved in another tab, without having seen that they do. The same decision sent
    twice is no conflict: its first answer was lost on the way.
    """
    _check(opened.book, decision)
    coding.get_text(session, opened.text.id, lock=True)  # two people saving at once take turns
    current = coding.find_current_review(session, opened.text.id, opened.codebook_id)
    if current is not None:
        session.refresh(current)  # it was read before the lock
        if mark_of(current) != seen and not _is_again(current, decision, by):
            raise ReviewedMeanwhileError(current)
    was_coded_twice = coding.find_blind(session, opened.text.id, opened.codebook_id) is not None
    is_drawn = current is not None and current.drawn != coding.CARRIED
    drawn = current.drawn if current and is_drawn else _drawn(session, opened, order)
    coding.set_aside_reviews(session, opened.text.id, opened.codebook_id)
    key = AGREED if was_coded_twice else str(by.user_id)
    review = _review_under(session, opened, key, by=by, now=now)
    review.drawn = drawn
    review.is_current = True
    _write_decision(session, review, decision, opened)
    _finish(session, review, opened, "review.save", by=by, now=now)
    return review


def save_blind(
    session: Session, opened: Opened, decision: Decision, *, by: Actor, now: datetime
) -> Review:
    """Store a second, blind coding; it never counts in figures, it measures agreement."""
    _check(opened.book, decision)
    first = coding.find_current_review(session, opened.text.id, opened.codebook_id)
    if first is None or first.reviewer_id == by.user_id:
        raise OwnCodingError
    review = _review_under(session, opened, str(by.user_id), by=by, now=now)
    review.drawn = RANDOM
    review.is_current = False
    _write_decision(session, review, decision, opened)
    _finish(session, review, opened, "review.save_blind", by=by, now=now)
    return review


def settle(session: Session, chosen: Review, *, by: Actor, now: datetime) -> Review:
    """Let one of two codings stand, after people have talked about it."""
    coding.get_text(session, chosen.text_id, lock=True)
    opened = look_up(session, chosen.text_id)
    current = coding.find_current_review(session, chosen.text_id, chosen.codebook_id)
    coding.set_aside_reviews(session, chosen.text_id, chosen.codebook_id)
    review = _review_under(session, opened, AGREED, by=by, now=now)
    review.drawn = current.drawn if current else CHOSEN
    review.is_current = True
    _write_decision(session, review, decision_of(chosen), opened)
    _finish(session, review, opened, "review.settle", by=by, now=now)
    return review


def mark_of(review: Review | None) -> str:
    """Return what tells a review from itself after it was changed; empty where there is none."""
    return f"{review.id}.{review.reviewed_at.timestamp():.6f}" if review else ""


def decision_of(review: Review) -> Decision:
    """Return what a review decided."""
    return Decision(
        codes=tuple(
            CodeChoice(c.theme, c.polarity or "neutral", c.start, c.end, c.strength)
            for c in review.codes
        ),
        gaps=tuple(
            GapChoice(g.need, g.barrier, g.duration_days, g.start, g.end) for g in review.gaps
        ),
        sentiment=review.sentiment,
        unsure=review.unsure,
        note=review.note or "",
    )


def _is_again(current: Review, decision: Decision, by: Actor) -> bool:
    """Return whether somebody sends what they have just decided once more."""
    held = decision_of(current)
    return current.reviewer_id == by.user_id and (
        (set(held.codes), set(held.gaps), held.sentiment, held.unsure, held.note)
        == (
            set(decision.codes), set(decision.gaps), decision.sentiment, decision.unsure,
            decision.note.strip(),
        )
    )  # fmt: skip


def _review_under(
    session: Session, opened: Opened, key: str, *, by: Actor, now: datetime
) -> Review:
    review = coding.find_review_by(session, opened.text.id, opened.codebook_id, key)
    if review is None:
        review = Review(
            text_id=opened.text.id, codebook_id=opened.codebook_id, reviewer_key=key,
            is_current=False, reviewed_at=now,
        )  # fmt: skip
        session.add(review)
    review.reviewer_id = by.user_id
    review.coder = opened.coder
    review.reviewed_at = now
    return review


def _finish(
    session: Session, review: Review, opened: Opened, act: str, *, by: Actor, now: datetime
) -> None:
    half_done.drop(session, opened.text.id, by.user_id, is_blind=opened.coder is None)
    detail = {"coder": opened.coder, "drawn": review.drawn, **_counts(review, opened)}
    audit.add_event(
        session, by=by, act=act, kind="text", object_id=opened.text.id, now=now, detail=detail
    )
    session.commit()


def _write_decision(session: Session, review: Review, decision: Decision, seen: Opened) -> None:
    """Put a decision's codes, gaps and note on a review in place of what it held."""
    review.codes.clear()
    review.gaps.clear()
    session.flush()  # the old rows go first: a theme stands once in a review
    review.sentiment = decision.sentiment
    review.unsure = decision.unsure
    review.note = decision.note.strip() or None
    suggested = {c.theme: c.polarity for c in seen.codes}
    pairs = {(g.need, g.barrier) for g in seen.gaps}
    for code in decision.codes:
        review.codes.append(
            ReviewCode(
                theme=code.theme,
                polarity=code.polarity,
                start=code.start,
                end=code.end,
                origin=_origin(suggested, code),
                strength=code.strength,
            )
        )
    for gap in decision.gaps:
        review.gaps.append(
            ReviewGap(
                need=gap.need,
                barrier=gap.barrier,
                duration_days=gap.duration_days,
                start=gap.start,
                end=gap.end,
                origin="accepted" if (gap.need, gap.barrier) in pairs else "added",
            )
        )


def _check(book: Book, decision: Decision) -> None:
    polarities = [code.polarity for code in decision.codes]
    if decision.sentiment is not None:
        polarities.append(decision.sentiment)
    themes = [code.theme for code in decision.codes]
    is_known = (
        all(theme in book.themes for theme in themes)
        and len(set(themes)) == len(themes)
        and all(gap.need in book.needs and gap.barrier in book.barriers for gap in decision.gaps)
        and all(polarity in POLARITIES for polarity in polarities)
        and all(code.strength in {None, *STRENGTHS} for code in decision.codes)
    )
    if not is_known:
        raise UnknownCodeError


def _drawn(session: Session, opened: Opened, order: Order | None) -> str:
    """Return "random" only for the answer that really was next in the random order."""
    if order is not Order.RANDOM:
        return CHOSEN
    survey_id = opened.text.response.survey_id
    following: Sequence[coding.Waiting] = coding.list_waiting(
        session, survey_id, Order.RANDOM, limit=1
    )
    if not following or following[0].text_id != opened.text.id:
        return CHOSEN
    for review in coding.list_random_before(session, survey_id, opened.text.id):
        review.drawn = RANDOM
    return RANDOM


def _origin(suggested: dict[str, str], code: CodeChoice) -> str:
    if code.theme not in suggested:
        return "added"
    return "accepted" if suggested[code.theme] == code.polarity else "corrected"


def _counts(review: Review, seen: Opened) -> dict[str, int]:
    kept = {code.theme for code in review.codes}
    origins = [code.origin for code in review.codes]
    return {
        "accepted": origins.count("accepted"),
        "corrected": origins.count("corrected"),
        "added": origins.count("added"),
        "removed": sum(code.theme not in kept for code in seen.codes),
    }

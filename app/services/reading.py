"""Reading what somebody wrote: names hidden by default, the original as an act of its own.

Every reading is audited: who, which answer, for what; never the words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import AnswerText, MachineCoding
from app.store import audit, coding
from app.store.actors import Actor

Spans = Sequence[tuple[int, int]]

# What stands where a kind of personal data was hidden.
HIDDEN_WORDS = {
    "PERSON": "name",
    "PHONE": "phone number",
    "EMAIL": "e-mail address",
    "ADDRESS": "address",
    "POSTCODE": "postcode",
    "DOB": "date of birth",
    "NINO": "National Insurance number",
    "NHS_NO": "NHS number",
    "VRM": "car registration",
    "CRIME_REF": "crime number",
    "BANK": "bank details",
    "HANDLE": "account name",
    "PLACE": "place",
    "COLLAR": "officer number",
}


class NotReadYetError(Exception):
    """No coder has been over this text, so nothing in it is hidden yet."""


class WordsNotFoundError(ValueError):
    """The words quoted are not in the answer."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an answer as it is shown.

    Attributes:
        words: What is shown; for hidden personal data its kind.
        start, end: Half-open range in code points of the original.
        marks: Keys of the evidence that covers it.
        ending: Keys of the evidence that ends with it.
    """

    words: str
    start: int
    end: int
    is_hidden: bool
    marks: tuple[str, ...]
    ending: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer opened for reading."""

    text_id: UUID
    pieces: tuple[Piece, ...]
    risk_level: str

    @property
    def words(self) -> str:
        """Return the answer as shown, as one string."""
        return shown_words(self.pieces)


def read_redacted(
    session: Session, text: AnswerText, *, purpose: str, by: Actor, now: datetime
) -> Reading:
    """Return a text with personal data hidden and signs of risk marked.

    Raise NotReadYetError for a text no coder has been over.
    """
    found = coding.find_coding(session, text.id)
    if found is None:
        raise NotReadYetError
    reading = Reading(
        text.id, redacted(text, found, {"risk": spans(found.risk_evidence)}), found.risk_level
    )
    record(session, text.id, "text.read", purpose, by=by, now=now)
    session.commit()
    return reading


def read_original(
    session: Session, text: AnswerText, *, reason: str, by: Actor, now: datetime
) -> str:
    """Return a text as it was written; `reason` is one of a list, never free words."""
    record(session, text.id, "text.read_original", reason, by=by, now=now)
    session.commit()
    return text.body or ""


def record(
    session: Session, text_id: UUID, act: str, purpose: str, *, by: Actor, now: datetime
) -> None:
    """Add a reading to the trail; the caller commits."""
    audit.add_event(
        session, by=by, act=act, kind="text", object_id=text_id, now=now, detail={"for": purpose}
    )


def redacted(
    text: AnswerText, found: MachineCoding, marks: Mapping[str, Spans]
) -> tuple[Piece, ...]:
    """Return the pieces of a text, with what this coding hides hidden."""
    hidden = [(r["start"], r["end"], r["kind"]) for r in found.redactions]
    return cut(text.body or "", hidden, marks)


def spans(evidence: Iterable[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Return stored evidence as ranges."""
    return [(part["start"], part["end"]) for part in evidence]


def cut(
    body: str, hidden: Sequence[tuple[int, int, str]], marks: Mapping[str, Spans]
) -> tuple[Piece, ...]:
    """Return a text cut wherever something hidden or marked begins or ends.

    Marks that reach into hidden words grow to cover all of them, so that no edge gives away
    where inside a name a mark stopped.
    """
    grown = {
        key: [_grown(start, end, hidden) for start, end in ranges] for key, ranges in marks.items()
    }
    covers = {(start, end): kind for start, end, kind in hidden}
    edges = {0, len(body)} | {e for start, end, _ in hidden for e in (start, end)}
    edges |= {e for ranges in grown.values() for span in ranges for e in span}
    kept = sorted(e for e in edges if 0 <= e <= len(body) and not _is_inside(e, hidden))
    return tuple(
        _piece(body, start, end, covers.get((start, end)), grown) for start, end in pairwise(kept)
    )


def shown_words(pieces: Iterable[Piece]) -> str:
    """Return pieces as one string, hidden ones in square brackets."""
    return "".join(f"[{p.words}]" if p.is_hidden else p.words for p in pieces)


def words_between(pieces: Iterable[Piece], start: int, end: int) -> str:
    """Return what is shown of a range of the original; hidden words as a whole or not at all."""
    shown = []
    for piece in pieces:
        if piece.is_hidden and start <= piece.start and piece.end <= end:
            shown.append(f"[{piece.words}]")
        elif not piece.is_hidden and piece.start < end and start < piece.end:
            shown.append(piece.words[max(0, start - piece.start) : end - piece.start])
    return "".join(shown)


def find_words(pieces: Sequence[Piece], quoted: str) -> tuple[int, int]:
    """Return where quoted words stand in the original; raise WordsNotFoundError.

    Case, spacing and the shape of quotation marks do not matter.
    """
    where: list[tuple[int, int]] = []  # for each character of the shown words, its range
    shown = ""
    for piece in pieces:
        words = f"[{piece.words}]" if piece.is_hidden else piece.words
        for place, character in enumerate(words):
            for folded in _folded(character):
                if folded == " " and shown.endswith(" "):
                    continue
                shown += folded
                at = piece.start + place
                where.append((piece.start, piece.end) if piece.is_hidden else (at, at + 1))
    wanted = " ".join("".join(f for c in quoted for f in _folded(c)).split())
    at = shown.find(wanted) if wanted else -1
    if at < 0:
        raise WordsNotFoundError
    return where[at][0], where[at + len(wanted) - 1][1]


def _folded(character: str) -> str:
    if character.isspace():
        return " "
    return {"’": "'", "‘": "'", "“": '"', "”": '"'}.get(character, character.casefold())


def _grown(start: int, end: int, hidden: Sequence[tuple[int, int, str]]) -> tuple[int, int]:
    for h_start, h_end, _ in hidden:
        if h_start < end and start < h_end:
            start, end = min(start, h_start), max(end, h_end)
    return start, end


def _is_inside(edge: int, hidden: Sequence[tuple[int, int, str]]) -> bool:
    return any(start < edge < end for start, end, _ in hidden)


def _piece(body: str, start: int, end: int, kind: str | None, marks: Mapping[str, Spans]) -> Piece:
    over = {k: [s for s in spans_ if s[0] <= start and end <= s[1]] for k, spans_ in marks.items()}
    return Piece(
        words=body[start:end] if kind is None else HIDDEN_WORDS.get(kind, "hidden"),
        start=start,
        end=end,
        is_hidden=kind is not None,
        marks=tuple(key for key, found in over.items() if found),
        ending=tuple(key for key, found in over.items() if any(s[1] == end for s in found)),
    )

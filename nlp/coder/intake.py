"""Intake: an answer becomes redacted text, clauses and units, with a way back to what was typed.

Nothing after this module sees personal data, and every offset that leaves the coder is mapped back
through it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from nlp import redact
from nlp.coder.units import Unit
from nlp.coding import Item
from nlp.language import LANGUAGES, detect
from nlp.redact import Redacted
from nlp.spans import Redaction, Span
from nlp.text import Tidied, clauses, is_nil, tidy
from nlp.vectors import Encoder

MAX_CLAUSES = 400  # of one answer; only a pasted document has more


@dataclass(frozen=True, slots=True)
class Hidden:
    """Redacted text with the way back.

    Attributes:
        text: Tidied, with placeholders such as "[person 1]" for personal data.
    """

    text: str
    tidied: Tidied
    redacted: Redacted

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Range of the text as given that [start, end) of the redacted text stands for."""
        return self.redacted.to_original(*self.tidied.to_original(start, end))

    def from_original(self, start: int, end: int) -> tuple[int, int]:
        """Range of the redacted text that [start, end) of the text as given became."""
        offsets = self.tidied.offsets
        left = bisect_left(offsets, self._moved(start))
        right = bisect_left(offsets, self._moved(end))
        return min(left, len(self.text)), min(max(left, right), len(self.text))

    def _moved(self, position: int) -> int:
        """Where a position of the text as given lies in the redacted text before tidying."""
        origins = self.redacted.origins
        at = max(0, bisect_right(origins, (position, position)) - 1)
        if at + 1 < len(origins) and origins[at][1] <= position:
            at += 1
        if not origins:
            return position
        begin, end = origins[at]
        start = self.redacted.starts[at]
        if self.redacted.hidden[at]:
            stop = (*self.redacted.starts, len(self.redacted.text))[at + 1]
            return start if position <= begin else stop
        return start + min(max(position, begin), end) - begin


@dataclass(frozen=True, slots=True)
class Prepared:
    """An answer ready to be read by a model.

    Attributes:
        clauses: Half-open ranges of `hidden.text`; at least one unless the text is blank.
        nil: The answer says nothing.
    """

    item: Item
    language: str
    redactions: tuple[Redaction, ...]
    hidden: Hidden
    clauses: tuple[tuple[int, int], ...]
    nil: bool

    @property
    def text(self) -> str:
        """The redacted text."""
        return self.hidden.text

    def span(self, start: int, end: int) -> Span:
        """A range of the redacted text as a span of the text given."""
        return Span(*self.hidden.to_original(start, end))


@dataclass(frozen=True, slots=True)
class Read:
    """A prepared answer as units: the whole, then each clause."""

    prepared: Prepared
    whole: Unit
    clauses: tuple[Unit, ...]


def prepare(item: Item) -> Prepared:
    """Detect language, hide personal data, cut into clauses. Never raises on any string."""
    language = item.language if item.language in LANGUAGES else detect(item.text)
    found = tuple(redact.find(item.text, language))
    hidden = hide(item.text, found)
    ranges = tuple((s.start, s.end) for s in clauses(hidden.text)[:MAX_CLAUSES])
    return Prepared(item, language, found, hidden, ranges, is_nil(item.text, item.question))


def hide(text: str, found: Sequence[Redaction]) -> Hidden:
    """Redacted text with the way back; `found` are in order and do not overlap."""
    redacted = redact.apply(text, found)
    tidied = tidy(redacted.text)
    return Hidden(tidied.text, tidied, redacted)


def read(prepared: Sequence[Prepared], encoder: Encoder | None) -> list[Read]:
    """Units of each answer; with an encoder one pass gives the whole and its clauses in context."""
    if encoder is None:
        return [Read(p, Unit(p.text, _asked(p)), tuple(_clause_units(p))) for p in prepared]
    encoded = encoder.encode([p.text for p in prepared], [p.clauses for p in prepared])
    found = []
    for p, e in zip(prepared, encoded, strict=True):
        units = tuple(
            Unit(u.text, u.question, vector)
            for u, vector in zip(_clause_units(p), e.spans, strict=True)
        )
        found.append(Read(p, Unit(p.text, _asked(p), e.whole), units))
    return found


def _asked(prepared: Prepared) -> str:
    return prepared.item.question


def _clause_units(prepared: Prepared) -> list[Unit]:
    return [Unit(prepared.text[a:b], _asked(prepared)) for a, b in prepared.clauses]

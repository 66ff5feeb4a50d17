"""Hiding: placeholders that stay the same for the same value inside one answer."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.redact.cues import TITLES
from nlp.redact.lexicon import fold
from nlp.spans import Kind, Redaction

_NAMES = {
    Kind.PERSON: "person",
    Kind.PHONE: "phone",
    Kind.EMAIL: "email",
    Kind.ADDRESS: "address",
    Kind.POSTCODE: "postcode",
    Kind.DOB: "date of birth",
    Kind.NINO: "national insurance number",
    Kind.NHS_NO: "nhs number",
    Kind.VRM: "registration",
    Kind.CRIME_REF: "reference",
    Kind.BANK: "bank details",
    Kind.HANDLE: "handle",
    Kind.PLACE: "place",
    Kind.COLLAR: "collar number",
}
PLACEHOLDER = re.compile(r"\[(?:" + "|".join(_NAMES.values()) + r")(?: \d+)?\]")
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Redacted:
    """Text with placeholders and the way back.

    Attributes:
        starts: Where each piece begins in `text`; pieces alternate between kept and hidden.
        origins: (start, end) in the original of each piece, in the same order.
        hidden: Whether each piece is a placeholder.
    """

    text: str
    starts: tuple[int, ...]
    origins: tuple[tuple[int, int], ...]
    hidden: tuple[bool, ...]

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open range of the original behind [start, end) of `text`.

        A range that touches a placeholder takes in all that it hides.
        """
        if not self.starts:
            return start, end
        first = self._at(start)
        last = self._at(max(start, end - 1))
        return self._back(first, start, at_end=False), self._back(last, end, at_end=True)

    def _at(self, position: int) -> int:
        return max(0, bisect_right(self.starts, position) - 1)

    def _back(self, piece: int, position: int, *, at_end: bool) -> int:
        begin, end = self.origins[piece]
        if self.hidden[piece]:
            return end if at_end else begin
        return min(end, begin + position - self.starts[piece])


def apply(text: str, redactions: Sequence[Redaction]) -> Redacted:
    """Return `text` with every redaction replaced by a placeholder such as "[person 1]".

    People are numbered from 1 in order of first mention; other kinds only from their second value.
    Raises:
        ValueError: redactions overlap, are out of order or leave the text.
    """
    pieces: list[str] = []
    starts: list[int] = []
    origins: list[tuple[int, int]] = []
    hidden: list[bool] = []
    labels = _Labels()
    at = length = 0
    for found in redactions:
        if not at <= found.start < found.end <= len(text):
            msg = f"redaction {found.start}-{found.end} is empty, out of order or outside the text"
            raise ValueError(msg)
        label = labels.label(found.kind, text[found.start : found.end])
        for piece, origin, hides in (
            (text[at : found.start], (at, found.start), False),
            (label, (found.start, found.end), True),
        ):
            if piece:
                pieces.append(piece)
                starts.append(length)
                origins.append(origin)
                hidden.append(hides)
                length += len(piece)
        at = found.end
    if at < len(text) or not pieces:
        pieces.append(text[at:])
        starts.append(length)
        origins.append((at, len(text)))
        hidden.append(False)
    return Redacted("".join(pieces), tuple(starts), tuple(origins), tuple(hidden))


class _Labels:
    def __init__(self) -> None:
        self._numbers: dict[tuple[Kind, str], int] = {}
        self._counts: dict[Kind, int] = {}

    def label(self, kind: Kind, value: str) -> str:
        keys = (
            _person_keys(value) if kind is Kind.PERSON else ["".join(_WORDS.findall(fold(value)))]
        )
        known = [self._numbers[kind, key] for key in keys if (kind, key) in self._numbers]
        number = known[0] if known else self._counts.get(kind, 0) + 1
        self._counts[kind] = max(number, self._counts.get(kind, 0))
        for key in keys:
            self._numbers.setdefault((kind, key), number)
        if kind is Kind.PERSON or number > 1:
            return f"[{_NAMES[kind]} {number}]"
        return f"[{_NAMES[kind]}]"


def _person_keys(value: str) -> list[str]:
    words = [word for word in _WORDS.findall(fold(value)) if word not in TITLES]
    longer = [word for word in words if len(word) > 1]
    return longer or words or [fold(value)]

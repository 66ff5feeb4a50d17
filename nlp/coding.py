"""What goes into a coder and what comes out of it: the values of the command-line seam."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from nlp.spans import Level, Redaction, Span


class Polarity(StrEnum):
    """How a stretch of text judges what it speaks of; also the sentiment of an answer."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    MIXED = "mixed"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Item:
    """One answer to be coded, as the respondent wrote it.

    Attributes:
        respondent: Who wrote it, where one person may have given several answers; only `emerge`
            asks, to count people rather than answers.
    """

    id: str
    text: str
    question: str = ""
    language: str | None = None
    respondent: str | None = None


@dataclass(frozen=True, slots=True)
class ThemeCode:
    """A theme the coder decided on; a person decides whether it stands.

    Attributes:
        probability: That a careful coder would use this theme, calibrated on held-out answers.
        start, end: Strongest clause, half-open, in code points of the text given.
        evidence: Further clauses, in order of the text.
    """

    theme: str
    polarity: Polarity
    probability: float
    start: int
    end: int
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A theme worth showing to a coder, decided or not."""

    theme: str
    probability: float


@dataclass(frozen=True, slots=True)
class FamilyCode:
    """Chance that an answer holds any theme of a family; never below that of its likeliest."""

    family: str
    probability: float


@dataclass(frozen=True, slots=True)
class Gap:
    """An unmet need, what stood in the way, and for how long where the answer says."""

    need: str
    barrier: str
    start: int
    end: int
    probability: float
    duration_days: int | None = None


@dataclass(frozen=True, slots=True)
class Safeguarding:
    """Place in the queue for a person trained in safeguarding; never a decision."""

    level: Level
    score: float
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Coding:
    """Everything the coder says of one answer. Offsets are in code points of the text given.

    Attributes:
        redacted: The text as everything downstream sees it, placeholders for personal data.
        confidence: Expected F1 of the decided themes, in [0, 1]; answers below a bar go to people.
        coder: Name and version; changes whenever any output could.
        needs_reader: True where the language is one the model was not taught.
    """

    id: str
    language: str
    redactions: tuple[Redaction, ...]
    redacted: str
    themes: tuple[ThemeCode, ...]
    candidates: tuple[Candidate, ...]
    families: tuple[FamilyCode, ...]
    confidence: float
    sentiment: Polarity
    gaps: tuple[Gap, ...]
    safeguarding: Safeguarding
    coder: str
    needs_reader: bool = False

    def to_json(self) -> dict[str, Any]:
        """The object of one output line of `python -m nlp code`."""
        return {
            "id": self.id,
            "language": self.language,
            "redactions": [_redaction(r) for r in self.redactions],
            "themes": [_theme(t) for t in self.themes],
            "candidates": [
                {"theme": c.theme, "probability": round(c.probability, 4)} for c in self.candidates
            ],
            "confidence": round(self.confidence, 4),
            "sentiment": self.sentiment.value,
            "gaps": [_gap(g) for g in self.gaps],
            "safeguarding": {
                "level": self.safeguarding.level.value,
                "score": round(self.safeguarding.score, 4),
                "evidence": [_span(s) for s in self.safeguarding.evidence],
            },
            "coder": self.coder,
        }


class Coder(Protocol):
    """Anything that codes answers; the app's worker knows no more of it than this."""

    @property
    def version(self) -> str: ...

    def code(self, items: list[Item]) -> list[Coding]: ...


def _span(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}


def _redaction(found: Redaction) -> dict[str, Any]:
    shown: dict[str, Any] = {"start": found.start, "end": found.end, "kind": found.kind.value}
    return shown | ({"uncertain": True} if found.uncertain else {})


def _theme(code: ThemeCode) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "theme": code.theme,
        "polarity": code.polarity.value,
        "probability": round(code.probability, 4),
        "start": code.start,
        "end": code.end,
    }
    return shown | ({"evidence": [_span(s) for s in code.evidence]} if code.evidence else {})


def _gap(gap: Gap) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "need": gap.need,
        "barrier": gap.barrier,
        "start": gap.start,
        "end": gap.end,
        "probability": round(gap.probability, 4),
    }
    return shown | ({} if gap.duration_days is None else {"duration_days": gap.duration_days})

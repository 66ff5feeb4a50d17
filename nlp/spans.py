"""The small frozen values that cross from `nlp` into the rest of Heard."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a redaction hides; the labels of `codebook.yml` under `pii.labels`."""

    PERSON = "PERSON"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    ADDRESS = "ADDRESS"
    POSTCODE = "POSTCODE"
    DOB = "DOB"
    NINO = "NINO"
    NHS_NO = "NHS_NO"
    VRM = "VRM"
    CRIME_REF = "CRIME_REF"
    BANK = "BANK"
    HANDLE = "HANDLE"
    PLACE = "PLACE"
    COLLAR = "COLLAR"


class Level(StrEnum):
    """How soon a person should read an answer for safety; an order, never a decision."""

    NONE = "none"
    CONCERN = "concern"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range in Unicode code points, 0 <= start <= end."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Redaction:
    """Personal data found in one answer.

    Attributes:
        start, end: Half-open range in Unicode code points of the text given.
        uncertain: True when a person should look; uncertain spans are hidden all the same.
    """

    start: int
    end: int
    kind: Kind
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Risk:
    """How one answer stands in the safeguarding queue.

    Attributes:
        score: In [0, 1]; an order for people within one coder version, not a probability.
        evidence: Clauses that raised the score, in order of the text; may be empty for `none`.
    """

    level: Level
    score: float
    evidence: tuple[Span, ...] = ()

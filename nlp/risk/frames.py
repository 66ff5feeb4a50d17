"""Frames of danger and distress; the patterns are `data/frames.toml`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.redact.lexicon import read_table

_TABLE = read_table("frames")


@dataclass(frozen=True, slots=True)
class Frame:
    """One signal.

    Attributes:
        weight: In (0, 1); how strongly the frame alone speaks for reading the answer soon.
        is_lasting: True when an ending told in the same answer ("he is in prison") weakens it.
    """

    name: str
    weight: float
    pattern: re.Pattern[str]
    is_lasting: bool = True


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


FRAMES = tuple(
    Frame(row["name"], row["weight"], _any_of(row["patterns"]), row["lasting"])
    for row in _TABLE["frames"]
)
IDIOM = _any_of(
    _TABLE["idiom"]["patterns"]
)  # figures of speech; each weakens the frames it touches
OVER = _any_of(_TABLE["over"]["patterns"])  # it is over: prison, death, years or distance (rule 14)
NOW = _any_of(_TABLE["now"]["patterns"])

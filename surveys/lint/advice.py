"""One piece of advice: what, where, why, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """What the lint looks at."""

    READING_AGE = "reading_age"
    LONG = "long"
    DOUBLE = "double_barrelled"
    LEADING = "leading"
    BLAMING = "blaming"
    STORY = "asks_for_the_story"
    IDENTITY = "asks_who"
    MINUTES = "minutes"
    RAPPORT = "sensitive_too_soon"
    NO_WAY_OUT = "no_prefer_not_to_say"
    NO_WHY = "no_reason_given"
    JARGON = "jargon"
    NEGATIVE = "negative_for_children"
    REVEALING = "public_title_reveals"
    OTHER = "other_without_words"


@dataclass(frozen=True, slots=True)
class Advice:
    """Advice on one text or question; `explained` is why it is not followed, when it is not."""

    rule: Rule
    where: str
    reason: str
    better: str
    explained: str | None = None

    def __str__(self) -> str:
        parts = [self.rule.value, self.where, self.reason, self.better]
        if self.explained is not None:
            parts.append(f"Not followed: {self.explained}")
        return "\t".join(" ".join(part.split()) for part in parts)

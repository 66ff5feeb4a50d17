"""Needs that many name in the same period, so that pages of needs and barriers have something.

The corpus is spread over hundreds of needs and barriers; a real survey is not. Of some pairs as
many answers are set aside as can be shown without giving a smaller number away: a wave of two
quarters has to stay between 10 and 13 of a pair, or over 9 in each quarter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from app.worker.demo.corpus import Pool, Written

SPARE = 4  # answers beyond those wanted: not every made-up person is asked every question


@dataclass(frozen=True, slots=True)
class Focus:
    """So many people in each part of a period who name this need; one barrier, or all but some."""

    need: str
    barrier: str  # "" for any that no other focus of the period has
    people: int

    def fits(self, answer: Written, taken: frozenset[tuple[str, str]]) -> bool:
        """Return whether the answer names this, and no pair that others of the period count."""
        gaps = {(gap["need"], gap["barrier"]) for gap in answer.gold["gaps"]}
        mine = {(need, barrier) for need, barrier in gaps if need == self.need}
        if not self.barrier:
            return bool(mine) and not gaps & taken
        return mine == {(self.need, self.barrier)} and not (gaps - mine) & taken


# In each of March and April 2022.
WAVE = (
    Focus("rights_information", "not_told", 6),
    Focus("information_support", "not_told", 6),
    Focus("counselling", "waiting", 6),
    Focus("child_support", "not_offered", 6),
    Focus("counselling", "", 11),
    Focus("practical_help", "", 12),
)
# In the last complete quarter of the open survey.
QUARTER = (
    Focus("single_point_of_contact", "lost_in_handover", 13),
    Focus("digital_alternative", "digital_only", 14),
    Focus("emotional_support", "not_offered", 12),
    Focus("updates", "not_told", 11),
    Focus("emotional_support", "", 12),
    Focus("police_action", "", 14),
)

Kept = Mapping[Focus, list[Written]]


def pairs_of(focuses: Sequence[Focus]) -> frozenset[tuple[str, str]]:
    """Return the needs and barriers that are counted by themselves."""
    return frozenset((f.need, f.barrier) for f in focuses if f.barrier)


def keep(pool: Pool, focuses: Sequence[Focus], parts: int) -> Kept:
    """Take the answers of each focus out of the pool, with a few to spare."""
    taken = pairs_of(focuses)
    return {
        focus: pool.take_that(partial(focus.fits, taken=taken), focus.people * parts + SPARE)
        for focus in focuses
    }


def others(pool: Pool, focuses: Sequence[Focus]) -> list[Written]:
    """Take whatever else names these needs out of the pool, so that nothing adds to the counts."""
    needs = {focus.need for focus in focuses}
    return pool.take_that(lambda a: any(g["need"] in needs for g in a.gold["gaps"]))

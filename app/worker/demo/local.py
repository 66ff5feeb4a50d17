"""What of the demonstration belongs to an area: its places, services, and how cases are called.

The stories are told in Thames Valley's codes; any other pack gets the same stories in its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from app.packs import Pack

Weights = Mapping[str, float]

# Source: 2021 Census populations of the districts, rounded to thousands.
POPULATIONS: Weights = {
    "E06000060": 553, "E06000042": 287, "E06000036": 125, "E06000037": 161, "E06000038": 174,
    "E06000039": 158, "E06000040": 154, "E06000041": 178, "E07000177": 161, "E07000178": 162,
    "E07000179": 149, "E07000180": 139, "E07000181": 114, "E06000047": 522, "E06000005": 108,
}  # fmt: skip
SOME_PEOPLE = 150  # where no figure is known here
TOLD_IN = ("hub", "connect", "adult", "cyp", "sv", "counselling")  # the services of the stories
USED: Weights = {"hub": 6, "adult": 4, "counselling": 3, "sv": 2, "connect": 1, "none": 2}
STORY_AREAS = ("E07000178", "E06000038", "E06000042", "E06000060", "E06000039")


@dataclass(frozen=True)
class Local:
    """One body's places and services, as the stories need them."""

    pack: Pack

    @cached_property
    def areas(self) -> Weights:
        """Return the pack's areas with how many people live there."""
        return {a.code: POPULATIONS.get(a.code, SOME_PEOPLE) for a in self.pack.areas}

    @cached_property
    def used(self) -> Weights:
        """Return how often each service is named as used."""
        found: dict[str, float] = {}
        for code, weight in USED.items():
            own = code if code == "none" else self.service(code)
            found[own] = found.get(own, 0) + weight
        return found

    def area(self, told: str) -> str:
        """Return the area a story happens in: the one it is told of, or one of the pack's own."""
        if told in self.areas:
            return told
        own = self.pack.areas
        return own[STORY_AREAS.index(told) % len(own)].code

    def service(self, told: str) -> str:
        """Return the service a story is about: the one it is told of, or one of the pack's own."""
        own = [service.code for service in self.pack.services]
        return told if told in own else own[TOLD_IN.index(told) % len(own)]

    @cached_property
    def has_own_story(self) -> bool:
        """Return whether the published figures and names the demonstration tells of are theirs."""
        return all(code in self.areas for code in STORY_AREAS)

    def case_key(self, told: str) -> str:
        """Return a case key as this body's case system would write it."""
        capitals = [w[0] for w in self.pack.support_name.split() if w[0].isupper()]
        return f"{''.join(capitals) or 'C'}-{told}"

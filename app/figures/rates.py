"""Response dispositions and rates."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dispositions:
    """What became of every case of a list.

    `e` is the share of cases of unknown eligibility thought to be eligible.
    Source: AAPOR Standard Definitions; domain.md 7.1.
    """

    complete: int
    partial: int
    refused: int
    not_contacted: int
    other: int
    unknown: int
    e: float = 1.0

    @property
    def _interviewed(self) -> int:
        return self.complete + self.partial

    @property
    def _known(self) -> int:
        return self._interviewed + self.refused + self.not_contacted + self.other

    @property
    def rr1(self) -> float:
        """Return complete answers over all cases."""
        return self.complete / (self._known + self.unknown)

    @property
    def rr2(self) -> float:
        """Return complete and partial answers over all cases."""
        return self._interviewed / (self._known + self.unknown)

    @property
    def rr3(self) -> float:
        """Return complete answers over the cases thought to be eligible."""
        return self.complete / (self._known + self.e * self.unknown)

    @property
    def rr5(self) -> float:
        """Return complete answers over the cases known to be eligible."""
        return self.complete / self._known

    @property
    def coop1(self) -> float:
        """Return complete answers over the people reached."""
        return self.complete / (self._interviewed + self.refused + self.other)

    @property
    def con1(self) -> float:
        """Return the people reached over all cases."""
        reached = self._interviewed + self.refused + self.other
        return reached / (reached + self.not_contacted + self.unknown)


def disposition(answered: int, applicable: int) -> str:
    """Return how complete an interview is, by the share of core items answered (domain.md 7.1)."""
    share = answered / applicable if applicable else 0.0
    if share >= 0.8:
        return "complete"
    return "partial" if share >= 0.5 else "break_off"

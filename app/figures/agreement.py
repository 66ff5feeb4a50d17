"""How far two coders agree, and what a machine's counts are worth."""

from dataclasses import dataclass

PUBLISHABLE = 0.60
FIRM, TENTATIVE = 0.80, 0.667
HELD_OUT_FROM, LEAST_F1 = 50, 0.70


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two codings of the same answers for one theme: both, first only, second only, neither."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def n(self) -> int:
        """Return how many answers were coded twice."""
        return self.both + self.first + self.second + self.neither

    @property
    def kappa(self) -> float:
        """Return Cohen's kappa. Source: Cohen 1960; domain.md 7.7."""
        n = self.n
        seen = (self.both + self.neither) / n
        one, two = (self.both + self.first) / n, (self.both + self.second) / n
        chance = one * two + (1 - one) * (1 - two)
        return 1.0 if chance == 1 else (seen - chance) / (1 - chance)

    @property
    def alpha(self) -> float:
        """Return Krippendorff's alpha, nominal. Source: Krippendorff 2011; domain.md 7.7."""
        values = 2 * self.n
        ones = 2 * self.both + self.first + self.second
        zeros = values - ones
        expected = 2 * ones * zeros / (values * (values - 1))
        observed = 2 * (self.first + self.second) / values
        return 1.0 if expected == 0 else 1 - observed / expected

    @property
    def words(self) -> str:
        """Return what this agreement allows."""
        if self.alpha >= FIRM:
            return "firm"
        if self.alpha >= TENTATIVE:
            return "tentative"
        return "publishable" if self.kappa >= PUBLISHABLE else "revise the definition"


def may_publish_machine(held_out: int, f1: float, kappa: float) -> bool:
    """Return whether a machine's counts of a code may stand alone (domain.md 7.7)."""
    return held_out >= HELD_OUT_FROM and f1 >= LEAST_F1 and kappa >= PUBLISHABLE


def true_share(observed: float, sensitivity: float, specificity: float) -> float:
    """Return the share corrected for the machine's errors, within 0 to 1.

    Source: Rogan and Gladen 1978; domain.md 7.7.
    """
    if sensitivity + specificity <= 1:
        raise ValueError("a machine no better than chance cannot be corrected")
    share = (observed + specificity - 1) / (sensitivity + specificity - 1)
    return min(1.0, max(0.0, share))

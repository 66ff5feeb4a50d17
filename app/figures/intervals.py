"""Intervals for shares."""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Interval:
    """A lower and an upper bound, both inclusive."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """Return upper minus lower."""
        return self.high - self.low


def wilson(k: float, n: float, z: float = Z95) -> Interval:
    """Return the Wilson score interval of k out of n; raise ValueError for an empty base.

    For weighted shares pass k = share * n_eff and n = n_eff.
    Source: Wilson 1927, JASA 22:209-212; domain.md 7.2.
    """
    if n <= 0 or not 0 <= k <= n:
        raise ValueError(f"no interval for {k} of {n}")
    p = k / n
    spread = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / spread
    half = z / spread * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def newcombe(k1: float, n1: float, k2: float, n2: float, z: float = Z95) -> Interval:
    """Return the hybrid score interval of k1/n1 - k2/n2.

    Source: Newcombe 1998, Statistics in Medicine 17:873-890, method 10; domain.md 7.4.
    """
    one, two = wilson(k1, n1, z), wilson(k2, n2, z)
    p1, p2 = k1 / n1, k2 / n2
    below = sqrt((p1 - one.low) ** 2 + (two.high - p2) ** 2)
    above = sqrt((one.high - p1) ** 2 + (p2 - two.low) ** 2)
    return Interval(p1 - p2 - below, p1 - p2 + above)

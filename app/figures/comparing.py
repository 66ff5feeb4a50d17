"""Comparing two shares, two means, and the same people twice; and when an arrow may be shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb, sqrt

from .intervals import Interval, newcombe
from .normal import chi_square_1, two_sided_normal, two_sided_t

FISHER_BELOW = 5  # an expected count under this: the normal approximation fails
FALSE_DISCOVERY = 0.05
LEAST_DIFFERENCE = 0.03
LEAST_BASE = 30
EXACT_UP_TO = 25  # who moved; beyond, the normal approximation is close
NO_CHANGE = "no clear change"


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of two shares with Newcombe's interval and a p-value."""

    value: float
    interval: Interval
    p: float
    z: float | None  # None where Fisher's exact test was used


def two_shares(k1: float, n1: float, k2: float, n2: float) -> Difference:
    """Compare k1/n1 with k2/n2: pooled z-test, or Fisher's exact test for small expectations.

    Weighted shares: pass effective bases and share * base.
    Source: domain.md 7.4; Newcombe 1998; Fisher 1922.
    """
    pooled = (k1 + k2) / (n1 + n2)
    interval = newcombe(k1, n1, k2, n2)
    value = k1 / n1 - k2 / n2
    if min(n1, n2) * min(pooled, 1 - pooled) < FISHER_BELOW:
        return Difference(value, interval, fisher(round(k1), round(n1), round(k2), round(n2)), None)
    z = value / sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return Difference(value, interval, two_sided_normal(z), z)


def fisher(k1: int, n1: int, k2: int, n2: int) -> float:
    """Return the two-sided p of Fisher's exact test: tables no more likely than this one."""
    hits, total = k1 + k2, n1 + n2
    ways = [comb(n1, k) * comb(n2, hits - k) for k in range(max(0, hits - n2), min(n1, hits) + 1)]
    this = comb(n1, k1) * comb(n2, hits - k1)
    limit = this + this // 10**7  # ties that differ by rounding in other programs
    return sum(w for w in ways if w <= limit) / comb(total, hits)


def welch(m1: float, sd1: float, n1: int, m2: float, sd2: float, n2: int) -> tuple[float, float]:
    """Return t and p of Welch's test of two means."""
    v1, v2 = sd1**2 / n1, sd2**2 / n2
    t = (m1 - m2) / sqrt(v1 + v2)
    df = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
    return t, two_sided_t(t, df)


def mcnemar(b: int, c: int) -> tuple[float, float]:
    """Return the continuity-corrected chi-square and p for the same people asked twice."""
    if b + c == 0:
        return 0.0, 1.0
    chi = max(0.0, abs(b - c) - 1) ** 2 / (b + c)
    return chi, chi_square_1(chi)


def wilcoxon(changes: Sequence[float]) -> tuple[float, float]:
    """Return W (the smaller rank sum) and p of the signed-rank test; zeros are dropped.

    Up to 25 who moved: the exact distribution over all signs, given the ranks and their ties.
    More: normal approximation with tie correction, without continuity correction.
    Source: Wilcoxon 1945; Pratt's zeros are not used.
    """
    moved = sorted((abs(x), x > 0) for x in changes if x != 0)
    n = len(moved)
    if n == 0:
        return 0.0, 1.0
    ranks, ties = _ranks([size for size, _ in moved])
    up = sum(rank for rank, (_, rose) in zip(ranks, moved, strict=True) if rose)
    total = n * (n + 1) / 2
    if n <= EXACT_UP_TO:
        return min(up, total - up), _exact([round(2 * r) for r in ranks], round(2 * up))
    variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48
    w = min(up, total - up)
    if variance <= 0:
        return w, 1.0
    return w, two_sided_normal((w - total / 2) / sqrt(variance))


def _exact(ranks: Sequence[int], up: int) -> float:
    """Return the two-sided p of a rank sum when every sign is as likely as the other.

    Ranks are doubled, so that mid-ranks are whole numbers.
    """
    ways = [1]  # how many choices of signs come to each sum
    for rank in ranks:
        longer = ways + [0] * rank
        for total, count in enumerate(ways):
            longer[total + rank] += count
        ways = longer
    least = min(up, sum(ranks) - up)
    return min(1.0, 2 * sum(ways[: least + 1]) / 2.0 ** len(ranks))


def _ranks(ordered: Sequence[float]) -> tuple[list[float], float]:
    """Return mid-ranks of ordered values, and the sum of t**3 - t over ties."""
    ranks: list[float] = []
    ties = 0.0
    at = 0
    while at < len(ordered):
        same = at
        while same < len(ordered) and ordered[same] == ordered[at]:
            same += 1
        ranks += [(at + 1 + same) / 2] * (same - at)
        ties += (same - at) ** 3 - (same - at)
        at = same
    return ranks, ties


def adjusted(ps: Sequence[float]) -> list[float]:
    """Return Benjamini-Hochberg adjusted p-values in the given order.

    Source: Benjamini and Hochberg 1995, JRSS B 57:289-300.
    """
    m = len(ps)
    order = sorted(range(m), key=lambda i: ps[i], reverse=True)
    out = [1.0] * m
    least = 1.0
    for place, i in enumerate(order):
        least = min(least, ps[i] * m / (m - place))
        out[i] = least
    return out


class Arrow(StrEnum):
    """What may be said of a change."""

    UP = "up"
    DOWN = "down"
    NONE = NO_CHANGE


def arrow(difference: float, adjusted_p: float, base1: float, base2: float) -> Arrow:
    """Return an arrow only for a change that is clear, large enough and well based.

    Source: domain.md 7.4: adjusted p <= .05, at least 3 points, both bases at least 30.
    """
    clear = adjusted_p <= FALSE_DISCOVERY and min(base1, base2) >= LEAST_BASE
    if not clear or abs(difference) < LEAST_DIFFERENCE - 1e-12:
        return Arrow.NONE
    return Arrow.UP if difference > 0 else Arrow.DOWN

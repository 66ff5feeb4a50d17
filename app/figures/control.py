"""Control charts of a share over periods: which points differ by more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

SIGMAS = 3
RUN = 8  # points on one side of the centre
LEAST_BASE = 30  # under it a chart says nothing
LEAST_POINTS = 8  # periods before limits mean anything


@dataclass(frozen=True, slots=True)
class Point:
    """One period: its share, the limits for its base, and whether it stands out."""

    share: float
    low: float
    high: float
    stands_out: bool


def control_chart(points: Sequence[tuple[int, int] | None]) -> list[Point | None]:
    """Return a p-chart of (count, base); silent where a base is under 30 or periods are few.

    Outside three standard errors, or the eighth in a row on one side of the centre.
    Source: Shewhart 1931; Nelson 1984 rules 1 and 2 (with a run of 8).
    """
    held = [p for p in points if p is not None and p[1] >= LEAST_BASE]
    if len(held) < LEAST_POINTS:
        return [None] * len(points)
    centre = sum(k for k, _ in held) / sum(n for _, n in held)
    found: list[Point | None] = []
    side = run = 0
    for point in points:
        if point is None or point[1] < LEAST_BASE:
            found.append(None)
            continue
        share = point[0] / point[1]
        here = (share > centre) - (share < centre)
        run = run + 1 if here == side and here else 1
        side = here
        found.append(_point(share, centre, point[1], in_run=run >= RUN and here != 0))
    return found


def _point(share: float, centre: float, base: int, *, in_run: bool) -> Point:
    reach = SIGMAS * sqrt(centre * (1 - centre) / base)
    low, high = max(0.0, centre - reach), min(1.0, centre + reach)
    return Point(share, low, high, in_run or not low <= share <= high)

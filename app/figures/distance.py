"""Distance travelled between the start and the end of support, and reliable change."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

from .comparing import wilcoxon

BETTER, WORSE = 2, -2  # points on 0 to 10
CEILING = 9
RELIABLE = 1.96
CAUSE_NOTE = (
    "People who start low tend to come up a little whatever happens. Without a comparison group "
    "this does not show that the service caused the change."
)


@dataclass(frozen=True, slots=True)
class Distance:
    """What became of people who answered at both ends of support.

    Source: domain.md 7.6; Dewson et al. (IES) on distance travelled.
    """

    pairs: int
    missing_end: float  # share of closures without an end; they are often the unhappier
    start: float
    end: float
    up: int
    same: int
    down: int
    started_high: int
    p: float

    @property
    def change(self) -> float:
        """Return the mean of end less start."""
        return self.end - self.start


def distance(pairs: Sequence[tuple[float, float]], starts: int) -> Distance | None:
    """Return the distance travelled by pairs of start and end; None without a pair.

    `starts` counts everybody with a start whose case has closed, so that the missing ends are
    said first.
    """
    if not pairs:
        return None
    moves = [end - start for start, end in pairs]
    up = sum(m >= BETTER for m in moves)
    down = sum(m <= WORSE for m in moves)
    return Distance(
        len(pairs),
        1 - len(pairs) / max(starts, len(pairs)),
        fmean(start for start, _ in pairs),
        fmean(end for _, end in pairs),
        up,
        len(pairs) - up - down,
        down,
        sum(start >= CEILING for start, _ in pairs),
        wilcoxon(moves)[1],
    )


def reliable_change(start: float, end: float, sd: float, reliability: float) -> float:
    """Return the reliable change index; beyond +-1.96 a change is more than error of measurement.

    Source: Jacobson and Truax 1991, JCCP 59:12-19; domain.md 7.6.
    """
    return (end - start) / (sd * sqrt(2) * sqrt(1 - reliability))


def is_reliable(index: float) -> bool:
    """Return whether a reliable change index is beyond what error would give."""
    return abs(index) > RELIABLE

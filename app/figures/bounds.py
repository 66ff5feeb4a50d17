"""What a reader can work out of hidden cells when every total is taken together.

The shuttle algorithm: each hidden cell has a lower and an upper bound; every sum tightens them
until nothing moves. Source: Buzzigoli and Giusti 1999, "An algorithm to calculate the lower and
upper bounds of the elements of an array given its marginals".
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
Equation = tuple[int, Sequence[int]]  # a position along an axis, and those it is the sum of

MOST_ROUNDS = 25


class Bounds:
    """Lower and upper bounds of every cell of a cube."""

    def __init__(self, cells: Counts, hidden: Mask, small: Mask, limit: int) -> None:
        most = int(cells.max())
        self.low = np.where(hidden, 0, cells)
        self.high = np.where(hidden, np.where(small, limit - 1, most), cells)

    def settle(self, axes: Sequence[tuple[int, Sequence[Equation]]]) -> None:
        """Tighten by every sum until nothing moves."""
        for _ in range(MOST_ROUNDS):
            before = int(self.high.sum()) - int(self.low.sum())
            for axis, equations in axes:
                for whole, parts in equations:
                    self._tighten(axis, whole, list(parts))
            if int(self.high.sum()) - int(self.low.sum()) == before:
                return

    def _tighten(self, axis: int, whole: int, parts: list[int]) -> None:
        low, high = np.moveaxis(self.low, axis, 0), np.moveaxis(self.high, axis, 0)
        lows, highs = low[parts], high[parts]
        low_sum, high_sum = lows.sum(axis=0), highs.sum(axis=0)
        low[whole] = np.maximum(low[whole], low_sum)
        high[whole] = np.minimum(high[whole], high_sum)
        low[parts] = np.maximum(lows, low[whole] - (high_sum - highs))
        high[parts] = np.minimum(highs, high[whole] - (low_sum - lows))

    def binding(self, axis: int, whole: int, parts: Sequence[int], narrow: Mask) -> Mask:
        """Return where this sum is what keeps one of its narrow parts narrow."""
        held = np.moveaxis(narrow, axis, 0)[list(parts)]
        low, high = np.moveaxis(self.low, axis, 0), np.moveaxis(self.high, axis, 0)
        lows, highs = low[list(parts)], high[list(parts)]
        from_low = low[whole] - (highs.sum(axis=0) - highs)
        from_high = high[whole] - (lows.sum(axis=0) - lows)
        presses = (from_low >= lows) | (from_high <= highs)
        found: Mask = (held & presses).any(axis=0)
        return found

    def neighbours(self, axes: Sequence[tuple[int, Sequence[Equation]]], cells: Mask) -> Mask:
        """Return the cells and everything that shares a sum with one of them."""
        found = cells.copy()
        for axis, equations in axes:
            here, there = np.moveaxis(cells, axis, 0), np.moveaxis(found, axis, 0)
            for whole, parts in equations:
                together = [whole, *parts]
                there[together] |= here[together].any(axis=0)
        return found

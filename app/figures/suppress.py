"""The small-number rules: what may be shown, decided for the whole lattice at once.

settled.md 32: counts of 0 to 9 people show as "fewer than 10". Beside that, nothing shown may
give a hidden count away: not a total less its other parts, not one period less another, not
the rest of a base (secondary suppression). Cells are people; what is printed may be answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .bounds import Bounds

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]

WIDER_STEPS = 4  # how far from a narrow cell to look for one still shown
ROOM = 5  # a hidden count must stay open to an interval at least this wide (safety.md T10)


class Status(IntEnum):
    """Why a cell is shown or not."""

    SHOWN = 0
    SMALL = 1  # fewer than the threshold
    PROTECTING = 2  # large enough, but would give a small one away


class Showing(StrEnum):
    """What a base allows (settled.md 32)."""

    NOTHING = "nothing"
    COUNT = "count"
    CAUTION = "caution"  # percentage and interval, with a warning
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The limits of one surface."""

    hide_below: int = 10
    percent_from: int = 30
    normal_from: int = 50
    round_to: int = 1

    def doubled(self) -> "Thresholds":
        """Return the limits for children and sexual violence in public."""
        return Thresholds(
            2 * self.hide_below, 2 * self.percent_from, 2 * self.normal_from, self.round_to
        )

    def covers(self, other: "Thresholds") -> bool:
        """Return whether whatever these limits show the others would show too."""
        return (
            self.hide_below >= other.hide_below
            and self.percent_from >= other.percent_from
            and self.normal_from >= other.normal_from
        )

    def showing(self, base: int) -> Showing:
        """Return what may be said of a share with this base."""
        if base < self.hide_below:
            return Showing.NOTHING
        if base < self.percent_from:
            return Showing.COUNT
        return Showing.CAUTION if base < self.normal_from else Showing.NORMAL

    def rounded(self, count: int) -> int:
        """Return a count as this surface prints it, halves upwards."""
        return (2 * count + self.round_to) // (2 * self.round_to) * self.round_to


STAFF = Thresholds()
PUBLIC = Thresholds(round_to=5)


class Sum(NamedTuple):
    """One position that is the sum of others along an axis."""

    whole: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """How the cells of a cube [period, node, row] add up and contain one another.

    `base_of[r]` is the row that row r is a share of, or -1. `inside` lists rows (wider,
    narrower) of which the wider one gives way, `overlaps` those of which the narrower one does;
    `unions` rows and the ones they are made of, which may overlap; `splits` rows that were
    decided elsewhere and never give way, and their parts; `silent` rows whose hidden cells do not
    say whether they are small; `corners` nodes (all, a, b, a and b).
    """

    base_of: tuple[int, ...]
    periods: Sequence[Sum] = ()
    nodes: Sequence[Sum] = ()
    rows: Sequence[Sum] = ()
    period_pairs: Sequence[tuple[int, int]] = ()
    node_pairs: Sequence[tuple[int, int]] = ()
    inside: Sequence[tuple[int, int]] = ()
    overlaps: Sequence[tuple[int, int]] = ()
    unions: Sequence[Sum] = ()
    splits: Sequence[Sum] = ()
    silent: Sequence[int] = ()
    corners: Sequence[tuple[int, int, int, int]] = ()
    limits: Thresholds = field(default_factory=Thresholds)


def protect(
    people: Counts, structure: Structure, *, given: Mask | None = None, secondary: bool = True
) -> NDArray[np.uint8]:
    """Return the Status of every cell of people[period, node, row].

    `given` marks cells hidden already elsewhere. `secondary=False` leaves the differences open
    and exists so that the attack harness can be seen to find something.
    """
    if not people.size:
        return np.zeros(people.shape, dtype=np.uint8)
    cells = _Cells(people, structure, given)
    while secondary and (cells.hide_what_gives_away() or cells.widen_what_is_narrow()):
        pass
    status = np.where(cells.hidden, Status.PROTECTING, Status.SHOWN).astype(np.uint8)
    status[cells.small] = Status.SMALL
    return status


def _marked(size: int, places: Sequence[int]) -> Mask:
    marks = np.zeros(size, dtype=np.bool_)
    marks[list(places)] = True
    return marks


class _Cells:
    """The cube while it is being decided; hiding only ever grows, so it comes to an end."""

    def __init__(self, people: Counts, structure: Structure, given: Mask | None) -> None:
        self.people = people
        self.structure = structure
        self.limit = structure.limits.hide_below
        self.based = np.array([b >= 0 for b in structure.base_of])
        self.base = np.array([max(b, 0) for b in structure.base_of])
        rest = people[:, :, self.base] - people
        self.rest = np.where(self.based, rest, 10**9)
        self.small = people < self.limit
        self.hidden = self.small | (self.rest < self.limit)
        self.silent = _marked(people.shape[2], structure.silent)
        self.decided = _marked(people.shape[2], [e.whole for e in structure.splits])
        if given is not None:
            self.hidden |= given
        self._hide_with_their_base()

    def hide_what_gives_away(self) -> bool:
        """Hide more where a difference tells a small count; return whether anything changed."""
        before = int(self.hidden.sum())
        for axis, sums in enumerate((self.structure.periods, self.structure.nodes)):
            for equation in sums:
                self._close(axis, equation)
        for equation in self.structure.rows:
            self._close(2, equation)
        for equation in self.structure.splits:
            self._close(2, equation)
        self._part_unions()
        self._part_nested_rows()
        self._part_nested_cells()
        self._part_corners()
        self._hide_with_their_base()
        return int(self.hidden.sum()) > before

    def widen_what_is_narrow(self) -> bool:
        """Hide more where all sums together pin a small count down; return whether any was."""
        by_rows = [*self.structure.rows, *self.structure.splits]
        axes = [
            (axis, [(e.whole, e.parts) for e in equations])
            for axis, equations in enumerate(
                (self.structure.periods, self.structure.nodes, by_rows)
            )
        ]
        bounds = Bounds(self.people, self.hidden, self.small & ~self.silent, self.limit)
        bounds.settle(axes)
        may_be_small = self.small | (self.hidden & self.silent)
        narrow = may_be_small & (bounds.high - bounds.low < ROOM)
        before = int(self.hidden.sum())
        for _ in range(WIDER_STEPS if narrow.any() else 0):
            for axis, equations in axes:
                for whole, parts in equations:
                    bad = bounds.binding(axis, whole, parts, narrow)
                    self._hide_smallest(axis, Sum(whole, tuple(parts)), bad)
            if int(self.hidden.sum()) > before:
                return True
            narrow = bounds.neighbours(axes, narrow) & self.hidden
        return False

    def _hide_with_their_base(self) -> None:
        self.hidden |= self.hidden[:, :, self.base] & self.based

    def _close(self, axis: int, equation: Sum) -> None:
        """Hide one more part wherever the whole less the shown parts says too much."""
        order = [equation.whole, *equation.parts]
        people = np.moveaxis(self.people, axis, 0)[order]
        rest = np.moveaxis(self.rest, axis, 0)[order]
        hidden = np.moveaxis(self.hidden, axis, 0)[order]
        small = np.moveaxis(self.small, axis, 0)[order]
        bad = self._tells(people, rest if axis < 2 else None, hidden, small)
        self._hide_smallest(axis, equation, bad)

    def _hide_smallest(self, axis: int, equation: Sum, bad: Mask) -> None:
        """Hide the smallest part still shown where it is bad; the whole where none is left.

        Rows decided elsewhere stay as they are.
        """
        if axis < 2:
            bad = bad & ~self.decided
        if not bad.any():
            return
        parts = list(equation.parts)
        view = np.moveaxis(self.hidden, axis, 0)
        hidden, people = view[parts], np.moveaxis(self.people, axis, 0)[parts]
        smallest = np.where(hidden, np.iinfo(np.int64).max, people).argmin(axis=0)
        none_left = hidden.all(axis=0)
        at = np.nonzero(bad & ~none_left)
        view[np.array(equation.parts)[smallest[at]], at[0], at[1]] = True
        if axis < 2 or not self.decided[equation.whole]:
            view[equation.whole][bad & none_left] = True

    def _tells(self, people: Counts, rest: Counts | None, hidden: Mask, small: Mask) -> Mask:
        """Return where the sum of the hidden parts is known too closely."""
        parts, unknown = people[1:], hidden[1:]
        total = (parts * unknown).sum(axis=0)
        count = unknown.sum(axis=0)
        few = (unknown & small[1:]).sum(axis=0)
        floor = self.limit * (count - few)
        ceiling = np.where(count == few, (self.limit - 1) * count, np.iinfo(np.int64).max)
        loose = (count > 1) & (total >= self.limit)
        loose &= (few == 0) | ((total - floor >= ROOM) & (ceiling - total >= ROOM))
        if rest is not None:
            loose &= self._rest_is_loose(rest[1:], unknown, count)
        told: Mask = np.where(hidden[0], (count == 0), (count > 0) & ~loose)
        return told

    def _rest_is_loose(self, rest: Counts, unknown: Mask, count: Counts) -> Mask:
        """Return where the people without the property cannot be told either."""
        small_rest = (unknown & (rest < self.limit)).any(axis=0)
        total = (rest * unknown).sum(axis=0)
        loose: Mask = ~small_rest | ((count > 1) & (total >= self.limit))
        return loose

    def _part_nested_rows(self) -> None:
        for wide, narrow in self.structure.inside:
            gap = self.people[:, :, wide] - self.people[:, :, narrow]
            both = ~self.hidden[:, :, wide] & ~self.hidden[:, :, narrow]
            self.hidden[:, :, wide] |= both & (gap < self.limit)
        for wide, narrow in self.structure.overlaps:
            gap = self.people[:, :, wide] - self.people[:, :, narrow]
            both = ~self.hidden[:, :, wide] & ~self.hidden[:, :, narrow]
            self.hidden[:, :, narrow] |= both & (gap < self.limit)

    def _part_unions(self) -> None:
        """Hide a whole whose hidden parts together are known too closely.

        Its parts may share people, so the whole less the shown parts is the least there can be in
        the hidden ones: where they hardly overlap it is also about what there is.
        """
        for whole, parts in self.structure.unions:
            of, order = self.people[:, :, whole], list(parts)
            hidden, small = self.hidden[:, :, order], self.small[:, :, order]
            left = of - (self.people[:, :, order] * ~hidden).sum(axis=2)
            room = (self.limit - 1) * small.sum(axis=2) - left
            open_ended = (hidden & ~small).any(axis=2)
            told = (left < self.limit) | (~open_ended & (room < ROOM))
            self.hidden[:, :, whole] |= told

    def _part_nested_cells(self) -> None:
        """Hide the narrower of two cells whose difference is a small count."""
        pairs = np.array(self.structure.node_pairs or [(0, 0)])
        wide, narrow = pairs[:, 0], pairs[:, 1]
        every = [(p, p) for p in range(len(self.people))]
        for outer, inner in self.structure.period_pairs or every:
            both = ~self.hidden[outer][wide] & ~self.hidden[inner][narrow]
            if outer == inner:
                both[wide == narrow] = False
            gap = self.people[outer][wide] - self.people[inner][narrow]
            without = self.rest[outer][wide] - self.rest[inner][narrow]
            without[:, ~self.based] = self.limit
            bad = both & ((gap < self.limit) | (without < self.limit))
            at, row = np.nonzero(bad)
            self.hidden[inner, narrow[at], row] = True

    def _part_corners(self) -> None:
        """Hide a and b where all - a - b + (a and b) is a small count."""
        if not self.structure.corners:
            return
        everyone, one, two, both = np.array(self.structure.corners).T
        shown = ~self.hidden
        for people in (self.people, np.where(self.based, self.rest, self.limit * 4)):
            left = people[:, everyone] - people[:, one] - people[:, two] + people[:, both]
            known = shown[:, everyone] & shown[:, one] & shown[:, two] & shown[:, both]
            period, at, row = np.nonzero(known & (left < self.limit) & self._counted(people))
            self.hidden[period, both[at], row] = True

    def _counted(self, people: Counts) -> Mask:
        every: Mask = np.ones(people.shape[2], dtype=np.bool_)
        return every if people is self.people else self.based

"""Counting columns into cubes [period, node, row] over the lattice."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .columns import Columns
from .lattice import Dimension, Lattice
from .periods import Period

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grid:
    """Where each person stands: the axes that every cube of one survey shares."""

    columns: Columns
    periods: tuple[Period, ...]
    lattice: Lattice
    held: tuple[int, ...]  # the quarters with answers
    place: NDArray[np.int64]  # of each person's quarter in `held`, or -1

    @classmethod
    def over(cls, columns: Columns, periods: Sequence[Period], lattice: Lattice) -> "Grid":
        """Return the grid of some periods; people outside them count nowhere."""
        held = tuple(sorted({q for p in periods for q in p.quarters}))
        at = np.searchsorted(held, columns.quarter) if held else np.zeros(len(columns), np.int64)
        found = np.array([*held, -1])[np.minimum(at, len(held))] == columns.quarter
        return cls(columns, tuple(periods), lattice, held, np.where(found, at, -1))

    def count(self, person: Counts, row: Counts, rows: int, facets: int) -> Counts:
        """Return the cube of (person, row) pairs, with nodes of up to `facets` facets."""
        inside = self.place[person] >= 0
        person, row = person[inside], row[inside]
        blocks = [
            self._block(person, row, rows, chosen)
            for size in range(facets + 1)
            for chosen in combinations(self.lattice.dimensions, size)
        ]
        by_quarter = np.concatenate(blocks, axis=1)
        total: Counts = np.einsum("pq,qfr->pfr", self._members(), by_quarter)
        return total

    def _members(self) -> Counts:
        """Return which quarters make up which period, as a 0/1 matrix."""
        place = {q: i for i, q in enumerate(self.held)}
        matrix = np.zeros((len(self.periods), len(self.held)), dtype=np.int64)
        for i, period in enumerate(self.periods):
            matrix[i, [place[q] for q in period.quarters]] = 1
        return matrix

    def _block(
        self, person: Counts, row: Counts, rows: int, chosen: tuple[Dimension, ...]
    ) -> Counts:
        """Return [quarter, node, row] for the nodes over these dimensions, in lattice order."""
        index = self.place[person]
        for dim in chosen:
            index = index * len(dim.leaves) + self.columns.facets[dim.name][person]
        shape = (len(self.held), *(len(dim.leaves) for dim in chosen), rows)
        cells = np.bincount(index * rows + row, minlength=int(np.prod(shape)))
        grid = cells.reshape(shape).astype(np.int64)
        for axis, dim in enumerate(chosen, start=1):
            grid = np.moveaxis(np.tensordot(grid, _roll_up(dim), axes=(axis, 0)), -1, axis)
        nodes = int(np.prod([len(dim.values) for dim in chosen]))
        return grid.reshape(len(self.held), nodes, rows)


def _roll_up(dim: Dimension) -> Counts:
    """Return which single values make up which value, as a 0/1 matrix."""
    place = {leaf: i for i, leaf in enumerate(dim.leaves)}
    matrix = np.zeros((len(dim.leaves), len(dim.values)), dtype=np.int64)
    for j, value in enumerate(dim.values):
        matrix[[place[leaf] for leaf in dim.members(value)], j] = 1
    return matrix


def distinct(person: Counts, row: Counts, rows: int) -> tuple[Counts, Counts]:
    """Return each (person, row) pair once: how many people, not how many answers."""
    keys = np.unique(person * max(rows, 1) + row)
    return keys // max(rows, 1), keys % max(rows, 1)

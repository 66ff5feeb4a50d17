"""Blocks of safe counts: rows that share a lattice, counted, decided and stripped of the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from . import periods as period_rules
from .cube import Counts, Grid, distinct
from .suppress import Status, Structure, Sum, Thresholds, protect

HIDDEN = -1


@dataclass(frozen=True, slots=True)
class Measure:
    """Rows to count: pairs (unit, row) and whose unit it is."""

    names: tuple[str, ...]
    unit: Counts
    row: Counts
    owner: Counts  # person of each unit
    base: str = ""  # the row these are shares of

    @property
    def person(self) -> Counts:
        """Return the person behind each pair."""
        return self.owner[self.unit]


@dataclass(frozen=True, slots=True)
class Block:
    """Counts [period, node, row] of which hidden ones are HIDDEN, and why they are."""

    rows: tuple[str, ...]
    counts: NDArray[np.int32]
    status: NDArray[np.uint8]
    place: Mapping[str, int]

    @classmethod
    def of(cls, rows: Sequence[str], counts: Counts, status: NDArray[np.uint8]) -> "Block":
        """Return the block of some counts with the hidden ones taken out for good."""
        safe = np.where(status == Status.SHOWN, counts, HIDDEN).astype(np.int32)
        return cls(tuple(rows), safe, status, {name: i for i, name in enumerate(rows)})


@dataclass(frozen=True, slots=True)
class Links:
    """How rows relate, by name: sums, and rows inside others (`Structure` says which gives way)."""

    sums: Sequence[tuple[str, tuple[str, ...]]] = ()
    inside: Sequence[tuple[str, str]] = ()
    overlaps: Sequence[tuple[str, str]] = ()
    unions: Sequence[tuple[str, tuple[str, ...]]] = ()


def build_block(
    grid: Grid,
    measures: Sequence[Measure],
    facets: int,
    *,
    links: Links | None = None,
    limits: Thresholds | None = None,
    secondary: bool = True,
) -> Block:
    """Count the measures over the grid and decide every cell."""
    names = [name for m in measures for name in m.names]
    counted = [_counted(grid, m, facets) for m in measures]
    people = np.concatenate([of_people for of_people, _ in counted], axis=2)
    units = np.concatenate([of_units for _, of_units in counted], axis=2)
    base_of = _bases(names, measures)
    structure = _structure(grid, facets, names, base_of, links or Links())
    structure = replace(structure, limits=limits or Thresholds())
    return Block.of(names, units, protect(people, structure, secondary=secondary))


def _counted(grid: Grid, measure: Measure, facets: int) -> tuple[Counts, Counts]:
    """Return how many people and how many answers; the same where everyone wrote one."""
    rows = len(measure.names)
    units = grid.count(measure.person, measure.row, rows, facets)
    person, row = distinct(measure.person, measure.row, rows)
    if len(row) == len(measure.row):
        return units, units
    return grid.count(person, row, rows, facets), units


def _bases(names: Sequence[str], measures: Sequence[Measure]) -> tuple[int, ...]:
    place = {name: i for i, name in enumerate(names)}
    return tuple(place[m.base] if m.base else -1 for m in measures for _ in m.names)


def _structure(
    grid: Grid, facets: int, names: Sequence[str], base_of: tuple[int, ...], links: Links
) -> Structure:
    place = {name: i for i, name in enumerate(names)}
    lattice, within = grid.lattice, _within(grid, facets)
    return Structure(
        base_of,
        periods=[Sum(*e) for e in period_rules.equations(grid.periods)],
        nodes=[Sum(w, p) for w, p in lattice.equations() if w < within and max(p) < within],
        rows=[
            Sum(place[whole], tuple(place[p] for p in parts))
            for whole, parts in links.sums
            if len(parts) > 1
        ],
        period_pairs=period_rules.nested(grid.periods),
        node_pairs=[(wide, n) for wide, n in lattice.nested() if n < within],
        inside=[(place[wide], place[narrow]) for wide, narrow in links.inside],
        overlaps=[(place[wide], place[narrow]) for wide, narrow in links.overlaps],
        unions=[Sum(place[whole], tuple(place[p] for p in parts)) for whole, parts in links.unions],
        corners=[c for c in lattice.corners() if c[3] < within],
    )


def _within(grid: Grid, facets: int) -> int:
    """Return how many nodes have up to `facets` facets; they come first in the lattice."""
    return sum(len(node) <= facets for node in grid.lattice.nodes)

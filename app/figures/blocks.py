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
    is_silent: bool = False  # hidden cells never say whether they are small

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
    splits: Sequence[tuple[str, tuple[str, ...]]] = ()


def build_block(
    grid: Grid,
    measures: Sequence[Measure],
    facets: int,
    *,
    links: Links | None = None,
    limits: Thresholds | None = None,
    decided: Block | None = None,
    secondary: bool = True,
) -> Block:
    """Count the measures over the grid and decide every cell.

    What `decided` hides of a row is hidden here too, with whatever is a share of it.
    """
    names = [name for m in measures for name in m.names]
    counted = [_counted(grid, m, facets) for m in measures]
    people = np.concatenate([of_people for of_people, _ in counted], axis=2)
    units = np.concatenate([of_units for _, of_units in counted], axis=2)
    base_of = _bases(names, measures)
    structure = _structure(grid, facets, names, base_of, links or Links())
    silent = [place for place, name in enumerate(names) if name in _silent(measures)]
    structure = replace(structure, limits=limits or Thresholds(), silent=silent)
    given = None if decided is None else _hidden_in(decided, names, people.shape)
    status = protect(people, structure, given=given, secondary=secondary)
    quiet = status[:, :, silent]
    status[:, :, silent] = np.where(quiet == Status.SMALL, Status.PROTECTING, quiet)
    return Block.of(names, units, status)


def _silent(measures: Sequence[Measure]) -> set[str]:
    return {name for m in measures if m.is_silent for name in m.names}


def _hidden_in(block: Block, names: Sequence[str], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return the cells that another block, which may be finer, hides under the same name."""
    found = np.zeros(shape, dtype=np.bool_)
    for at, name in enumerate(names):
        if name in block.place:
            found[:, :, at] = block.status[:, : shape[1], block.place[name]] != Status.SHOWN
    return found


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
            if parts
        ],
        period_pairs=period_rules.nested(grid.periods),
        node_pairs=[(wide, n) for wide, n in lattice.nested() if n < within],
        inside=[(place[wide], place[narrow]) for wide, narrow in links.inside],
        overlaps=[(place[wide], place[narrow]) for wide, narrow in links.overlaps],
        unions=[Sum(place[whole], tuple(place[p] for p in parts)) for whole, parts in links.unions],
        splits=[Sum(place[whole], tuple(place[p] for p in parts)) for whole, parts in links.splits],
        corners=[c for c in lattice.corners() if c[3] < within],
    )


def _within(grid: Grid, facets: int) -> int:
    """Return how many nodes have up to `facets` facets; they come first in the lattice."""
    return sum(len(node) <= facets for node in grid.lattice.nodes)

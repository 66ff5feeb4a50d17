"""Shares of themes, families and gaps estimated from the answers drawn at random."""

from collections.abc import Mapping, Sequence

import numpy as np

from .agreement import ENOUGH_PAIRS, Table, kappa
from .blocks import Block
from .columns import Columns, Hits
from .cube import Counts, Grid
from .intervals import wilson
from .periods import Period
from .ppi import Sample, estimate
from .release import Shares
from .suppress import STAFF, Status, Thresholds


def estimate_shares(
    columns: Columns,
    grid: Grid,
    blocks: Mapping[str, Block],
    sampled: Sequence[bool],
    limits: Thresholds = STAFF,
) -> Shares:
    """Return the estimated shares of every row whose counts may be shown.

    `sampled[p]` says whether enough answers of period p were drawn at random. Where the sample
    of a filter is under the percentage limit there is no share, whatever the whole has.
    """
    rows = [(name, block) for block in blocks.values() for name in block.rows]
    drawn = [(name, block) for name, block in rows if name.startswith("drawn-")]
    names = tuple(name.removeprefix("drawn-") for name, _ in drawn)
    nodes = blocks["deep"].counts.shape[1]
    values = np.full((len(grid.periods), nodes, len(names), 3), np.nan, dtype=np.float32)
    powered = np.zeros(values.shape[:3], dtype=np.bool_)
    machine = _Machine(columns, grid) if any(sampled) else None
    for period in np.nonzero(np.array(sampled, dtype=np.bool_))[0]:
        for at, (name, block) in enumerate(drawn):
            source = (name, block, blocks["deep"])
            _fill(values, powered, (int(period), at), source, machine, limits.percent_from)
    return Shares.of(names, values, powered)


def _fill(
    values: np.typing.NDArray[np.float32],
    powered: np.typing.NDArray[np.bool_],
    place: tuple[int, int],
    source: tuple[str, Block, Block],
    machine: "_Machine | None",
    percent_from: int,
) -> None:
    """Write the shares of one row in one period over the nodes."""
    period, at = place
    name, block, deep = source
    row, sample = block.place[name], deep.place["sample"]
    for node in np.nonzero(block.status[period, :, row] == Status.SHOWN)[0]:
        n = int(deep.counts[period, node, sample])
        if n < percent_from:
            continue
        hits = int(block.counts[period, node, row])
        share, low, high, sharp = _share(name, hits, n, (period, int(node)), machine)
        values[period, node, at] = share, low, high
        powered[period, node, at] = sharp


def _share(
    name: str, hits: int, n: int, where: tuple[int, int], machine: "_Machine | None"
) -> tuple[float, float, float, bool]:
    theme = name.removeprefix("drawn-theme:")
    if machine is not None and theme != name:
        sample = machine.sample(theme, hits, n, where)
        if sample is not None:
            found = estimate(sample)
            return found.share, found.interval.low, found.interval.high, found.powered
    interval = wilson(hits, n)
    return hits / n, interval.low, interval.high, False


class _Machine:
    """The machine's reading against people's, in every cell; never shown by itself."""

    def __init__(self, columns: Columns, grid: Grid) -> None:
        texts, themes, machine = columns.texts, columns.themes, columns.machine
        self.place = {name: i for i, name in enumerate(machine.names)}
        said = _pairs(machine, machine.names)
        meant = _pairs(themes, machine.names)
        agreed = np.intersect1d(said, meant)
        rows = max(len(machine.names), 1)
        rest = texts.coded & ~texts.drawn
        self.both = _cube(grid, agreed[texts.drawn[agreed // rows]], rows)
        self.in_sample = _cube(grid, said[texts.drawn[said // rows]], rows)
        self.in_rest = _cube(grid, said[rest[said // rows]], rows)
        self.rest = _cube(grid, np.nonzero(rest)[0], 1)

    def sample(self, theme: str, hits: int, n: int, where: tuple[int, int]) -> Sample | None:
        """Return the table of one theme in one cell; None where the machine knows it not."""
        row = self.place.get(theme)
        if row is None:
            return None
        at = (*where, row)
        both, said = int(self.both[at]), int(self.in_sample[at])
        rest = int(self.rest[(*where, 0)])
        neither = n - hits - (said - both)
        return Sample(both, hits - both, said - both, neither, int(self.in_rest[at]), rest)


def _pairs(hits: Hits, names: tuple[str, ...]) -> Counts:
    """Return each (text, theme) as one number over the machine's themes."""
    place = {name: i for i, name in enumerate(names)}
    move = np.array([place.get(name, -1) for name in hits.names] or [-1], dtype=np.int64)
    row = move[hits.row] if len(hits.row) else hits.row
    pairs: Counts = np.unique(hits.unit[row >= 0] * max(len(names), 1) + row[row >= 0])
    return pairs


def _cube(grid: Grid, pairs: Counts, rows: int) -> Counts:
    person = grid.columns.texts.owner[pairs // rows]
    return grid.count(person, pairs % rows, rows, facets=2)


def machine_agreement(
    columns: Columns, period: Period, limits: Thresholds = STAFF
) -> dict[str, float]:
    """Return Cohen's kappa of the computer with people for each theme; none under 50 answers."""
    texts, themes, machine = columns.texts, columns.themes, columns.machine
    here = np.isin(columns.quarter, period.quarters)[texts.owner] & texts.drawn & texts.coded
    n = int(here.sum())
    if n < ENOUGH_PAIRS:
        return {}
    rows = max(len(machine.names), 1)
    said, meant = _pairs(machine, machine.names), _pairs(themes, machine.names)
    said, meant = said[here[said // rows]], meant[here[meant // rows]]
    agreed = np.intersect1d(said, meant)
    counts = [np.bincount(x % rows, minlength=rows) for x in (agreed, meant, said)]
    found = {}
    for name, both, human, computer in zip(machine.names, *counts, strict=False):
        rest = n - int(human) - int(computer) + int(both)
        agreement = kappa(Table(int(both), int(human - both), int(computer - both), rest))
        if agreement is not None and min(human, computer) >= limits.hide_below:
            found[name] = round(agreement.value, 2)
    return found

"""An attacker who sees every legal page of a release and subtracts (safety.md T10, G10).

She knows the rules and the codebook but not the data: she takes every difference of two nested
filters, every total less its shown parts, and then narrows what is left by linear bounds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.figures import periods as period_rules
from app.figures.blocks import HIDDEN, Block
from app.figures.codebook import Book, Theme
from app.figures.columns import Columns, Hits, Texts
from app.figures.cube import Grid
from app.figures.lattice import Lattice, dimension
from app.figures.periods import periods_of
from app.figures.release import Release
from app.figures.releases import Flow, Source, assemble
from app.figures.suppress import ROOM, Status

LIMIT = 10
SIZES = {"area": 20, "crime_group": 8, "age_band": 7, "service": 5, "channel": 3}


def a_force(
    people: int, *, seed: int, quarters: int = 6, themes: int = 22, skew: float = 0.7
) -> Columns:
    """Return the columns of a made-up police area: uneven groups, everyone wrote one answer."""
    chance = np.random.default_rng(seed)

    def pick(size: int) -> NDArray[np.int64]:
        weights = 1 / np.arange(1, size + 1) ** skew
        return chance.choice(size, people, p=weights / weights.sum()).astype(np.int64)

    facets = {name: pick(size) for name, size in SIZES.items()}
    values = {name: tuple(f"{name}{i:02d}" for i in range(size)) for name, size in SIZES.items()}
    shares = 0.4 / np.arange(1, themes + 1) ** 0.8
    tilt = 1 + 0.5 * np.sin(np.arange(SIZES["area"]))[facets["area"]]
    said = chance.random((people, themes)) < np.minimum(shares * tilt[:, None], 0.95)
    unit, row = np.nonzero(said)
    everyone = np.arange(people)
    read = np.ones(people, dtype=np.bool_)
    names = tuple(f"t{i:02d}" for i in range(themes))
    none = Hits(everyone[:0], everyone[:0], ())
    return Columns(
        2020 * 4 + chance.integers(0, quarters, people),
        facets,
        values,
        Texts(everyone, read, read, read),
        Hits(unit, row, names),
        none,
        none,
        none,
        "coder",
        is_synthetic=True,
    )


def a_book(themes: int = 22, families: int = 6) -> Book:
    """Return a codebook of as many themes in as many families."""
    return Book(
        tuple(Theme(f"t{i:02d}", f"Theme {i}", f"f{i % families}") for i in range(themes)),
        {f"f{i}": f"Family {i}" for i in range(families)},
        (),
        (),
    )


def released(columns: Columns, *, secondary: bool = True, facets: int = 2) -> Release:
    """Return the release of these columns as at the end of their last quarter."""
    held = {int(q) for q in columns.quarter}
    periods = periods_of(held, max(held) + 3)
    dims = [dimension(n, columns.values[n], _counties(n, columns)) for n in SIZES]
    grid = Grid.over(columns, periods, Lattice.over(dims, facets))
    flow = Flow({p.key: 0 for p in periods}, {p.key: 0 for p in periods})
    source = Source(a_book(), (), {})
    return assemble(columns, grid, source, None, flow, secondary=secondary)


def _counties(name: str, columns: Columns) -> dict[str, tuple[str, ...]]:
    return {"county": columns.values["area"][5:12]} if name == "area" else {}


@dataclass(frozen=True, slots=True)
class Found:
    """What an attack took: how many pairs it tried, and the small counts it learned."""

    tried: int
    learned: int


def differences(release: Release) -> Found:
    """Subtract every narrower filter from every wider one that holds it, for every row."""
    block = release.deep
    counts, shown = block.counts.astype(np.int64), block.status == Status.SHOWN
    pairs = np.array(release.lattice.nested())
    wide, narrow = pairs[:, 0], pairs[:, 1]
    tried = learned = 0
    for outer, inner in period_rules.nested(release.periods):
        known = shown[outer][wide] & shown[inner][narrow]
        if outer == inner:
            known[wide == narrow] = False
        gap = counts[outer][wide] - counts[inner][narrow]
        tried += len(pairs)
        learned += int((known & (gap < LIMIT)).sum())
        learned += _rest_learned(block, (outer, inner), (wide, narrow), known)
    return Found(tried, learned)


def _rest_learned(
    block: Block,
    period: tuple[int, int],
    nodes: tuple[NDArray[np.int64], NDArray[np.int64]],
    known: NDArray[np.bool_],
) -> int:
    """Count the differences that tell how many did *not* raise a theme."""
    read = block.place["read"]
    themes = [i for name, i in block.place.items() if name.startswith(("theme:", "family:"))]
    base = block.counts[period[0], nodes[0], read] - block.counts[period[1], nodes[1], read]
    part = (
        block.counts[period[0]][nodes[0]][:, themes] - block.counts[period[1]][nodes[1]][:, themes]
    )
    left = base[:, None].astype(np.int64) - part
    return int((known[:, themes] & known[:, [read]] & (left < LIMIT)).sum())


def sums(release: Release) -> Found:
    """Take the shown parts from every total, along periods and facets."""
    block = release.deep
    tried = learned = 0
    for axis, equations in (
        (0, period_rules.equations(release.periods)),
        (1, release.lattice.equations()),
    ):
        counts = np.moveaxis(block.counts.astype(np.int64), axis, 0)
        shown = np.moveaxis(block.status == Status.SHOWN, axis, 0)
        for whole, parts in equations:
            part = list(parts)
            left = counts[whole] - np.where(shown[part], counts[part], 0).sum(axis=0)
            hidden = (~shown[part]).sum(axis=0)
            learned += int((shown[whole] & (hidden > 0) & (left < LIMIT)).sum())
            learned += int((shown[whole] & (hidden == 1)).sum())
            tried += left.size
    return Found(tried, learned)


def bounds(release: Release, rounds: int = 12) -> Found:
    """Narrow every hidden cell by what it must be for all totals to hold; the shuttle algorithm.

    Source: Buzzigoli and Giusti 1999. A small count is learned when its interval is too narrow.
    """
    block = release.deep
    low, high = _start(block)
    axes = [
        (0, period_rules.equations(release.periods)),
        (1, release.lattice.equations()),
    ]
    for _ in range(rounds):
        before = float(high.sum() - low.sum())
        for axis, equations in axes:
            for whole, parts in equations:
                _tighten(np.moveaxis(low, axis, 0), np.moveaxis(high, axis, 0), whole, list(parts))
        if float(high.sum() - low.sum()) == before:
            break
    small = block.status == Status.SMALL
    return Found(int(small.sum()), int((small & (high - low < ROOM)).sum()))


def _start(block: Block) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    shown, small = block.status == Status.SHOWN, block.status == Status.SMALL
    most = int(block.counts.max())
    low = np.where(shown, block.counts, 0).astype(np.int64)
    high = np.where(shown, block.counts, np.where(small, LIMIT - 1, most)).astype(np.int64)
    assert not (block.counts[~shown] != HIDDEN).any()
    return low, high


def _tighten(low: NDArray[np.int64], high: NDArray[np.int64], whole: int, parts: list[int]) -> None:
    """Apply whole = sum of parts to the bounds of all of them, in place."""
    low_sum, high_sum = low[parts].sum(axis=0), high[parts].sum(axis=0)
    np.maximum(low[whole], low_sum, out=low[whole])
    np.minimum(high[whole], high_sum, out=high[whole])
    for part in parts:
        np.maximum(low[part], low[whole] - (high_sum - high[part]), out=low[part])
        np.minimum(high[part], high[whole] - (low_sum - low[part]), out=high[part])


def hidden_one_way(release: Release) -> dict[str, float]:
    """Return the share of cells hidden in the one-way theme, area and service tables."""
    block, last = release.deep, len(release.periods) - 1
    shown = block.status == Status.SHOWN
    themes = [i for name, i in block.place.items() if name.startswith("theme:")]
    tables = {"theme": shown[last, 0, themes]}
    for name in ("area", "service"):
        nodes = [
            i
            for i, node in enumerate(release.lattice.nodes)
            if len(node) == 1 and node[0][0] == name
        ]
        tables[name] = shown[last, nodes, block.place["people"]]
    return {name: float(1 - cells.mean()) for name, cells in tables.items()}

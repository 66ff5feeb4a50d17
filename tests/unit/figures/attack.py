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
from app.figures.questions import Option, Question
from app.figures.release import Release
from app.figures.releases import Flow, Source, assemble
from app.figures.suppress import ROOM, Status

LIMIT = 10
SIZES = {"area": 20, "crime_group": 8, "age_band": 7, "service": 5, "channel": 3}


def a_force(
    people: int,
    *,
    seed: int,
    quarters: int = 6,
    themes: int = 22,
    skew: float = 0.7,
    read_share: float = 1.0,
) -> Columns:
    """Return the columns of a made-up police area: uneven groups, everyone wrote one answer.

    Where not nearly all were read, shares are estimated from the sample.
    """
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
    read = chance.random(people) < read_share
    names = tuple(f"t{i:02d}" for i in range(themes))
    none = Hits(everyone[:0], everyone[:0], ())
    drawn = read & (chance.random(people) < 0.7)
    return Columns(
        2020 * 4 + chance.integers(0, quarters, people),
        facets,
        values,
        Texts(everyone, read, drawn, read),
        _among(Hits(unit, row, names), read),
        none,
        _among(_gaps(chance, people), read),
        _choices(chance, people),
        "coder",
        is_synthetic=True,
    )


def _among(hits: Hits, texts: NDArray[np.bool_]) -> Hits:
    keep = texts[hits.unit]
    return Hits(hits.unit[keep], hits.row[keep], hits.names)


def _gaps(chance: np.random.Generator, people: int) -> Hits:
    """Return up to two needs with a barrier of each person; a few pairs are common, most rare."""
    shape = (len(NEEDS), len(BARRIERS))
    weights = 1 / np.arange(1, shape[0] * shape[1] + 1) ** 1.2
    pairs = chance.permutation(shape[0] * shape[1])
    unit = np.repeat(np.arange(people), 2)[chance.random(2 * people) < 0.35]
    row = pairs[chance.choice(len(weights), len(unit), p=weights / weights.sum())]
    held = np.unique(unit * len(pairs) + row)
    names = tuple(f"{n}|{b}" for n in NEEDS for b in BARRIERS)
    return Hits(held // len(pairs), held % len(pairs), names)


def _choices(chance: np.random.Generator, people: int) -> Hits:
    """Return one of five options, and any of eight needs."""
    one = chance.choice(5, people, p=(0.5, 0.3, 0.15, 0.04, 0.01))
    ticked = chance.random((people, 8)) < 0.5 / np.arange(1, 9)
    ticked[:, 1] |= ticked[:, 0] & (chance.random(people) < 0.95)  # the first implies the second
    unit, option = np.nonzero(ticked)
    names = (*(f"one:o{i}" for i in range(5)), *(f"many:n{i}" for i in range(8)))
    everyone = np.arange(people)
    return Hits(np.concatenate([everyone, unit]), np.concatenate([one, option + 5]), names)


NEEDS = tuple(f"need{i}" for i in range(8))
BARRIERS = tuple(f"barrier{i}" for i in range(6))


def _asked(key: str, name: str, kind: str, letters: str, count: int) -> Question:
    options = tuple(Option(f"{letters}{i}", str(i), str(i), None) for i in range(count))
    return Question(key, name, name, kind, options)


QUESTIONS = (_asked("one", "first", "single", "o", 5), _asked("many", "needs", "multiple", "n", 8))


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
    source = Source(a_book(), QUESTIONS, {})
    return assemble(columns, grid, source, None, flow, secondary=secondary)


def blocks(release: Release) -> tuple[Block, Block]:
    """Return everything counted: themes to two facets, needs and options to one."""
    return release.deep, release.wide


def _counties(name: str, columns: Columns) -> dict[str, tuple[str, ...]]:
    return {"county": columns.values["area"][5:12]} if name == "area" else {}


@dataclass(frozen=True, slots=True)
class Found:
    """What an attack took: how many pairs it tried, and the small counts it learned."""

    tried: int
    learned: int
    given: int = 0  # figures the release gives there


def differences(release: Release) -> Found:
    """Subtract every narrower filter from every wider one that holds it, for every row."""
    found = [_differences(release, block) for block in blocks(release)]
    return Found(sum(f.tried for f in found), sum(f.learned for f in found))


def _differences(release: Release, block: Block) -> Found:
    counts, shown = block.counts.astype(np.int64), block.status == Status.SHOWN
    pairs = np.array(release.lattice.nested())
    pairs = pairs[pairs.max(axis=1) < counts.shape[1]]
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
    """Count the differences that tell how many did *not* raise a theme, need or option."""
    return sum(
        _rest_of(block, period, nodes, known, base, prefixes)
        for base, prefixes in BASES.items()
        if base in block.place
    )


BASES = {
    "read": ("theme:", "family:", "gap:", "need:", "pair:"),
    "sample": ("drawn-",),
    "asked:one": ("option:one:",),
    "asked:many": ("option:many:", "both:many:"),
}


def _rest_of(
    block: Block,
    period: tuple[int, int],
    nodes: tuple[NDArray[np.int64], NDArray[np.int64]],
    known: NDArray[np.bool_],
    whole: str,
    prefixes: tuple[str, ...],
) -> int:
    read = block.place[whole]
    themes = [i for name, i in block.place.items() if name.startswith(prefixes)]
    base = block.counts[period[0], nodes[0], read] - block.counts[period[1], nodes[1], read]
    part = (
        block.counts[period[0]][nodes[0]][:, themes] - block.counts[period[1]][nodes[1]][:, themes]
    )
    left = base[:, None].astype(np.int64) - part
    return int((known[:, themes] & known[:, [read]] & (left < LIMIT)).sum())


def sums(release: Release) -> Found:
    """Take the shown parts from every total, along periods and facets."""
    found = [_sums(release, block) for block in blocks(release)]
    return Found(sum(f.tried for f in found), sum(f.learned for f in found))


def _lattice_sums(release: Release, block: Block) -> list[tuple[int, tuple[int, ...]]]:
    within = block.counts.shape[1]
    return [(w, p) for w, p in release.lattice.equations() if w < within and max(p) < within]


def _sums(release: Release, block: Block) -> Found:
    tried = learned = 0
    for axis, equations in (
        (0, period_rules.equations(release.periods)),
        (1, _lattice_sums(release, block)),
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
    found = [_bounds(release, block, rounds) for block in blocks(release)]
    return Found(sum(f.tried for f in found), sum(f.learned for f in found))


def _bounds(release: Release, block: Block, rounds: int) -> Found:
    low, high = _start(block)
    axes = [
        (0, period_rules.equations(release.periods)),
        (1, _lattice_sums(release, block)),
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


def overlaps(release: Release) -> Found:
    """Take what is shown of a need from the need: its barriers, and those who also have another.

    People who name a need with two barriers make the rest larger than the difference; where few
    do, as here, the difference is about the rest.
    """
    block = release.wide
    counts, shown = block.counts.astype(np.int64), block.status == Status.SHOWN
    tried = learned = 0
    for kind in ("", "drawn-"):
        for need in NEEDS:
            whole = block.place[f"{kind}need:{need}"]
            parts = [block.place[f"{kind}gap:{need}|{b}"] for b in BARRIERS]
            part = np.where(shown[:, :, parts], counts[:, :, parts], 0).sum(axis=2)
            left = counts[:, :, whole] - part
            most = (LIMIT - 1) * (block.status[:, :, parts] == Status.SMALL).sum(axis=2)
            capped = ~(block.status[:, :, parts] == Status.PROTECTING).any(axis=2)
            told = (left < LIMIT) | (capped & (most - left < ROOM))
            tried += left.size
            learned += int((shown[:, :, whole] & told).sum())
    for single, pair in (("need:", "pair:"), ("option:many:", "both:many:")):
        for name in [n for n in block.rows if n.startswith(pair)]:
            for one in name.removeprefix(pair).split("+"):
                wide, narrow = block.place[single + one], block.place[name]
                known = shown[:, :, wide] & shown[:, :, narrow]
                gap = counts[:, :, wide] - counts[:, :, narrow]
                tried += gap.size
                learned += int((known & (gap < LIMIT)).sum())
    return Found(tried, learned)


def options(release: Release) -> Found:
    """Take the shown options of a question with one answer from everybody who answered."""
    block = release.wide
    counts, shown = block.counts.astype(np.int64), block.status == Status.SHOWN
    whole, parts = block.place["asked:one"], [block.place[f"option:one:o{i}"] for i in range(5)]
    left = counts[:, :, whole] - np.where(shown[:, :, parts], counts[:, :, parts], 0).sum(axis=2)
    hidden = (~shown[:, :, parts]).sum(axis=2)
    told = (hidden == 1) | ((hidden > 0) & (left < LIMIT))
    return Found(left.size, int((shown[:, :, whole] & told).sum()))


def estimates(release: Release) -> Found:
    """Turn estimated shares back into counts of the sample where those are not to be told."""
    tried = learned = total = 0
    for name, at in release.shares.place.items():
        block = release.block(f"drawn-{name}")
        status = block.status[:, :, block.place[f"drawn-{name}"]]
        nodes = status.shape[1]
        given = ~np.isnan(release.shares.values[:, :, at, 0])
        tried += given.size
        total += int(given.sum())
        learned += int((given[:, :nodes] & (status != Status.SHOWN)).sum())
        learned += int(given[:, nodes:].sum())  # finer than its counts were ever decided
    return Found(tried, learned, total)


ATTACKS = (differences, sums, bounds, overlaps, options)


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

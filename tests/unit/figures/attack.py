"""An attacker who sees every legal page of a release and subtracts (safety.md T10, G10).

She knows the rules and the codebook but not the data: she takes every difference of two nested
filters, every total less its shown parts, and then narrows what is left by linear bounds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.figures import periods as period_rules
from app.figures.blocks import HIDDEN, Block
from app.figures.release import Release
from app.figures.suppress import ROOM, Status
from tests.unit.figures.forces import BARRIERS, NEEDS, ORIGINS

LIMIT = 10


def blocks(release: Release) -> tuple[Block, Block]:
    """Return everything counted: themes to two facets, needs and options to one."""
    return release.deep, release.wide


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
    bases = BASES | {name: (f"said:{name[6:]}|",) for name in block.place if name[:6] == "theme:"}
    return sum(
        _rest_of(block, period, nodes, known, base, prefixes)
        for base, prefixes in bases.items()
        if base in block.place
    )


BASES = {
    "read": ("theme:", "family:", "gap:", "need:", "pair:"),
    "sample": ("drawn-",),
    "asked:one": ("option:one:",),
    "asked:many": ("option:many:", "both:many:"),
    "asked:origin": ("option:origin:", "group:origin:"),
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


def ways(release: Release) -> Found:
    """Take what is shown of a theme from the theme, then narrow what is left by all totals.

    The theme is that of the finer block, which is what pages print. Hidden ways do not say
    whether they are small, so any that is pinned down counts as learned.
    """
    block = release.wide
    shown = block.status == Status.SHOWN
    counts = np.where(shown, block.counts, 0).astype(np.int64)
    low, high = counts.copy(), np.where(shown, counts, int(release.deep.counts.max()))
    rows, within = [], block.counts.shape[1]
    tried = learned = 0
    for name in [n for n in block.rows if n.startswith("theme:")]:
        whole = block.place[name]
        parts = [i for n, i in block.place.items() if n.startswith(f"said:{name[6:]}|")]
        if not parts:
            continue
        told = release.deep.counts[:, :within, release.deep.place[name]].astype(np.int64)
        known = told != HIDDEN
        low[:, :, whole] = np.where(known, told, low[:, :, whole])
        high[:, :, whole] = np.where(known, told, high[:, :, whole])
        hidden = (~shown[:, :, parts]).sum(axis=2)
        left = told - counts[:, :, parts].sum(axis=2)
        learned += int((known & ((hidden == 1) | ((hidden > 0) & (left < LIMIT)))).sum())
        tried += left.size
        rows.append((whole, parts))
    axes = [
        (0, period_rules.equations(release.periods)),
        (1, _lattice_sums(release, block)),
        (2, rows),
    ]
    for _ in range(12):
        for axis, equations in axes:
            for whole, parts in equations:
                _tighten(np.moveaxis(low, axis, 0), np.moveaxis(high, axis, 0), whole, list(parts))
    said = [i for n, i in block.place.items() if n.startswith("said:")]
    narrow = ~shown[:, :, said] & (high[:, :, said] - low[:, :, said] < ROOM)
    return Found(tried, learned + int(narrow.sum()))


def options(release: Release) -> Found:
    """Take the shown options of a question with one answer from everybody who answered.

    The same with the groups of such a question, the options of each group, and an indicator
    that counts one option.
    """
    block = release.wide
    groups = dict.fromkeys(ORIGINS)
    sums = [
        ("asked:one", [f"option:one:o{i}" for i in range(5)]),
        ("indicator:informed", ["option:one:o2"]),
        ("asked:origin", [f"option:origin:x{i}" for i in range(len(ORIGINS))]),
        ("asked:origin", [f"group:origin:{g}" for g in groups]),
        *(
            (
                f"group:origin:{g}",
                [f"option:origin:x{i}" for i, of in enumerate(ORIGINS) if of == g],
            )
            for g in groups
        ),
    ]
    found = [
        _parts_of(block, whole, [p for p in parts if p in block.place]) for whole, parts in sums
    ]
    return Found(sum(f.tried for f in found), sum(f.learned for f in found))


def _parts_of(block: Block, whole: str, parts: list[str]) -> Found:
    counts, shown = block.counts.astype(np.int64), block.status == Status.SHOWN
    at, of = [block.place[part] for part in parts], block.place[whole]
    left = counts[:, :, of] - np.where(shown[:, :, at], counts[:, :, at], 0).sum(axis=2)
    hidden = (~shown[:, :, at]).sum(axis=2)
    told = (hidden == 1) | ((hidden > 0) & (left < LIMIT))
    return Found(left.size, int((shown[:, :, of] & told).sum()))


def estimates(release: Release) -> Found:
    """Turn estimated shares back into counts of the sample where those are not to be told."""
    tried = learned = total = 0
    values, _ = release.shares.cube()
    for name, at in release.shares.place.items():
        block = release.block(f"drawn-{name}")
        status = block.status[:, :, block.place[f"drawn-{name}"]]
        nodes = status.shape[1]
        given = ~np.isnan(values[:, :, at, 0])
        tried += given.size
        total += int(given.sum())
        learned += int((given[:, :nodes] & (status != Status.SHOWN)).sum())
        learned += int(given[:, nodes:].sum())  # finer than its counts were ever decided
    return Found(tried, learned, total)


ATTACKS = (differences, sums, bounds, overlaps, options, ways)


def _start(block: Block) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where every cell starts; of hidden ones pages do not say whether they are small.

    That small ones are under the limit is more than she can know.
    """
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

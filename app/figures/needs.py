"""Needs rolled up over whatever got in their way, and needs that go together."""

from itertools import combinations

import numpy as np

from .columns import Hits
from .cube import distinct

NEEDS_ASKED = "needs"  # the question with a list of needs, of which people choose several


def needs_of(gaps: Hits) -> Hits:
    """Return each text's needs once, over all barriers."""
    held = [name.partition("|")[0] for name in gaps.names]
    names = tuple(sorted(set(held)))
    place = {name: i for i, name in enumerate(names)}
    move = np.array([place[name] for name in held], dtype=np.int64)
    row = move[gaps.row] if len(gaps.row) else gaps.row
    return Hits(*distinct(gaps.unit, row, len(names)), names)


def need_pairs(gaps: Hits) -> Hits:
    """Return which two needs one answer names together."""
    return together(needs_of(gaps))


def together(hits: Hits) -> Hits:
    """Return which two of the rows one unit holds together, each pair in the order of names."""
    held: dict[int, set[str]] = {}
    for unit, row in zip(hits.unit.tolist(), hits.row.tolist(), strict=True):
        held.setdefault(unit, set()).add(hits.names[row])
    pairs = [
        (unit, "+".join(pair))
        for unit, names in held.items()
        for pair in combinations(sorted(names), 2)
    ]
    names = tuple(sorted({name for _, name in pairs}))
    place = {name: i for i, name in enumerate(names)}
    return Hits(
        np.array([unit for unit, _ in pairs], dtype=np.int64),
        np.array([place[name] for _, name in pairs], dtype=np.int64),
        names,
    )


def unions_of(gaps: Hits, kind: str = "") -> list[tuple[str, tuple[str, ...]]]:
    """Return each need with the pairs of need and barrier it is made of, by row."""
    parts: dict[str, list[str]] = {}
    for name in gaps.names:
        parts.setdefault(name.partition("|")[0], []).append(f"{kind}gap:{name}")
    return [(f"{kind}need:{need}", tuple(rows)) for need, rows in parts.items()]


def overlaps_of(single: str, pair: str, pairs: Hits) -> list[tuple[str, str]]:
    """Return each row of two together under both of the rows it lies in."""
    return [(f"{single}{one}", f"{pair}{name}") for name in pairs.names for one in name.split("+")]

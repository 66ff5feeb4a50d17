"""A kept release under stricter limits than it was taken under: more is hidden, nothing counted.

Counting a past quarter again would set new figures beside those already read, and whoever withdrew
in between would be the difference. What was hidden before counts as nothing here, so that rather
too much is hidden than too little.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import periods as period_rules
from .blocks import HIDDEN, Block
from .release import About, Release, Shares
from .suppress import Status, Structure, Sum, Thresholds, protect

BASES = {"theme": "read", "family": "read", "gap": "read", "need": "read", "pair": "read"}
WAYS = ("up", "same", "down")
MEANS = ("start", "end", "change", "is_clear")


def stricter(release: Release, limits: Thresholds) -> Release:
    """Return a release with everything hidden that these limits would hide."""
    deep, wide = (_masked(release, block, limits) for block in (release.deep, release.wide))
    found = replace(release, deep=deep, wide=wide)
    return replace(found, shares=_shares(found), about=_about(found, limits))


def _masked(release: Release, block: Block, limits: Thresholds) -> Block:
    hidden = block.status != Status.SHOWN
    counts = np.where(hidden, 0, block.counts).astype(np.int64)
    structure = _structure(release, block, limits)
    status = protect(counts, structure, given=hidden)
    return Block.of(block.rows, counts, np.where(hidden, block.status, status))


def _structure(release: Release, block: Block, limits: Thresholds) -> Structure:
    lattice, within = release.lattice, block.counts.shape[1]
    return Structure(
        tuple(block.place.get(_base(name), -1) for name in block.rows),
        periods=[Sum(*e) for e in period_rules.equations(release.periods)],
        nodes=[Sum(w, p) for w, p in lattice.equations() if w < within and max(p) < within],
        period_pairs=period_rules.nested(release.periods),
        node_pairs=[(wide, n) for wide, n in lattice.nested() if n < within],
        corners=[c for c in lattice.corners() if c[3] < within],
        limits=limits,
    )


def _base(name: str) -> str:
    """Return the row that a row is a share of."""
    kind, _, rest = name.partition(":")
    if kind == "said":
        return f"theme:{rest.partition('|')[0]}"
    if kind == "option":
        return f"asked:{rest.partition(':')[0]}"
    return BASES.get(kind, "")


def _shares(release: Release) -> Shares:
    """Return the shares of what is still shown."""
    values, powered = release.shares.cube()
    for at, row in enumerate(release.shares.rows):
        block = release.block(row)
        if row in block.place:
            hidden = block.counts[:, :, block.place[row]] == HIDDEN
            values[:, : hidden.shape[1], at][hidden[:, : values.shape[1]]] = np.nan
    return Shares.of(release.shares.rows, values, powered)


def _about(release: Release, limits: Thresholds) -> About:
    about = release.about
    totals = {
        key: {**t, "screened": t["screened"] if t["screened"] >= limits.hide_below else HIDDEN}
        for key, t in about.totals.items()
    }
    outcomes = {key: _outcomes(rows, limits) for key, rows in about.outcomes.items()}
    weighted = {
        p.key: _weighted(about.weighted[p.key], release.deep, release.deep.counts[i, 0], limits)
        for i, p in enumerate(release.periods)
    }
    return replace(about, limits=limits, totals=totals, outcomes=outcomes, weighted=weighted)


def _weighted(
    found: Mapping[str, Any], block: Block, counts: NDArray[np.int32], limits: Thresholds
) -> Mapping[str, Any]:
    """Return the weighted shares of what is still shown of everyone."""
    enough = found.get("n_eff", 0) >= limits.percent_from
    held = found.get("rows", {}).items() if enough else ()
    rows = {row: values for row, values in held if counts[block.place[row]] != HIDDEN}
    return {**found, "rows": rows}


def _outcomes(rows: Sequence[Mapping[str, Any]], limits: Thresholds) -> Sequence[Mapping[str, Any]]:
    return [_outcome(row, limits) for row in rows if (row.get("pairs") or 0) >= limits.hide_below]


def _outcome(row: Mapping[str, Any], limits: Thresholds) -> Mapping[str, Any]:
    """Return an outcome without small counts; all three ways go where one is small."""
    few = any((row.get(way) or 0) < limits.hide_below for way in WAYS)
    gone = set(() if row["pairs"] >= limits.percent_from else (*MEANS, "no_end"))
    kept = {key: value for key, value in row.items() if key not in gone}
    return kept | (dict.fromkeys((*WAYS, "missing")) if few else {})

"""Weighted shares beside unweighted ones, as safe as these; decided when a release is taken."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .blocks import Block
from .columns import Columns
from .intervals import wilson
from .lattice import NOT_STATED
from .periods import Period
from .reference import Margin
from .suppress import STAFF, Showing, Status, Thresholds
from .weighting import RakingError, WeightingRefusedError, Weights, weigh

PREFIX = {"read": "theme:", "sample": "drawn-theme:"}  # the row that tells whether to show


def weigh_period(
    columns: Columns,
    deep: Block,
    at: int,
    period: Period,
    margins: Sequence[Margin],
    limits: Thresholds = STAFF,
    reading: str = "read",
) -> dict[str, Any]:
    """Return the weighted share of each theme that may be shown, or why there is none.

    Of all answers read, where nearly all were; of those drawn at random, where enough were
    (`reading`); of none otherwise, like the shares beside it (settled.md 33).
    The intervals use Kish's effective base and are indicative: nobody was drawn at random.
    """
    if reading not in PREFIX:
        return {"why": "Weighted shares are shown once people have read enough answers."}
    here = np.isin(columns.quarter, period.quarters)
    margins = [m for m in margins if m.dimension in columns.facets]
    if not margins:
        return {"why": "There are no counts of people referred to weight by."}
    try:
        weights = weigh(_values(columns, here, margins), {m.dimension: m.counts for m in margins})
    except (WeightingRefusedError, RakingError) as refusal:
        return {"why": f"Weighted figures are not shown: {refusal}."}
    return {
        "why": "",
        "of": reading,
        "n_eff": round(weights.n_eff, 1),
        "deff": round(weights.deff, 2),
        "source": "; ".join(sorted({m.source for m in margins})),
        "rows": _theme_shares(columns, deep, at, here, weights, limits, reading),
    }


def _values(
    columns: Columns, here: np.typing.NDArray[np.bool_], margins: Sequence[Margin]
) -> Mapping[str, list[str]]:
    """Return each person's value on each margin; values it does not list count as missing."""
    found = {}
    for margin in margins:
        names = columns.values[margin.dimension]
        held = [names[i] for i in columns.facets[margin.dimension][here]]
        found[margin.dimension] = [v if v in margin.counts else NOT_STATED for v in held]
    return found


def _theme_shares(
    columns: Columns,
    deep: Block,
    at: int,
    here: np.typing.NDArray[np.bool_],
    weights: Weights,
    limits: Thresholds,
    reading: str,
) -> dict[str, tuple[float, float, float]]:
    """Return row -> weighted share, low, high over the answers read, or drawn at random."""
    by_person = np.zeros(len(columns))
    by_person[here] = weights.values
    texts, themes = columns.texts, columns.themes
    weight = by_person[texts.owner] * (texts.read if reading == "read" else texts.drawn)
    total = float(weight.sum())
    n_eff = total**2 / float((weight**2).sum()) if total else 0.0
    if limits.showing(int(n_eff)) in {Showing.NOTHING, Showing.COUNT}:
        return {}
    sums = np.bincount(themes.row, weights=weight[themes.unit], minlength=len(themes.names))
    found = {}
    for name, value in zip(themes.names, sums, strict=True):
        place = deep.place.get(f"{PREFIX[reading]}{name}")
        if place is not None and deep.status[at, 0, place] == Status.SHOWN:
            share = min(1.0, float(value) / total)
            interval = wilson(share * n_eff, n_eff)
            found[f"theme:{name}"] = (share, interval.low, interval.high)
    return found

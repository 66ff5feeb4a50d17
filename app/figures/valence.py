"""How a theme was said: as praise, as criticism, or as both or neither."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Hits
from .cube import Counts

WAYS = {
    "praise": "As praise",
    "criticism": "As criticism",
    "both": "As both, or as neither",
}
POSITIVE, NEGATIVE = 1, 2
BITS = {"positive": POSITIVE, "negative": NEGATIVE, "mixed": POSITIVE | NEGATIVE}
WAY_OF_BITS = np.array([2, 0, 1, 2])  # nothing, praise, criticism, both: places in WAYS


def said_row(theme: str, way: str) -> str:
    """Return the name of the row of a theme said in one way."""
    return f"said:{theme}|{way}"


def ways_of(said: Hits, owner: Counts) -> Hits:
    """Return each answer's themes with the way their writer said them.

    Decided by person and theme: whoever praised in one answer and criticised in another said
    both. So the three ways add up to the theme in people as well as in answers, and nobody is in
    two of them.
    """
    held = [name.rpartition("|") for name in said.names]
    themes = sorted({theme for theme, _, _ in held})
    place = {theme: i for i, theme in enumerate(themes)}
    theme = _each([place[t] for t, _, _ in held], said.row)
    bits = _each([BITS.get(polarity, 0) for _, _, polarity in held], said.row)
    who, at = np.unique(owner[said.unit] * max(len(themes), 1) + theme, return_inverse=True)
    together = np.zeros(len(who), dtype=np.int64)
    np.bitwise_or.at(together, at.ravel(), bits)
    row = theme * len(WAYS) + WAY_OF_BITS[together[at.ravel()]]
    return Hits(said.unit, row, tuple(f"{t}|{way}" for t in themes for way in WAYS))


def _each(values: list[int], row: Counts) -> NDArray[Any]:
    """Return the value of every hit's row."""
    return np.array(values or [0], dtype=np.int64)[row]

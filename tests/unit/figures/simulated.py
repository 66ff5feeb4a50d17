"""Surveys whose truth is known, read by people at random and by a machine of known error."""

from dataclasses import dataclass

import numpy as np

from app.figures.intervals import wilson
from app.figures.ppi import Sample, estimate


@dataclass(frozen=True, slots=True)
class Setting:
    """How common a theme is, how well the machine sees it, and how much is read by whom.

    Attributes:
        share: The truth, among people like those who answered.
        found: Of the answers that hold the theme, those the machine finds.
        spared: Of the answers that do not, those it leaves alone.
        reviewed: Answers people read at random.
        rest: Answers only the machine has read.
    """

    share: float
    found: float
    spared: float
    reviewed: int
    rest: int


@dataclass(frozen=True, slots=True)
class Run:
    """What many surveys of one setting gave.

    `held` is how often the interval covered the share, `held_here` the share of the very answers
    drawn; widths are means, the plain one of the reviewed sample alone.
    """

    held: float
    held_here: float
    width: float
    plain_width: float
    powered: float


def run(setting: Setting, runs: int, seed: int) -> Run:
    """Draw surveys and estimate the share in each, with the code that figures use."""
    chance = np.random.default_rng(seed)
    p, found, spared = setting.share, setting.found, setting.spared
    cells = (p * found, p * (1 - found), (1 - p) * (1 - spared), (1 - p) * spared)
    drawn = chance.multinomial(setting.reviewed, cells, size=runs)
    others = chance.multinomial(setting.rest, cells, size=runs)
    rows = []
    for mine, rest in zip(drawn.tolist(), others.tolist(), strict=True):
        got = estimate(Sample(*mine, machine_rest=rest[0] + rest[2], rest=setting.rest))
        hits = mine[0] + mine[1]
        here = (hits + rest[0] + rest[1]) / (setting.reviewed + setting.rest)
        low, high = got.interval.low, got.interval.high
        plain = wilson(hits, setting.reviewed).width
        rows.append((low <= p <= high, low <= here <= high, high - low, plain, got.powered))
    return Run(*np.array(rows, dtype=float).mean(axis=0).tolist())

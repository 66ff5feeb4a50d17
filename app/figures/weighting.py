"""Raking answers to the people referred, and what that costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CONVERGED = 1e-6  # largest relative error of a margin
MOST_CYCLES = 100
TRIM_LOW, TRIM_HIGH = 0.3, 3.0  # times the mean weight
MOST_TRIMS = 5
COLLAPSE_BELOW = 20
MOST_DEFF = 2.5
LEAST_RAW = 100
MISSING = ""
JOINED = "\x00joined"  # no margin has a category of that name


class RakingError(Exception):
    """The weights did not settle, or a margin names people of whom nobody answered."""


class WeightingRefusedError(Exception):
    """Weighting would make the figures worse than none: say so and show unweighted ones."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight a person, mean 1, and how much the weighting costs."""

    values: Floats
    missing: Mapping[str, int]  # people without a value, by margin: they keep weight 1
    collapsed: Mapping[str, tuple[str, ...]]

    @property
    def n_eff(self) -> float:
        """Return Kish's effective base."""
        return effective(self.values)

    @property
    def deff(self) -> float:
        """Return Kish's design effect of weighting."""
        return design_effect(self.values)


def effective(weights: Floats) -> float:
    """Return (sum w)^2 / sum w^2. Source: Kish 1965; domain.md 7.3."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def design_effect(weights: Floats) -> float:
    """Return n * sum w^2 / (sum w)^2. Source: Kish 1965; domain.md 7.3."""
    return float(len(weights) * (weights**2).sum() / weights.sum() ** 2)


def weigh(
    people: Mapping[str, Sequence[str]], margins: Mapping[str, Mapping[str, float]]
) -> Weights:
    """Return trimmed raking weights of people to the margins of those referred.

    `people[margin]` holds each person's value. Raise WeightingRefusedError below 100 people or
    above a design effect of 2.5, RakingError when the margins cannot be met.
    Source: Deming and Stephan 1940 (IPF); domain.md 7.3.
    """
    count = len(next(iter(people.values()), ()))
    if count < LEAST_RAW:
        raise WeightingRefusedError(f"{count} people are too few to weight")
    merged = {name: collapse(people[name], margins[name]) for name in margins}
    codes = {name: values for name, (values, _, _) in merged.items()}
    targets = {name: target for name, (_, target, _) in merged.items()}
    values = _trimmed(codes, targets, count)
    found = Weights(
        values,
        {name: sum(v == MISSING for v in people[name]) for name in margins},
        {name: together for name, (_, _, together) in merged.items()},
    )
    if found.deff > MOST_DEFF:
        raise WeightingRefusedError(f"a design effect of {found.deff:.1f} is too large")
    return found


def collapse(
    values: Sequence[str], margin: Mapping[str, float]
) -> tuple[Sequence[str], Mapping[str, float], tuple[str, ...]]:
    """Put the categories with under 20 people together; a single one joins the smallest other."""
    counts = {name: sum(v == name for v in values) for name in margin}
    small = sorted(name for name, n in counts.items() if n < COLLAPSE_BELOW)
    if not small or len(counts) == 1:
        return values, margin, ()
    if len(small) == 1:
        small.append(min((n, name) for name, n in counts.items() if name not in small)[1])
    joined = [JOINED if v in small else v for v in values]
    target = {name: share for name, share in margin.items() if name not in small}
    return joined, target | {JOINED: sum(margin[name] for name in small)}, tuple(small)


def _trimmed(
    codes: Mapping[str, Sequence[str]], targets: Mapping[str, Mapping[str, float]], count: int
) -> Floats:
    """Rake, trim to [0.3, 3] times the mean and rake again, up to five times."""
    weights = rake(codes, targets, np.ones(count))
    for _ in range(MOST_TRIMS):
        mean = weights.mean()
        inside = np.clip(weights, TRIM_LOW * mean, TRIM_HIGH * mean)
        if np.array_equal(inside, weights):
            return weights
        weights = rake(codes, targets, inside)
    mean = weights.mean()
    return np.clip(weights, TRIM_LOW * mean, TRIM_HIGH * mean)


def rake(
    codes: Mapping[str, Sequence[str]],
    targets: Mapping[str, Mapping[str, float]],
    start: Floats,
) -> Floats:
    """Return weights whose shares meet every margin; raise RakingError when they do not settle.

    A person without a value keeps the weight on that margin.
    """
    weights = start.astype(np.float64).copy()
    members = _members(codes, targets)
    for _ in range(MOST_CYCLES):
        worst = 0.0
        for parts in members:
            worst = max(worst, _meet(weights, parts))
        if worst < CONVERGED:
            return weights
    raise RakingError("the weights did not settle in 100 cycles")


def _members(
    codes: Mapping[str, Sequence[str]], targets: Mapping[str, Mapping[str, float]]
) -> list[list[tuple[NDArray[np.bool_], float]]]:
    found = []
    for name, target in targets.items():
        column, whole = np.array(codes[name]), sum(target.values())
        parts = [(column == value, share / whole) for value, share in target.items() if share > 0]
        if any(not mask.any() for mask, _ in parts):
            raise RakingError(f"nobody answered in a category of {name}")
        found.append(parts)
    return found


def _meet(weights: Floats, parts: list[tuple[NDArray[np.bool_], float]]) -> float:
    """Scale the weights to one margin in place; return how far off they were."""
    total = sum(weights[mask].sum() for mask, _ in parts)
    worst = 0.0
    for mask, share in parts:
        factor = share * total / weights[mask].sum()
        worst = max(worst, abs(1 / factor - 1) if factor else inf)
        weights[mask] *= factor
    return worst

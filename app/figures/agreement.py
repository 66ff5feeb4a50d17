"""How far two people agree on a theme, and how far the machine agrees with people.

Two codings by the same person are never called agreement between coders (settled.md 36): pairs
here always come from two different people, the second of whom saw nothing of the first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

Z = 1.959964  # 95%, domain §7.2
ENOUGH_PAIRS = 50  # domain §7.7: double-code at least 50, blind
PUBLISHABLE_KAPPA = 0.60
FIRM_ALPHA = 0.80
TENTATIVE_ALPHA = 0.667
MACHINE_PAIRS = 50
MACHINE_F1 = 0.70


@dataclass(frozen=True, slots=True)
class Table:
    """Two coders and one theme: both used it, only the first, only the second, neither did."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def n(self) -> int:
        """Return how many answers both coded."""
        return self.both + self.first + self.second + self.neither


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ThemeAgreement:
    """Agreement on one theme; without an estimate where nobody, or everybody, used it."""

    theme: str
    table: Table
    kappa: Estimate | None
    alpha: Estimate | None

    @property
    def band(self) -> str:
        """Return the band of domain §7.7: firm, tentative, revise, or few where pairs are few."""
        if self.table.n < ENOUGH_PAIRS or self.alpha is None:
            return "few"
        if self.alpha.value >= FIRM_ALPHA:
            return "firm"
        return "tentative" if self.alpha.value >= TENTATIVE_ALPHA else "revise"

    @property
    def is_publishable(self) -> bool:
        """Return whether κ is high enough for results to lean on this theme."""
        has_kappa = self.kappa is not None and self.kappa.value >= PUBLISHABLE_KAPPA
        return self.table.n >= ENOUGH_PAIRS and has_kappa


@dataclass(frozen=True, slots=True)
class MachineAgreement:
    """The machine's decisions on one theme against people's."""

    theme: str
    table: Table  # first: the machine
    precision: float | None
    recall: float | None
    f1: float | None
    kappa: Estimate | None

    @property
    def may_count_alone(self) -> bool:
        """Return whether machine-only counts of this theme may be published (domain §7.7)."""
        return (
            self.table.n >= MACHINE_PAIRS
            and self.f1 is not None
            and self.f1 >= MACHINE_F1
            and self.kappa is not None
            and self.kappa.value >= PUBLISHABLE_KAPPA
        )


def tabulate(pairs: Iterable[tuple[frozenset[str], frozenset[str]]], theme: str) -> Table:
    """Return the table of one theme over pairs of codings."""
    counts: dict[tuple[bool, bool], int] = {}
    for first, second in pairs:
        cell = (theme in first, theme in second)
        counts[cell] = counts.get(cell, 0) + 1
    cells = ((True, True), (True, False), (False, True), (False, False))
    return Table(*(counts.get(cell, 0) for cell in cells))


def kappa(table: Table) -> Estimate | None:
    """Return Cohen's κ; None where chance alone explains everything or there is nothing.

    Source: Cohen 1960; interval by the large-sample variance of Fleiss, Cohen and Everitt 1969.
    """
    n = table.n
    if n == 0:
        return None
    cells = [[table.both / n, table.first / n], [table.second / n, table.neither / n]]
    rows = [sum(row) for row in cells]
    columns = [sum(column) for column in zip(*cells, strict=True)]
    observed = cells[0][0] + cells[1][1]
    expected = sum(r * c for r, c in zip(rows, columns, strict=True))
    if expected >= 1:
        return None
    value = (observed - expected) / (1 - expected)
    on = sum(cells[i][i] * (1 - (rows[i] + columns[i]) * (1 - value)) ** 2 for i in (0, 1))
    off = sum(cells[i][1 - i] * (columns[i] + rows[1 - i]) ** 2 for i in (0, 1))
    variance = on + (1 - value) ** 2 * off - (value - expected * (1 - value)) ** 2
    return _within(value, sqrt(max(variance, 0) / n) / (1 - expected))


def alpha(table: Table) -> Estimate | None:
    """Return Krippendorff's α (nominal, two coders, nothing missing), None as for κ.

    Source: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability". The interval is by the
    delta method on the three kinds of pair: both, one of the two, neither.
    """
    n = table.n
    if n == 0:
        return None
    apart = (table.first + table.second) / n
    share = table.both / n + apart / 2  # of all values, those that are "used"
    spread = share * (1 - share)
    if spread <= 0:
        return None
    small = (2 * n - 1) / (2 * n)  # expected disagreement is drawn without replacement
    value = 1 - small * apart / (2 * spread)
    by_both = small * apart * (1 - 2 * share) / (2 * spread**2)
    by_apart = -small / (2 * spread) + by_both / 2
    parts = ((table.both / n, by_both), (apart, by_apart))
    mean = sum(p * slope for p, slope in parts)
    variance = sum(p * slope**2 for p, slope in parts) - mean**2
    return _within(value, sqrt(max(variance, 0) / n))


def between_people(
    pairs: Sequence[tuple[frozenset[str], frozenset[str]]], themes: Iterable[str]
) -> list[ThemeAgreement]:
    """Return the agreement on each theme over pairs of codings of the same answers."""
    tables = ((theme, tabulate(pairs, theme)) for theme in themes)
    return [ThemeAgreement(theme, t, kappa(t), alpha(t)) for theme, t in tables]


def machine_against_people(
    pairs: Sequence[tuple[frozenset[str], frozenset[str]]], themes: Iterable[str]
) -> list[MachineAgreement]:
    """Return how each theme of the machine (first of a pair) fares against people (second)."""
    return [_machine(theme, tabulate(pairs, theme)) for theme in themes]


def corrected_share(observed: float, sensitivity: float, specificity: float) -> float | None:
    """Return a share corrected for a coder's known errors, within 0 and 1 (domain §7.7).

    Source: Rogan and Gladen 1978. None where the coder does no better than chance.
    """
    gain = sensitivity + specificity - 1
    if gain <= 0:
        return None
    return min(1.0, max(0.0, (observed + specificity - 1) / gain))


def _machine(theme: str, table: Table) -> MachineAgreement:
    said, is_so = table.both + table.first, table.both + table.second
    return MachineAgreement(
        theme=theme,
        table=table,
        precision=table.both / said if said else None,
        recall=table.both / is_so if is_so else None,
        f1=2 * table.both / (said + is_so) if said + is_so else None,
        kappa=kappa(table),
    )


def _within(value: float, error: float) -> Estimate:
    return Estimate(value, max(-1.0, value - Z * error), min(1.0, value + Z * error))

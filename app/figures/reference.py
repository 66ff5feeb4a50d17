"""Who was referred: counts from elsewhere that answers are held against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ReferenceCount

from .lattice import NOT_STATED
from .pages import View
from .suppress import Thresholds
from .tables import SafeCell, SafeRow, SafeTable, few

CLEAR_SKEW = 0.05  # points of share by which a group is called over- or under-heard


@dataclass(frozen=True, slots=True)
class Margin:
    """The people referred by one dimension in one span of time."""

    dimension: str
    counts: Mapping[str, int]
    starts_on: date
    ends_on: date
    source: str
    is_synthetic: bool

    @property
    def total(self) -> int:
        """Return everybody referred."""
        return sum(self.counts.values())


def margins_for(session: Session, starts_on: date, ends_on: date) -> Sequence[Margin]:
    """Return for each dimension the margin that fits a period best: overlapping, else nearest."""
    rows = session.scalars(
        select(ReferenceCount).where(
            ReferenceCount.kind == "margin", ReferenceCount.dimension != "step"
        )
    ).all()
    spans: dict[str, dict[tuple[date, date], list[ReferenceCount]]] = {}
    for row in rows:
        of = spans.setdefault(row.dimension, {})
        of.setdefault((row.starts_on, row.ends_on), []).append(row)
    found = []
    for dimension, held in sorted(spans.items()):
        best = min(held, key=lambda span: _distance(span, (starts_on, ends_on)))
        found.append(_margin(dimension, best, held[best]))
    return found


def _distance(span: tuple[date, date], wanted: tuple[date, date]) -> tuple[int, int]:
    """Return how far a span lies from the one wanted, then how much longer it is."""
    apart = max((span[0] - wanted[1]).days, (wanted[0] - span[1]).days, 0)
    return apart, abs((span[1] - span[0]).days - (wanted[1] - wanted[0]).days)


def _margin(dimension: str, span: tuple[date, date], rows: Sequence[ReferenceCount]) -> Margin:
    return Margin(
        dimension,
        {row.value: row.count for row in rows},
        *span,
        source=rows[0].source,
        is_synthetic=any(row.is_synthetic for row in rows),
    )


@dataclass(frozen=True, slots=True)
class Skew:
    """One group among those who answered against those referred."""

    heard: SafeCell
    referred: SafeCell

    @property
    def points(self) -> int | None:
        """Return how many percentage points more (or less) were heard than referred."""
        if self.heard.share is None or self.referred.share is None:
            return None
        return round(100 * (self.heard.share - self.referred.share))

    @property
    def words(self) -> str:
        """Return whether the group was heard too little or too much."""
        if self.heard.share is None or self.referred.share is None:
            return "Too few to say"
        gap = self.heard.share - self.referred.share
        if abs(gap) < CLEAR_SKEW:
            return "As expected"
        return "Heard more" if gap > 0 else "Heard less"


def skew_table(view: View, margin: Margin, people: SafeTable) -> SafeTable:
    """Return each group's share of those who answered beside its share of those referred.

    People who did not state the group are left out of both shares' rows, not of the base.
    """
    rows = [
        SafeRow(row.code, row.label, (row.cell, _referred(margin, row.code, view.release.limits)))
        for row in people.rows
        if row.code != NOT_STATED and row.code in margin.counts
    ]
    rows.sort(key=lambda row: Skew(*row.cells).points or 0)
    return SafeTable(
        "Who is missing", ("Heard", "Referred"), tuple(rows), view.count("people"), margin.source
    )


def _referred(margin: Margin, value: str, limits: Thresholds) -> SafeCell:
    count = margin.counts[value]
    if count < limits.hide_below:
        return SafeCell(base=margin.total, why=few(limits))
    return SafeCell(count, margin.total, count / margin.total, showing=limits.showing(margin.total))

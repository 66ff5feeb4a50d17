"""Who was referred: counts from elsewhere that answers are held against."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models import Case, ReferenceCount

from .lattice import NOT_STATED
from .pages import View
from .periods import Period, quarter_of
from .suppress import Thresholds
from .tables import SafeCell, SafeRow, SafeTable, few

CASES: Mapping[str, InstrumentedAttribute[str | None]] = {
    "area": Case.area,
    "age_band": Case.age_band,
    "crime_group": Case.offence_group,
}
LEAST_REFERRED = 100  # cases with a value, for a margin
OF_CASES = "cases handed over, rounded to 5 by quarter"
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


def take_margins(session: Session, periods: Sequence[Period], limits: Thresholds) -> None:
    """Keep who was referred in each complete period, from the cases handed over by now.

    Taken once with the release, so that it changes with complete periods only. Counts are rounded
    to 5 by quarter and then added up; groups under the limit in a quarter are left out of it, and
    a period with too few has none. What somebody entered for a period stands.
    """
    for name, column in CASES.items():
        by_quarter, is_synthetic = _referred_by_quarter(session, column)
        for period in periods:
            if _has_margin(session, name, period):
                continue
            counts: Counter[str] = Counter()
            for quarter in range(quarter_of(period.starts_on), quarter_of(period.ends_on) + 1):
                held = by_quarter.get(quarter, Counter())
                counts.update({v: _to_five(n) for v, n in held.items() if n >= limits.hide_below})
            if sum(counts.values()) >= LEAST_REFERRED:
                session.add_all(_rows(name, period, counts, is_synthetic=is_synthetic))


def _rows(
    name: str, period: Period, counts: Mapping[str, int], *, is_synthetic: bool
) -> list[ReferenceCount]:
    return [
        ReferenceCount(
            kind="margin", dimension=name, value=value, count=count, source=OF_CASES,
            starts_on=period.starts_on, ends_on=period.ends_on, is_synthetic=is_synthetic,
        )
        for value, count in counts.items()
    ]  # fmt: skip


def _has_margin(session: Session, name: str, period: Period) -> bool:
    query = select(ReferenceCount.id).where(
        ReferenceCount.kind == "margin",
        ReferenceCount.dimension == name,
        ReferenceCount.starts_on == period.starts_on,
        ReferenceCount.ends_on == period.ends_on,
    )
    return session.scalar(query.limit(1)) is not None


def _referred_by_quarter(
    session: Session, column: InstrumentedAttribute[str | None]
) -> tuple[dict[int, Counter[str]], bool]:
    """Return quarter -> value -> cases referred, and whether any of them is made up."""
    query = (
        select(Case.referral_date, column, func.count(), func.max(cast(Case.is_synthetic, Integer)))
        .where(Case.referral_date.is_not(None), column.is_not(None), column != "")
        .group_by(Case.referral_date, column)
    )
    found: dict[int, Counter[str]] = {}
    made_up = False
    for day, value, count, is_synthetic in session.execute(query):
        assert day is not None  # noqa: S101 - the conditions say so
        assert value is not None  # noqa: S101
        found.setdefault(quarter_of(day), Counter())[value] += count
        made_up = made_up or bool(is_synthetic)
    return found, made_up


def _to_five(count: int) -> int:
    return (2 * count + 5) // 10 * 5


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

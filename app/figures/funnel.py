"""The referral funnel: how far the cases referred in a period came.

Cases move on after the period is over, and are not frozen with a release. So counts are rounded
to 5, steps are hidden under the limit, and a step that lies within the limit of the one before is
hidden too: what was lost between two steps is a count of people as well.
"""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from app.models import Case, ReferenceCount

from .periods import Period, last_complete, quarter_label, quarter_of, year_key
from .suppress import Thresholds
from .tables import PROTECTING_CELL, SafeCell, few_cell

ROUND_TO = 5
QUARTERS = 8  # offered beside the years

_started = Case.started_on.is_not(None)
_accepted = or_(Case.accepted_on.is_not(None), _started)
_wants = or_(Case.wants_support.is_(True), _accepted)
_contacted = or_(Case.contact_outcome.in_(("reached", "declined")), Case.wants_support.is_not(None))
_contacted = or_(_contacted, _accepted)
_unreachable = and_(
    func.coalesce(Case.contact_outcome, "").in_(("not_reached", "wrong_details", "unsafe")),
    not_(func.coalesce(_contacted, False)),
)
_unwilling = and_(
    or_(Case.contact_outcome == "declined", Case.wants_support.is_(False)), not_(_accepted)
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A step of the funnel, or what is lost beside it (`beside` names the step lost from)."""

    code: str
    label: str
    words: str
    holds: ColumnElement[bool]
    beside: str = ""


DEFINITIONS: Sequence[Definition] = (
    Definition("referred", "Referred", "Every case referred in the period, by its referral date.",
               Case.referral_date.is_not(None)),
    Definition("unreachable", "Not contactable",
               "Not reached, wrong details, or not safe to contact, and never reached since.",
               _unreachable, beside="referred"),
    Definition("contactable", "Contactable",
               "Referred, less those who were not contactable. Not tried yet counts here.",
               not_(_unreachable)),
    Definition("contacted", "Contacted", "Somebody spoke with them at least once.", _contacted),
    Definition("unwilling", "No longer wants support",
               "Contacted, and did not want support, or not any more.", _unwilling,
               beside="contacted"),
    Definition("wants", "Wants support", "Contacted, and said they want support.", _wants),
    Definition("accepted", "Accepted", "A service took the case on.", _accepted),
    Definition("started", "Started", "Support began: there was a first session.", _started),
    Definition("closed", "Closed", "Support began, and the case has been closed.",
               and_(_started, Case.closed_on.is_not(None))),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the funnel, safe to show."""

    code: str
    label: str
    words: str
    of_first: SafeCell
    of_before: SafeCell
    is_beside: bool


def list_periods(session: Session, today: date) -> list[Period]:
    """Return the complete years and the newest complete quarters with referrals, newest first."""
    first, newest = session.execute(
        select(func.min(Case.referral_date), func.max(Case.referral_date))
    ).one()
    if first is None or newest is None:
        return []
    last = min(last_complete(today), quarter_of(newest))
    quarters = range(max(quarter_of(first), last - QUARTERS + 1), last + 1)
    years = range(quarter_of(first) // 4, (last + 1) // 4)
    found = [_year(number) for number in years]
    found += [Period(f"q{q}", quarter_label(q), "quarter", (q,)) for q in quarters]
    return [p for p in found[::-1] if _referred(session, p)]


def _year(number: int) -> Period:
    quarters = tuple(range(4 * number, 4 * number + 4))
    return Period(year_key(number), f"April {number} to March {number + 1}", "year", quarters)


def _referred(session: Session, period: Period) -> bool:
    query = select(Case.id).where(Case.referral_date.between(period.starts_on, period.ends_on))
    return session.scalar(query.limit(1)) is not None


def funnel(
    session: Session, period: Period, services: Collection[str], limits: Thresholds
) -> list[Step]:
    """Return the steps of the cases referred in a period; no services: the whole body."""
    sums = [func.count().filter(d.holds) for d in DEFINITIONS]
    query = select(*sums).where(Case.referral_date.between(period.starts_on, period.ends_on))
    if services:
        query = query.where(Case.service.in_(services))
    held = [int(count) for count in session.execute(query).one()]
    counts = dict(zip((d.code for d in DEFINITIONS), held, strict=True))
    return list(safe_steps(counts, limits))


def safe_steps(counts: dict[str, int], limits: Thresholds) -> Sequence[Step]:
    """Return the lines of some counts, without any that would tell of fewer than the limit."""
    steps = [d.code for d in DEFINITIONS if not d.beside]
    shown = _shown([counts[code] for code in steps], limits.hide_below)
    visible = dict(zip(steps, shown, strict=True))
    before = dict(zip(steps[1:], steps, strict=False))
    after = dict(itertools.pairwise(steps))
    first = counts["referred"] if visible["referred"] else None
    found = []
    for d in DEFINITIONS:
        around = (d.beside, after[d.beside]) if d.beside else (d.code,)
        ok = counts[d.code] >= limits.hide_below and all(visible[code] for code in around)
        previous = d.beside or before.get(d.code, "")
        base = counts[previous] if visible.get(previous) else None
        of_first, of_before = (_cell(counts[d.code], b, ok, limits) for b in (first, base))
        found.append(Step(d.code, d.label, d.words, of_first, of_before, bool(d.beside)))
    return found


def _shown(counts: Sequence[int], limit: int) -> list[bool]:
    """Return which nested counts may stand together: each far enough from the one shown before."""
    shown: list[bool] = []
    last: int | None = None
    for count in counts:
        ok = count >= limit and (last is None or count == last or last - count >= limit)
        shown.append(ok)
        last = count if ok else last
    return shown


def _cell(count: int, base: int | None, ok: bool, limits: Thresholds) -> SafeCell:
    if not ok:
        return few_cell(limits) if count < limits.hide_below else PROTECTING_CELL
    share = count / base if base is not None and base >= limits.percent_from else None
    return SafeCell(_rounded(count), None if base is None else _rounded(base), share)


def _rounded(count: int) -> int:
    return (2 * count + ROUND_TO) // (2 * ROUND_TO) * ROUND_TO


@dataclass(frozen=True, slots=True)
class Published:
    """A step of a funnel published elsewhere, with its own definition and source."""

    label: str
    count: int
    words: str
    source: str


def list_published(session: Session, period: Period) -> list[Published]:
    """Return what was published of a funnel in that very period, with its definitions."""
    rows = session.scalars(
        select(ReferenceCount)
        .where(
            ReferenceCount.kind == "funnel",
            ReferenceCount.starts_on == period.starts_on,
            ReferenceCount.ends_on == period.ends_on,
        )
        .order_by(ReferenceCount.position)
    )
    return [
        Published(row.value.replace("_", " ").capitalize(), row.count, row.definition, row.source)
        for row in rows
    ]


def has_made_up(session: Session, period: Period) -> bool:
    """Return whether any of these cases is made up."""
    query = select(Case.id).where(
        Case.is_synthetic.is_(True),
        Case.referral_date.between(period.starts_on, period.ends_on),
    )
    return session.scalar(query.limit(1)) is not None

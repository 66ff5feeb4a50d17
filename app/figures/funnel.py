"""The referral funnel: how far the cases referred in a period came.

Cases move on after their period is over, so all are counted once when a quarter has ended, and
these counts are kept until the next one has: nobody sees a figure change by one. What may be shown
is decided over all periods, services and steps at once (suppress.py); what is lost between two
steps is a count of people as well. Counts are printed rounded to 5, and shares are of the rounded
counts: exact ones would tell the count.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, delete, func, not_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import Case, ReferenceCount

from . import periods as period_rules
from .lattice import Lattice, dimension
from .periods import Period, last_complete, periods_of, quarter_end, quarter_of, quarter_start
from .suppress import Status, Structure, Sum, Thresholds, protect
from .tables import SafeCell, withheld_cell

ROUND_TO = 5
ANY_QUARTER = 8000  # one funnel alone is of no quarter in particular
QUARTERS = 8  # offered beside the years
TAKEN = "cases"  # the kind of reference count that keeps what was counted

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


CODES = tuple(d.code for d in DEFINITIONS)
NESTED = tuple(i for i, d in enumerate(DEFINITIONS) if not d.beside)
Taken = Mapping[tuple[int, str, str], int]  # (quarter, service, step) -> people
Groups = Mapping[str, Sequence[str]]  # a lead -> its services


@dataclass(frozen=True, slots=True)
class Funnels:
    """What may be shown of every funnel: [period, service or all, step]."""

    periods: tuple[Period, ...]
    lattice: Lattice
    services: frozenset[str]
    counts: NDArray[np.int64]
    shown: NDArray[np.bool_]
    limits: Thresholds

    def offered(self) -> list[Period]:
        """Return the complete years and the newest quarters, newest first."""
        quarters = [p for p in self.periods if p.kind == "quarter"][-QUARTERS:]
        return [*quarters[::-1], *[p for p in self.periods if p.kind == "year"][::-1]]

    def newest(self, services: Collection[str]) -> Period | None:
        """Return the newest period of which something may be shown, else the newest."""
        offered = sorted(self.offered(), key=lambda p: (-p.quarters[-1], -len(p.quarters)))
        showing = (p for p in offered if self.steps(p, services)[0].of_first.count is not None)
        return next(showing, offered[0] if offered else None)

    def steps(self, period: Period, services: Collection[str]) -> list[Step]:
        """Return the lines of one funnel; no services: the whole body."""
        held = frozenset(services) & self.services
        node = 0 if not services else self._node(held)
        at = next((i for i, p in enumerate(self.periods) if p.quarters == period.quarters), None)
        if at is None:
            return _lines({}, self.limits)
        if node is not None:
            return _lines(self._shown(at, node), self.limits)
        each = [self._shown(at, one) for one in map(self._alone, held) if one is not None]
        whole = {
            code: sum(_rounded(part[code]) for part in each)
            for code in CODES
            if each and all(code in part for part in each)
        }
        return _lines(whole, self.limits)

    def _shown(self, at: int, node: int) -> dict[str, int]:
        held = zip(CODES, self.counts[at, node], self.shown[at, node], strict=True)
        return {code: int(n) for code, n, ok in held if ok}

    def _alone(self, service: str) -> int | None:
        return self._node(frozenset({service}))

    def _node(self, held: frozenset[str]) -> int | None:
        """Return the place of a service or a lead with its partners; None for any other set."""
        if held and held == self.services:
            return 0
        dim = self.lattice.dimension("service")
        values = dim.values if dim else ()
        same = (v for v in values if dim and frozenset(dim.members(v)) == held)
        return next((self.lattice.find({"service": v}) for v in same), None)


def funnels(session: Session, today: date, limits: Thresholds, groups: Groups) -> Funnels:
    """Return every funnel as it was counted when the last quarter had ended."""
    taken = _taken(session, quarter_end(last_complete(today)))
    return decide(taken, limits, groups, last_complete(today))


def decide(taken: Taken, limits: Thresholds, groups: Groups, last: int) -> Funnels:
    """Decide what may be shown of some counts by quarter, service and step."""
    periods = tuple(p for p in periods_of({q for q, _, _ in taken}, last) if p.kind != "wave")
    services = sorted({service for _, service, _ in taken})
    lattice = Lattice.over([dimension("service", services, groups)])
    counts = _cube(taken, periods, lattice)
    sums = [Sum(0, (CODES.index("unreachable"), CODES.index("contactable")))]
    structure = Structure(
        (-1, *(0 for _ in CODES[1:])),
        periods=[Sum(*e) for e in period_rules.equations(periods)],
        nodes=[Sum(*e) for e in lattice.equations()],
        rows=sums,
        period_pairs=period_rules.nested(periods),
        node_pairs=lattice.nested(),
        overlaps=[*combinations(NESTED, 2), (CODES.index("contacted"), CODES.index("unwilling"))],
        limits=limits,
    )
    shown = protect(counts, structure) == Status.SHOWN
    return Funnels(periods, lattice, frozenset(services), counts, shown, limits)


def _cube(taken: Taken, periods: Sequence[Period], lattice: Lattice) -> NDArray[np.int64]:
    counts = np.zeros((len(periods), len(lattice.nodes), len(CODES)), dtype=np.int64)
    dim = lattice.dimension("service")
    for at, period in enumerate(periods):
        for place, node in enumerate(lattice.nodes):
            mine = set(dim.members(node[0][1])) if dim and node else None
            for (quarter, service, code), count in taken.items():
                if quarter in period.quarters and (mine is None or service in mine):
                    counts[at, place, CODES.index(code)] += count
    return counts


def _taken(session: Session, as_at: date) -> Taken:
    """Return the counts of the last quarter's end, counting now where nobody has yet."""
    kept = _kept(session, as_at)
    if kept is not None:
        return kept
    counted = {k: n for k, n in _counted(session, as_at).items() if n}
    session.execute(delete(ReferenceCount).where(ReferenceCount.kind == TAKEN))
    session.add_all(
        ReferenceCount(
            kind=TAKEN, dimension=code, value=service, starts_on=quarter_start(quarter),
            ends_on=quarter_end(quarter), count=count, source="cases",
            definition=as_at.isoformat(),
        )
        for (quarter, service, code), count in counted.items()
    )  # fmt: skip
    try:
        session.commit()
    except IntegrityError:  # another process was first
        session.rollback()
        return _kept(session, as_at) or counted
    return counted


def _kept(session: Session, as_at: date) -> Taken | None:
    rows = session.scalars(select(ReferenceCount).where(ReferenceCount.kind == TAKEN)).all()
    if not rows or rows[0].definition < as_at.isoformat():
        return None
    return {(quarter_of(r.starts_on), r.value, r.dimension): r.count for r in rows}


def _counted(session: Session, as_at: date) -> Counter[tuple[int, str, str]]:
    service = func.coalesce(Case.service, "")
    sums = [func.count().filter(d.holds) for d in DEFINITIONS]
    query = (
        select(Case.referral_date, service, *sums)
        .where(Case.referral_date <= as_at)
        .group_by(Case.referral_date, service)
    )
    found: Counter[tuple[int, str, str]] = Counter()
    for day, code, *counts in session.execute(query):
        assert day is not None  # noqa: S101 - the condition says so
        for step, count in zip(CODES, counts, strict=True):
            found[quarter_of(day), code, step] += count
    return found


def safe_steps(counts: Mapping[str, int], limits: Thresholds) -> Sequence[Step]:
    """Return the lines of one funnel alone, without any that would tell of too few."""
    taken = {(ANY_QUARTER, "", code): count for code, count in counts.items()}
    found = decide(taken, limits, {}, ANY_QUARTER)
    return found.steps(found.periods[0], ())


def _lines(shown: Mapping[str, int], limits: Thresholds) -> list[Step]:
    """Return every step in order, from those counts that may be shown."""
    before = {CODES[b]: CODES[a] for a, b in pairwise(NESTED)}
    found = []
    for d in DEFINITIONS:
        of_first, of_before = (
            _cell(shown.get(d.code), shown.get(base), limits)
            for base in ("referred", d.beside or before.get(d.code, ""))
        )
        found.append(Step(d.code, d.label, d.words, of_first, of_before, bool(d.beside)))
    return found


def _cell(count: int | None, base: int | None, limits: Thresholds) -> SafeCell:
    if count is None:
        return withheld_cell(limits)
    rounded = _rounded(count)
    if base is None:
        return SafeCell(rounded)
    whole = _rounded(base)
    return SafeCell(rounded, whole, rounded / whole if whole >= limits.percent_from else None)


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

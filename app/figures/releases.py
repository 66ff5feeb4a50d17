"""Taking, keeping and finding releases.

Commissioners, scrutiny, partners and the public read the release of the last complete quarter.
It is taken once and kept, so figures change only with complete periods (settled.md 32, 34). The
engagement team may also read figures as they stand now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from time import monotonic
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import (
    Codebook,
    Collector,
    FigureRelease,
    PersonalLink,
    Response,
    Survey,
    SurveyVersion,
)

from .blocks import HIDDEN, build_block
from .codebook import EMPTY, Book, read_book
from .columns import Columns, counted, load_columns
from .cube import Grid
from .estimates import estimate_shares, machine_agreement
from .lattice import DIMENSIONS, Groups, Lattice, dimension
from .lineage import origins_of
from .masking import stricter
from .memory import Memory
from .outcomes import outcomes
from .periods import (
    Period,
    equations,
    last_complete,
    nested,
    periods_of,
    quarter_end,
    quarter_label,
    quarter_of,
)
from .ppi import SAMPLE_FROM
from .questions import Question, known_values, read_questions
from .reference import Margin, margins_for, take_margins
from .release import About, OldLayoutError, Release, pack, unpack
from .rows import deep_rows, wide_rows
from .suppress import STAFF, Status, Structure, Sum, Thresholds, protect
from .weighted import weigh_period

READ_NEARLY_ALL = 0.9  # read by people: their share is then the share, not a sample's
KEPT_IN_MEMORY = 8  # surveys whose figures are read at once; each takes a few megabytes
FIRST = 1  # version of a codebook
LIVE_TIMES, LIVE_AT_MOST = 10, 45  # times the seconds it took to count; seconds


@dataclass(frozen=True, slots=True)
class Source:
    """What a release is built from, besides the columns."""

    book: Book
    questions: Sequence[Question]
    groups: Groups
    margins: Mapping[str, Sequence[Margin]] = field(default_factory=dict)  # by period
    outcomes: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    limits: Thresholds = STAFF


@dataclass(frozen=True, slots=True)
class Flow:
    """What happened before an answer counts, by period; HIDDEN where few."""

    screened: Mapping[str, int]
    issued: Mapping[str, int]


def released(
    session: Session,
    survey_id: UUID,
    *,
    groups: Groups,
    today: date,
    now: datetime,
    limits: Thresholds = STAFF,
) -> Release:
    """Return the release of the last complete quarter, taking it when nobody has yet.

    One taken under laxer limits than `limits` hides more from now on; one taken under stricter
    ones stands until the next quarter. A past quarter is never counted again where that would set
    its figures beside those already read (decision 0040).
    """
    as_at = quarter_end(last_complete(today))
    kept = _memory.get((survey_id, as_at))
    if kept is not None and kept.limits.covers(limits):
        return kept
    stored = _find(session, survey_id, as_at)
    release = None if stored is None else _readable(session, stored, limits)
    if release is None:
        release = unpack(_take(session, survey_id, groups, as_at, now, limits, stored))
    if release.periods:
        _memory.put((survey_id, as_at), release)
    return release


def live(
    session: Session,
    survey_id: UUID,
    *,
    groups: Groups,
    today: date,
    limits: Thresholds = STAFF,
) -> Release:
    """Return figures as they stand now, the present quarter included; for the engagement team.

    Kept for ten times as long as they took to count, and at most 45 seconds: what is new shows
    within a minute however many answers there are.
    """
    kept = _now.get((survey_id, today))
    if kept is not None and kept.until > monotonic() and kept.release.limits.covers(limits):
        return kept.release
    began = monotonic()
    release = build(session, survey_id, groups=groups, today=today, as_at=None, limits=limits)
    until = monotonic() + min(LIVE_AT_MOST, LIVE_TIMES * (monotonic() - began))
    _now.put((survey_id, today), _Kept(release, until))
    return release


def build(
    session: Session,
    survey_id: UUID,
    *,
    groups: Groups,
    today: date,
    as_at: date | None,
    secondary: bool = True,
    limits: Thresholds = STAFF,
    omit: frozenset[int] = frozenset(),
) -> Release:
    """Count and decide the figures of a survey up to a day (None: up to now).

    Periods with a quarter in `omit` are left out.
    """
    source = Source(book_of(session, survey_id), questions_of(session, survey_id), groups)
    columns = load_columns(session, survey_id, as_at, known_values(source.questions))
    periods = tuple(p for p in _periods(columns, today, as_at) if not omit & set(p.quarters))
    grid = Grid.over(columns, periods, _lattice(columns, groups))
    if as_at is not None:
        take_margins(session, periods, limits)
    margins = {p.key: margins_for(session, p.starts_on, p.ends_on) for p in periods}
    travelled = outcomes(session, survey_id, source.questions, periods, as_at, limits)
    source = replace(source, margins=margins, outcomes=travelled, limits=limits)
    flow = _flow(session, survey_id, as_at, periods, limits)
    return assemble(columns, grid, source, as_at, flow, secondary=secondary)


def assemble(
    columns: Columns,
    grid: Grid,
    source: Source,
    as_at: date | None,
    flow: Flow,
    *,
    secondary: bool = True,
) -> Release:
    """Return the release of counted columns."""
    measures, links = deep_rows(columns, source.book, with_machine=as_at is None)
    limits = source.limits
    deep = build_block(grid, measures, 2, links=links, limits=limits, secondary=secondary)
    measures, links = wide_rows(columns, source.questions, source.book)
    wide = build_block(
        grid, measures, 1, links=links, limits=limits, decided=deep, secondary=secondary
    )
    totals = {p.key: _totals(columns, p, flow) for p in grid.periods}
    reading = {key: _reading(total) for key, total in totals.items()}
    sampled = [reading[p.key] == "sample" for p in grid.periods]
    shares = estimate_shares(columns, grid, {"deep": deep, "wide": wide}, sampled, limits)
    weighted = {
        p.key: weigh_period(
            columns, deep, i, p, source.margins.get(p.key, ()), limits, reading[p.key]
        )
        for i, p in enumerate(grid.periods)
    }
    about = About(
        as_at,
        columns.coder,
        columns.is_synthetic,
        reading,
        columns.values["channel"],
        weighted,
        {p.key: machine_agreement(columns, p, limits) for p in grid.periods},
        source.outcomes,
        totals,
        limits,
    )
    return Release(grid.periods, grid.lattice, deep, wide, shares, about)


def _periods(columns: Columns, today: date, as_at: date | None) -> tuple[Period, ...]:
    held = {int(q) for q in np.unique(columns.quarter)}
    if as_at is not None:
        return periods_of(held, quarter_of(as_at))
    present = quarter_of(today)
    done = periods_of(held, present - 1)
    if present not in held:
        return done
    label = f"{quarter_label(present)}, so far"
    return (*done, Period("today", label, "today", (present,)))


def _lattice(columns: Columns, groups: Groups) -> Lattice:
    return Lattice.over(
        [dimension(name, columns.values[name], groups.get(name, {})) for name in DIMENSIONS]
    )


def _totals(columns: Columns, period: Period, flow: Flow) -> dict[str, int]:
    """Return how far the period's answers have been read; about our work, not about people."""
    here = np.isin(columns.quarter, period.quarters)
    texts = columns.texts
    mine = here[texts.owner]
    return {
        "screened": flow.screened[period.key],
        "issued": flow.issued[period.key],
        "texts": int(mine.sum()),
        "read": int((mine & texts.read).sum()),
        "drawn": int((mine & texts.drawn).sum()),
        "carried": 0 if texts.carried is None else int((mine & texts.carried).sum()),
        "coded": int((mine & texts.coded).sum()),
    }


def _reading(totals: Mapping[str, int]) -> str:
    """Return what shares may rest on: all answers read, a random sample, or nothing yet."""
    read, texts = totals["read"], totals["texts"]
    if read >= SAMPLE_FROM and read >= READ_NEARLY_ALL * texts:
        return "read"
    return "sample" if totals["drawn"] >= SAMPLE_FROM else "counts"


def _flow(
    session: Session,
    survey_id: UUID,
    as_at: date | None,
    periods: Sequence[Period],
    limits: Thresholds,
) -> Flow:
    """Return how many were screened out, and how many personal links were issued."""
    keep = [*counted(survey_id, as_at), Response.eligible.is_(False)]
    screened = select(Response.received_on, func.count()).where(*keep)
    issued = (
        select(PersonalLink.issued_on, func.count())
        .join(Collector, Collector.id == PersonalLink.collector_id)
        .where(Collector.survey_id == survey_id, Collector.is_test.is_(False))
    )
    return Flow(
        _by_period(session, screened.group_by(Response.received_on), periods, limits),
        _by_period(session, issued.group_by(PersonalLink.issued_on), periods, limits),
    )


def _by_period(
    session: Session, days: Select[date, int], periods: Sequence[Period], limits: Thresholds
) -> dict[str, int]:
    """Return counts of days as safe counts of periods."""
    by_quarter: dict[int, int] = {}
    for day, count in session.execute(days):
        number = quarter_of(day)
        by_quarter[number] = by_quarter.get(number, 0) + count
    counts = [sum(by_quarter.get(q, 0) for q in p.quarters) for p in periods]
    cube = np.array(counts, dtype=np.int64).reshape(-1, 1, 1)
    sums = [Sum(*e) for e in equations(periods)]
    structure = Structure((-1,), periods=sums, period_pairs=nested(periods), limits=limits)
    status = protect(cube, structure)
    shown = status[:, 0, 0] == Status.SHOWN
    return {p.key: n if ok else HIDDEN for p, n, ok in zip(periods, counts, shown, strict=True)}


def book_of(session: Session, survey_id: UUID) -> Book:
    """Return the names of the survey's codebook, and where they come from."""
    query = select(Codebook.id, Codebook.version, Codebook.document).join(
        Survey, Survey.codebook_id == Codebook.id
    )
    found = session.execute(query.where(Survey.id == survey_id)).one_or_none()
    if found is None:
        return EMPTY
    codebook_id, version, document = found
    if version == FIRST:
        return read_book(document)  # nothing came before: every results page asks
    return replace(read_book(document), origins=origins_of(session, codebook_id))


def questions_of(session: Session, survey_id: UUID) -> tuple[Question, ...]:
    """Return the questions of the survey's newest version."""
    query = select(SurveyVersion.document).where(SurveyVersion.survey_id == survey_id)
    newest = query.order_by(SurveyVersion.number.desc()).limit(1)
    document = session.scalars(newest).one_or_none()
    return () if document is None else read_questions(document)


def _find(session: Session, survey_id: UUID, as_at: date) -> FigureRelease | None:
    query = select(FigureRelease).where(
        FigureRelease.survey_id == survey_id, FigureRelease.as_at == as_at
    )
    return session.scalars(query).one_or_none()


def _readable(session: Session, stored: FigureRelease, limits: Thresholds) -> Release | None:
    """Return a kept release, masked where the limits are stricter now; None if of an older Heard.

    Only a stricter pack comes to the masking, and it is then one change for everyone.
    """
    try:
        release = unpack(stored.content)
    except OldLayoutError:
        return None
    if not release.limits.covers(limits):
        release = stricter(release, limits)
        stored.content = pack(release)
        session.commit()
    return release


def _take(
    session: Session,
    survey_id: UUID,
    groups: Groups,
    as_at: date,
    now: datetime,
    limits: Thresholds,
    stored: FigureRelease | None,
) -> bytes:
    """Build a release and keep it; where another process was first, theirs counts.

    One that cannot be read any more is built again without the quarters that somebody withdrew
    from since: their codes are gone, and before less after would be theirs.
    """
    omit = frozenset() if stored is None else _left(session, survey_id, as_at, stored.made_at)
    release = build(
        session, survey_id, groups=groups, today=now.date(), as_at=as_at, limits=limits, omit=omit
    )
    content = pack(release)
    if not release.periods:
        return content  # nothing to keep: the first answers may still be imported
    if stored is not None:
        stored.content = content  # and `made_at` of the first time, for the next such change
    else:
        session.add(FigureRelease(survey_id=survey_id, as_at=as_at, made_at=now, content=content))
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        theirs = _find(session, survey_id, as_at)
        return content if theirs is None else theirs.content
    return content


def _left(session: Session, survey_id: UUID, as_at: date, since: datetime) -> frozenset[int]:
    """Return the quarters from which somebody withdrew after a release was taken."""
    query = select(Response.received_on).where(
        Response.survey_id == survey_id,
        Response.received_on <= as_at,
        Response.withdrawn_on >= since.date(),
    )
    return frozenset(quarter_of(day) for day in session.scalars(query))


@dataclass(frozen=True, slots=True)
class _Kept:
    """Live figures and the moment they grow old."""

    release: Release
    until: float


_memory: Memory[Release] = Memory(KEPT_IN_MEMORY)
_now: Memory[_Kept] = Memory(KEPT_IN_MEMORY)


def forget() -> None:
    """Forget what this process has read; for tests that change answers under its feet."""
    _memory.held.clear()
    _now.held.clear()

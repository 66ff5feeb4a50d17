"""What has come in so far: counts for running a survey, for the engagement team alone.

They are live, where released figures wait for a complete period. So every count is rounded to 5
and small ones are not told: nobody is seen coming into a cell from one hour to the next, nor
can anybody tell from them whether one person has answered.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.models import IN_GROUP, REPLY, DropOff, Flag, Response, SurveyVersion

from .dropoff import drop_off_cell
from .lattice import NOT_STATED
from .reference import Margin, Skew, margins_for
from .suppress import Thresholds
from .tables import SafeCell, SafeRow, SafeTable, few_cell

LIVE = Thresholds(round_to=5)
WEEK = timedelta(days=7)
NAMED = {"area": Response.area, "crime_group": Response.crime_group, "age_band": Response.age_band}

Name = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class WayIn:
    """What came through one way in."""

    complete: SafeCell
    partial: SafeCell
    set_aside: SafeCell
    this_week: SafeCell


@dataclass(frozen=True, slots=True)
class Received:
    """Everything received, and what came through each way in, by its id."""

    everything: WayIn
    ways: Mapping[UUID, WayIn]


def received(session: Session, survey_id: UUID, *, today: date) -> Received:
    """Return how much came in, by way in; answers set aside are counted only as that."""
    parts: dict[UUID, Counter[str]] = {}
    for collector, disposition, aside, is_new, count in session.execute(
        _counted(
            survey_id,
            Response.collector_id,
            Response.disposition,
            Response.quarantined.is_not(None),
            Response.received_on > today - WEEK,
        )
    ):
        part = parts.setdefault(collector, Counter())
        part["aside" if aside else str(disposition)] += count
        part["new"] += count if is_new and not aside else 0
    return Received(
        _way(sum(parts.values(), Counter())), {key: _way(part) for key, part in parts.items()}
    )


def by_channel(session: Session, survey_id: UUID, dimension: str, name: Name) -> SafeTable:
    """Return people heard by the values of one dimension and by channel, most first."""
    counts: Counter[tuple[str, str]] = Counter()
    query = _counted(survey_id, NAMED[dimension], Response.channel).where(_IN)
    for value, channel, count in session.execute(query):
        counts[value or NOT_STATED, channel] += count
    channels = sorted({channel for _, channel in counts})
    totals: Counter[str] = Counter()
    for (value, _), count in counts.items():
        totals[value] += count
    rows = [
        SafeRow(
            value,
            name(dimension, value),
            tuple(_cell(counts[value, channel]) for channel in channels),
        )
        for value, _ in totals.most_common()
    ]
    titles = tuple(name("channel", channel) for channel in channels)
    return SafeTable("", titles, tuple(rows), _cell(sum(totals.values())))


def heard_and_referred(
    session: Session, survey_id: UUID, *, today: date, name: Name
) -> Sequence[SafeTable]:
    """Return each group's share of those heard beside its share of those referred, worst first."""
    first = session.scalar(_first_day(survey_id))
    if first is None:
        return []
    margins = [m for m in margins_for(session, first, today) if m.dimension in NAMED]
    return [_against(session, survey_id, margin, name) for margin in margins]


def stopping(
    session: Session, survey_id: UUID, questions: Iterable[tuple[str, str]]
) -> SafeTable | None:
    """Return how many reached each (id, title) and left there; None before anybody came."""
    query = (
        select(DropOff.question_id, func.sum(DropOff.reached), func.sum(DropOff.passed))
        .join(SurveyVersion, SurveyVersion.id == DropOff.version_id)
        .where(SurveyVersion.survey_id == survey_id)
        .group_by(DropOff.question_id)
    )
    counts = {row[0]: (int(row[1]), int(row[2])) for row in session.execute(query)}
    if not counts:
        return None
    rows = [
        SafeRow(question, title, (drop_off_cell(*counts.get(question, (0, 0))),))
        for question, title in questions
    ]
    return SafeTable("Where people stop", ("",), tuple(rows), SafeCell())


def flags(session: Session, survey_id: UUID) -> Mapping[str, int]:
    """Return how many flags real answers raised, by tier; never what they say.

    Exact: a flag that is not acted on harms more than a number that is known.
    """
    query = (
        select(Flag.tier, func.count(Flag.id))
        .join(Response, Response.id == Flag.response_id)
        .where(Response.survey_id == survey_id, Response.is_test.is_(False))
        .group_by(Flag.tier)
        .order_by(Flag.tier)
    )
    return {row[0]: row[1] for row in session.execute(query)}


_IN = Response.quarantined.is_(None)
# What was said in groups, or texted back, stands beside the survey: neither an answer nor set
# aside from it.
_ANSWERED = or_(_IN, Response.quarantined.not_in((IN_GROUP, REPLY)))


def _counted(survey_id: UUID, *by: Any) -> Select[Any]:
    """Return the count of real answers by some columns; those taken back are not among them."""
    return (
        select(*by, func.count(Response.id))
        .where(
            Response.survey_id == survey_id,
            Response.is_test.is_(False),
            Response.withdrawn_on.is_(None),
            _ANSWERED,
        )
        .group_by(*by)
    )


def _first_day(survey_id: UUID) -> Select[date]:
    return select(func.min(Response.received_on)).where(
        Response.survey_id == survey_id, Response.is_test.is_(False), _ANSWERED
    )


def _against(session: Session, survey_id: UUID, margin: Margin, name: Name) -> SafeTable:
    query = _counted(survey_id, NAMED[margin.dimension]).where(_IN)
    heard = {value: count for value, count in session.execute(query) if value in margin.counts}
    total = sum(heard.values())
    rows = []
    for value, referred in margin.counts.items():
        cells = _share(heard.get(value, 0), total), _share(referred, margin.total)
        rows.append(SafeRow(value, name(margin.dimension, value), cells))
    rows.sort(key=lambda row: Skew(*row.cells).points or 0)
    return SafeTable(
        margin.dimension, ("Heard", "Referred"), tuple(rows), _cell(total), margin.source
    )


def _share(count: int, total: int) -> SafeCell:
    if count < LIVE.hide_below or total < LIVE.percent_from:
        return few_cell(LIVE)
    shown, base = LIVE.rounded(count), LIVE.rounded(total)
    return SafeCell(shown, base, shown / base)


def _way(part: Counter[str]) -> WayIn:
    return WayIn(*(_cell(part[key]) for key in ("complete", "partial", "aside", "new")))


def _cell(count: int) -> SafeCell:
    return few_cell(LIVE) if count < LIVE.hide_below else SafeCell(LIVE.rounded(count))

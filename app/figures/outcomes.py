"""Distance travelled: pairs of start and end of support, counted when a release is taken.

A pair is one case with an answer to the same question name in a start form, given no later than
14 days after support began, and in this survey, within 30 days of the case's closure
(domain.md 3.5). A closed case with such a start and no such end is a missing end, said first.
What is kept holds no means or counts that the small-number rule hides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Answer, Case, Collector, PersonalLink, Response, SurveyVersion

from .columns import counted
from .distance import BETTER, WORSE, Distance, distance
from .periods import Period, equations, nested, quarter_of
from .questions import Question, read_questions
from .suppress import STAFF, Showing, Status, Structure, Sum, Thresholds, protect

PREFIX = "out_"  # of the questions asked in the same words at both ends
EVERYONE, NOT_STATED = "", "\0"
TWO = 2  # everyone, and those without a service: nothing to take from each other
ROWS = ("pairs", "missing", "up", "same", "down")
START_WITHIN = timedelta(days=14)  # of the first session
END_WITHIN = timedelta(days=30)  # of closure, before or after


@dataclass(frozen=True, slots=True)
class Score:
    """One answer to one question by somebody whose case is known."""

    day: date
    service: str
    value: float


@dataclass(frozen=True, slots=True)
class Span:
    """When support of one case began and ended, and with whom."""

    started_on: date | None
    closed_on: date | None
    service: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """One person's two answers to one question; `end` is None where the end form is missing."""

    quarter: int  # in which it became a pair, or a missing end: it never moves from there
    service: str
    start: float
    end: float | None


def outcomes(
    session: Session,
    survey_id: UUID,
    questions: Sequence[Question],
    periods: Sequence[Period],
    as_at: date | None,
    limits: Thresholds = STAFF,
) -> dict[str, list[dict[str, Any]]]:
    """Return the outcome rows of each period, safe to show; nothing for other surveys."""
    asked = [q for q in questions if q.name.startswith(PREFIX) and q.kind == "scale10"]
    others = _start_surveys(session, survey_id, {q.name for q in asked})
    if not asked or not others:
        return {}
    ends = _answers(session, [survey_id], as_at)
    starts = _answers(session, others, as_at)
    spans = _spans(session)
    last = as_at or max((p.ends_on for p in periods), default=date.max)
    found: dict[str, list[dict[str, Any]]] = {p.key: [] for p in periods}
    for question in asked:
        pairs = list(
            pair_up(starts.get(question.name, {}), ends.get(question.name, {}), spans, last)
        )
        for key, rows in _safe(question, pairs, periods, limits).items():
            found[key] += rows
    return found


Scores = Mapping[str, Sequence[Score]]  # by case key, oldest first


def pair_up(starts: Scores, ends: Scores, spans: Mapping[str, Span], last: date) -> Iterable[Pair]:
    """Yield the pairs and the missing ends of cases, as far as they are known by a day."""
    for case, scores in starts.items():
        span = spans.get(case)
        if span is None or span.started_on is None or span.closed_on is None:
            continue  # support has not ended, or nobody knows when it began
        begun, closed = span.started_on, span.closed_on
        start = next((s for s in scores if s.day <= begun + START_WITHIN), None)
        if start is None or closed > last:
            continue
        service = start.service or span.service
        end = next((e for e in ends.get(case, ()) if abs(e.day - closed) <= END_WITHIN), None)
        if end is not None and end.day > start.day:
            quarter = quarter_of(max(end.day, closed))
            yield Pair(quarter, end.service or service, start.value, end.value)
        elif closed + END_WITHIN < last:
            day = closed + END_WITHIN + timedelta(days=1)
            yield Pair(quarter_of(day), service, start.value, None)


def _spans(session: Session) -> dict[str, Span]:
    rows = session.execute(
        select(Case.case_key, Case.started_on, Case.closed_on, Case.service).where(
            Case.closed_on.is_not(None)
        )
    )
    return {r.case_key: Span(r.started_on, r.closed_on, r.service or "") for r in rows}


def _start_surveys(session: Session, survey_id: UUID, names: set[str]) -> list[UUID]:
    """Return the other surveys that ask the same questions, and nothing only asked at the end."""
    versions = session.execute(
        select(SurveyVersion.survey_id, SurveyVersion.document).where(
            SurveyVersion.survey_id != survey_id
        )
    ).all()
    mine = session.scalars(
        select(SurveyVersion.document).where(SurveyVersion.survey_id == survey_id)
    ).all()
    if not any("attribution" in {q.name for q in read_questions(d)} for d in mine):
        return []  # the attribution item is asked at the end only
    return [
        other
        for other, document in versions
        if names
        and names <= {q.name for q in read_questions(document)}
        and "attribution" not in {q.name for q in read_questions(document)}
    ]


def _answers(
    session: Session, surveys: Iterable[UUID], as_at: date | None
) -> dict[str, dict[str, list[Score]]]:
    """Return for each question name the scores of each case, oldest first."""
    found: dict[str, dict[str, list[Score]]] = {}
    for survey_id in surveys:
        names = _names(session, survey_id)
        query = (
            select(
                Answer.question_id,
                PersonalLink.case_key,
                Response.received_on,
                Response.service,
                Answer.number,
            )
            .join(Response, Response.id == Answer.response_id)
            .join(PersonalLink, PersonalLink.id == Response.link_id)
            .join(Collector, Collector.id == PersonalLink.collector_id)
            .where(*counted(survey_id, as_at), Answer.number.is_not(None))
            .where(PersonalLink.case_key.is_not(None))
            .order_by(Response.received_on)
        )
        for question, case, day, service, number in session.execute(query):
            if as_at is None or day <= as_at:
                name = names.get(question, question)
                score = Score(day, service or "", float(number or 0))
                found.setdefault(name, {}).setdefault(str(case), []).append(score)
    return found


def _names(session: Session, survey_id: UUID) -> dict[str, str]:
    documents = session.scalars(
        select(SurveyVersion.document).where(SurveyVersion.survey_id == survey_id)
    )
    return {q.id: q.name for document in documents for q in read_questions(document)}


def _safe(
    question: Question, pairs: Sequence[Pair], periods: Sequence[Period], limits: Thresholds
) -> dict[str, list[dict[str, Any]]]:
    """Return one question's rows by period: everyone, then each service."""
    held = sorted({p.service for p in pairs})
    services = [s for s in held if s] if len(held) > 1 else []  # one service is everyone
    nodes = [EVERYONE, *services, NOT_STATED]
    cube = np.array(
        [[_counts(_members(pairs, period, node)) for node in nodes] for period in periods],
        dtype=np.int64,
    ).reshape(len(periods), len(nodes), len(ROWS))
    status = protect(cube, _structure(len(nodes), periods, limits))
    found = {}
    for p, period in enumerate(periods):
        whole = bool((status[p, 1:-1, 0] == Status.SHOWN).all())
        found[period.key] = [
            _row(question, node, inside, shown, limits, means=i == 0 or whole)
            for i, node in enumerate(nodes[:-1])
            for inside in [_members(pairs, period, node)]
            if (shown := [s == Status.SHOWN for s in status[p, i]])[0]
        ]
    return found


def _members(pairs: Sequence[Pair], period: Period, node: str) -> list[Pair]:
    inside = [p for p in pairs if p.quarter in period.quarters]
    if node == EVERYONE:
        return inside
    return [p for p in inside if p.service == ("" if node == NOT_STATED else node)]


def _counts(pairs: Sequence[Pair]) -> tuple[int, ...]:
    moves = [p.end - p.start for p in pairs if p.end is not None]
    up, down = sum(m >= BETTER for m in moves), sum(m <= WORSE for m in moves)
    missing = len(pairs) - len(moves)
    return len(moves), missing, up, len(moves) - up - down, down


def _structure(nodes: int, periods: Sequence[Period], limits: Thresholds) -> Structure:
    return Structure(
        (-1, -1, 0, 0, 0),
        periods=[Sum(*e) for e in equations(periods)],
        nodes=[Sum(0, tuple(range(1, nodes)))] if nodes > TWO else [],
        rows=[Sum(0, (2, 3, 4))],
        period_pairs=nested(periods),
        node_pairs=[(i, i) for i in range(nodes)] + [(0, i) for i in range(1, nodes)],
        limits=limits,
    )


def _row(
    question: Question,
    service: str,
    pairs: Sequence[Pair],
    shown: Sequence[bool],
    limits: Thresholds,
    *,
    means: bool,
) -> dict[str, Any]:
    """Return one line: counts where they may be shown, means where a percentage may be."""
    found = distance([(p.start, p.end) for p in pairs if p.end is not None], len(pairs))
    assert found is not None  # noqa: S101 - a shown base has at least ten pairs
    counts = dict(zip(ROWS, _counts(pairs), strict=True))
    visible = dict(zip(ROWS, shown, strict=True))
    row: dict[str, Any] = {"outcome": question.label, "service": service}
    row |= {name: counts[name] if visible[name] else None for name in ROWS}
    if visible["missing"] and len(pairs) >= limits.percent_from:
        row["no_end"] = round(100 * found.missing_end)
    return row | (_means(found, limits) if means else {})


def _means(found: Distance, limits: Thresholds) -> dict[str, Any]:
    """Return means and the test, where the base allows a percentage."""
    if limits.showing(found.pairs) in {Showing.NOTHING, Showing.COUNT}:
        return {}
    return {
        "start": round(found.start, 1),
        "end": round(found.end, 1),
        "change": round(found.change, 1),
        "is_clear": found.p <= 0.05,
    }

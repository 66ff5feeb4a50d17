"""Distance travelled: pairs of start and end of support, counted when a release is taken.

A pair is one case key with an answer to the same question name in a start form and, later, in
this survey. What is kept holds no means or counts that the small-number rule hides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Answer, Collector, PersonalLink, Response, SurveyVersion

from .columns import counted
from .distance import BETTER, WORSE, Distance, distance
from .periods import Period, equations, nested, quarter_of
from .questions import Question, read_questions
from .suppress import STAFF, Showing, Status, Structure, Sum, protect

PREFIX = "out_"  # of the questions asked in the same words at both ends
EVERYONE, NOT_STATED = "", "\0"
TWO = 2  # everyone, and those without a service: nothing to take from each other
ROWS = ("pairs", "up", "same", "down")


@dataclass(frozen=True, slots=True)
class Pair:
    """One person's two answers to one question."""

    quarter: int  # of the end
    service: str
    start: float
    end: float


def outcomes(
    session: Session,
    survey_id: UUID,
    questions: Sequence[Question],
    periods: Sequence[Period],
    as_at: date | None,
) -> dict[str, list[dict[str, Any]]]:
    """Return the outcome rows of each period, safe to show; nothing for other surveys."""
    asked = [q for q in questions if q.name.startswith(PREFIX) and q.kind == "scale10"]
    others = _start_surveys(session, survey_id, {q.name for q in asked})
    if not asked or not others:
        return {}
    ends = _answers(session, [survey_id], as_at)
    starts = _answers(session, others, as_at)
    found: dict[str, list[dict[str, Any]]] = {p.key: [] for p in periods}
    for question in asked:
        pairs = _pairs(starts.get(question.name, {}), ends.get(question.name, {}))
        begun = len(starts.get(question.name, {}))
        for key, rows in _safe(question, pairs, begun, periods).items():
            found[key] += rows
    return found


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


Scores = Mapping[str, tuple[date, str, float]]  # case key -> day, service, score


def _answers(
    session: Session, surveys: Iterable[UUID], as_at: date | None
) -> dict[str, dict[str, tuple[date, str, float]]]:
    """Return for each question name the newest score of each case."""
    found: dict[str, dict[str, tuple[date, str, float]]] = {}
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
                found.setdefault(name, {})[str(case)] = (day, service or "", float(number or 0))
    return found


def _names(session: Session, survey_id: UUID) -> dict[str, str]:
    documents = session.scalars(
        select(SurveyVersion.document).where(SurveyVersion.survey_id == survey_id)
    )
    return {q.id: q.name for document in documents for q in read_questions(document)}


def _pairs(starts: Scores, ends: Scores) -> list[Pair]:
    return [
        Pair(quarter_of(day), service or starts[case][1], starts[case][2], score)
        for case, (day, service, score) in ends.items()
        if case in starts and starts[case][0] <= day
    ]


def _safe(
    question: Question, pairs: Sequence[Pair], begun: int, periods: Sequence[Period]
) -> dict[str, list[dict[str, Any]]]:
    """Return one question's rows by period: everyone, then each service."""
    held = sorted({p.service for p in pairs})
    services = [s for s in held if s] if len(held) > 1 else []  # one service is everyone
    nodes = [EVERYONE, *services, NOT_STATED]
    cube = np.array(
        [[_counts(_members(pairs, period, node)) for node in nodes] for period in periods],
        dtype=np.int64,
    ).reshape(len(periods), len(nodes), len(ROWS))
    status = protect(cube, _structure(len(nodes), periods))
    found = {}
    for p, period in enumerate(periods):
        whole = bool((status[p, 1:-1, 0] == Status.SHOWN).all())
        found[period.key] = [
            _row(question, node, _members(pairs, period, node), begun, shown, means=i == 0 or whole)
            for i, node in enumerate(nodes[:-1])
            if (shown := [s == Status.SHOWN for s in status[p, i]])[0]
        ]
    return found


def _members(pairs: Sequence[Pair], period: Period, node: str) -> list[Pair]:
    inside = [p for p in pairs if p.quarter in period.quarters]
    if node == EVERYONE:
        return inside
    return [p for p in inside if p.service == ("" if node == NOT_STATED else node)]


def _counts(pairs: Sequence[Pair]) -> tuple[int, ...]:
    moves = [p.end - p.start for p in pairs]
    up, down = sum(m >= BETTER for m in moves), sum(m <= WORSE for m in moves)
    return len(moves), up, len(moves) - up - down, down


def _structure(nodes: int, periods: Sequence[Period]) -> Structure:
    return Structure(
        (-1, 0, 0, 0),
        periods=[Sum(*e) for e in equations(periods)],
        nodes=[Sum(0, tuple(range(1, nodes)))] if nodes > TWO else [],
        rows=[Sum(0, (1, 2, 3))],
        period_pairs=nested(periods),
        node_pairs=[(i, i) for i in range(nodes)] + [(0, i) for i in range(1, nodes)],
    )


def _row(
    question: Question,
    service: str,
    pairs: Sequence[Pair],
    begun: int,
    shown: Sequence[bool],
    *,
    means: bool,
) -> dict[str, Any]:
    """Return one line: counts where they may be shown, means from 30 pairs on."""
    found = distance([(p.start, p.end) for p in pairs], begun)
    assert found is not None  # noqa: S101 - a shown base has at least ten pairs
    counts = (found.up, found.same, found.down)
    row: dict[str, Any] = {"outcome": question.label, "service": service, "pairs": found.pairs}
    row |= dict(zip(ROWS[1:], _if_shown(counts, shown[1:]), strict=True))
    return row | (_means(found, everyone=service == EVERYONE) if means else {})


def _if_shown(counts: Sequence[int], shown: Sequence[bool]) -> list[int | None]:
    return [count if ok else None for count, ok in zip(counts, shown, strict=True)]


def _means(found: Distance, *, everyone: bool) -> dict[str, Any]:
    """Return means and the test, where the base allows a percentage."""
    if STAFF.showing(found.pairs) in {Showing.NOTHING, Showing.COUNT}:
        return {}
    means: dict[str, Any] = {
        "start": round(found.start, 1),
        "end": round(found.end, 1),
        "change": round(found.change, 1),
        "is_clear": found.p <= 0.05,
    }
    if everyone:
        means["no_end"] = round(100 * found.missing_end)
    return means

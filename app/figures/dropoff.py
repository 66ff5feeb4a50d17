"""Where people stopped: anonymous counters of how many reached a question and got past it."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import DropOff, ReferenceCount, SurveyVersion

from .codebook import words
from .periods import Period
from .questions import Question
from .suppress import Thresholds
from .tables import FEW, FEW_CELL, SafeCell, SafeRow, SafeTable

REACHED = Thresholds(round_to=10)
LEFT = Thresholds(round_to=5)


def drop_off_table(
    session: Session,
    survey_id: UUID,
    period: Period,
    questions: tuple[Question, ...],
    as_at: date | None,
) -> SafeTable:
    """Return for each question how many reached it and how many left there, rounded.

    What reached one question less what reached the next is what left in between, so exact
    counts would tell every small one: those who reached are rounded to 10, those who left to 5.
    """
    counts = _counts(session, survey_id, period, as_at)
    rows = [
        SafeRow(q.id, q.label, (drop_off_cell(*counts[q.id]),)) for q in questions if q.id in counts
    ]
    return SafeTable("Where people stopped", ("",), tuple(rows), SafeCell())


def _counts(
    session: Session, survey_id: UUID, period: Period, as_at: date | None
) -> dict[str, tuple[int, int]]:
    last = period.ends_on if as_at is None else min(period.ends_on, as_at)
    query = (
        select(DropOff.question_id, func.sum(DropOff.reached), func.sum(DropOff.passed))
        .join(SurveyVersion, SurveyVersion.id == DropOff.version_id)
        .where(
            SurveyVersion.survey_id == survey_id,
            DropOff.day >= period.starts_on,
            DropOff.day <= last,
        )
        .group_by(DropOff.question_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in session.execute(query)}


def drop_off_cell(reached: int, passed: int) -> SafeCell:
    """Return about how many left, of about how many who reached the question."""
    base = REACHED.rounded(reached) if reached >= REACHED.hide_below else None
    left = max(0, reached - passed)
    if base is None or left < LEFT.hide_below:
        return SafeCell(base=base, why=FEW)
    return SafeCell(LEFT.rounded(left), base, LEFT.rounded(left) / base)


def funnel_table(session: Session, starts_on: date, ends_on: date) -> SafeTable | None:
    """Return the referral funnel of the span that fits best; None where nobody has entered one.

    Steps are counts from the case system, each with its own definition; they need not nest.
    """
    rows = session.scalars(
        select(ReferenceCount)
        .where(ReferenceCount.kind == "funnel")
        .order_by(ReferenceCount.position)
    ).all()
    spans = {(row.starts_on, row.ends_on) for row in rows}
    if not spans:
        return None
    best = min(
        spans, key=lambda s: (not (s[0] <= ends_on and starts_on <= s[1]), -s[1].toordinal())
    )
    steps = [row for row in rows if (row.starts_on, row.ends_on) == best]
    first = steps[0].count
    return SafeTable(
        "From referral to closure",
        ("",),
        tuple(
            SafeRow(s.definition, words(s.value).capitalize(), (_step(s.count, first),))
            for s in steps
        ),
        SafeCell(first, first),
        steps[0].source,
    )


def _step(count: int, first: int) -> SafeCell:
    if count < 10:
        return FEW_CELL
    return SafeCell(count, first, count / first if first else None)

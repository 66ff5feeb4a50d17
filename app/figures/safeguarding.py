"""How many answers were passed to the safeguarding desk: counts only, for reports.

These are not frozen with a release, and flags may be raised after a period is over. So each count
is rounded to 5 and hidden under the limit: no difference of two of them tells of a few people.
"""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Flag, Response

from .periods import Period
from .suppress import Thresholds
from .tables import SafeCell, SafeRow, SafeTable, few_cell

ROUND_TO = 5
TIERS = {
    "SG1": "Immediate danger",
    "SG2": "Serious risk",
    "SG3": "Concern",
    "SG4": "A service failed the person",
}


def rounded(count: int, limits: Thresholds) -> SafeCell:
    """Return a count as this table may show it."""
    if count < limits.hide_below:
        return few_cell(limits)
    return SafeCell(replace(limits, round_to=ROUND_TO).rounded(count))


def safeguarding_table(
    session: Session,
    survey_ids: Collection[UUID],
    services: Collection[str],
    period: Period,
    limits: Thresholds,
) -> SafeTable:
    """Return how many answers of the period were passed to safeguarding, and how urgently."""
    query = (
        select(Flag.tier, func.count(func.distinct(Flag.response_id)))
        .join(Response, Response.id == Flag.response_id)
        .where(
            Response.survey_id.in_(survey_ids),
            Response.received_on >= period.starts_on,
            Response.received_on <= period.ends_on,
            Response.is_test.is_(False),
        )
        .group_by(Flag.tier)
    )
    if services:
        query = query.where(Response.service.in_(services))
    held = {str(tier): int(count) for tier, count in session.execute(query)}
    rows = [SafeRow("all", "All together", (rounded(sum(held.values()), limits),))]
    rows += [SafeRow(t, label, (rounded(held.get(t, 0), limits),)) for t, label in TIERS.items()]
    return SafeTable("Passed to the safeguarding desk", ("",), tuple(rows), SafeCell())

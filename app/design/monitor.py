"""Watch a survey: how far people get and what it raised. Counts only, never a word of theirs."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from app.db import db
from app.design.blueprint import bp, page
from app.guards import Role, audience
from app.services.assessing import title_of
from app.store import designs
from surveys import Survey, pages_of


@bp.get("/<uuid:survey_id>/monitor")
@audience(Role.DESIGNER, Role.APPROVER)
def monitor(survey_id: UUID) -> ResponseReturnValue:
    """Show where people stop and how many flags were raised."""
    versions = designs.list_questionnaires(db.session, survey_id)
    reached = {r.question_id: r for r in designs.list_reached(db.session, survey_id)}
    steps = _steps(versions[-1], reached) if versions and reached else []
    flags = sorted(designs.count_flags(db.session, survey_id).items())
    return page("monitor", survey_id, tab="design.monitor", steps=steps, flags=flags)


def _steps(survey: Survey, reached: dict[str, designs.Reached]) -> list[dict[str, Any]]:
    rows = []
    for question in pages_of(survey):
        counted = reached.get(question.id)
        came = counted.reached if counted else 0
        stayed = max(0, came - counted.passed) if counted else 0
        rows.append(
            {
                "question": title_of(survey, question),
                "reached": came,
                "stopped": stayed,
                "share": f"{100 * stayed / came:.0f}%" if came else "",
            }
        )
    return rows

"""Pages nobody can reach and rules that can never hold."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.explore import explore
from surveys.kinds import Kind
from surveys.model import Survey
from surveys.places import all_rules, where
from surveys.problems import Code, Problem
from surveys.rules import RuleNode
from surveys.space import Space, can_hold


def check_reach(survey: Survey) -> Iterator[Problem]:
    """Yield a problem where it is certain; what cannot be decided within the limits is let be."""
    space = Space(survey)
    for placed in all_rules(survey):
        if isinstance(placed.node, RuleNode) and can_hold(placed, space) is False:
            message = "This rule can never hold, whatever is answered."
            yield Problem(Code.NEVER_HOLDS, placed.where, message)
    never = explore(survey, space=space, count_routes=False).never_reached
    for question in survey.questions:
        rows = {row.id for row in question.rows if not row.retired}
        pages = rows if question.kind is Kind.LIKERT else {question.id}
        if pages and pages <= never:
            message = "Nobody can reach this page, whatever is answered."
            yield Problem(Code.UNREACHABLE, where(question), message)

"""Which filters of the figures a person's answers fall under."""

from __future__ import annotations

from surveys.answers import Answers, Chosen
from surveys.compiled import plan_of
from surveys.kinds import Dimension
from surveys.model import Survey
from surveys.paths import on_path


def dimension_values(survey: Survey, answers: Answers) -> dict[Dimension, str]:
    """Return, for each dimension, the group (else value) of the option chosen on the path.

    Of several questions that feed one dimension, the last answered with a single option counts:
    "which affected you most?" over "which happened?".  Where several options were chosen and
    nothing narrowed them down, the dimension is left out rather than guessed.
    """
    plan = plan_of(survey)
    found: dict[Dimension, str] = {}
    for question_id, answer in on_path(survey, answers).items():
        question = plan.by_id[question_id]
        if question.dimension is None or not isinstance(answer, Chosen):
            continue
        options = [question.option(option) for option in answer.options]
        groups = {option.group or option.value for option in options if option is not None}
        if len(groups) == 1:
            found[question.dimension] = groups.pop()
    return found

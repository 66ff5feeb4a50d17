"""Every problem of a survey, all at once; publishing refuses them, the designer shows them."""

from __future__ import annotations

from surveys.check import ethics, names, pipes, reach, shapes, translations, types
from surveys.model import Survey
from surveys.problems import Problem

_CHECKS = (
    names.check_names,
    shapes.check_shapes,
    types.check_rules,
    pipes.check_pipes,
    reach.check_reach,
    translations.check_translations,
    ethics.check_ethics,
)


def check(survey: Survey) -> list[Problem]:
    """Return all problems of a survey that reads, in the order of the checks; [] when clean."""
    return [problem for looked_at in _CHECKS for problem in looked_at(survey)]

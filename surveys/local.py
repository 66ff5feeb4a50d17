"""A shipped questionnaire fitted to one area: its names, its list of areas and services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surveys.model import Option, Question, Survey
from surveys.text import Text


def localise(
    survey: Survey,
    *,
    names: Mapping[str, Text] | None = None,
    lists: Mapping[str, Sequence[Option]] | None = None,
) -> Survey:
    """Return the survey with an area pack's names and option lists put in.

    A list replaces the options of every question with that `options_from`, less those its own
    document marks as exclusive or "please say" (outside the area, other), which stay at the end.
    """
    chosen = lists or {}
    questions = tuple(_with_list(question, chosen) for question in survey.questions)
    return survey.model_copy(
        update={"names": {**survey.names, **(names or {})}, "questions": questions}
    )


def _with_list(question: Question, lists: Mapping[str, Sequence[Option]]) -> Question:
    if question.options_from is None or question.options_from not in lists:
        return question
    given = tuple(lists[question.options_from])
    taken = {option.value for option in given}
    kept = tuple(
        option
        for option in question.options
        if (option.exclusive or option.write_in) and option.value not in taken
    )
    return question.model_copy(update={"options": given + kept})

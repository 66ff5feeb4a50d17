"""What a survey of victims owes them, as rules a publisher cannot overlook."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.kinds import TEXT, Audience, Kind
from surveys.model import Question, Survey
from surveys.places import where
from surveys.problems import Code, Problem
from surveys.rules import NonAnswer


def check_ethics(survey: Survey) -> Iterator[Problem]:
    """Yield sensitive questions without a way out, free text without help, forced questions."""
    for question in survey.questions:
        yield from _way_out(question)
        if question.kind in TEXT and not question.support:
            message = "A box to write in needs the help lines beside it: set “support”."
            yield Problem(Code.TEXT_WITHOUT_SUPPORT, where(question), message)
        if question.required and survey.audience is not Audience.ORGANISATION:
            message = "Every question is optional in a survey of victims: take “required” away."
            yield Problem(Code.REQUIRED, where(question), message)


def _way_out(question: Question) -> Iterator[Problem]:
    if not question.sensitive or question.kind in TEXT | {Kind.INFO}:
        return
    if NonAnswer.PREFER_NOT not in question.non_answers:
        message = "A sensitive question needs “Prefer not to say” among its answers."
        yield Problem(Code.SENSITIVE_WITHOUT_NON_ANSWER, where(question), message)

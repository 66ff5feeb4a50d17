"""Which pages a person is asked: a pure function of the survey and the answers.

Rules see only answers given on earlier pages of the path, so an answer left behind on a page
that is now skipped changes nothing, and the path can never loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from surveys.answers import SKIPPED, Answer, Answers, Chosen
from surveys.compiled import Plan, Seen, Step, plan_of
from surveys.kinds import Kind
from surveys.model import Ending, Option, Question, Survey


class NotOnPathError(LookupError):
    """The page asked about is not on this person's path."""


@dataclass(frozen=True, slots=True)
class Fired:
    """A signal whose rule holds, and the question that raised it."""

    name: str
    question: str


def page_path(survey: Survey, answers: Answers) -> tuple[Question, ...]:
    """Return the pages this person is asked, in order, given the answers so far."""
    return tuple(step.question for step in _walk(plan_of(survey), answers)[0])


def on_path(survey: Survey, answers: Answers) -> Answers:
    """Return what is sent: an answer for every question on the path, and nothing else.

    A question that was asked and not answered is sent as skipped, which keeps it apart from one
    that was never asked.  Information pages have no answer.  Options that later answers took
    away are left out.
    """
    steps, seen, _ = _walk(plan_of(survey), answers)
    sent = {s.id: seen.get(s.id, SKIPPED) for s in steps if s.question.kind is not Kind.INFO}
    return Answers(sent, day=answers.day)


def ending(survey: Survey, answers: Answers) -> Ending | None:
    """Return the special ending this path comes to, or None for the usual thank-you."""
    ending_id = _walk(plan_of(survey), answers)[2]
    return next((e for e in survey.endings if e.id == ending_id), None)


def next_page(survey: Survey, answers: Answers, after: str | None) -> Question | None:
    """Return the page after the one with id `after` (None: the first), or None at the end.

    A page that has just left the path still has a next one: the first page on the path that
    comes later in the survey.
    """
    path = page_path(survey, answers)
    place = _place(survey, after) if after is not None else -1
    order = _order(survey)
    return next((page for page in path if order[page.id] > place), None)


def previous_page(survey: Survey, answers: Answers, before: str) -> Question | None:
    """Return the page before the one with id `before`, or None when it is the first."""
    path = page_path(survey, answers)
    place = _place(survey, before)
    order = _order(survey)
    return next((page for page in reversed(path) if order[page.id] < place), None)


def signals(survey: Survey, answers: Answers) -> tuple[Fired, ...]:
    """Return the signals that fire for the answers on the path, in question order."""
    steps, seen, _ = _walk(plan_of(survey), answers)
    return tuple(
        Fired(name, step.id)
        for step in steps
        for test, name in step.signals
        if test(seen, answers.day)
    )


def offered_options(survey: Survey, question_id: str, answers: Answers) -> tuple[Option, ...]:
    """Return the options a person is offered: not retired, and those whose rule holds.

    Raises NotOnPathError for a question the survey does not have.
    """
    plan = plan_of(survey)
    question = plan.by_id.get(question_id)
    if question is None:
        raise NotOnPathError(question_id)
    step = next(step for step in plan.steps if step.id == question_id)
    if not step.filters:
        return question.live_options
    seen = _walk(plan, answers, stop=question_id)[1]
    return tuple(
        o
        for o in question.live_options
        if o.id not in step.filters or step.filters[o.id](seen, answers.day)
    )


def seen_before(survey: Survey, answers: Answers, question_id: str) -> Seen:
    """Return the answers on the path up to, and not including, a question."""
    return _walk(plan_of(survey), answers, stop=question_id)[1]


def find_question(survey: Survey, question_id: str) -> Question | None:
    """Return the page with this id (a likert row counts as one), or None."""
    return plan_of(survey).by_id.get(question_id)


def find_by_name(survey: Survey, name: str) -> Question | None:
    """Return the page with this variable name, or None."""
    return plan_of(survey).by_name.get(name)


def _walk(
    plan: Plan, answers: Answers, stop: str | None = None
) -> tuple[Sequence[Step], Mapping[str, Answer], str | None]:
    if stop is not None:
        return _walk_to(stop, plan, answers)
    if answers.walked is None or answers.walked[0] is not plan:
        answers.walked = plan, _walk_to(None, plan, answers)
    walked: tuple[Sequence[Step], Mapping[str, Answer], str | None] = answers.walked[1]
    return walked


def _walk_to(
    stop: str | None, plan: Plan, answers: Answers
) -> tuple[Sequence[Step], Mapping[str, Answer], str | None]:
    path: list[Step] = []
    seen: dict[str, Answer] = {}
    day = answers.day
    for step in plan.steps:
        if step.id == stop:
            break
        if step.show is not None and not step.show(seen, day):
            continue
        path.append(step)
        answer = answers.get(step.id)
        if answer is not None and step.filters:
            answer = still_offered(answer, step, seen, day)
        if answer is not None:
            seen[step.id] = answer
        for test, ending_id in step.finishes:
            if test(seen, day):
                return path, seen, ending_id
    return path, seen, None


def still_offered(answer: Answer, step: Step, seen: Seen, day: date | None) -> Answer | None:
    """Return an answer less the options that earlier answers took away, None if none is left."""
    if not isinstance(answer, Chosen):
        return answer
    kept = tuple(
        option
        for option in answer.options
        if option not in step.filters or step.filters[option](seen, day)
    )
    if kept == answer.options:
        return answer
    other = tuple((option, words) for option, words in answer.other if option in kept)
    return Chosen(kept, other) if kept else None


def _order(survey: Survey) -> Mapping[str, int]:
    return plan_of(survey).order


def _place(survey: Survey, question_id: str) -> int:
    place = _order(survey).get(question_id)
    if place is None:
        raise NotOnPathError(question_id)
    return place

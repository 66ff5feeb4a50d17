"""Rules a designer can make: only about earlier questions, only with answers these can have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

import surveys
from app.services.editing import find
from surveys import HAS_OPTIONS, Kind, NonAnswer, Question, Survey
from surveys import rules as r

MAX_PARTS = 20


class Test(StrEnum):
    """What a condition asks about one earlier answer."""

    IS = "is"
    IS_NOT = "is_not"
    AT_LEAST = "ge"
    AT_MOST = "le"
    AFTER = "gt"
    BEFORE = "lt"
    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"


WORDS = {
    Test.IS: "is any of",
    Test.IS_NOT: "is none of",
    Test.AT_LEAST: "is at least",
    Test.AT_MOST: "is at most",
    Test.AFTER: "is after",
    Test.BEFORE: "is before",
    Test.ANSWERED: "was answered",
    Test.NOT_ANSWERED: "was not answered, or not asked",
}
ONE_OF = {Kind.SINGLE, Kind.SCALE5, Kind.FACES, Kind.CONSENT}
MOST_OFFERED = 6
_NUMBERS = {Kind.NUMBER, Kind.SCALE10}
_ALWAYS = (Test.ANSWERED, Test.NOT_ANSWERED)


class NotARuleError(ValueError):
    """What was typed makes no rule; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition as typed."""

    question: str
    test: Test
    options: tuple[str, ...] = ()
    value: str = ""


def askable(survey: Survey, question_id: str, *, own: bool = False) -> list[Question]:
    """Return the pages a rule of this question may speak of: earlier ones that can be answered.

    With `own`, also the question itself (for a rule that ends the survey after it).
    """
    place = [question.id for question in survey.questions].index(question_id)
    earlier = survey.questions[: place + 1 if own else place]
    part = survey.model_copy(update={"questions": earlier})
    return [page for page in surveys.pages_of(part) if page.kind is not Kind.INFO]


def offered_after(survey: Survey, after: str | None) -> list[tuple[str, Question, str]]:
    """Return each answer that may decide whether a question added there is asked, by its key.

    Answers of questions of which people choose one, from a short list: enough for most branches,
    and short enough for one select.
    """
    ids = [question.id for question in survey.questions]
    earlier = survey.questions[: ids.index(after) + 1 if after in ids else len(ids)]
    return [
        (f"{question.id} {option.id}", question, option.text.in_(survey.source_language))
        for question in earlier
        if question.kind in ONE_OF and len(question.live_options) <= MOST_OFFERED
        for option in question.live_options
    ]


def asked_only_if(survey: Survey, question_id: str, key: str) -> Survey:
    """Return the draft with a question asked only after one answer; `key` as offered."""
    about, _, option = key.partition(" ")
    rule = build(survey, question_id, Condition(about, Test.IS, (option,)))
    return with_rule(survey, question_id, rule)


def tests_for(question: Question) -> tuple[Test, ...]:
    """Return what can be asked about the answer to a question."""
    if question.kind in HAS_OPTIONS:
        return (Test.IS, Test.IS_NOT, *_ALWAYS)
    if question.kind in _NUMBERS:
        return (Test.AT_LEAST, Test.AT_MOST, *_ALWAYS)
    if question.kind is Kind.DATE:
        return (Test.AFTER, Test.BEFORE, *_ALWAYS)
    return _ALWAYS


def build(
    survey: Survey, question_id: str, condition: Condition, *, own: bool = False
) -> r.RuleNode:
    """Return a condition as a rule; raises NotARuleError for anything not offered."""
    about = next(
        (q for q in askable(survey, question_id, own=own) if q.id == condition.question), None
    )
    if about is None or condition.test not in tests_for(about):
        raise NotARuleError("Select a question that comes before this one.")
    if condition.test is Test.ANSWERED:
        return r.Answered(question=about.id)
    if condition.test is Test.NOT_ANSWERED:
        return r.Not(rule=r.Answered(question=about.id))
    if condition.test in {Test.IS, Test.IS_NOT}:
        return _of_options(about, condition)
    left = r.AnswerOf(question=about.id)
    right = _number(condition.value) if about.kind in _NUMBERS else _day(condition.value)
    return r.Compare(op=condition.test.value, left=left, right=right)


def parts_of(rule: r.RuleNode | None) -> tuple[r.RuleNode, ...]:
    """Return the conditions of a rule, each of which can be taken away."""
    if rule is None:
        return ()
    if isinstance(rule, r.All) or (isinstance(rule, r.AnyOf) and not _is_one_question(rule)):
        return rule.of
    return (rule,)


def wants_all(rule: r.RuleNode | None) -> bool:
    """Return whether all conditions have to hold, or one is enough."""
    return not isinstance(rule, r.AnyOf) or _is_one_question(rule)


def join(parts: Sequence[r.RuleNode], *, every: bool) -> r.RuleNode | None:
    """Return conditions as one rule; None when there are none left."""
    if len(parts) > MAX_PARTS:
        raise NotARuleError(f"A rule has at most {MAX_PARTS} conditions.")
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return r.All(of=tuple(parts)) if every else r.AnyOf(of=tuple(parts))


def with_rule(survey: Survey, question_id: str, rule: r.RuleNode | None) -> Survey:
    """Return the draft with who is asked a question decided by this rule alone."""
    question = find(survey, question_id).model_copy(update={"show_when": rule, "skip_when": None})
    questions = tuple(question if q.id == question_id else q for q in survey.questions)
    return survey.model_copy(update={"questions": questions})


def shown_when(question: Question) -> r.RuleNode | None:
    """Return who is asked a question as one rule, a skipping rule turned round."""
    if question.skip_when is None:
        return question.show_when
    turned = r.Not(rule=question.skip_when)
    return turned if question.show_when is None else r.All(of=(question.show_when, turned))


def _of_options(about: Question, condition: Condition) -> r.RuleNode:
    codes = {code.value for code in about.non_answers}
    offered = {option.id for option in about.options}
    picked = [choice for choice in condition.options if choice in offered | codes]
    if not picked or len(picked) != len(condition.options):
        raise NotARuleError(f"Select at least one answer to “{about.text.in_('en')}”.")
    rules: list[r.RuleNode] = [
        r.Selected(question=about.id, option=choice)
        if choice in offered
        else r.Gave(question=about.id, code=NonAnswer(choice))
        for choice in picked
    ]
    one = rules[0] if len(rules) == 1 else r.AnyOf(of=tuple(rules))
    return r.Not(rule=one) if condition.test is Test.IS_NOT else one


def _number(typed: str) -> r.NumberValue:
    try:
        value = Decimal(typed.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > 10**12:
        raise NotARuleError("Enter a number, like 18.")
    return r.NumberValue(value=value)


def _day(typed: str) -> r.DateValue:
    try:
        return r.DateValue(value=date.fromisoformat(typed.strip()))
    except ValueError as error:
        raise NotARuleError("Enter a day as year, month, day, like 2026-03-31.") from error


def _is_one_question(rule: r.AnyOf) -> bool:
    """Return whether "any" only lists answers to one question."""
    about = {part.question for part in rule.of if isinstance(part, r.Selected | r.Gave)}
    return len(about) == 1 and all(isinstance(part, r.Selected | r.Gave) for part in rule.of)

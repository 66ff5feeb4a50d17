"""Rules turned once into small functions, so that working out a path does no look-ups.

A plan belongs to one survey value and is kept on it.  References to things that do not exist
(which `check` reports) simply have no value, so a half-written draft can still be walked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any, cast

import re2

from surveys import rules as r
from surveys.answers import Answer, Chosen, Day, NoAnswer, Number, Words
from surveys.kinds import Kind
from surveys.model import Question, Survey
from surveys.values import Value, combine, is_equal, order, rounded

Seen = Mapping[str, Answer]
Test = Callable[[Seen, date | None], bool]
Worth = Callable[[Seen, date | None], Value]

_PATTERN_MEMORY = 1 << 20


@dataclass(frozen=True, slots=True)
class Step:
    """One page with its rules ready to run."""

    question: Question
    id: str
    show: Test | None
    finishes: tuple[tuple[Test, str], ...]
    signals: tuple[tuple[Test, str], ...]
    #: Option id to its rule, for the options that have one.
    filters: Mapping[str, Test]


@dataclass(frozen=True, slots=True)
class Plan:
    """A survey ready to be walked."""

    survey: Survey
    steps: tuple[Step, ...]
    by_id: Mapping[str, Question]
    by_name: Mapping[str, Question]
    order: Mapping[str, int]
    compiler: Compiler

    def test(self, rule: r.RuleNode) -> Test:
        """Return a rule of this survey as a function."""
        return self.compiler.test(rule)


def plan_of(survey: Survey) -> Plan:
    """Return the plan of a survey, made once for each survey value."""
    # The owner is compared because pydantic's model_copy copies __dict__, plan and all.
    kept = survey.__dict__.get("_plan")
    if isinstance(kept, Plan) and kept.survey is survey:
        return kept
    plan = _build(survey)
    survey.__dict__["_plan"] = plan
    return plan


def pages_of(survey: Survey) -> tuple[Question, ...]:
    """Return every page in order: likert groups as one question a row, retired rows left out."""
    pages: list[Question] = []
    for question in survey.questions:
        pages.extend(expand(question) if question.kind is Kind.LIKERT else (question,))
    return tuple(pages)


def expand(group: Question) -> tuple[Question, ...]:
    """Return a likert group as single questions, one a row, sharing everything else."""
    return tuple(
        group.model_copy(
            update={
                "id": row.id,
                "name": row.name,
                "kind": Kind.SINGLE,
                "text": row.text,
                "hint": group.hint or group.text,
                "rows": (),
                "likert": group.id,
            }
        )
        for row in group.rows
        if not row.retired
    )


def is_pattern(pattern: str) -> bool:
    """Return whether google-re2 accepts a pattern within our memory limit."""
    return _pattern(pattern) is not None


class Compiler:
    """Turns the rules of one survey into functions."""

    def __init__(self, survey: Survey, pages: tuple[Question, ...]) -> None:
        self._worth_of_option = {page.id: _worths(page) for page in pages}
        self._computed: dict[str, Worth] = {}
        for computed in survey.computed:  # in order, so a value can only use earlier ones
            self._computed.setdefault(computed.id, self.worth(computed.value))

    def test(self, rule: r.RuleNode) -> Test:
        """Return a rule as a function of the answers on the path and the day."""
        make = cast("Callable[[Any], Test]", getattr(self, f"_test_{type(rule).__name__}"))
        return make(rule)

    def worth(self, operand: r.OperandNode) -> Worth:
        """Return an operand as a function of the answers on the path and the day."""
        make = cast("Callable[[Any], Worth]", getattr(self, f"_worth_{type(operand).__name__}"))
        return make(operand)

    # ---- rules ----

    def _test_All(self, rule: r.All) -> Test:  # noqa: N802 - named after the node
        tests = tuple(self.test(part) for part in rule.of)
        if len(tests) == 1:
            return tests[0]
        return lambda seen, day: all(test(seen, day) for test in tests)

    def _test_AnyOf(self, rule: r.AnyOf) -> Test:  # noqa: N802
        tests = tuple(self.test(part) for part in rule.of)
        if len(tests) == 1:
            return tests[0]
        return lambda seen, day: any(test(seen, day) for test in tests)

    def _test_Not(self, rule: r.Not) -> Test:  # noqa: N802
        test = self.test(rule.rule)
        return lambda seen, day: not test(seen, day)

    def _test_Compare(self, rule: r.Compare) -> Test:  # noqa: N802
        left, right = self.worth(rule.left), self.worth(rule.right)
        if rule.op == "eq":
            return lambda seen, day: is_equal(left(seen, day), right(seen, day))
        if rule.op == "ne":
            return lambda seen, day: not is_equal(left(seen, day), right(seen, day))
        wanted = _ORDERS[rule.op]
        return lambda seen, day: order(left(seen, day), right(seen, day)) in wanted

    def _test_Selected(self, rule: r.Selected) -> Test:  # noqa: N802
        question, option = rule.question, rule.option

        def test(seen: Seen, _day: date | None) -> bool:
            answer = seen.get(question)
            return type(answer) is Chosen and option in answer.options

        return test

    def _test_Answered(self, rule: r.Answered) -> Test:  # noqa: N802
        question = rule.question

        def test(seen: Seen, _day: date | None) -> bool:
            answer = seen.get(question)
            return answer is not None and type(answer) is not NoAnswer

        return test

    def _test_Gave(self, rule: r.Gave) -> Test:  # noqa: N802
        question, code = rule.question, rule.code
        absent_counts = code is r.NonAnswer.SKIPPED

        def test(seen: Seen, _day: date | None) -> bool:
            answer = seen.get(question)
            if answer is None:
                return absent_counts
            return type(answer) is NoAnswer and answer.code is code

        return test

    def _test_InRange(self, rule: r.InRange) -> Test:  # noqa: N802
        value = self.worth(rule.value)
        low = self.worth(rule.low) if rule.low is not None else None
        high = self.worth(rule.high) if rule.high is not None else None

        def test(seen: Seen, day: date | None) -> bool:
            found = value(seen, day)
            if found is None:
                return False
            if low is not None and order(found, low(seen, day)) not in _ORDERS["ge"]:
                return False
            return high is None or order(found, high(seen, day)) in _ORDERS["le"]

        return test

    def _test_Matches(self, rule: r.Matches) -> Test:  # noqa: N802
        question, pattern = rule.question, _pattern(rule.pattern)

        def test(seen: Seen, _day: date | None) -> bool:
            answer = seen.get(question)
            if pattern is None or not isinstance(answer, Words | Number):
                return False
            typed = answer.text if isinstance(answer, Words) else str(answer.value)
            return pattern.fullmatch(typed) is not None

        return test

    def _test_Constant(self, rule: r.Constant) -> Test:  # noqa: N802
        value = rule.value
        return lambda _seen, _day: value

    # ---- operands ----

    def _worth_AnswerOf(self, operand: r.AnswerOf) -> Worth:  # noqa: N802
        question = operand.question
        worths = self._worth_of_option.get(question, {})
        return lambda seen, _day: _value_of(seen.get(question), worths)

    def _worth_CountSelected(self, operand: r.CountSelected) -> Worth:  # noqa: N802
        question = operand.question

        def worth(seen: Seen, _day: date | None) -> Value:
            answer = seen.get(question)
            return Decimal(len(answer.options) if isinstance(answer, Chosen) else 0)

        return worth

    def _worth_LengthOf(self, operand: r.LengthOf) -> Worth:  # noqa: N802
        question = operand.question

        def worth(seen: Seen, _day: date | None) -> Value:
            answer = seen.get(question)
            return Decimal(len(answer.text) if isinstance(answer, Words) else 0)

        return worth

    def _worth_NumberValue(self, operand: r.NumberValue) -> Worth:  # noqa: N802
        value = operand.value
        return lambda _seen, _day: value

    def _worth_DateValue(self, operand: r.DateValue) -> Worth:  # noqa: N802
        value = operand.value
        return lambda _seen, _day: value

    def _worth_TextValue(self, operand: r.TextValue) -> Worth:  # noqa: N802
        value = operand.value
        return lambda _seen, _day: value

    def _worth_Today(self, operand: r.Today) -> Worth:  # noqa: N802
        ahead = timedelta(days=operand.days)
        return lambda _seen, day: None if day is None else day + ahead

    def _worth_Sum(self, operand: r.Sum) -> Worth:  # noqa: N802
        op, left, right = operand.op, self.worth(operand.left), self.worth(operand.right)
        return lambda seen, day: combine(op, left(seen, day), right(seen, day))

    def _worth_Rounded(self, operand: r.Rounded) -> Worth:  # noqa: N802
        value = self.worth(operand.value)
        way = ROUND_DOWN if operand.op == "whole" else ROUND_HALF_UP
        return lambda seen, day: rounded(value(seen, day), way)

    def _worth_Choose(self, operand: r.Choose) -> Worth:  # noqa: N802
        when, then = self.test(operand.when), self.worth(operand.then)
        otherwise = self.worth(operand.otherwise)
        return lambda seen, day: (then if when(seen, day) else otherwise)(seen, day)

    def _worth_ComputedValue(self, operand: r.ComputedValue) -> Worth:  # noqa: N802
        return self._computed.get(operand.computed, lambda _seen, _day: None)


_ORDERS: Mapping[str, frozenset[int | None]] = {
    "lt": frozenset({-1}),
    "le": frozenset({-1, 0}),
    "gt": frozenset({1}),
    "ge": frozenset({0, 1}),
}


def _build(survey: Survey) -> Plan:
    pages = pages_of(survey)
    compiler = Compiler(survey, pages)
    by_id: dict[str, Question] = {}
    by_name: dict[str, Question] = {}
    for page in pages:
        by_id.setdefault(page.id, page)
        by_name.setdefault(page.name, page)
    steps = tuple(_step(page, compiler) for page in pages)
    order = {step.id: place for place, step in enumerate(steps)}
    return Plan(survey, steps, by_id, by_name, order, compiler)


def _step(page: Question, compiler: Compiler) -> Step:
    return Step(
        question=page,
        id=page.id,
        show=_show(page, compiler),
        finishes=tuple((compiler.test(f.when), f.ending) for f in page.finish),
        signals=tuple((compiler.test(s.when), s.name) for s in page.signals),
        filters={
            option.id: compiler.test(option.show_when)
            for option in page.options
            if option.show_when is not None
        },
    )


def _show(page: Question, compiler: Compiler) -> Test | None:
    if page.skip_when is None:
        return None if page.show_when is None else compiler.test(page.show_when)
    skip = compiler.test(page.skip_when)
    if page.show_when is None:
        return lambda seen, day: not skip(seen, day)
    show = compiler.test(page.show_when)
    return lambda seen, day: show(seen, day) and not skip(seen, day)


def _worths(page: Question) -> dict[str, Value]:
    return {o.id: o.value if o.score is None else o.score for o in page.options}


def _value_of(answer: Answer | None, worths: Mapping[str, Value]) -> Value:
    if isinstance(answer, Chosen):
        if len(answer.options) == 1:
            return worths.get(answer.options[0])
        return " ".join(str(worths.get(option, "")) for option in answer.options) or None
    if isinstance(answer, Number | Day):
        return answer.value
    return answer.text if isinstance(answer, Words) else None


def _pattern(pattern: str) -> Any:
    options = re2.Options()
    options.max_mem = _PATTERN_MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None

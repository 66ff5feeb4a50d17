"""Rules as XLSForm expressions; the other way round from xpath_rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, cast

from surveys import rules as r
from surveys.kinds import ONE_OF, SEVERAL_OF
from surveys.model import Question


class NotWrittenError(ValueError):
    """A rule that XLSForm cannot say; the text says why."""


_COMPARE = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_SUMS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "div", "mod": "mod"}


class Writer:
    """Writes the rules of one survey.

    `names` are the names questions have in the form; `values` the choice names by question and
    option id; `codes` the questions whose non-answers became choices.
    """

    def __init__(
        self,
        questions: Mapping[str, Question],
        names: Mapping[str, str],
        values: Mapping[tuple[str, str], str],
        codes: Mapping[str, frozenset[str]],
    ) -> None:
        self._questions = questions
        self._names = names
        self._values = values
        self._codes = codes

    def rule(self, rule: r.RuleNode) -> str:
        """Return a rule as an expression.  Raises NotWrittenError."""
        make = cast("Callable[[Any], str]", getattr(self, f"_rule_{type(rule).__name__}"))
        return make(rule)

    def operand(self, operand: r.OperandNode) -> str:
        """Return a value as an expression.  Raises NotWrittenError."""
        make = cast("Callable[[Any], str]", getattr(self, f"_operand_{type(operand).__name__}"))
        return make(operand)

    def _rule_All(self, rule: r.All) -> str:  # noqa: N802 - named after the node
        return " and ".join(self._inside(part) for part in rule.of) or "true()"

    def _rule_AnyOf(self, rule: r.AnyOf) -> str:  # noqa: N802
        return " or ".join(self._inside(part) for part in rule.of) or "false()"

    def _rule_Not(self, rule: r.Not) -> str:  # noqa: N802
        return f"not({self.rule(rule.rule)})"

    def _rule_Compare(self, rule: r.Compare) -> str:  # noqa: N802
        left, right = self.operand(rule.left), self.operand(rule.right)
        return f"{left} {_COMPARE[rule.op]} {right}"

    def _rule_Selected(self, rule: r.Selected) -> str:  # noqa: N802
        name, value = self._name(rule.question), self._value(rule.question, rule.option)
        if self._questions[rule.question].kind in SEVERAL_OF:
            return f"selected({name}, {value})"
        return f"{name} = {value}"

    def _rule_Answered(self, rule: r.Answered) -> str:  # noqa: N802
        name = self._name(rule.question)
        codes = sorted(self._codes.get(rule.question, ()))
        parts = [f"{name} != ''", *(f"not(selected({name}, {quoted(code)}))" for code in codes)]
        return " and ".join(parts) if len(parts) == 1 else f"({' and '.join(parts)})"

    def _rule_Gave(self, rule: r.Gave) -> str:  # noqa: N802
        name = self._name(rule.question)
        if rule.code is r.NonAnswer.SKIPPED:
            return f"{name} = ''"
        if rule.code.value not in self._codes.get(rule.question, ()):
            message = f"“{rule.code.value}” is not a choice in the form"
            raise NotWrittenError(message)
        return f"selected({name}, {quoted(rule.code.value)})"

    def _rule_InRange(self, rule: r.InRange) -> str:  # noqa: N802
        value = self.operand(rule.value)
        parts = []
        if rule.low is not None:
            parts.append(f"{value} >= {self.operand(rule.low)}")
        if rule.high is not None:
            parts.append(f"{value} <= {self.operand(rule.high)}")
        return f"({' and '.join(parts)})" if parts else f"{value} != ''"

    def _rule_Matches(self, rule: r.Matches) -> str:  # noqa: N802
        return f"regex({self._name(rule.question)}, {quoted(rule.pattern)})"

    def _rule_Constant(self, rule: r.Constant) -> str:  # noqa: N802
        return "true()" if rule.value else "false()"

    def _operand_AnswerOf(self, operand: r.AnswerOf) -> str:  # noqa: N802
        question = self._questions.get(operand.question)
        if question is not None and question.kind in ONE_OF:
            self._same_scores(question)
        return self._name(operand.question)

    def _operand_CountSelected(self, operand: r.CountSelected) -> str:  # noqa: N802
        return f"count-selected({self._name(operand.question)})"

    def _operand_LengthOf(self, operand: r.LengthOf) -> str:  # noqa: N802
        return f"string-length({self._name(operand.question)})"

    def _operand_NumberValue(self, operand: r.NumberValue) -> str:  # noqa: N802
        return f"{operand.value:f}" if operand.value >= 0 else f"({operand.value:f})"

    def _operand_DateValue(self, operand: r.DateValue) -> str:  # noqa: N802
        return f"date('{operand.value.isoformat()}')"

    def _operand_TextValue(self, operand: r.TextValue) -> str:  # noqa: N802
        return quoted(operand.value)

    def _operand_Today(self, operand: r.Today) -> str:  # noqa: N802
        if not operand.days:
            return "today()"
        return f"(today() {'+' if operand.days > 0 else '-'} {abs(operand.days)})"

    def _operand_Sum(self, operand: r.Sum) -> str:  # noqa: N802
        left, right = self.operand(operand.left), self.operand(operand.right)
        return f"({left} {_SUMS[operand.op]} {right})"

    def _operand_Rounded(self, operand: r.Rounded) -> str:  # noqa: N802
        inner = self.operand(operand.value)
        return f"int({inner})" if operand.op == "whole" else f"round({inner}, 0)"

    def _operand_Choose(self, operand: r.Choose) -> str:  # noqa: N802
        then, otherwise = self.operand(operand.then), self.operand(operand.otherwise)
        return f"if({self.rule(operand.when)}, {then}, {otherwise})"

    def _operand_ComputedValue(self, operand: r.ComputedValue) -> str:  # noqa: N802
        return self._name(operand.computed)

    def _inside(self, part: r.RuleNode) -> str:
        words = self.rule(part)
        return f"({words})" if isinstance(part, r.All | r.AnyOf) and len(part.of) > 1 else words

    def _name(self, identity: str) -> str:
        name = self._names.get(identity)
        if name is None:
            message = "it mentions a question that is not in the form"
            raise NotWrittenError(message)
        return f"${{{name}}}"

    def _value(self, question: str, option: str) -> str:
        value = self._values.get((question, option))
        if value is None:
            message = "it mentions an answer that is not in the form"
            raise NotWrittenError(message)
        return quoted(value)

    def _same_scores(self, question: Question) -> None:
        """A score can be written only where the choice's name is that number."""
        for option in question.live_options:
            value = self._values.get((question.id, option.id), "")
            if option.score is not None and value != f"{option.score.normalize():f}":
                message = f"the scores of “{question.name}” are not its choice names"
                raise NotWrittenError(message)


def quoted(text: str) -> str:
    """Return a text in the quotes of XPath 1.0, which has no escapes."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    message = "a text holds both kinds of quotes"
    raise NotWrittenError(message)


def plain(number: Decimal) -> str:
    """Return a number as written in a form."""
    return f"{number.normalize():f}" if number else "0"

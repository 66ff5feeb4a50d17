"""Rules in plain English, for designers, reports and paper forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, cast

from surveys import rules as r
from surveys.compiled import plan_of
from surveys.model import Question, Survey
from surveys.text import Text

_NON_ANSWERS = {
    r.NonAnswer.SKIPPED: "skipped",
    r.NonAnswer.DONT_KNOW: "answered “Don’t know”",
    r.NonAnswer.NOT_APPLICABLE: "answered “Doesn’t apply”",
    r.NonAnswer.PREFER_NOT: "answered “Prefer not to say”",
}
_COMPARISONS = {
    "eq": "is",
    "ne": "is not",
    "lt": "is less than",
    "le": "is at most",
    "gt": "is more than",
    "ge": "is at least",
}
_DAY_COMPARISONS = {
    "lt": "is before",
    "le": "is on or before",
    "gt": "is after",
    "ge": "is on or after",
}
_SUMS = {
    "add": "plus",
    "subtract": "minus",
    "multiply": "times",
    "divide": "divided by",
    "mod": "modulo",
}
_MAX_WORDS = 90


def explain(
    rule: r.RuleNode,
    survey: Survey,
    language: str = "en",
    *,
    titles: Mapping[str, str] | None = None,
) -> str:
    """Return a rule as a phrase that fits after "if": “Did you report it?” is “Yes” and …

    `titles` names questions by id in another way, such as "question 4" on paper.
    """
    return _Explainer(survey, language, titles or {}).rule(rule)


def explain_page(question: Question, survey: Survey, language: str = "en") -> str:
    """Return who is asked a page, as one sentence."""
    parts = []
    if question.show_when is not None:
        parts.append(f"Asked only if {explain(question.show_when, survey, language)}.")
    if question.skip_when is not None:
        parts.append(f"Not asked if {explain(question.skip_when, survey, language)}.")
    return " ".join(parts) or "Asked of everyone who gets here."


class _Explainer:
    def __init__(self, survey: Survey, language: str, titles: Mapping[str, str]) -> None:
        self._titles = titles
        self._survey = survey
        self._language = language
        self._pages = plan_of(survey).by_id

    def rule(self, rule: r.RuleNode) -> str:
        make = cast("Callable[[Any], str]", getattr(self, f"_rule_{type(rule).__name__}"))
        return make(rule)

    def operand(self, operand: r.OperandNode) -> str:
        make = cast("Callable[[Any], str]", getattr(self, f"_operand_{type(operand).__name__}"))
        return make(operand)

    def _rule_All(self, rule: r.All) -> str:  # noqa: N802 - named after the node
        parts = [self._inside(part, r.AnyOf, "either ") for part in rule.of]
        return " and ".join(parts) if parts else "always"

    def _rule_AnyOf(self, rule: r.AnyOf) -> str:  # noqa: N802
        same = self._one_question(rule)
        if same:
            return same
        parts = [self._inside(part, r.All, "both ") for part in rule.of]
        return " or ".join(parts) if parts else "never"

    def _rule_Not(self, rule: r.Not) -> str:  # noqa: N802
        inner = rule.rule
        if isinstance(inner, r.Selected):
            return f"{self._title(inner.question)} is not {self._option(inner)}"
        if isinstance(inner, r.Answered):
            return f"{self._title(inner.question)} was not answered"
        return f"it is not the case that {self.rule(inner)}"

    def _rule_Compare(self, rule: r.Compare) -> str:  # noqa: N802
        days = isinstance(rule.left, r.DateValue | r.Today) or isinstance(
            rule.right, r.DateValue | r.Today
        )
        words = {**_COMPARISONS, **(_DAY_COMPARISONS if days else {})}[rule.op]
        return f"{self.operand(rule.left)} {words} {self.operand(rule.right)}"

    def _rule_Selected(self, rule: r.Selected) -> str:  # noqa: N802
        return f"{self._title(rule.question)} is {self._option(rule)}"

    def _rule_Answered(self, rule: r.Answered) -> str:  # noqa: N802
        return f"{self._title(rule.question)} was answered"

    def _rule_Gave(self, rule: r.Gave) -> str:  # noqa: N802
        if rule.code is r.NonAnswer.SKIPPED:
            return f"{self._title(rule.question)} was skipped or not asked"
        return f"{self._title(rule.question)} was {_NON_ANSWERS[rule.code]}"

    def _rule_InRange(self, rule: r.InRange) -> str:  # noqa: N802
        value = self.operand(rule.value)
        if rule.low is not None and rule.high is not None:
            return f"{value} is from {self.operand(rule.low)} to {self.operand(rule.high)}"
        if rule.low is not None:
            return f"{value} is at least {self.operand(rule.low)}"
        if rule.high is not None:
            return f"{value} is at most {self.operand(rule.high)}"
        return f"{value} has an answer"

    def _rule_Matches(self, rule: r.Matches) -> str:  # noqa: N802
        return f"{self._title(rule.question)} fits the pattern {rule.pattern}"

    def _rule_Constant(self, rule: r.Constant) -> str:  # noqa: N802
        return "always" if rule.value else "never"

    def _operand_AnswerOf(self, operand: r.AnswerOf) -> str:  # noqa: N802
        return self._title(operand.question)

    def _operand_CountSelected(self, operand: r.CountSelected) -> str:  # noqa: N802
        return f"the number of answers chosen at {self._title(operand.question)}"

    def _operand_LengthOf(self, operand: r.LengthOf) -> str:  # noqa: N802
        return f"the length of {self._title(operand.question)}"

    def _operand_NumberValue(self, operand: r.NumberValue) -> str:  # noqa: N802
        return plain_number(operand.value)

    def _operand_DateValue(self, operand: r.DateValue) -> str:  # noqa: N802
        return f"{operand.value.day} {operand.value:%B} {operand.value.year}"

    def _operand_TextValue(self, operand: r.TextValue) -> str:  # noqa: N802
        return f"“{operand.value}”"

    def _operand_Today(self, operand: r.Today) -> str:  # noqa: N802
        if not operand.days:
            return "today"
        unit = "day" if abs(operand.days) == 1 else "days"
        return f"{abs(operand.days)} {unit} {'after' if operand.days > 0 else 'before'} today"

    def _operand_Sum(self, operand: r.Sum) -> str:  # noqa: N802
        return f"({self.operand(operand.left)} {_SUMS[operand.op]} {self.operand(operand.right)})"

    def _operand_Rounded(self, operand: r.Rounded) -> str:  # noqa: N802
        return f"{self.operand(operand.value)} in whole numbers"

    def _operand_Choose(self, operand: r.Choose) -> str:  # noqa: N802
        then, otherwise = self.operand(operand.then), self.operand(operand.otherwise)
        return f"({then} if {self.rule(operand.when)}, otherwise {otherwise})"

    def _operand_ComputedValue(self, operand: r.ComputedValue) -> str:  # noqa: N802
        found = next((c for c in self._survey.computed if c.id == operand.computed), None)
        if found is None:
            return "a value that is not there"
        return self._words(found.label) or found.name

    def _one_question(self, rule: r.AnyOf) -> str:
        """Word "A is x or A is y" as "A is x or y"."""
        parts = [part for part in rule.of if isinstance(part, r.Selected)]
        if len(parts) < 2 or len(parts) != len(rule.of):
            return ""
        if len({part.question for part in parts}) > 1:
            return ""
        options = [self._option(part) for part in parts]
        return f"{self._title(parts[0].question)} is {', '.join(options[:-1])} or {options[-1]}"

    def _inside(self, part: r.RuleNode, grouped: type[r.RuleNode], opening: str) -> str:
        words = self.rule(part)
        if isinstance(part, r.All | r.AnyOf) and isinstance(part, grouped) and len(part.of) > 1:
            return words if self._is_short(part) else f"({opening}{words})"
        return words

    def _is_short(self, part: r.All | r.AnyOf) -> bool:
        return isinstance(part, r.AnyOf) and bool(self._one_question(part))

    def _title(self, question_id: str) -> str:
        if question_id in self._titles:
            return self._titles[question_id]
        question = self._pages.get(question_id)
        if question is None:
            return "a question that is not there"
        return f"“{self._words(question.text) or question.name}”"

    def _option(self, rule: r.Selected) -> str:
        question = self._pages.get(rule.question)
        option = question.option(rule.option) if question else None
        return f"“{self._words(option.text) or option.value}”" if option else "a missing answer"

    def _words(self, text: Text | None) -> str:
        if text is None:
            return ""
        words = " ".join(text.in_(self._language, self._survey.source_language).split())
        return words if len(words) <= _MAX_WORDS else words[: _MAX_WORDS - 1] + "…"


def plain_number(value: Decimal) -> str:
    """Return a number without exponent or trailing zeros."""
    return f"{value.normalize():f}" if value else "0"

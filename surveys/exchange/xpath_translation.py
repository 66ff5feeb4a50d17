"""Expression trees turned into rules, node by node, with what they mean in XPath.

XPath compares texts, numbers and sets of nodes by rules of its own.  Where a question was not
answered its text is "" and its number is NaN, which is what our rules call "no value".

Source: XPath 1.0, sections 3.4 and 4; ODK XForms specification, functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from surveys import rules as r
from surveys.compiled import is_pattern
from surveys.exchange import expressions as x
from surveys.exchange.xpath_scope import (
    FALSE,
    TRUE,
    Asked,
    Computed,
    NotHeldError,
    Scope,
    simplified,
)
from surveys.kinds import ONE_OF, SEVERAL_OF, TEXT, Kind
from surveys.values import as_day

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_OPS = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_SUMS = {"+": "add", "-": "subtract", "*": "multiply", "div": "divide", "mod": "mod"}
_META = re.compile(r"[\\.^$|?*+()\[\]{}]")


class Translation:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    # ---- as a rule ----

    def rule(self, tree: x.Expression) -> r.RuleNode:
        match tree:
            case x.Many(op, parts):
                translated = tuple(self.rule(part) for part in parts)
                return r.All(of=translated) if op == "and" else r.AnyOf(of=translated)
            case x.Binary(op, left, right) if op in _OPS:
                return self._comparison(op, left, right)
            case x.Call(name, arguments):
                return self._called(name, arguments)
            case x.Literal(text):
                return TRUE if text else FALSE
            case x.Figure(text):
                return TRUE if Decimal(text) else FALSE
            case x.Column(name):
                return TRUE if self._cell(name) else FALSE
            case x.Reference() | x.Self():
                return self._has_value(tree)
        raise NotHeldError("a sum stands where something should hold or not")

    def _called(self, name: str, arguments: tuple[x.Expression, ...]) -> r.RuleNode:
        make = _RULE_FUNCTIONS.get((name, len(arguments)))
        if make is not None:
            return make(self, *arguments)
        if name in {"string-length", "count-selected"} and len(arguments) == 1:
            return self._comparison(">", x.Call(name, arguments), x.Figure("0"))
        raise NotHeldError(f"the function {name}() is not held")

    def _not(self, inner: x.Expression) -> r.RuleNode:
        return r.Not(rule=self.rule(inner))

    def _choose(self, when: x.Expression, then: x.Expression, other: x.Expression) -> r.RuleNode:
        condition = self.rule(when)
        chosen = r.All(of=(condition, self.rule(then)))
        return r.AnyOf(of=(chosen, r.All(of=(r.Not(rule=condition), self.rule(other)))))

    def _selected(self, where: x.Expression, what: x.Expression) -> r.RuleNode:
        value = self._constant(what)
        if value is None:
            raise NotHeldError("selected() is given something other than a fixed answer")
        if isinstance(where, x.Column):
            return TRUE if value in self._cell(where.name).split() else FALSE
        asked = self._question(where)
        if asked.kind in ONE_OF | SEVERAL_OF:
            option = asked.option_ids.get(value)
            return r.Selected(question=asked.id, option=option) if option else FALSE
        return _compare("=", r.AnswerOf(question=asked.id), r.TextValue(value=value))

    def _matches(self, where: x.Expression, what: x.Expression) -> r.RuleNode:
        pattern = self._constant(what)
        asked = self._question(where)
        if pattern is None or asked.kind not in TEXT | {Kind.NUMBER}:
            raise NotHeldError("regex() is given something other than text and a fixed pattern")
        if not pattern or len(pattern) > 400 or not is_pattern(pattern):
            raise NotHeldError("the pattern uses what google-re2 does not have")
        # ODK's regex() holds when the whole text fits, with or without ^ and $
        return r.Matches(question=asked.id, pattern=pattern)

    def _contains(self, where: x.Expression, what: x.Expression) -> r.RuleNode:
        return self._found(where, what, "(?s).*{}.*")

    def _starts(self, where: x.Expression, what: x.Expression) -> r.RuleNode:
        return self._found(where, what, "(?s){}.*")

    def _ends(self, where: x.Expression, what: x.Expression) -> r.RuleNode:
        return self._found(where, what, "(?s).*{}")

    def _found(self, where: x.Expression, what: x.Expression, pattern: str) -> r.RuleNode:
        text = self._constant(what)
        asked = self._question(where)
        if not text or len(text) > 200 or asked.kind not in TEXT:
            raise NotHeldError("it looks inside something other than a typed answer")
        quoted = _META.sub(lambda found: "\\" + found.group(), text)
        return r.Matches(question=asked.id, pattern=pattern.format(quoted))

    def _has_value(self, tree: x.Expression) -> r.RuleNode:
        found = self._named(tree)
        if isinstance(found, Computed):
            raise NotHeldError("a computed value stands where something should hold or not")
        return r.Answered(question=found.id)

    # ---- comparisons ----

    def _comparison(self, op: str, left: x.Expression, right: x.Expression) -> r.RuleNode:
        if self._is_missing(left) or self._is_missing(right):
            return FALSE  # a cell left empty is no node at all, and no node compares with anything
        fixed_left, fixed_right = self._constant(left), self._constant(right)
        if fixed_left is not None and fixed_right is not None:
            return _fixed(op, fixed_left, fixed_right, left, right)
        if fixed_left is not None:
            return self._comparison(_FLIPPED[op], right, left)
        truth = _truth(right)
        if truth is not None and op in {"=", "!="}:
            held = self.rule(left)
            return held if truth == (op == "=") else r.Not(rule=held)
        if fixed_right is not None and op in {"=", "!="}:
            special = self._equality(left, fixed_right, right)
            if special is not None:
                return special if op == "=" else r.Not(rule=special)
        if fixed_right == "":
            return FALSE  # nothing is more or less than nothing
        return self._general(op, left, right)

    def _is_missing(self, tree: x.Expression) -> bool:
        return isinstance(tree, x.Column) and not self._cell(tree.name)

    def _general(self, op: str, left: x.Expression, right: x.Expression) -> r.RuleNode:
        first, second = self.operand(left), self.operand(right)
        return _compare(op, self._typed(first, right), self._typed(second, left))

    def _equality(self, left: x.Expression, value: str, right: x.Expression) -> r.RuleNode | None:
        """Return equality with a fixed value in the words of our language, where there are any."""
        if isinstance(left, x.Call) and left.name == "count-selected" and value == "":
            return FALSE
        if not isinstance(left, x.Reference | x.Self):
            return None
        found = self._named(left)
        if isinstance(found, Computed):
            return None
        if value == "":
            return r.Not(rule=r.Answered(question=found.id))
        if found.kind in ONE_OF:
            option = _option(found.option_ids, value, is_number=isinstance(right, x.Figure))
            return r.Selected(question=found.id, option=option) if option else None
        if found.kind in SEVERAL_OF:
            return _exactly(found, value)
        return None

    def _typed(self, value: r.OperandNode, other: x.Expression) -> r.OperandNode:
        """Return a fixed text as the number or day that the other side is."""
        if not isinstance(value, r.TextValue):
            return value
        kind = self._kind(other)
        if kind is Kind.DATE or (isinstance(other, x.Call) and other.name in {"today", "now"}):
            day = as_day(value.value[:10])
            if day is None:
                raise NotHeldError(f"“{value.value}” is not a date")
            return r.DateValue(value=day)
        number = _decimal(value.value)
        if kind in {Kind.NUMBER, Kind.SCALE10} and number is not None:
            return r.NumberValue(value=number)
        return value

    def _kind(self, tree: x.Expression) -> Kind | None:
        if not isinstance(tree, x.Reference | x.Self):
            return None
        found = self._named(tree)
        return None if isinstance(found, Computed) else found.kind

    # ---- as a value ----

    def operand(self, tree: x.Expression) -> r.OperandNode:
        match tree:
            case x.Literal(text):
                return r.TextValue(value=text[:1000])
            case x.Figure(text):
                return r.NumberValue(value=Decimal(text))
            case x.Column(name):
                return r.TextValue(value=self._cell(name)[:1000])
            case x.Reference() | x.Self():
                found = self._named(tree)
                if isinstance(found, Computed):
                    return r.ComputedValue(computed=found.id)
                return r.AnswerOf(question=found.id)
            case x.Binary(op, left, right) if op in _SUMS:
                return self._sum(op, left, right)
            case x.Call(name, arguments):
                return self._value_of_call(name, arguments)
        raise NotHeldError("something that holds or not stands where a value should")

    def _sum(self, op: str, left: x.Expression, right: x.Expression) -> r.OperandNode:
        first, second = self.operand(left), self.operand(right)
        if isinstance(first, r.Today) and isinstance(second, r.NumberValue) and op in "+-":
            days = int(second.value) * (1 if op == "+" else -1)
            if abs(first.days + days) <= 80_000:
                return r.Today(days=first.days + days)
        negative = isinstance(first, r.NumberValue) and first.value == 0 and op == "-"
        if negative and isinstance(second, r.NumberValue):
            return r.NumberValue(value=-second.value)
        return r.Sum.model_validate({"op": _SUMS[op], "left": first, "right": second})

    def _value_of_call(self, name: str, arguments: tuple[x.Expression, ...]) -> r.OperandNode:
        make = _VALUE_FUNCTIONS.get((name, len(arguments)))
        if make is None:
            raise NotHeldError(f"the function {name}() is not held")
        return make(self, *arguments)

    def _today(self) -> r.OperandNode:
        return r.Today()

    def _same(self, inner: x.Expression) -> r.OperandNode:
        return self.operand(inner)

    def _as_date(self, inner: x.Expression) -> r.OperandNode:
        value = self._constant(inner)
        day = as_day(value[:10]) if value is not None else None
        return r.DateValue(value=day) if day else self.operand(inner)

    def _whole(self, inner: x.Expression) -> r.OperandNode:
        return r.Rounded(op="whole", value=self.operand(inner))

    def _round(self, inner: x.Expression, places: x.Expression | None = None) -> r.OperandNode:
        if places is not None and self._constant(places) != "0":
            raise NotHeldError("round() to decimal places is not held")
        return r.Rounded(op="round", value=self.operand(inner))

    def _count(self, inner: x.Expression) -> r.OperandNode:
        asked = self._question(inner)
        if asked.kind not in ONE_OF | SEVERAL_OF:
            raise NotHeldError("count-selected() is given something other than a choice")
        return r.CountSelected(question=asked.id)

    def _length(self, inner: x.Expression) -> r.OperandNode:
        asked = self._question(inner)
        if asked.kind not in TEXT:
            raise NotHeldError("string-length() is given something other than text")
        return r.LengthOf(question=asked.id)

    def _if(self, when: x.Expression, then: x.Expression, other: x.Expression) -> r.OperandNode:
        condition = simplified(self.rule(when))
        return r.Choose(when=condition, then=self.operand(then), otherwise=self.operand(other))

    def _coalesce(self, first: x.Expression, second: x.Expression) -> r.OperandNode:
        return r.Choose(
            when=self.rule(first), then=self.operand(first), otherwise=self.operand(second)
        )

    # ---- names ----

    def _named(self, tree: x.Expression) -> Asked | Computed:
        if isinstance(tree, x.Self):
            if self._scope.own is None:
                raise NotHeldError("“.” has no question here")
            return self._scope.own
        if isinstance(tree, x.Reference):
            return self._scope.find(tree.name)
        if isinstance(tree, x.Call) and tree.name in {"string", "number", "int"}:
            return self._named(tree.arguments[0])
        raise NotHeldError("something other than a question stands where one should")

    def _question(self, tree: x.Expression) -> Asked:
        found = self._named(tree)
        if isinstance(found, Computed):
            raise NotHeldError("a computed value stands where a question should")
        return found

    def _cell(self, name: str) -> str:
        if self._scope.columns is None:
            raise NotHeldError(f"“{name}” is neither a question nor a function")
        return self._scope.columns.get(name, "")

    def _constant(self, tree: x.Expression) -> str | None:
        match tree:
            case x.Literal(text):
                return text
            case x.Figure(text):
                return text
            case x.Column(name):
                return self._cell(name)
        return None


_RULE_FUNCTIONS: dict[tuple[str, int], Callable[..., r.RuleNode]] = {
    ("true", 0): lambda _self: TRUE,
    ("false", 0): lambda _self: FALSE,
    ("not", 1): Translation._not,
    ("boolean", 1): Translation.rule,
    ("once", 1): Translation.rule,
    ("boolean-from-string", 1): Translation.rule,
    ("if", 3): Translation._choose,
    ("selected", 2): Translation._selected,
    ("regex", 2): Translation._matches,
    ("contains", 2): Translation._contains,
    ("starts-with", 2): Translation._starts,
    ("ends-with", 2): Translation._ends,
    ("string", 1): Translation._has_value,
    ("number", 1): Translation._has_value,
}
_VALUE_FUNCTIONS: dict[tuple[str, int], Callable[..., r.OperandNode]] = {
    ("today", 0): Translation._today,
    ("now", 0): Translation._today,
    ("date", 1): Translation._as_date,
    ("string", 1): Translation._same,
    ("number", 1): Translation._same,
    ("once", 1): Translation._same,
    ("int", 1): Translation._whole,
    ("round", 1): Translation._round,
    ("round", 2): Translation._round,
    ("count-selected", 1): Translation._count,
    ("string-length", 1): Translation._length,
    ("if", 3): Translation._if,
    ("coalesce", 2): Translation._coalesce,
}


def _compare(op: str, left: r.OperandNode, right: r.OperandNode) -> r.RuleNode:
    found: Any = {"op": _OPS[op], "left": left, "right": right}
    return r.Compare.model_validate(found)


def _option(options: Mapping[str, str], value: str, *, is_number: bool) -> str | None:
    if value in options or not is_number:
        return options.get(value)
    wanted = _decimal(value)
    alike = [option for name, option in options.items() if _decimal(name) == wanted]
    return alike[0] if len(alike) == 1 else None


def _exactly(asked: Asked, value: str) -> r.RuleNode:
    """Several answers compared with a text: exactly these were chosen."""
    options = [asked.option_ids.get(part) for part in value.split()]
    if not options or None in options:
        return FALSE
    chosen = tuple(r.Selected(question=asked.id, option=o) for o in options if o)
    count = r.NumberValue(value=Decimal(len(chosen)))
    return r.All(of=(*chosen, _compare("=", r.CountSelected(question=asked.id), count)))


def _truth(tree: x.Expression) -> bool | None:
    if isinstance(tree, x.Call) and not tree.arguments and tree.name in {"true", "false"}:
        return tree.name == "true"
    return None


def _fixed(
    op: str, left: str, right: str, left_tree: x.Expression, right_tree: x.Expression
) -> r.RuleNode:
    """Compare two fixed values as XPath does: as texts only when neither is a number."""
    numeric = op not in {"=", "!="} or x.Figure in {type(left_tree), type(right_tree)}
    first, second = (_decimal(left), _decimal(right)) if numeric else (None, None)
    if numeric and (first is None or second is None):
        return TRUE if op == "!=" else FALSE
    a: Any = first if numeric else left
    b: Any = second if numeric else right
    held = {
        "=": a == b, "!=": a != b,
        "<": numeric and a < b, "<=": numeric and a <= b,
        ">": numeric and a > b, ">=": numeric and a >= b,
    }[op]  # fmt: skip
    return TRUE if held else FALSE


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None

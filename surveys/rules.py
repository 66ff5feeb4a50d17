"""The one rule language: showing, skipping, finishing, validation and signals, stored as data.

What a rule says about a question that was not asked, was skipped, or was answered with "don't
know" and the like: it has no value.  `eq`, `lt`, `le`, `gt`, `ge`, `in_range`, `selected`,
`answered` and `matches` do not hold; `ne` is the opposite of `eq`, and `not` the opposite of
what it wraps.  This is also what XLSForm does, so imported forms keep their meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]

#: Limits on one rule: enough for any real form, small enough to read and to check.
MAX_RULE_NODES = 2_000
MAX_RULE_DEPTH = 24


class NonAnswer(StrEnum):
    """Four ways of not answering; they are different findings and are stored apart."""

    SKIPPED = "skipped"
    DONT_KNOW = "dont_know"
    NOT_APPLICABLE = "not_applicable"
    PREFER_NOT = "prefer_not"


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_serializer(mode="wrap")
    def _with_op(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Keep `op`, which tells the nodes apart, also where defaults are left out."""
        return {"op": getattr(self, "op"), **handler(self)}  # noqa: B009 - each node declares it


# ---- operands: things with a value ----


class AnswerOf(_Node):
    """The answer to a question: a number, a date, text, or an option's score or value."""

    op: Literal["answer"] = "answer"
    question: Id


class CountSelected(_Node):
    """How many options were chosen; 0 when none was."""

    op: Literal["count_selected"] = "count_selected"
    question: Id


class LengthOf(_Node):
    """How many characters were typed; 0 when nothing was."""

    op: Literal["length"] = "length"
    question: Id


class NumberValue(_Node):
    """A number."""

    op: Literal["number"] = "number"
    value: Decimal = Field(allow_inf_nan=False)


class DateValue(_Node):
    """A day."""

    op: Literal["date"] = "date"
    value: date


class TextValue(_Node):
    """A piece of text."""

    op: Literal["text"] = "text"
    value: Annotated[str, StringConstraints(max_length=1000)]


class Today(_Node):
    """The day of the answers (Europe/London), plus a number of days."""

    op: Literal["today"] = "today"
    days: int = Field(default=0, ge=-80_000, le=80_000)


class Sum(_Node):
    """Arithmetic on two numbers, or a day plus or minus days; no value if either has none."""

    op: Literal["add", "subtract", "multiply", "divide", "mod"]
    left: Operand
    right: Operand


class Rounded(_Node):
    """A number without its decimals: cut off (`whole`) or to the nearest (`round`)."""

    op: Literal["whole", "round"]
    value: Operand


class Choose(_Node):
    """One of two values, by a rule."""

    op: Literal["choose"] = "choose"
    when: Rule
    then: Operand
    otherwise: Operand


class ComputedValue(_Node):
    """A value computed once for the survey, by its id."""

    op: Literal["computed"] = "computed"
    computed: Id


Operand = Annotated[
    AnswerOf
    | CountSelected
    | LengthOf
    | NumberValue
    | DateValue
    | TextValue
    | Today
    | Sum
    | Rounded
    | Choose
    | ComputedValue,
    Field(discriminator="op"),
]


# ---- rules: things that hold or do not ----


class All(_Node):
    """Every part holds; an empty list holds."""

    op: Literal["all"] = "all"
    of: tuple[Rule, ...]


class AnyOf(_Node):
    """At least one part holds; an empty list does not."""

    op: Literal["any"] = "any"
    of: tuple[Rule, ...]


class Not(_Node):
    """The part does not hold."""

    op: Literal["not"] = "not"
    rule: Rule


class Compare(_Node):
    """Two values compared."""

    op: Literal["eq", "ne", "lt", "le", "gt", "ge"]
    left: Operand
    right: Operand


class Selected(_Node):
    """This option was chosen."""

    op: Literal["selected"] = "selected"
    question: Id
    option: Id


class Answered(_Node):
    """The question has a real answer (not skipped, "don't know" and the like)."""

    op: Literal["answered"] = "answered"
    question: Id


class Gave(_Node):
    """The question was answered with this non-answer; unanswered counts as skipped."""

    op: Literal["gave"] = "gave"
    question: Id
    code: NonAnswer


class InRange(_Node):
    """A value lies between two others, both included; an end left out is open."""

    op: Literal["in_range"] = "in_range"
    value: Operand
    low: Operand | None = None
    high: Operand | None = None


class Matches(_Node):
    """The whole typed answer fits a google-re2 pattern (linear time, so no pattern can hang)."""

    op: Literal["matches"] = "matches"
    question: Id
    pattern: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Constant(_Node):
    """Always holds, or never does."""

    op: Literal["constant"] = "constant"
    value: bool


Rule = Annotated[
    All | AnyOf | Not | Compare | Selected | Answered | Gave | InRange | Matches | Constant,
    Field(discriminator="op"),
]

RuleNode = All | AnyOf | Not | Compare | Selected | Answered | Gave | InRange | Matches | Constant
OperandNode = (
    AnswerOf
    | CountSelected
    | LengthOf
    | NumberValue
    | DateValue
    | TextValue
    | Today
    | Sum
    | Rounded
    | Choose
    | ComputedValue
)
Node = RuleNode | OperandNode

for _model in (Sum, Rounded, Choose, All, AnyOf, Not, Compare, InRange):
    _model.model_rebuild()


def children(node: Node) -> tuple[Node, ...]:
    """Return the rules and operands directly inside a node, in reading order."""
    if isinstance(node, All | AnyOf):
        return node.of
    if isinstance(node, Not):
        return (node.rule,)
    if isinstance(node, Compare | Sum):
        return (node.left, node.right)
    if isinstance(node, InRange):
        return tuple(part for part in (node.value, node.low, node.high) if part is not None)
    if isinstance(node, Rounded):
        return (node.value,)
    if isinstance(node, Choose):
        return (node.when, node.then, node.otherwise)
    return ()


def nodes(rule: Node) -> Iterator[Node]:
    """Yield a rule and everything inside it, outermost first."""
    waiting: list[Node] = [rule]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def depth(rule: Node) -> int:
    """Return how many levels a rule has; a single comparison has two."""
    deepest = 0
    waiting: list[tuple[Node, int]] = [(rule, 1)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((child, level + 1) for child in children(node))
    return deepest


def questions_in(rule: Node) -> tuple[str, ...]:
    """Return the ids of the questions a rule mentions directly, each once, in reading order."""
    found = (getattr(node, "question", None) for node in nodes(rule))
    return tuple(dict.fromkeys(q for q in found if isinstance(q, str)))


def computed_in(rule: Node) -> tuple[str, ...]:
    """Return the ids of the computed values a rule mentions directly."""
    return tuple(dict.fromkeys(n.computed for n in nodes(rule) if isinstance(n, ComputedValue)))

"""XLSForm expressions turned into rules; what cannot be is said, not guessed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from surveys import rules as r
from surveys.exchange import expressions as x
from surveys.exchange.xpath_scope import (
    FALSE,
    TRUE,
    Asked,
    Computed,
    NotHeldError,
    Scope,
    all_of,
    simplified,
)
from surveys.exchange.xpath_translation import Translation

__all__ = [
    "FALSE", "TRUE", "Asked", "Computed", "NotHeldError", "Scope", "all_of", "operand", "rule",
    "rule_of", "simplified",
]  # fmt: skip

Found = TypeVar("Found", bound=r.Node)


def rule(text: str, scope: Scope) -> r.RuleNode:
    """Return an expression as a rule.  Raises NotHeldError."""
    return _within_limits(lambda: simplified(Translation(scope).rule(_parsed(text))))


def rule_of(tree: x.Expression, scope: Scope) -> r.RuleNode:
    """Return an expression already parsed as a rule.  Raises NotHeldError."""
    return _within_limits(lambda: simplified(Translation(scope).rule(tree)))


def operand(text: str, scope: Scope) -> r.OperandNode:
    """Return an expression as a value.  Raises NotHeldError."""
    return _within_limits(lambda: Translation(scope).operand(_parsed(text)))


def _within_limits(make: Callable[[], Found]) -> Found:
    try:
        found = make()
    except ValidationError:
        message = "a text or number in it is too long"
        raise NotHeldError(message) from None
    if r.depth(found) > r.MAX_RULE_DEPTH:
        message = f"it is nested more than {r.MAX_RULE_DEPTH} levels deep"
        raise NotHeldError(message)
    if sum(1 for _ in r.nodes(found)) > r.MAX_RULE_NODES:
        message = f"it has more than {r.MAX_RULE_NODES:,} parts"
        raise NotHeldError(message)
    return found


def _parsed(text: str) -> x.Expression:
    try:
        return x.parse(text)
    except x.ExpressionError as error:
        raise NotHeldError(str(error)) from None

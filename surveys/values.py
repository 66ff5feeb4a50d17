"""How two values compare and combine; shared by every rule."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation, localcontext

#: What an operand comes to; None when the question has no real answer.
Value = Decimal | str | date | None


def is_equal(left: Value, right: Value) -> bool:
    """Return whether two values are the same; a missing value equals nothing."""
    if left is None or right is None:
        return False
    if type(left) is type(right):
        return left == right
    left, right = in_one_type(left, right)
    return left is not None and left == right


def order(left: Value, right: Value) -> int | None:
    """Return -1, 0 or 1 as left is before, equal to or after right; None when not comparable."""
    if left is None or right is None:
        return None
    if isinstance(left, str) or type(left) is not type(right):
        left, right = in_one_type(left, right)
        if left is None or right is None:
            return None
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return (left > right) - (left < right)
    if isinstance(left, date) and isinstance(right, date):
        return (left > right) - (left < right)
    return None


def in_one_type(left: Value, right: Value) -> tuple[Value, Value]:
    """Return both as days if either is one, else both as numbers; None for what is neither."""
    if isinstance(left, date) or isinstance(right, date):
        return as_day(left), as_day(right)
    return as_number(left), as_number(right)


def as_number(value: Value) -> Decimal | None:
    """Return a value as a number, or None; "3" is 3."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        number = Decimal(value.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def as_day(value: Value) -> date | None:
    """Return a value as a day, or None; ISO text counts."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None


def combine(op: str, left: Value, right: Value) -> Value:
    """Return the arithmetic result, or None when either side is missing or it has none."""
    if isinstance(left, date):
        return _shift(op, left, right)
    first, second = as_number(left), as_number(right)
    if first is None or second is None:
        return None
    try:
        with localcontext(prec=28):
            return _arithmetic(op, first, second)
    except (InvalidOperation, ZeroDivisionError, OverflowError):
        return None
    except ArithmeticError:
        return None


def rounded(value: Value, way: str) -> Value:
    """Return a number without decimals, rounded in one of the ways of `decimal`."""
    number = as_number(value)
    if number is None:
        return None
    try:
        return number.to_integral_value(way)
    except InvalidOperation:
        return None


def _shift(op: str, day: date, right: Value) -> Value:
    if op == "subtract" and isinstance(right, date):
        return Decimal((day - right).days)
    days = as_number(right)
    if days is None or op not in {"add", "subtract"}:
        return None
    try:
        return day + timedelta(days=int(days) * (1 if op == "add" else -1))
    except OverflowError:
        return None


def _arithmetic(op: str, first: Decimal, second: Decimal) -> Decimal:
    if op == "add":
        return first + second
    if op == "subtract":
        return first - second
    if op == "multiply":
        return first * second
    if op == "divide":
        return first / second
    return first % second

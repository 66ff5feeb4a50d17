"""LimeSurvey's expressions, rewritten into the grammar of `expressions`.

LimeSurvey writes `==`, `&&`, `!`, `is_empty(Q1)`, `Q1.NAOK`, and one variable for each answer of a
multiple choice (`Q3_SQ001 == "Y"`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from surveys.exchange import expressions as x

MAX_LENGTH = 20_000
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<literal>'[^']*'|"[^"]*")
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<operator><=|>=|==|!=|&&|\|\||=|<|>|!|\+|-|\*|/|%|\(|\)|,)
    | (?P<name>[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)
    )""",
    re.VERBOSE,
)
_SAME = {"==": "=", "&&": "and", "||": "or", "/": "div", "%": "mod"}
_WORDS = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_FUNCTIONS = {
    "intval": "int", "floatval": "number", "strlen": "string-length", "floor": "int",
    "is_numeric": "boolean", "trim": "string",
}  # fmt: skip
_SUFFIXES = ("NAOK", "code", "value", "shown", "valueNAOK")
#: Tells what one answer of a multiple choice is called: (question, answer), else None.
Splitter = Callable[[str], tuple[str, str] | None]


def parse(text: str, split: Splitter) -> x.Expression:
    """Return a LimeSurvey expression as a tree of ours.  Raises x.ExpressionError."""
    if len(text) > MAX_LENGTH:
        message = f"it is longer than {MAX_LENGTH:,} characters"
        raise x.ExpressionError(message)
    return _with_choices(x.parse(_rewritten(text)), split)


def _rewritten(text: str) -> str:
    parts: list[str] = []
    at, brackets = 0, 0
    closing: list[int] = []  # "!" opens a bracket that closes after the next part
    while at < len(text) and not text[at:].isspace():
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            message = f"“{text[at : at + 20].strip()}” is not understood"
            raise x.ExpressionError(message)
        at, kind, written = found.end(), found.lastgroup, found.group(found.lastgroup)
        if kind == "operator" and written == "!":
            parts.append("not(")
            closing.append(brackets)
            continue
        brackets += (written == "(") - (written == ")")
        is_call = kind == "name" and text[at:].lstrip().startswith("(")
        parts.append(_piece(kind, written, is_call=is_call))
        while closing and closing[-1] == brackets and not is_call and written != "(":
            parts.append(")")
            closing.pop()
    return " ".join(parts)


def _piece(kind: str, written: str, *, is_call: bool) -> str:
    if kind != "name":
        return _SAME.get(written, written)
    if written.lower() in {"and", "or"}:
        return written.lower()
    if written in _WORDS:
        return _WORDS[written]
    if is_call:
        return "empty" if written == "is_empty" else _FUNCTIONS.get(written, written)
    name, *suffixes = written.split(".")
    if any(suffix not in _SUFFIXES for suffix in suffixes):
        message = f"“{written}” is not held"
        raise x.ExpressionError(message)
    return "." if name in {"this", "self"} else f"${{{name}}}"


def _with_choices(tree: x.Expression, split: Splitter) -> x.Expression:
    """Turn variables that stand for one answer into selected(), and is_empty() into = ''."""
    if isinstance(tree, x.Many):
        return replace(tree, parts=tuple(_with_choices(part, split) for part in tree.parts))
    if isinstance(tree, x.Call):
        return _call(tree, split)
    if not isinstance(tree, x.Binary):
        return _one(tree, split) or tree
    chosen = _one(tree.left, split)
    if chosen is not None and isinstance(tree.right, x.Literal) and tree.op in {"=", "!="}:
        is_chosen = (tree.right.text == "Y") == (tree.op == "=")
        return chosen if is_chosen else x.Call("not", (chosen,))
    return replace(
        tree, left=_with_choices(tree.left, split), right=_with_choices(tree.right, split)
    )


def _call(tree: x.Call, split: Splitter) -> x.Expression:
    if tree.name == "empty" and len(tree.arguments) == 1:
        chosen = _one(tree.arguments[0], split)
        if chosen is not None:
            return x.Call("not", (chosen,))
        return x.Binary("=", tree.arguments[0], x.Literal(""))
    return replace(tree, arguments=tuple(_with_choices(one, split) for one in tree.arguments))


def _one(tree: x.Expression, split: Splitter) -> x.Expression | None:
    if not isinstance(tree, x.Reference):
        return None
    found = split(tree.name)
    if found is None:
        return None
    question, answer = found
    return x.Call("selected", (x.Reference(question), x.Literal(answer)))

"""The expressions of XLSForm (a part of XPath 1.0), parsed by our own grammar with limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: What Excel takes in a cell.
MAX_LENGTH = 32_767
MAX_TOKENS = 6_000
MAX_DEPTH = 40


class ExpressionError(ValueError):
    """An expression our grammar does not hold; the text says why and where."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in quotes."""

    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """`${name}`, or the last name of a path such as `../group/name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """A bare name: in a choice filter, a column of the choices sheet."""

    name: str


@dataclass(frozen=True, slots=True)
class Self:
    """`.`: the answer itself."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    """Two expressions and what stands between them."""

    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Many:
    """Two or more expressions joined by `and`, or by `or`."""

    op: str
    parts: tuple[Expression, ...]


Expression = Literal | Figure | Reference | Column | Self | Call | Binary | Many

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<literal>'[^']*'|"[^"]*")
    | (?P<reference>\$\{\s*[^${}\s]{1,200}\s*\})
    | (?P<figure>\d+(?:\.\d*)?|\.\d+)
    | (?P<path>(?:\.\./)+[^\W\d][\w.\-]*(?:/[^\W\d][\w.\-]*)*|(?:/[^\W\d][\w.\-]*)+)
    | (?P<operator><=|>=|!=|=|<|>|\+|\*|\(|\)|,|-)
    | (?P<dots>\.\.?)
    | (?P<name>[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)*)
    )""",
    re.VERBOSE,
)
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', " ": " "})
_WORDS = frozenset({"and", "or", "div", "mod"})
#: From loosest to tightest.
_LEVELS = (("or",), ("and",), ("=", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "div", "mod"))


def parse(text: str) -> Expression:
    """Return an expression as a tree.

    Raises ExpressionError for what the grammar does not hold and for more than MAX_LENGTH
    characters, MAX_TOKENS parts or MAX_DEPTH levels.
    """
    if len(text) > MAX_LENGTH:
        message = f"it is longer than {MAX_LENGTH:,} characters"
        raise ExpressionError(message)
    reader = _Reader(list(_tokens(text.translate(_QUOTES))))
    tree = reader.level(0, 0)
    reader.end()
    return tree


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    count = 0
    while at < len(text):
        if text[at:].isspace():
            return
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            message = f"“{text[at : at + 20].strip()}” is not understood"
            raise ExpressionError(message)
        count += 1
        if count > MAX_TOKENS:
            message = f"it has more than {MAX_TOKENS:,} parts"
            raise ExpressionError(message)
        kind, written = found.lastgroup, found.group(found.lastgroup)
        if kind == "name" and written in _WORDS:
            kind = "operator"
        yield _Token(kind, written, at)
        at = found.end()


class _Reader:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0

    def level(self, level: int, depth: int) -> Expression:
        """Read operators of one level of binding and everything tighter."""
        if depth > MAX_DEPTH:
            message = f"it is nested more than {MAX_DEPTH} levels deep"
            raise ExpressionError(message)
        if level == len(_LEVELS):
            return self._sign(depth)
        if level < 2:
            return self._joined(level, depth)
        left = self.level(level + 1, depth)
        while self._is_operator(_LEVELS[level]):
            op = self._take().text
            depth += 1  # a long sum is a deep tree
            left = Binary(op, left, self.level(level + 1, depth))
        return left

    def _joined(self, level: int, depth: int) -> Expression:
        op = _LEVELS[level][0]
        parts = [self.level(level + 1, depth)]
        while self._is_operator((op,)):
            self._take()
            parts.append(self.level(level + 1, depth))
        return parts[0] if len(parts) == 1 else Many(op, tuple(parts))

    def end(self) -> None:
        """Raise unless everything was read."""
        if self._next < len(self._tokens):
            raise self._not_understood()

    def _sign(self, depth: int) -> Expression:
        if self._is_operator(("-",)):
            self._take()
            return Binary("-", Figure("0"), self.level(len(_LEVELS), depth + 1))
        return self._part(depth)

    def _part(self, depth: int) -> Expression:
        if self._next >= len(self._tokens):
            message = "it ends too early"
            raise ExpressionError(message)
        token = self._take()
        if token.kind == "operator":
            return self._bracket(token, depth)
        if token.kind == "name":
            return self._name(token, depth)
        return _simple(token)

    def _bracket(self, token: _Token, depth: int) -> Expression:
        if token.text != "(":
            self._next -= 1
            raise self._not_understood()
        inside = self.level(0, depth + 1)
        self._expect(")")
        return inside

    def _name(self, token: _Token, depth: int) -> Expression:
        if not self._is_operator(("(",)):
            return Column(token.text)
        self._take()
        arguments: list[Expression] = []
        while not self._is_operator((")",)):
            arguments.append(self.level(0, depth + 1))
            if not self._is_operator((")",)):
                self._expect(",")
        self._expect(")")
        return Call(token.text.lower(), tuple(arguments))

    def _is_operator(self, wanted: tuple[str, ...]) -> bool:
        if self._next >= len(self._tokens):
            return False
        token = self._tokens[self._next]
        return token.kind == "operator" and token.text in wanted

    def _take(self) -> _Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _expect(self, text: str) -> None:
        if not self._is_operator((text,)):
            raise self._not_understood()
        self._take()

    def _not_understood(self) -> ExpressionError:
        if self._next >= len(self._tokens):
            return ExpressionError("it ends too early")
        return ExpressionError(f"“{self._tokens[self._next].text}” does not fit where it stands")


def _simple(token: _Token) -> Expression:
    if token.kind == "literal":
        return Literal(token.text[1:-1])
    if token.kind == "figure":
        return Figure(token.text)
    if token.kind == "reference":
        return Reference(token.text[2:-1].strip())
    if token.kind == "path":
        return Reference(token.text.rsplit("/", 1)[-1])
    if token.text == ".":
        return Self()
    message = "“..” alone names no question"
    raise ExpressionError(message)

"""Rules: what they mention exists, comes earlier, and is compared with its like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from surveys import rules as r
from surveys.compiled import expand, is_pattern
from surveys.kinds import ONE_OF, SEVERAL_OF, TEXT, Kind
from surveys.model import Question, Survey
from surveys.places import PlacedRule, all_rules
from surveys.problems import Code, Problem
from surveys.values import as_day, as_number


class Type(StrEnum):
    """What kind of value an operand has."""

    NUMBER = "a number"
    DAY = "a day"
    TEXT = "text"
    CHOICE = "a choice"
    ANY = "anything"


@dataclass(frozen=True, slots=True)
class Book:
    """What rules may refer to: pages by id with the position of their question; computed values."""

    pages: Mapping[str, tuple[Question, int]]
    computed: Mapping[str, tuple[r.OperandNode, int]]


def check_rules(survey: Survey) -> Iterator[Problem]:
    """Yield dangling and forward references, missing options, mixed types and bad patterns."""
    book = _book(survey)
    for number, computed in enumerate(survey.computed):
        at = f"computed.{computed.name}"
        yield from _size(computed.value, at)
        yield from _computed_references(computed.value, at, number, book)
        yield from _Typing(book, at).look(computed.value)
    for placed in all_rules(survey):
        yield from _size(placed.node, placed.where)
        yield from _references(placed, book)
        yield from _Typing(book, placed.where).look(placed.node)


def _book(survey: Survey) -> Book:
    pages: dict[str, tuple[Question, int]] = {}
    for position, question in enumerate(survey.questions):
        likert = question.kind is Kind.LIKERT
        for page in expand(question) if likert else (question,):
            pages.setdefault(page.id, (page, position))
    computed = {c.id: (c.value, n) for n, c in reversed(list(enumerate(survey.computed)))}
    return Book(pages, computed)


def _size(node: r.Node, at: str) -> Iterator[Problem]:
    count = sum(1 for _ in r.nodes(node))
    if count > r.MAX_RULE_NODES or r.depth(node) > r.MAX_RULE_DEPTH:
        message = (
            f"The rule is too large: at most {r.MAX_RULE_NODES} parts and"
            f" {r.MAX_RULE_DEPTH} levels."
        )
        yield Problem(Code.RULE_TOO_LARGE, at, message)


def _references(placed: PlacedRule, book: Book) -> Iterator[Problem]:
    for question in _all_questions(placed.node, book):
        found = book.pages.get(question)
        if found is None:
            message = f"The rule mentions a question that is not there ({question})."
            yield Problem(Code.DANGLING, placed.where, message)
        elif not _comes_before(found, placed):
            message = f"The rule mentions “{found[0].name}”, which is not asked before it."
            yield Problem(Code.FORWARD, placed.where, message)
    for computed in r.computed_in(placed.node):
        if computed not in book.computed:
            message = f"The rule mentions a computed value that is not there ({computed})."
            yield Problem(Code.DANGLING, placed.where, message)


def _comes_before(found: tuple[Question, int], placed: PlacedRule) -> bool:
    return found[1] < placed.position or (found[1] == placed.position and placed.own)


def _all_questions(node: r.Node, book: Book) -> tuple[str, ...]:
    """Return the questions a rule depends on, also through computed values."""
    found = dict.fromkeys(r.questions_in(node))
    waiting, done = list(r.computed_in(node)), set[str]()
    while waiting:
        computed = waiting.pop()
        if computed in done or computed not in book.computed:
            continue
        done.add(computed)
        value = book.computed[computed][0]
        found |= dict.fromkeys(q for q in r.questions_in(value) if q in book.pages)
        waiting.extend(r.computed_in(value))
    return tuple(found)


def _computed_references(
    value: r.OperandNode, at: str, number: int, book: Book
) -> Iterator[Problem]:
    for question in r.questions_in(value):
        if question not in book.pages:
            message = f"The value mentions a question that is not there ({question})."
            yield Problem(Code.DANGLING, at, message)
    for computed in r.computed_in(value):
        found = book.computed.get(computed)
        if found is None:
            message = f"The value mentions a computed value that is not there ({computed})."
            yield Problem(Code.DANGLING, at, message)
        elif found[1] >= number:
            yield Problem(Code.FORWARD, at, "A computed value can use only earlier ones.")


class _Typing:
    """Looks for operands of the wrong type in one rule."""

    def __init__(self, book: Book, at: str) -> None:
        self._book = book
        self._at = at

    def look(self, rule: r.Node) -> Iterator[Problem]:
        for node in r.nodes(rule):
            name = f"_look_{type(node).__name__.lower()}"
            looked = cast("Callable[[Any], Iterator[Problem]] | None", getattr(self, name, None))
            if looked is not None:
                yield from looked(node)

    def _look_selected(self, node: r.Selected) -> Iterator[Problem]:
        question = self._page(node.question)
        if question is None:
            return
        if question.kind not in ONE_OF | SEVERAL_OF:
            yield self._wrong(f"“{question.name}” has no answers to choose from.")
        elif question.option(node.option) is None:
            message = f"“{question.name}” has no answer with the id {node.option}."
            yield Problem(Code.OPTION_MISSING, self._at, message)

    def _look_countselected(self, node: r.CountSelected) -> Iterator[Problem]:
        question = self._page(node.question)
        if question is not None and question.kind not in ONE_OF | SEVERAL_OF:
            yield self._wrong(f"“{question.name}” has no answers to count.")

    def _look_lengthof(self, node: r.LengthOf) -> Iterator[Problem]:
        question = self._page(node.question)
        if question is not None and question.kind not in TEXT:
            yield self._wrong(f"“{question.name}” is not text, so it has no length.")

    def _look_matches(self, node: r.Matches) -> Iterator[Problem]:
        question = self._page(node.question)
        if question is not None and question.kind not in TEXT | {Kind.NUMBER}:
            yield self._wrong(f"“{question.name}” is not text, so no pattern fits it.")
        if not is_pattern(node.pattern):
            message = (
                "google-re2 cannot use this pattern (it has no look-around or back-references)."
            )
            yield Problem(Code.BAD_PATTERN, self._at, message)

    def _look_answered(self, node: r.Answered) -> Iterator[Problem]:
        question = self._page(node.question)
        if question is not None and question.kind is Kind.INFO:
            yield self._wrong(f"“{question.name}” is a page of information: nobody answers it.")

    def _look_gave(self, node: r.Gave) -> Iterator[Problem]:
        question = self._page(node.question)
        if question is None or node.code is r.NonAnswer.SKIPPED:
            return
        if node.code not in question.non_answers:
            yield self._wrong(f"“{question.name}” does not offer “{node.code.value}”.")

    def _look_compare(self, node: r.Compare) -> Iterator[Problem]:
        yield from self._mixed(node.left, node.right, ordered=node.op not in {"eq", "ne"})

    def _look_inrange(self, node: r.InRange) -> Iterator[Problem]:
        for end in (node.low, node.high):
            if end is not None:
                yield from self._mixed(node.value, end, ordered=True)

    def _look_sum(self, node: r.Sum) -> Iterator[Problem]:
        for side in (node.left, node.right):
            if self._type(side) is Type.TEXT and self._constant(side) is None:
                yield self._wrong("Text cannot be added or multiplied.")

    def _mixed(
        self, left: r.OperandNode, right: r.OperandNode, *, ordered: bool
    ) -> Iterator[Problem]:
        types = {self._type(left), self._type(right)} - {Type.ANY}
        if types == {Type.NUMBER, Type.DAY}:
            yield self._wrong("A number is compared with a day.")
        if ordered and Type.TEXT in types:
            yield self._wrong("Text has no order: it cannot be more or less than something.")
        elif types & {Type.NUMBER, Type.DAY} and Type.TEXT in types:
            yield self._wrong("Text is compared with a number or a day.")

    def _type(self, operand: r.OperandNode) -> Type:
        if isinstance(operand, r.AnswerOf):
            return self._type_of_answer(operand.question)
        if isinstance(operand, r.TextValue):
            return self._constant(operand) or Type.TEXT
        if isinstance(operand, r.DateValue | r.Today):
            return Type.DAY
        if isinstance(operand, r.NumberValue | r.CountSelected | r.LengthOf):
            return Type.NUMBER
        return Type.ANY  # sums and computed values may be numbers or days

    def _constant(self, operand: r.OperandNode) -> Type | None:
        """Text that reads as a number or a day may stand for one."""
        if not isinstance(operand, r.TextValue):
            return None
        is_like = as_number(operand.value) is not None or as_day(operand.value) is not None
        return Type.ANY if is_like else None

    def _type_of_answer(self, question_id: str) -> Type:
        question = self._page(question_id)
        if question is None:
            return Type.ANY
        if question.kind in {Kind.NUMBER, Kind.SCALE10}:
            return Type.NUMBER
        if question.kind is Kind.DATE:
            return Type.DAY
        return Type.TEXT if question.kind in TEXT else Type.ANY

    def _page(self, question_id: str) -> Question | None:
        found = self._book.pages.get(question_id)
        return found[0] if found else None

    def _wrong(self, message: str) -> Problem:
        return Problem(Code.TYPE_MISMATCH, self._at, message)

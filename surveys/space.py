"""The few answers to each question between which the rules of a survey can tell.

A rule that asks whether a number is over 17 cannot tell 18 from 90.  Taking one answer from
each side of every boundary covers all that rules can see, so a finite search can prove that a
page is never reached.  Where that is not so (patterns, sums, two answers compared, very long
lists), the candidates are marked inexact and nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import combinations, islice, pairwise, product
from math import prod

from surveys import rules as r
from surveys.answers import Answer, Chosen, Day, NoAnswer, Number, Words
from surveys.compiled import plan_of
from surveys.kinds import ONE_OF, SEVERAL_OF, TEXT, Kind
from surveys.model import Question, Survey
from surveys.places import PlacedRule, all_rules

#: Rules about today are looked at as if it were this day: any day will do, as long as it is fixed.
REFERENCE_DAY = date(2026, 6, 15)
MAX_SUBSET = 5
MAX_VALUED_OPTIONS = 60
MAX_COMBINATIONS = 4_000

Candidate = Answer | None


@dataclass(slots=True)
class Facts:
    """What all rules together ask about one question."""

    options: dict[str, None] = field(default_factory=dict)
    numbers: set[Decimal] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    texts: dict[str, None] = field(default_factory=dict)
    codes: dict[r.NonAnswer, None] = field(default_factory=dict)
    counted: bool = False
    measured: bool = False
    valued: bool = False
    exact: bool = True


class Space:
    """Candidate answers for the questions of one survey."""

    def __init__(self, survey: Survey, day: date = REFERENCE_DAY) -> None:
        self.survey = survey
        self.day = day
        self.plan = plan_of(survey)
        self._values = {c.id: c.value for c in reversed(survey.computed)}
        self._facts: dict[str, Facts] = {}
        self._candidates: dict[str, tuple[Candidate, ...]] = {}
        for placed in all_rules(survey):
            self._gather(placed.node)
        for computed in survey.computed:
            self._gather(computed.value)

    def candidates(self, question_id: str) -> tuple[Candidate, ...]:
        """Return answers that stand for all answers; the first is None unless required."""
        if question_id not in self._candidates:
            question = self.plan.by_id.get(question_id)
            found = () if question is None else self._make(question)
            self._candidates[question_id] = tuple(dict.fromkeys(found)) or (None,)
        return self._candidates[question_id]

    def is_exact(self, question_id: str) -> bool:
        """Return whether the candidates cover everything rules can tell apart."""
        self.candidates(question_id)
        return self._facts.get(question_id, Facts()).exact

    def questions_in(self, node: r.Node) -> tuple[str, ...]:
        """Return the questions a rule depends on, also through computed values."""
        found: dict[str, None] = {}
        waiting: list[r.Node] = [node]
        done: set[str] = set()
        while waiting:
            part = waiting.pop()
            found |= dict.fromkeys(r.questions_in(part))
            fresh = [c for c in r.computed_in(part) if c in self._values and c not in done]
            done.update(fresh)
            waiting.extend(self._values[computed] for computed in fresh)
        return tuple(found)

    # ---- what rules ask ----

    def _of(self, question_id: str) -> Facts:
        return self._facts.setdefault(question_id, Facts())

    def _gather(self, rule: r.Node) -> None:
        for node in r.nodes(rule):
            if isinstance(node, r.Selected):
                self._of(node.question).options[node.option] = None
            elif isinstance(node, r.Gave):
                self._of(node.question).codes[node.code] = None
            elif isinstance(node, r.Matches):
                self._of(node.question).exact = False
            elif isinstance(node, r.Compare | r.InRange | r.Sum):
                self._gather_comparison(node)

    def _gather_comparison(self, node: r.Compare | r.InRange | r.Sum) -> None:
        parts = list(self._opened(node))
        asked = [p for p in parts if isinstance(p, r.AnswerOf | r.CountSelected | r.LengthOf)]
        worked_out = any(isinstance(p, r.Sum | r.Rounded | r.Choose) for p in parts)
        simple = len(asked) <= 1 and not worked_out
        for part in asked:
            facts = self._of(part.question)
            facts.exact = facts.exact and simple
            facts.counted = facts.counted or isinstance(part, r.CountSelected)
            facts.measured = facts.measured or isinstance(part, r.LengthOf)
            facts.valued = facts.valued or isinstance(part, r.AnswerOf)
            self._add_constants(facts, parts)

    def _opened(self, node: r.Node, depth: int = 0) -> Iterator[r.Node]:
        for part in r.nodes(node):
            yield part
            if isinstance(part, r.ComputedValue) and part.computed in self._values and depth < 8:
                yield from self._opened(self._values[part.computed], depth + 1)

    def _add_constants(self, facts: Facts, parts: Iterable[r.Node]) -> None:
        for part in parts:
            if isinstance(part, r.NumberValue):
                facts.numbers.add(part.value)
            elif isinstance(part, r.DateValue):
                facts.days.add(part.value)
            elif isinstance(part, r.Today):
                facts.days.add(self.day + timedelta(days=part.days))
            elif isinstance(part, r.TextValue):
                facts.texts[part.value] = None

    # ---- answers that tell them apart ----

    def _make(self, question: Question) -> Iterator[Candidate]:
        facts = self._of(question.id)
        if not question.required:
            yield None
        for code in question.non_answers:
            if code in facts.codes or r.NonAnswer.SKIPPED in facts.codes:
                yield NoAnswer(code)
        yield from self._answers(question, facts)

    def _answers(self, question: Question, facts: Facts) -> Iterable[Answer]:
        if question.kind in ONE_OF:
            return _single(question, facts)
        if question.kind in SEVERAL_OF:
            return _several(question, facts)
        if question.kind in {Kind.NUMBER, Kind.SCALE10}:
            return [Number(value) for value in _numbers(question, facts)]
        if question.kind is Kind.DATE:
            return [Day(day) for day in self._days(question, facts)]
        return _texts(facts) if question.kind in TEXT else []

    def _days(self, question: Question, facts: Facts) -> list[date]:
        first, last = self._bound(question.earliest), self._bound(question.latest)
        known = facts.days | {day for day in (first, last) if day} or {self.day}
        near = {day + timedelta(days=shift) for day in known for shift in (-1, 0, 1)}
        return sorted(d for d in near if (not first or d >= first) and (not last or d <= last))

    def _bound(self, bound: date | str | None) -> date | None:
        return bound if isinstance(bound, date) else self.day if bound else None


def can_hold(placed: PlacedRule, space: Space) -> bool | None:
    """Return whether any answers make a rule hold: True, False, or None when not decided.

    A rule about the page's own answer (validation) is looked at for real answers only.
    """
    questions = space.questions_in(placed.node)
    if any(question not in space.plan.by_id for question in questions):
        return None
    choices = [_given(q, placed, space) for q in questions]
    if not all(choices):
        return None
    test = space.plan.test(placed.node)  # type: ignore[arg-type]  # callers pass rules only
    for combination in islice(product(*choices), MAX_COMBINATIONS):
        seen = {q: a for q, a in zip(questions, combination, strict=True) if a is not None}
        if test(seen, space.day):
            return True
    exact = all(map(space.is_exact, questions))
    return False if exact and prod(map(len, choices)) <= MAX_COMBINATIONS else None


def _given(question_id: str, placed: PlacedRule, space: Space) -> list[Candidate]:
    candidates = space.candidates(question_id)
    if ".validation." in placed.where and question_id == placed.question.id:
        return [c for c in candidates if c is not None and not isinstance(c, NoAnswer)]
    return list(candidates)


def _single(question: Question, facts: Facts) -> Iterator[Chosen]:
    live = [option.id for option in question.live_options]
    mentioned = [option for option in live if option in facts.options]
    if facts.valued:
        facts.exact = facts.exact and len(live) <= MAX_VALUED_OPTIONS
        mentioned = live[:MAX_VALUED_OPTIONS]
    others = [option for option in live if option not in mentioned]
    for option in mentioned + others[:1]:
        yield Chosen((option,))


def _several(question: Question, facts: Facts) -> Iterator[Chosen]:
    live = [option.id for option in question.live_options]
    mentioned = [option for option in live if option in facts.options]
    others = [option for option in live if option not in facts.options]
    if facts.valued or len(mentioned) > MAX_SUBSET:
        facts.exact = False
    extra = len(others) if facts.counted else min(1, len(others))
    alone = {option.id for option in question.live_options if option.exclusive}
    for subset in _subsets(mentioned):
        for more in range(min(extra, 12) + 1):
            chosen = (*subset, *others[:more])
            if chosen and _is_allowed(chosen, alone, question):
                yield Chosen(tuple(option for option in live if option in chosen))
    for option in others:  # an exclusive one may be the only other there is
        if option in alone:
            yield Chosen((option,))


def _subsets(options: list[str]) -> Iterator[tuple[str, ...]]:
    sizes = range(len(options) + 1) if len(options) <= MAX_SUBSET else (0, 1, 2, len(options))
    for size in sizes:
        yield from combinations(options, size)


def _is_allowed(chosen: tuple[str, ...], alone: set[str], question: Question) -> bool:
    if len(chosen) == 1 and chosen[0] in alone:
        return True
    least, most = question.min_choices or 1, question.max_choices or len(chosen)
    return alone.isdisjoint(chosen) and least <= len(chosen) <= most


def _numbers(question: Question, facts: Facts) -> list[Decimal]:
    scale = question.kind is Kind.SCALE10
    low = Decimal(0) if scale else question.minimum
    high = Decimal(10) if scale else question.maximum
    bounds = {bound for bound in (low, high) if bound is not None}
    near = set(_around(facts.numbers | bounds or {Decimal(0)}))
    if question.whole or scale:
        near = {n.to_integral_value(way) for n in near for way in (ROUND_FLOOR, ROUND_CEILING)}
    return sorted(n for n in near if (low is None or n >= low) and (high is None or n <= high))


def _around(numbers: set[Decimal]) -> Iterator[Decimal]:
    ordered = sorted(numbers)
    for number in ordered:
        yield from (number - 1, number, number + 1)
    for first, second in pairwise(ordered):
        yield (first + second) / 2


def _texts(facts: Facts) -> Iterator[Words]:
    yield Words("words")
    for text in facts.texts:
        if text.strip():
            yield Words(text)
    for number in facts.numbers:
        facts.exact = False
        if facts.measured:
            for length in (int(number) - 1, int(number), int(number) + 1):
                if 0 < length <= 5_000:
                    yield Words("x" * length)
        else:
            for value in (number - 1, number, number + 1):
                yield Words(str(value))

"""Learning gaps: the head, what goes with what, the gate, the ranker and the choices.

Whether an answer holds a gap is learned with its tone, over all reviewed answers. Which need and
which barrier is learned from gaps alone and from phrases (`codebooks/gap_phrases.yml`), because
among all answers each is too rare. Offers declined and needs met teach the gate as answers without
a gap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from nlp.codebook import SHIPPED, Codebook
from nlp.coder.calibrate import Doubles, Platt, f1, fit_platt
from nlp.coder.choose import Choice, fit_choice, fit_weights
from nlp.coder.gap_signs import signs_of, words_of
from nlp.coder.gaps import (
    INPUTS,
    GapModel,
    GapScores,
    Habits,
    choice_inputs,
    cut,
    pair_inputs,
    present_inputs,
)
from nlp.coder.lessons import Lesson
from nlp.coder.ridge import Head, Rows, fit
from nlp.coder.themes import units_of
from nlp.coder.units import Space, Unit
from nlp.coding import Gap

PHRASES = SHIPPED / "gap_phrases.yml"
CLAUSE_WEIGHT = 0.7
PHRASE_WEIGHT = 1.5  # beside a reviewed gap: best of .5 to 2 in cross-validation
_START = np.array([3.0, 0.3, 3.0, 1.0, 0.3, 1.0, 3.0, 1.0, 0.1, 1.0])
_FIRST = (3.0, 2.0, 1.0)  # of whole, best clause and words, where a choice starts
_RANK_PENALTY = 0.5
STATED = 3  # times a written statement counts with the gate
_SMOOTHING = 0.5


@dataclass(frozen=True, slots=True)
class FittedGaps:
    """A gap model and what cross-fitting says of the lessons it learned from.

    Attributes:
        found: Gaps of each lesson.
        scores: Held-out scores of needs and barriers, shape (units, needs + barriers).
    """

    model: GapModel
    found: list[tuple[Gap, ...]]
    scores: Doubles


def fit_gaps(
    space: Space,
    book: Codebook,
    lessons: Sequence[Lesson],
    phrases: Mapping[str, Unit],
    present: NDArray[Any],
    themes: Doubles,
    plain: Sequence[tuple[str, bool, float]] = (),
) -> FittedGaps:
    """Fit on lessons whose gaps were reviewed.

    Args:
        phrases: Units by text for every text of `phrase_texts(book)` and of `plain`.
        present: Held-out scores of any gap for `units_of` the lessons' reads, shape (units,).
        themes: Held-out theme chances of the lessons, shape (lessons, themes).
        plain: Written statements for the gate: text, whether it holds a gap, held-out score.
    """
    reads = [lesson.read for lesson in lessons]
    units = units_of(reads)
    groups = np.concatenate(
        [np.full(1 + len(r.clauses), i, dtype=np.int64) for i, r in enumerate(reads)]
        + [np.zeros(len(plain), dtype=np.int64)]
    )
    probes = [*units, *(phrases[text] for text, _, _ in plain)]
    fitted = fit(space, _rows(book, lessons, phrases), probes, groups)
    said, stated = fitted.held_out[: len(units)], fitted.held_out[len(units) :]
    scores = cut(present, said, reads, themes)
    others = [
        (GapScores(np.concatenate([[any_gap], row])[None], signs_of(text), np.zeros(0)), holds)
        for (text, holds, any_gap), row in zip(plain, stated, strict=True)
    ]
    model = ranked(book, fitted.head, scores, lessons, others * STATED)
    found = [model.find(s, r) for s, r in zip(scores, reads, strict=True)]
    return FittedGaps(model, found, said)


def ranked(
    book: Codebook,
    head: Head,
    scores: Sequence[GapScores],
    lessons: Sequence[Lesson],
    plain: Sequence[tuple[GapScores, bool]] = (),
    habits: Habits | None = None,
) -> GapModel:
    """Fit gate, habits, ranker and choices on held-out scores of lessons with reviewed gaps."""
    pairs = [_pairs(book, lesson) for lesson in lessons]
    habits = habits or _habits(book, scores, pairs)
    present, gate = _fit_gate(len(book.needs), scores, [bool(p) for p in pairs], plain)
    taught = [
        (s, words_of(lesson.read.prepared.text, book.needs, book.barriers), p)
        for s, lesson, p in zip(scores, lessons, pairs, strict=True)
        if p
    ]
    shape = (len(book.needs), len(book.barriers))
    inputs = [pair_inputs(s, words, habits)[0].reshape(-1, INPUTS) for s, words, _ in taught]
    marks = [_marked(p, shape).ravel() for _, _, p in taught]
    flat = np.array(inputs).reshape(len(inputs), -1, INPUTS)
    ranker = fit_weights(flat, np.array(marks, dtype=bool), _START, _RANK_PENALTY)
    need, barrier = _fit_choices(taught, shape, len(habits.needs.T))
    return GapModel(book.needs, book.barriers, head, habits, present, ranker, need, barrier, gate)


def _fit_gate(
    needs: int,
    scores: Sequence[GapScores],
    held: Sequence[bool],
    plain: Sequence[tuple[GapScores, bool]],
) -> tuple[Platt, float]:
    inputs = np.stack([present_inputs(s, needs) for s in (*scores, *(s for s, _ in plain))])
    truth = np.array([*held, *(holds for _, holds in plain)])
    start = Platt((0.0,) * inputs.shape[1], 0.0)
    present = fit_platt(inputs, truth.astype(np.float64), start, 1.0)
    chances = present.apply(inputs[: len(held)])
    own = np.array(held, dtype=bool)
    gate = max(np.linspace(0.25, 0.7, 46), key=lambda g: f1(chances >= g, own))
    return present, float(gate)


def _fit_choices(
    taught: Sequence[tuple[GapScores, Doubles, set[tuple[int, int]]]],
    shape: tuple[int, int],
    themes: int,
) -> tuple[Choice, Choice]:
    needs, barriers = shape
    each = [(choice_inputs(s, w), n, b) for s, w, pairs in taught for n, b in sorted(pairs)]
    width = 3 * (needs + barriers) + themes + 4
    start = np.zeros((width + 1, needs))
    given = np.zeros((width + needs + 1, barriers))
    for part, first in enumerate(_FIRST):
        at = part * (needs + barriers)
        start[at : at + needs] = first * np.eye(needs)
        given[at + needs : at + needs + barriers] = first * np.eye(barriers)
    inputs = np.array([x for x, _, _ in each]).reshape(len(each), width)
    of_need = np.array([n for _, n, _ in each], dtype=np.int64)
    with_need = np.hstack([inputs, np.eye(needs)[of_need]])
    of_barrier = np.array([b for _, _, b in each], dtype=np.int64)
    return fit_choice(inputs, of_need, start), fit_choice(with_need, of_barrier, given)


def _marked(pairs: set[tuple[int, int]], shape: tuple[int, int]) -> NDArray[np.bool_]:
    marks = np.zeros(shape, dtype=bool)
    for pair in pairs:
        marks[pair] = True
    return marks


def _pairs(book: Codebook, lesson: Lesson) -> set[tuple[int, int]]:
    return {
        (book.needs.index(g.need), book.barriers.index(g.barrier))
        for g in lesson.example.gaps or ()
        if g.need in book.needs and g.barrier in book.barriers
    }


def _habits(
    book: Codebook, scores: Sequence[GapScores], pairs: Sequence[set[tuple[int, int]]]
) -> Habits:
    width = len(scores[0].themes) if scores else 0
    together = np.zeros((len(book.needs), len(book.barriers)))
    needs, barriers = np.zeros((len(book.needs), width)), np.zeros((len(book.barriers), width))
    for score, own in zip(scores, pairs, strict=True):
        for need, barrier in own:
            together[need, barrier] += 1
            needs[need] += score.themes
            barriers[barrier] += score.themes
    return Habits(_lift(together), _lift(needs), _lift(barriers))


def _lift(counts: Doubles) -> Doubles:
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True)
    expected = expected / max(float(counts.sum()), 1.0)
    result: Doubles = np.log((counts + _SMOOTHING) / (expected + _SMOOTHING))
    return result


def phrase_texts(book: Codebook) -> list[tuple[str, str | None, str | None]]:
    """(text, need, barrier) of every phrase; an id without phrases gives its own words."""
    known = yaml.safe_load(PHRASES.read_text(encoding="utf-8"))
    found: list[tuple[str, str | None, str | None]] = []
    for need in book.needs:
        texts = known["needs"].get(need, [f"needed {need.replace('_', ' ')}"])
        found += [(text, need, None) for text in texts]
    for barrier in book.barriers:
        texts = known["barriers"].get(barrier, [barrier.replace("_", " ")])
        found += [(text, None, barrier) for text in texts]
    return found


def _rows(book: Codebook, lessons: Sequence[Lesson], phrases: Mapping[str, Unit]) -> Rows:
    units: list[Unit] = []
    targets: list[Doubles] = []
    weights: list[float] = []
    groups: list[int] = []

    def add(unit: Unit, needs: set[str] | None, barriers: set[str] | None) -> None:
        units.append(unit)
        targets.append(np.concatenate([_marks(book.needs, needs), _marks(book.barriers, barriers)]))

    for number, lesson in enumerate(lessons):
        gaps = lesson.example.gaps or ()
        if not gaps:
            continue
        add(lesson.read.whole, {g.need for g in gaps}, {g.barrier for g in gaps})
        weights.append(1.0)
        groups.append(number)
        if lesson.clause_gaps is None or len(lesson.read.clauses) < 2:
            continue
        for unit, pairs in zip(lesson.read.clauses, lesson.clause_gaps, strict=True):
            if pairs:
                add(unit, {n for n, _ in pairs}, {b for _, b in pairs})
                weights.append(CLAUSE_WEIGHT)
                groups.append(number)
    for text, need, barrier in phrase_texts(book):
        add(phrases[text], {need} if need else None, {barrier} if barrier else None)
        weights.append(PHRASE_WEIGHT)
        groups.append(-1)
    return Rows(units, np.array(targets), np.array(weights), np.array(groups, dtype=np.int64))


def _marks(names: Sequence[str], held: set[str] | None) -> Doubles:
    """0 or 1 for each name, nan where nothing is known."""
    return np.array([float("nan") if held is None else float(name in held) for name in names])

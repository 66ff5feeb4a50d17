"""Gaps: what somebody needed and did not get, and what stood in the way.

Whether an answer holds a gap is learned with its tone, over all reviewed answers. Which need and
which barrier is learned from gaps alone and from phrases (`codebooks/gap_phrases.yml`), because
among all answers each is too rare. A ranker then weighs the pairs: do need and barrier meet in one
clause, do they go together, do they go with the answer's themes. Offers declined and needs met
teach the gate as answers without a gap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

from nlp.codebook import SHIPPED, Codebook
from nlp.coder.calibrate import Doubles, Platt, f1, fit_platt
from nlp.coder.gap_signs import is_settled, signs_of
from nlp.coder.intake import Read
from nlp.coder.lessons import Lesson
from nlp.coder.ridge import Head, Ints, Rows, fit
from nlp.coder.themes import units_of
from nlp.coder.units import Space, Unit
from nlp.coding import Gap
from nlp.durations import duration_days

PHRASES = SHIPPED / "gap_phrases.yml"
CLAUSE_WEIGHT = 0.7
PHRASE_WEIGHT = 1.5  # beside a reviewed gap: best of .5 to 2 in cross-validation
SECOND_PAIR = 0.3  # a further gap must be this likely of its own: one answer in forty has two
MOST = 2
INPUTS = 8
_RANK_PENALTY = 0.5
_SMOOTHING = 0.5


@dataclass(frozen=True, slots=True)
class GapScores:
    """Scores of one answer: any gap, needs, barriers; whole answer first, then its clauses.

    Attributes:
        rows: Shape (1 + clauses, 1 + needs + barriers).
        signs: Shape (5,), from `signs_of`.
        themes: Chances of the answer's themes, shape (themes,).
    """

    rows: Doubles
    signs: Doubles
    themes: Doubles


@dataclass(frozen=True, slots=True)
class Habits:
    """What goes with what among reviewed gaps, as log odds above chance.

    Attributes:
        pairs: Shape (needs, barriers).
        needs, barriers: With each theme, shapes (needs, themes) and (barriers, themes).
    """

    pairs: Doubles
    needs: Doubles
    barriers: Doubles


@dataclass(frozen=True, slots=True)
class GapModel:
    """Head, habits, gate and ranker over the lists of one codebook.

    Attributes:
        ranker: Weights of `pair_inputs`, shape (INPUTS,).
        gate: Above this chance an answer holds a gap.
    """

    needs: tuple[str, ...]
    barriers: tuple[str, ...]
    head: Head
    habits: Habits
    present: Platt
    ranker: Doubles
    gate: float

    def find(self, scores: GapScores, read: Read) -> tuple[Gap, ...]:
        """Gaps of one answer, likeliest first; each pair and each need at most once."""
        if read.prepared.nil or not self.needs or not self.barriers:
            return ()
        if is_settled(read.prepared.text):
            return ()
        chance = self.chance(scores)
        if chance < self.gate:
            return ()
        inputs, clauses = pair_inputs(scores, self.habits)
        likely = softmax(inputs @ self.ranker)
        found: list[Gap] = []
        for at in np.argsort(-likely.ravel(), kind="stable"):
            need, barrier = divmod(int(at), len(self.barriers))
            if found and (likely[need, barrier] < SECOND_PAIR or len(found) == MOST):
                break
            if self.needs[need] not in {g.need for g in found}:
                sure = chance * float(likely[need, barrier])
                found.append(self._gap(read, need, barrier, int(clauses[need, barrier]), sure))
        return tuple(found)

    def chance(self, scores: GapScores) -> float:
        """Chance that the answer holds any gap."""
        return float(self.present.apply(present_inputs(scores, len(self.needs))))

    def _gap(self, read: Read, need: int, barrier: int, clause: int, likely: float) -> Gap:
        ranges = read.prepared.clauses
        start, end = ranges[clause] if ranges else (0, len(read.prepared.text))
        span = read.prepared.span(start, end)
        days = duration_days(read.prepared.text[start:end])
        if days is None and self.barriers[barrier] == "waiting":
            days = duration_days(read.prepared.text)
        return Gap(self.needs[need], self.barriers[barrier], span.start, span.end, likely, days)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays to store."""
        return self.head.to_arrays("gaps") | {
            "gaps.pairs": self.habits.pairs,
            "gaps.needs": self.habits.needs,
            "gaps.barriers": self.habits.barriers,
            "gaps.ranker": self.ranker,
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain values to store."""
        return {
            "needs": list(self.needs),
            "barriers": list(self.barriers),
            "present": [*self.present.weights, self.present.bias],
            "gate": self.gate,
        }

    @classmethod
    def from_stored(
        cls, arrays: Mapping[str, NDArray[Any]], stored: Mapping[str, Any]
    ) -> "GapModel":
        """Read what `to_arrays` and `to_dict` gave."""
        *present, present_bias = stored["present"]
        return cls(
            tuple(stored["needs"]),
            tuple(stored["barriers"]),
            Head.from_arrays(arrays, "gaps"),
            Habits(arrays["gaps.pairs"], arrays["gaps.needs"], arrays["gaps.barriers"]),
            Platt(tuple(present), present_bias),
            arrays["gaps.ranker"],
            float(stored["gate"]),
        )


def cut(
    present: NDArray[Any], scores: NDArray[Any], reads: Sequence[Read], themes: Doubles
) -> list[GapScores]:
    """Cut scores of `units_of(reads)` back into answers.

    `present` (units,) says how likely any gap is, `scores` are the head's, `themes` has shape
    (answers, themes).
    """
    joined = np.hstack([np.asarray(present)[:, None], scores])
    found, at = [], 0
    for i, read in enumerate(reads):
        stop = at + 1 + len(read.clauses)
        rows = np.asarray(joined[at:stop], dtype=np.float64)
        found.append(GapScores(rows, signs_of(read.prepared.text), themes[i]))
        at = stop
    return found


def present_inputs(scores: GapScores, needs: int) -> Doubles:
    """What the gate reads, shape (10,)."""
    whole, best = scores.rows[0], scores.rows.max(axis=0)
    needed, barred = best[1 : 1 + needs].max(initial=0), best[1 + needs :].max(initial=0)
    return np.array([whole[0], best[0], needed, barred, needed * barred, *scores.signs])


def pair_inputs(scores: GapScores, habits: Habits) -> tuple[Doubles, Ints]:
    """What the ranker reads, shape (needs, barriers, INPUTS), and the best clause of each pair."""
    needs = habits.pairs.shape[0]
    whole = scores.rows[0]
    parts = scores.rows[1:] if len(scores.rows) > 1 else scores.rows
    likely = parts[:, :1]  # a clause that holds no gap says little about which
    need, barrier = parts[:, 1 : 1 + needs] + likely, parts[:, 1 + needs :] + likely
    joint = need[:, :, None] + barrier[:, None, :]
    ones = np.ones_like(habits.pairs)
    inputs = np.stack(
        [
            joint.max(axis=0),
            whole[1 : 1 + needs, None] * ones,
            whole[None, 1 + needs :] * ones,
            need.max(axis=0)[:, None] * ones,
            barrier.max(axis=0)[None, :] * ones,
            habits.pairs,
            (habits.needs @ scores.themes)[:, None] * ones,
            (habits.barriers @ scores.themes)[None, :] * ones,
        ],
        axis=-1,
    )
    return inputs, joint.argmax(axis=0)


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
) -> FittedGaps:
    """Fit on lessons whose gaps were reviewed.

    Args:
        phrases: Units by text for every text of `phrase_texts(book)`.
        present: Held-out scores of any gap for `units_of` the lessons' reads, shape (units,).
        themes: Held-out theme chances of the lessons, shape (lessons, themes).
    """
    reads = [lesson.read for lesson in lessons]
    groups = np.concatenate(
        [np.full(1 + len(r.clauses), i, dtype=np.int64) for i, r in enumerate(reads)]
    )
    fitted = fit(space, _rows(book, lessons, phrases), units_of(reads), groups)
    scores = cut(present, fitted.held_out, reads, themes)
    model = ranked(book, fitted.head, scores, lessons)
    found = [model.find(s, r) for s, r in zip(scores, reads, strict=True)]
    return FittedGaps(model, found, fitted.held_out)


def ranked(
    book: Codebook, head: Head, scores: Sequence[GapScores], lessons: Sequence[Lesson]
) -> GapModel:
    """Fit gate, habits and ranker on held-out scores of lessons whose gaps were reviewed."""
    pairs = [_pairs(book, lesson) for lesson in lessons]
    habits = _habits(book, scores, pairs)
    held = np.array([float(bool(p)) for p in pairs])
    inputs = np.stack([present_inputs(s, len(book.needs)) for s in scores])
    present = fit_platt(inputs, held, Platt((0.0,) * inputs.shape[1], 0.0), 1.0)
    chances = present.apply(inputs)
    truth = held > 0
    gate = max(np.linspace(0.25, 0.7, 46), key=lambda g: f1(chances >= g, truth))
    ranker = _fit_ranker(
        [pair_inputs(s, habits)[0] for s, p in zip(scores, pairs, strict=True) if p],
        [p for p in pairs if p],
    )
    return GapModel(book.needs, book.barriers, head, habits, present, ranker, float(gate))


def _fit_ranker(inputs: Sequence[Doubles], pairs: Sequence[set[tuple[int, int]]]) -> Doubles:
    """Weights that make the reviewed pair the likeliest of all; a conditional logit.

    Source: McFadden (1974).
    """
    start = np.array([3.0, 3.0, 3.0, 1.0, 1.0, 0.3, 0.3, 0.1])
    if not inputs:
        return start
    flat = np.stack([x.reshape(-1, INPUTS) for x in inputs])
    marks = np.zeros(flat.shape[:2])
    width = inputs[0].shape[1]
    for row, own in enumerate(pairs):
        for need, barrier in own:
            marks[row, need * width + barrier] = 1.0

    def loss(w: Doubles) -> tuple[float, Doubles]:
        z = flat @ w
        chance = softmax(z, axis=1)
        right = softmax(np.where(marks > 0, z, -np.inf), axis=1)
        value = (logsumexp(z, axis=1) - logsumexp(z, axis=1, b=marks)).sum()
        slope = np.einsum("rp,rpi->i", chance - right, flat)
        away = w - start
        return float(value + 0.5 * _RANK_PENALTY * away @ away), slope + _RANK_PENALTY * away

    found: Doubles = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return found


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

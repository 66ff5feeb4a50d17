"""Gaps: what somebody needed and did not get, and what stood in the way.

A ridge head scores every clause, in its context, for any gap, each need and each barrier. A ranker
then weighs the pairs: do need and barrier meet in one clause, do they go together in the answers
people coded, does the answer decline, praise or merely imagine. Offers declined and needs met teach
the head as answers without a gap.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.codebook import Codebook
from nlp.coder.calibrate import Doubles, Platt, fit_platt
from nlp.coder.intake import Read
from nlp.coder.lessons import Lesson
from nlp.coder.ridge import Head, Rows, fit
from nlp.coder.themes import units_of
from nlp.coder.types import Gap
from nlp.coder.units import Space, Unit
from nlp.durations import duration_days

CLAUSE_WEIGHT = 0.7
SECOND_PAIR = 0.42  # a further pair needs this chance of its own; the first only a gap to belong to
MOST = 3  # gaps of one answer; no reviewed answer has more
_PAIR_SMOOTHING = 0.5
_DECLINED = re.compile(
    r"\b(?:(?:said|told them|told her|told him) no\b|turned? (?:it|them|him|her|that|both) down"
    r"|declined|did ?n[o']?t (?:want|need|fancy|take (?:it|them) up)|do ?n[o']?t need|no need"
    r"|was ?n[o']?t for me|no thank(?:s| you)|my choice|i chose not)",
    re.IGNORECASE,
)
_IMAGINED = re.compile(
    r"\b(?:would(?:'ve| have|n't)?|could(?:'ve| have)|should(?:'ve| have|n't)?|wish|if only"
    r"|wud|shud|ought to|needed|need|wanted)\b",
    re.IGNORECASE,
)
_REFUSED_SENSE = re.compile(
    r"\b(?:no ?(?:one|body)|never|nothing|not|still|without|waiting|waited|nowhere|nor|neither|none"
    r"|couldn't|can't|cant|didn't|didnt|wouldn't|won't|isn't|no)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class GapScores:
    """Scores of one answer: any gap, needs, barriers; whole answer first, then its clauses.

    Attributes:
        rows: Shape (1 + clauses, 1 + needs + barriers).
        signs: Shape (3,): declined, imagined, denied words per answer.
    """

    rows: Doubles
    signs: Doubles


@dataclass(frozen=True, slots=True)
class GapModel:
    """Head, pair habits and ranker over the lists of one codebook.

    Attributes:
        habits: Log odds of a pair above chance among reviewed answers, shape (needs, barriers).
        gate: Above this chance an answer holds a gap.
    """

    needs: tuple[str, ...]
    barriers: tuple[str, ...]
    head: Head
    habits: Doubles
    present: Platt
    pair: Platt
    gate: float

    def find(self, scores: GapScores, read: Read) -> tuple[Gap, ...]:
        """Gaps of one answer, likeliest first; each pair and each need at most once."""
        if read.prepared.nil or not self.needs or not self.barriers:
            return ()
        chance = self.chance(scores)
        if chance < self.gate:
            return ()
        pairs, clauses = pair_inputs(scores, self.habits)
        likely = self.pair.apply(pairs)
        found: list[Gap] = []
        for at in np.argsort(-likely.ravel(), kind="stable"):
            need, barrier = divmod(int(at), len(self.barriers))
            enough = not found or likely[need, barrier] * chance >= SECOND_PAIR * self.gate
            if not enough or len(found) == MOST:
                break
            if self.needs[need] in {g.need for g in found}:
                continue
            found.append(
                self._gap(
                    read, need, barrier, int(clauses[need, barrier]), float(likely[need, barrier])
                )
            )
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
        return self.head.to_arrays("gaps") | {"gaps.habits": self.habits}

    def to_dict(self) -> dict[str, Any]:
        """Plain values to store."""
        return {
            "needs": list(self.needs),
            "barriers": list(self.barriers),
            "present": [*self.present.weights, self.present.bias],
            "pair": [*self.pair.weights, self.pair.bias],
            "gate": self.gate,
        }

    @classmethod
    def from_stored(
        cls, arrays: Mapping[str, NDArray[Any]], stored: Mapping[str, Any]
    ) -> "GapModel":
        """Read what `to_arrays` and `to_dict` gave."""
        *present, present_bias = stored["present"]
        *pair, pair_bias = stored["pair"]
        return cls(
            tuple(stored["needs"]),
            tuple(stored["barriers"]),
            Head.from_arrays(arrays, "gaps"),
            np.asarray(arrays["gaps.habits"], dtype=np.float64),
            Platt(tuple(present), present_bias),
            Platt(tuple(pair), pair_bias),
            float(stored["gate"]),
        )


def signs_of(text: str) -> Doubles:
    """Whether an answer declines, imagines or denies; shape (3,)."""
    patterns = (_DECLINED, _IMAGINED, _REFUSED_SENSE)
    return np.array([float(bool(p.search(text))) for p in patterns])


def cut(scores: NDArray[Any], reads: Sequence[Read]) -> list[GapScores]:
    """Cut scores of `units_of(reads)` back into answers."""
    found, at = [], 0
    for read in reads:
        stop = at + 1 + len(read.clauses)
        rows = np.asarray(scores[at:stop], dtype=np.float64)
        found.append(GapScores(rows, signs_of(read.prepared.text)))
        at = stop
    return found


def present_inputs(scores: GapScores, needs: int) -> Doubles:
    """What the gate reads, shape (8,)."""
    whole, best = scores.rows[0], scores.rows[1:].max(axis=0, initial=-1.0)
    best = np.maximum(best, whole)
    needed, barred = best[1 : 1 + needs].max(initial=0), best[1 + needs :].max(initial=0)
    return np.array([whole[0], best[0], needed, barred, needed * barred, *scores.signs])


def pair_inputs(scores: GapScores, habits: Doubles) -> tuple[Doubles, NDArray[np.int64]]:
    """What the ranker reads, shape (needs, barriers, 6), and the best clause of each pair."""
    needs = habits.shape[0]
    whole = scores.rows[0]
    parts = scores.rows[1:] if len(scores.rows) > 1 else scores.rows
    need, barrier = parts[:, 1 : 1 + needs], parts[:, 1 + needs :]
    joint = need[:, :, None] + barrier[:, None, :]
    ones = np.ones_like(habits)
    inputs = np.stack(
        [
            joint.max(axis=0),
            whole[1 : 1 + needs, None] * ones,
            whole[None, 1 + needs :] * ones,
            need.max(axis=0)[:, None] * ones,
            barrier.max(axis=0)[None, :] * ones,
            habits,
        ],
        axis=-1,
    )
    return inputs, joint.argmax(axis=0)


def fit_gaps(
    space: Space, book: Codebook, lessons: Sequence[Lesson]
) -> tuple[GapModel, list[tuple[tuple[str, str], ...]]]:
    """Fit on lessons whose gaps were reviewed; also the pairs found in each by cross-fitting.

    Raises:
        ValueError: The codebook has no gap lists, or no lesson reviewed gaps.
    """
    taught = [lesson for lesson in lessons if lesson.example.gaps is not None]
    if not taught or not book.has_gaps:
        raise ValueError("nothing to learn gaps from")
    reads = [lesson.read for lesson in taught]
    groups = np.concatenate(
        [np.full(1 + len(r.clauses), i, dtype=np.int64) for i, r in enumerate(reads)]
    )
    fitted = fit(space, _rows(book, taught), units_of(reads), groups)
    scores = cut(fitted.held_out, reads)
    pairs = [_pairs(book, lesson) for lesson in taught]
    model = _rank(book, fitted.head, scores, pairs)
    held_out = [
        tuple((gap.need, gap.barrier) for gap in model.find(s, r))
        for s, r in zip(scores, reads, strict=True)
    ]
    return model, held_out


def _rank(
    book: Codebook, head: Head, scores: Sequence[GapScores], pairs: Sequence[set[tuple[int, int]]]
) -> GapModel:
    habits = _habits(book, pairs)
    held = np.array([float(bool(p)) for p in pairs])
    inputs = np.stack([present_inputs(s, len(book.needs)) for s in scores])
    present = fit_platt(inputs, held, Platt((0.0,) * inputs.shape[1], 0.0), 1.0)
    chances = present.apply(inputs)
    grid = np.linspace(0.25, 0.7, 46)
    truth = held > 0
    gate = max(grid, key=lambda g: _f1(chances >= g, truth))
    rows, wanted = [], []
    for score, own in zip(scores, pairs, strict=True):
        if own:
            rows.append(pair_inputs(score, habits)[0].reshape(-1, 6))
            marks = np.zeros(habits.shape)
            for need, barrier in own:
                marks[need, barrier] = 1.0
            wanted.append(marks.ravel())
    pair = Platt((3.0, 3.0, 3.0, 1.0, 1.0, 0.5), -4.0)
    if rows:
        pair = fit_platt(np.concatenate(rows), np.concatenate(wanted), pair, 1.0)
    return GapModel(book.needs, book.barriers, head, habits, present, pair, float(gate))


def _f1(decided: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    return 2 * float((decided & truth).sum()) / max(float(decided.sum() + truth.sum()), 1.0)


def _pairs(book: Codebook, lesson: Lesson) -> set[tuple[int, int]]:
    return {
        (book.needs.index(g.need), book.barriers.index(g.barrier))
        for g in lesson.example.gaps or ()
        if g.need in book.needs and g.barrier in book.barriers
    }


def _habits(book: Codebook, pairs: Sequence[set[tuple[int, int]]]) -> Doubles:
    counts = np.zeros((len(book.needs), len(book.barriers)))
    for own in pairs:
        for need, barrier in own:
            counts[need, barrier] += 1
    total = counts.sum() + 1.0
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / total
    result: Doubles = np.log((counts + _PAIR_SMOOTHING) / (expected + _PAIR_SMOOTHING))
    return result


def _rows(book: Codebook, lessons: Sequence[Lesson]) -> Rows:
    units: list[Unit] = []
    targets: list[Doubles] = []
    weights: list[float] = []
    groups: list[int] = []

    def add(unit: Unit, pairs: Sequence[tuple[str, str]], weight: float, group: int) -> None:
        units.append(unit)
        needs, barriers = {n for n, _ in pairs}, {b for _, b in pairs}
        targets.append(
            np.array(
                [
                    float(bool(pairs)),
                    *(float(n in needs) for n in book.needs),
                    *(float(b in barriers) for b in book.barriers),
                ]
            )
        )
        weights.append(weight)
        groups.append(group)

    for number, lesson in enumerate(lessons):
        add(
            lesson.read.whole, [(g.need, g.barrier) for g in lesson.example.gaps or ()], 1.0, number
        )
        if lesson.clause_gaps is None or len(lesson.read.clauses) < 2:
            continue
        for unit, pairs in zip(lesson.read.clauses, lesson.clause_gaps, strict=True):
            add(unit, sorted(pairs), CLAUSE_WEIGHT, number)
    return Rows(units, np.array(targets), np.array(weights), np.array(groups, dtype=np.int64))

"""Gaps: what somebody needed and did not get, and what stood in the way.

Whether an answer holds a gap is learned with its tone, over all reviewed answers. Which need and
which barrier is learned from gaps alone and from phrases (`codebooks/gap_phrases.yml`), because
among all answers each is too rare. Two readings of a pair are then averaged: a ranker of a dozen
weights (do need and barrier meet in one clause, do they go together, with the answer's themes, with
its words) and a choice of need, then of barrier given the need, from all that is known at once.
Offers declined and needs met teach the gate as answers without a gap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from nlp.codebook import SHIPPED, Codebook
from nlp.coder.calibrate import Doubles, Platt, f1, fit_platt, log_softmax
from nlp.coder.choose import Choice, fit_choice, fit_weights
from nlp.coder.gap_signs import is_settled, signs_of, speaks_of_waiting, words_of
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
# A further need, and a further pair, must be this likely of its own: half the F1 reached, which is
# where one more guess starts to pay (Lipton and others, 2014).
SECOND_NEED, SECOND_PAIR = 0.25, 0.13
MOST = 3
LASTING = ("waiting", "no_response")
# Where a stretch of time is a limit, a price, a distance or what was given, not a wait.
MEASURED_OTHERWISE = (
    "not_told", "not_eligible", "ended_too_soon", "cost", "hours", "location_transport",
)  # fmt: skip
INPUTS = 10
_START = np.array([3.0, 0.3, 3.0, 1.0, 0.3, 1.0, 3.0, 1.0, 0.1, 1.0])
_FIRST = (3.0, 2.0, 1.0)  # of whole, best clause and words, where a choice starts
_RANK_PENALTY = 0.5
STATED = 3  # times a written statement counts with the gate
_SMOOTHING = 0.5


@dataclass(frozen=True, slots=True)
class GapScores:
    """Scores of one answer: any gap, needs, barriers; whole answer first, then its clauses.

    Attributes:
        rows: Shape (1 + clauses, 1 + needs + barriers).
        signs: Shape (12,), from `signs_of`.
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
        need, barrier: Choices over `choice_inputs`; that of barriers also reads the need.
        gate: Above this chance an answer holds a gap.
    """

    needs: tuple[str, ...]
    barriers: tuple[str, ...]
    head: Head
    habits: Habits
    present: Platt
    ranker: Doubles
    need: Choice
    barrier: Choice
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
        words = words_of(read.prepared.text, self.needs, self.barriers)
        logs, clauses = self.logs(scores, words)
        likely = np.exp(logs)
        return tuple(
            self._gap(
                read, need, barrier, int(clauses[need, barrier]), chance * likely[need, barrier]
            )
            for need, barrier in chosen_pairs(likely)
        )

    def logs(self, scores: GapScores, words: Doubles) -> tuple[Doubles, Ints]:
        """Log chance of each pair given a gap, shape (needs, barriers), and its best clause."""
        inputs, clauses = pair_inputs(scores, words, self.habits)
        own = choice_inputs(scores, words)
        given = np.hstack([np.tile(own, (len(self.needs), 1)), np.eye(len(self.needs))])
        chosen = self.need.logs(own)[:, None] + self.barrier.logs(given)
        mixed = 0.5 * _normal(inputs @ self.ranker) + 0.5 * chosen
        return _normal(mixed), clauses

    def chance(self, scores: GapScores) -> float:
        """Chance that the answer holds any gap."""
        return float(self.present.apply(present_inputs(scores, len(self.needs))))

    def _gap(self, read: Read, need: int, barrier: int, clause: int, likely: float) -> Gap:
        ranges = read.prepared.clauses
        start, end = ranges[clause] if ranges else (0, len(read.prepared.text))
        span = read.prepared.span(start, end)
        days = self._days(read.prepared.text, start, end, self.barriers[barrier])
        return Gap(
            self.needs[need], self.barriers[barrier], span.start, span.end, float(likely), days
        )

    def _days(self, text: str, start: int, end: int, barrier: str) -> int | None:
        """How long the need went unmet: said in the clause, or where they waited anywhere."""
        waits = barrier in LASTING or speaks_of_waiting(text)
        if barrier in MEASURED_OTHERWISE and not waits:
            return None
        days = duration_days(text[start:end])
        return duration_days(text) if days is None and waits else days

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays to store."""
        return self.head.to_arrays("gaps") | {
            "gaps.pairs": self.habits.pairs,
            "gaps.needs": self.habits.needs,
            "gaps.barriers": self.habits.barriers,
            "gaps.ranker": self.ranker,
            "gaps.need": self.need.weights,
            "gaps.barrier": self.barrier.weights,
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
            Choice(arrays["gaps.need"]),
            Choice(arrays["gaps.barrier"]),
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
    """What the gate reads, shape (17,)."""
    whole, best = scores.rows[0], scores.rows.max(axis=0)
    needed, barred = best[1 : 1 + needs].max(initial=0), best[1 + needs :].max(initial=0)
    return np.array([whole[0], best[0], needed, barred, needed * barred, *scores.signs])


def chosen_pairs(likely: Doubles) -> list[tuple[int, int]]:
    """The likeliest pair, and others likely enough to be worth showing; at most `MOST`."""
    found: list[tuple[int, int]] = []
    needs = likely.sum(axis=1)
    for at in np.argsort(-likely.ravel(), kind="stable"):
        need, barrier = divmod(int(at), likely.shape[1])
        if found and (likely[need, barrier] < SECOND_PAIR or len(found) == MOST):
            break
        if not found or need in {n for n, _ in found} or needs[need] >= SECOND_NEED:
            found.append((need, barrier))
    return found


def pair_inputs(scores: GapScores, words: Doubles, habits: Habits) -> tuple[Doubles, Ints]:
    """What the ranker reads, shape (needs, barriers, INPUTS), and the best clause of each pair."""
    needs = habits.pairs.shape[0]
    whole = scores.rows[0, 1:]
    parts = _parts(scores)
    need, barrier = parts[:, :needs], parts[:, needs:]
    joint = need[:, :, None] + barrier[:, None, :]
    by_need = (whole[:needs], need.max(axis=0), habits.needs @ scores.themes, words[:needs])
    by_barrier = (
        whole[needs:],
        barrier.max(axis=0),
        habits.barriers @ scores.themes,
        words[needs:],
    )
    shape = habits.pairs.shape
    inputs = [
        joint.max(axis=0),
        habits.pairs,
        *(np.broadcast_to(x[:, None], shape) for x in by_need),
        *(np.broadcast_to(x[None, :], shape) for x in by_barrier),
    ]
    return np.stack(inputs, axis=-1), joint.argmax(axis=0)


def choice_inputs(scores: GapScores, words: Doubles) -> Doubles:
    """What the choices read: whole, best clause, words, themes, praise and blame."""
    best = _parts(scores).max(axis=0) - _likely(scores).max()
    return np.concatenate([scores.rows[0, 1:], best, words, scores.themes, scores.signs[3:7]])


def _likely(scores: GapScores) -> Doubles:
    return scores.rows[1:, :1] if len(scores.rows) > 1 else scores.rows[:, :1]


def _parts(scores: GapScores) -> Doubles:
    """Needs and barriers of each clause; one that holds no gap says little about which."""
    parts = scores.rows[1:] if len(scores.rows) > 1 else scores.rows
    result: Doubles = parts[:, 1:] + _likely(scores)
    return result


def _normal(logs: Doubles) -> Doubles:
    result: Doubles = log_softmax(logs.ravel()).reshape(logs.shape)
    return result


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

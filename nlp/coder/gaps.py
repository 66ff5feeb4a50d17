"""Gaps: what somebody needed and did not get, and what stood in the way.

Two readings of a pair are averaged: a ranker of a dozen weights (do need and barrier meet in one
clause, do they go together, with the answer's themes, with its words) and a choice of need, then of
barrier given the need, from all that is known at once. `nlp/coder/gap_fit.py` learns both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.coder.calibrate import Doubles, Platt, log_softmax
from nlp.coder.choose import Choice
from nlp.coder.gap_signs import is_settled, signs_of, speaks_of_waiting, words_of
from nlp.coder.intake import Read
from nlp.coder.ridge import Head, Ints
from nlp.coding import Gap
from nlp.durations import duration_days

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

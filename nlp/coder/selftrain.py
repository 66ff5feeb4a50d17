"""Self-training: a codebook's seeds guess at unlabelled answers, and the surest guesses teach.

Source: Yarowsky (1995). `nlp.md` section 3 measures .04 micro F1 for it on the NHS comments; the
shares below are set by hand.
"""

from collections.abc import Sequence

import numpy as np

from nlp.codebook import Codebook
from nlp.coder.lessons import Lesson
from nlp.coder.ridge import Doubles, Rows, fit
from nlp.coder.themes import join, lesson_rows
from nlp.coder.units import Space, Unit

ROUNDS = 2
WEIGHT = 0.4  # of a guess beside a seed phrase
SHARE = 0.75  # of the answers, those guessed with most confidence, teach
MOST = 2500


def self_training_rows(
    space: Space,
    book: Codebook,
    taught: Sequence[Lesson],
    seeds: Rows,
    unlabelled: Sequence[Lesson],
) -> Rows:
    """Rows of guessed labels; they are never held out in cross-fitting and never calibrate."""
    chosen = list(unlabelled[:MOST])
    units = [lesson.read.whole for lesson in chosen]
    known = lesson_rows(book, taught, seeds) if taught else seeds
    guesses = _surest(units, _scores(space, known, units))
    for _ in range(ROUNDS - 1):
        guesses = _surest(units, _scores(space, join(known, guesses), units))
    return guesses


def _scores(space: Space, rows: Rows, units: Sequence[Unit]) -> Doubles:
    return np.asarray(fit(space, rows).head.scores(space.rows(units)), dtype=np.float64)


def _surest(units: Sequence[Unit], scores: Doubles) -> Rows:
    best = scores.argmax(axis=1) if len(units) else np.zeros(0, dtype=np.int64)
    lead = scores.max(axis=1, initial=-np.inf)
    kept = np.argsort(-lead, kind="stable")[: int(SHARE * len(units))]
    targets = np.zeros((len(kept), scores.shape[1]))
    targets[np.arange(len(kept)), best[kept]] = 1.0
    groups = np.full(len(kept), -1, dtype=np.int64)
    return Rows([units[i] for i in kept], targets, np.full(len(kept), WEIGHT), groups)

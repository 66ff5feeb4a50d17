"""What the frames say of one answer: which fire, how strongly, and in which clauses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.risk.frames import FRAMES, IDIOM, NOW, OVER
from nlp.spans import Span
from nlp.text import clauses

READ = 20_000  # code points read by the frames; longer answers are read in part, and never dropped
IDIOM_LEAVES = 0.35  # what a figure of speech leaves of a frame's weight
OVER_LEAVES = 0.45  # what an ending leaves of a lasting danger
N_FEATURES = 2 * len(FRAMES) + 4


@dataclass(frozen=True, slots=True)
class Signals:
    """The frames' reading of one answer.

    Attributes:
        score: In [0, 1); noisy-or of the weights left after idioms and endings.
        features: float32, shape (N_FEATURES,), for the trained head.
        evidence: Clauses in which a frame fired, with the weight left there.
    """

    score: float
    features: NDArray[np.float32]
    evidence: tuple[tuple[Span, float], ...]


def read_signals(text: str) -> Signals:
    """Return what the frames see in tidied text; linear in its length."""
    lowered = text[:READ].lower()
    if len(lowered) != len(text[:READ]):  # a few letters grow when lowered ("İ")
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text[:READ])
    idioms = [m.span() for m in IDIOM.finditer(lowered)]
    is_over = OVER.search(lowered) is not None
    is_now = NOW.search(lowered) is not None
    pieces = clauses(lowered)
    strength: dict[Span, float] = {}
    features = np.zeros(N_FEATURES, dtype=np.float32)
    doubt = 1.0
    for i, frame in enumerate(FRAMES):
        best = 0.0
        for match in frame.pattern.finditer(lowered):
            weight = frame.weight
            if any(a < match.end() and match.start() < b for a, b in idioms):
                weight *= IDIOM_LEAVES
            if is_over and frame.is_lasting:
                weight *= OVER_LEAVES
            best = max(best, weight)
            _note(strength, pieces, match.start(), weight)
        doubt *= 1.0 - best
        features[2 * i] = best > 0
        features[2 * i + 1] = best
    features[-4:] = (is_over, is_now, bool(idioms), is_over and not is_now)
    evidence = tuple(sorted(strength.items(), key=lambda item: item[0].start))
    return Signals(1.0 - doubt, features, evidence)


def _note(strength: dict[Span, float], pieces: Sequence[Span], at: int, weight: float) -> None:
    for piece in pieces:
        if piece.start <= at < piece.end:
            strength[piece] = max(weight, strength.get(piece, 0.0))
            return

"""Why a theme was coded: its clause, the words that spoke for it, the nearest seed phrase."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.coder.pipeline import ThemeCoder
from nlp.coder.words import fit_words, tokens
from nlp.coding import Coding

WORDS = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one theme was coded.

    Attributes:
        evidence: The redacted clause it rests on.
        words: Words and pairs that spoke for it most, with their share of the score.
        seed: The codebook phrase that shares most words with the answer; empty if none does.
    """

    theme: str
    probability: float
    evidence: str
    words: tuple[tuple[str, float], ...]
    seed: str


def explain(coder: ThemeCoder, codings: Sequence[Coding]) -> list[tuple[Reason, ...]]:
    """Reasons for every decided theme of every coding, in order."""
    seeds = {theme.id: theme.seeds for theme in coder.book.themes}
    found = []
    for coding in codings:
        words = coder.words_for(coding.redacted, WORDS)
        found.append(
            tuple(
                Reason(
                    code.theme,
                    code.probability,
                    coder.clause_for(coding.redacted, code.theme),
                    words[code.theme],
                    nearest(coding.redacted, seeds[code.theme]),
                )
                for code in coding.themes
            )
        )
    return found


def nearest(text: str, seeds: Sequence[str]) -> str:
    """The seed closest to `text` by weighted words; empty where no word is shared."""
    if not seeds:
        return ""
    split = [tokens(seed) for seed in seeds]
    words = fit_words((), split)
    scores = np.asarray((words.transform(split) @ words.transform([tokens(text)]).T).todense())
    best = int(scores[:, 0].argmax())
    return seeds[best] if scores[best, 0] > 0 else ""

"""Reading age: two formulas over letters, words and sentences, and the words that are hard.

Both formulas give a US school grade; five more years make an age.  They are rough on short texts,
so their mean is taken, with the texts of one page read as one, and nothing is said of fewer than
MIN_WORDS words.

Source: Smith and Senter 1967 (ARI); Coleman and Liau 1975; syllables from pyphen's patterns.
"""

from __future__ import annotations

import re
from functools import cache

import pyphen

from surveys.kinds import Audience

MIN_WORDS = 12
HARD_SYLLABLES = 4
MAX_HARD = 5
#: The highest reading age for each audience (rules R10 and R24 of the safety page).
MAX_AGE = {
    Audience.ADULT: 11,
    Audience.YOUNG_16_18: 12,
    Audience.YOUNG_11_15: 10,
    Audience.CHILD_5_10: 8,
    Audience.PARENT: 11,
    Audience.ORGANISATION: 16,
}
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?:;…]+(?:\s|$)|\n+")


def reading_age(text: str) -> float | None:
    """Return the age at which most people read a text with ease, None for very short texts."""
    words = _WORD.findall(text)
    if len(words) < MIN_WORDS:
        return None
    sentences = sum(1 for part in _SENTENCE.split(text) if _WORD.search(part)) or 1
    letters = sum(len(word) for word in words)
    a_word, a_sentence = letters / len(words), len(words) / sentences
    automated = 4.71 * a_word + 0.5 * a_sentence - 21.43
    coleman = 5.88 * a_word - 29.6 / a_sentence - 15.8
    return max(5.0, (automated + coleman) / 2 + 5)


def hard_words(text: str) -> tuple[str, ...]:
    """Return the words of many syllables, the longest first, each once."""
    found = {word.lower() for word in _WORD.findall(text) if syllables(word) >= HARD_SYLLABLES}
    return tuple(sorted(found, key=lambda word: (-len(word), word))[:MAX_HARD])


def syllables(word: str) -> int:
    """Return about how many syllables an English word has."""
    return len(_hyphens().positions(word.lower())) + 1


@cache
def _hyphens() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_GB")

"""Misspelt names: whether an unknown word is one slip away from a listed name."""

from collections.abc import Iterable
from functools import cache, lru_cache

from nlp.redact.lexicon import PRIOR, names

MIN_LENGTH = 5  # shorter names are one slip away from half the dictionary


def _shortened(word: str) -> Iterable[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


@cache
def _index() -> frozenset[str]:
    found: set[str] = set()
    for name in names("given") | names("surnames"):
        if len(name) >= MIN_LENGTH and PRIOR.get(name, "t") in "tm":
            found.add(name)
            found.update(s for s in _shortened(name) if len(s) >= MIN_LENGTH - 1)
    return frozenset(found)


@cache
def _word_index() -> frozenset[str]:
    found: set[str] = set()
    for word, name in PRIOR.items():
        if name == "e" and len(word) >= MIN_LENGTH - 1:
            found.add(word)
            found.update(_shortened(word))
    return frozenset(found)


@lru_cache(maxsize=50_000)
def is_near_word(word: str) -> bool:
    """Return whether a folded word is one slip away from an everyday word ("recpetion")."""
    if len(word) > 20:
        return True
    index = _word_index()
    return word in index or any(short in index for short in _shortened(word))


@lru_cache(maxsize=50_000)
def is_near_name(word: str) -> bool:
    """Return whether a folded word is one letter more, less, other or swapped from a name.

    Source: symmetric deletion (Garbe, SymSpell): both sides are shortened by one letter.
    """
    if not MIN_LENGTH <= len(word) <= 20:
        return False
    index = _index()
    return word in index or any(
        short in index for short in _shortened(word) if len(short) >= MIN_LENGTH - 1
    )

"""One slip away: misspelt names, and misspelt everyday words that are not names."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from nlp.redact.lexicon import PRIOR, names

MIN_LENGTH = 5  # shorter names are one slip away from half the dictionary
MAX_LENGTH = 20


def _shortened(word: str) -> Iterable[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


def _indexed(words: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in words:
        for key in {word, *_shortened(word)}:
            found.setdefault(key, []).append(word)
    return {key: tuple(near) for key, near in found.items()}


def is_one_slip(left: str, right: str) -> bool:
    """Return whether words are equal, or one letter more, less, other or two swapped apart."""
    if left == right:
        return True
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    a, b = left[start:], right[start:]
    swapped = len(a) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:]
    return swapped or a[1:] == b[1:] or a == b[1:] or a[1:] == b


def _is_near(word: str, index: Mapping[str, tuple[str, ...]]) -> bool:
    keys = (word, *_shortened(word))
    return any(is_one_slip(word, other) for key in keys for other in index.get(key, ()))


@cache
def _names() -> Mapping[str, tuple[str, ...]]:
    listed = names("given") | names("surnames")
    return _indexed(n for n in listed if len(n) >= MIN_LENGTH and PRIOR.get(n, "t") in "tm")


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    return _indexed(w for w, name in PRIOR.items() if name == "e" and len(w) >= MIN_LENGTH - 1)


@lru_cache(maxsize=50_000)
def is_near_name(word: str) -> bool:
    """Return whether a folded word is at most one slip from a listed name.

    Source: symmetric deletion (Garbe, SymSpell): both sides are shortened by one letter.
    """
    return MIN_LENGTH - 1 <= len(word) <= MAX_LENGTH and _is_near(word, _names())


@lru_cache(maxsize=50_000)
def is_near_word(word: str) -> bool:
    """Return whether a folded word is at most one slip from an everyday word ("recpetion")."""
    return len(word) > MAX_LENGTH or _is_near(word, _words())

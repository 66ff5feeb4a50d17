"""Words as names see them: what the lists, the case prior and the spelling say of each."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from nlp.redact import cues
from nlp.redact.lexicon import (
    PRIOR,
    fold,
    large_places,
    names,
    native_names,
    never_names,
    word_names,
)

# Marks that belong to a letter: accents, Arabic vowels, Devanagari and Gurmukhi signs.
_MARK = (
    "\u0300-\u036f\u064b-\u0652\u0670\u0900-\u0903\u093a-\u094f"
    "\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71"
)
_LETTERS = rf"[^\W\d_](?:[^\W\d_]|[{_MARK}])*"
_TOKEN = re.compile(rf"{_LETTERS}(?:['\-]{_LETTERS})*")
_OPENS = re.compile(r"(?:^|[.!?:;\n•*\"(\[—]|\s-|(?<!\w)'|\d[.)])[\s\"'(\-]*$")
_CONTRACTION = re.compile(r"(?:\w+n't|\w+'(?:d|ll|ve|re|m|all)|let's|y'all|o'clock|ma'am|'em)")
_PREFIXES = "ولبفك"  # Arabic "and", "for", "with", "so", "like", written on the next word
MANY_WORDS = 4
MANY_CAPITALS = 0.6  # share of words from which capitals say nothing any more


class Shape(IntEnum):
    """How a word is written."""

    LOWER = 0
    TITLE = 1
    UPPER = 2


@dataclass(frozen=True, slots=True)
class Word:
    """What is known about a word before its neighbours are looked at.

    Attributes:
        prior: Class of the case prior, "" when the word is unknown.
        is_word_name: A listed name that is an ordinary word as well ("Joy", "Will").
        is_accented: A Latin word with marks, so not the English word it folds to ("Bašić").
    """

    key: str
    prior: str
    is_given: bool
    is_surname: bool
    is_known: bool
    is_place: bool
    is_word_name: bool
    is_accented: bool = False

    @property
    def is_native(self) -> bool:
        """Whether the word is a listed name in a script of its own, with or without a prefix."""
        return not self.key.isascii() and (
            self.key in native_names() or self.key.lstrip(_PREFIXES) in native_names()
        )

    @property
    def is_listed(self) -> bool:
        """Whether the word is on a list of names."""
        return self.is_given or self.is_surname

    @property
    def is_ordinary(self) -> bool:
        """Whether the word is written in lower case more often than not."""
        return self.prior in {"e", "l"}


@dataclass(slots=True)
class Token:
    """A word in its place.

    Attributes:
        opens: Whether a capital here says nothing, as at the start of a sentence.
        hidden: 0 no name, 1 perhaps a name, 2 a name.
    """

    start: int
    end: int
    word: Word
    shape: Shape
    opens: bool
    hidden: int = 0


@lru_cache(maxsize=100_000)
def look_up(low: str) -> Word:
    """Return what the lists and the prior know of a word in lower case."""
    key = fold(low)
    if _CONTRACTION.fullmatch(key):
        return Word(
            key,
            "e",
            is_given=False,
            is_surname=False,
            is_known=False,
            is_place=False,
            is_word_name=False,
        )
    if key.endswith(("'s", "s'")) and len(key) > 3:
        key = key[:-2] if key.endswith("'s") else key[:-1]
    given, surname = key in names("given"), key in names("surnames")
    prior = PRIOR.get(key, PRIOR.get(low, ""))
    if "-" in key and not given and not surname and not prior:
        parts = [p for p in key.split("-") if p]
        given = any(p in names("given") and PRIOR.get(p, "t") in "tm" for p in parts)
        prior = "l" if all(PRIOR.get(p, "") in {"e", "l"} for p in parts) else ""
    given = given or key in names("words")
    word_name = (given or surname) and (
        prior in {"e", "l"} or (prior == "m" and key in word_names())
    )
    word_name = word_name or key in cues.ALSO_WORDS
    if key in cues.FUNCTION and key not in cues.MODALS:
        given = surname = word_name = False
    known = key in never_names()
    accented = key.isascii() and not low.isascii()
    return Word(key, prior, given, surname, known, key in large_places(), word_name, accented)


def read_tokens(text: str) -> list[Token]:
    """Return the words of tidied text; one written all in capitals counts as lower case."""
    matches = list(_TOKEN.finditer(text))
    raws = [m.group() for m in matches]
    many = len(raws) >= MANY_WORDS
    shouted = many and sum(raw.isupper() for raw in raws) >= MANY_CAPITALS * len(raws)
    titled = many and sum(raw[0].isupper() for raw in raws) >= MANY_CAPITALS * len(raws)
    tokens: list[Token] = []
    for m, raw in zip(matches, raws, strict=True):
        shape = Shape.LOWER if shouted else _shape(raw)
        opens = bool(shape) and (
            titled or _OPENS.search(text, max(0, m.start() - 12), m.start()) is not None
        )
        token = Token(m.start(), m.end(), look_up(raw.lower()), shape, opens)
        if opens and tokens and is_initial(text, tokens[-1]) and token.start - tokens[-1].end <= 2:
            token.opens = titled
        tokens.append(token)
    return tokens


def _shape(raw: str) -> Shape:
    if raw.isupper() and len(raw) > 1:
        return Shape.UPPER
    return Shape.TITLE if raw[0].isupper() else Shape.LOWER


def is_initial(text: str, token: Token) -> bool:
    """Return whether the word is a single capital other than "I"."""
    return len(token.word.key) == 1 and bool(token.shape) and text[token.start] != "I"


def next_token(text: str, tokens: list[Token], i: int) -> Token | None:
    """Return the next word where only spaces or a comma lie between."""
    if i + 1 >= len(tokens) or text[tokens[i].end : tokens[i + 1].start].strip(" ,"):
        return None
    return tokens[i + 1]

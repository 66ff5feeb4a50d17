"""Words of an answer as features: word pairs and parts of words, weighted by rarity.

The same numbers scikit-learn's TfidfVectorizer gives for word(1-2) and char_wb(2-5) with
sublinear counts, but each distinct word is taken apart once and remembered, which makes coding
several times faster. Source: Manning, Raghavan and Schütze (2008), chapter 6.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

MIN_ANSWERS = 3  # a word fewer people used may identify one of them, so it is never stored
MAX_TERMS = 60_000  # most frequent terms kept; more adds size, not quality
_PARTS = (2, 3, 4, 5)
_CACHE = 200_000
_MAX_WORDS = 20_000  # read of one text
_PLACEHOLDER = re.compile(r"\[([a-z_ ]+?)(?: \d+)?\]", re.IGNORECASE)
_WORD = re.compile(
    r"\b(?:b4|gr8|m8|2day|l8r?)\b|[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[£!?:;()]|[^\w\s]{2,}|[\u2600-\U0001faff]"
)
_STRAY_CAPITAL = re.compile(r"(?<=[a-z])I|\bI(?=[a-z]{2})")
_SPOKEN: Mapping[str, str] = {
    "gr8": "great", "m8": "mate", "2day": "today", "l8": "late", "l8r": "later",
    "u": "you", "ur": "your", "r": "are", "b4": "before", "wud": "would", "shud": "should",
    "cud": "could", "cos": "because", "coz": "because", "bcos": "because", "cuz": "because",
    "wiv": "with", "dont": "don't", "didnt": "didn't", "wasnt": "wasn't", "cant": "can't",
    "couldnt": "couldn't", "wouldnt": "wouldn't", "shouldnt": "shouldn't", "isnt": "isn't",
    "havent": "haven't", "hasnt": "hasn't", "hadnt": "hadn't", "doesnt": "doesn't",
    "werent": "weren't", "arent": "aren't", "im": "i'm", "ive": "i've", "hes": "he's",
    "shes": "she's", "theyre": "they're", "thats": "that's", "theres": "there's",
    "noone": "no one", "plz": "please", "pls": "please", "thx": "thanks", "ppl": "people",
    "abt": "about", "nvr": "never", "nobodys": "nobody's", "wen": "when", "wot": "what",
    "gud": "good", "luv": "love", "tho": "though", "thru": "through", "bc": "because",
    "govt": "government", "appt": "appointment", "counseling": "counselling",
    "counsellin": "counselling", "councelling": "counselling", "counciling": "counselling",
    "councilling": "counselling", "councillor": "counsellor", "recieved": "received",
    "wasn": "wasn't", "enuf": "enough", "nuffin": "nothing", "nothin": "nothing",
    "nowt": "nothing", "owt": "anything", "summat": "something", "med": "made",
}  # fmt: skip


def tokens(text: str) -> list[str]:
    """Words and telling marks of a text, lower case, accents and digits flattened."""
    plain = _PLACEHOLDER.sub(lambda m: f" hidden{m.group(1).replace(' ', '')} ", text)
    plain = _STRAY_CAPITAL.sub("i", plain).lower().replace("’", "'")
    if not plain.isascii():
        plain = "".join(
            c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c)
        )
    found = _WORD.findall(plain)[:_MAX_WORDS]
    return ["0" if word.isdigit() else _SPOKEN.get(word, word) for word in found]


@dataclass(slots=True)
class Words:
    """A fitted vocabulary: terms with the inverse of how many texts hold them.

    `terms` maps a term to its column. Word terms are kept as they are, pairs joined by a space,
    parts of words begin with a tab so that the two can never meet.
    """

    terms: Mapping[str, int]
    rarity: NDArray[np.float32]
    split: int
    _known: dict[str, NDArray[np.int32]] = field(default_factory=dict, repr=False)

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.rarity)

    def transform(self, texts: Sequence[Sequence[str]]) -> Any:
        """Matrix of shape (texts, size), float32; the word and the part block have length 1 each.

        Each text is given as its `tokens`.
        """
        rows = [self._columns(words) for words in texts]
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        indices = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int32)
        pointers = np.concatenate([[0], np.cumsum(lengths)])
        counts = sparse.csr_matrix(
            (np.ones(len(indices), dtype=np.float32), indices, pointers),
            shape=(len(rows), self.size),
        )
        counts.sum_duplicates()
        counts.data = (1 + np.log(counts.data)) * self.rarity[counts.indices]
        return _scaled(counts, self.split)

    def _columns(self, words: Sequence[str]) -> NDArray[np.int32]:
        terms = self.terms
        pairs = [terms[pair] for a, b in pairwise(words) if (pair := f"{a} {b}") in terms]
        parts = [self._word(word) for word in words]
        return np.concatenate([np.array(pairs, dtype=np.int32), *parts])

    def _word(self, word: str) -> NDArray[np.int32]:
        known = self._known.get(word)
        if known is None:
            columns = [self.terms[t] for t in (word, *_parts(word)) if t in self.terms]
            known = np.array(columns, dtype=np.int32)
            if len(self._known) < _CACHE:
                self._known[word] = known
        return known


def _parts(word: str) -> list[str]:
    padded = f" {word[:40]} "
    return ["\t" + padded[i : i + n] for n in _PARTS for i in range(max(0, len(padded) - n + 1))]


def _scaled(matrix: Any, split: int) -> Any:
    squares = matrix.copy()
    squares.data = squares.data**2
    left = np.asarray(squares[:, :split].sum(axis=1)).ravel()
    right = np.asarray(squares[:, split:].sum(axis=1)).ravel()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    is_left = matrix.indices < split
    length = np.sqrt(np.where(is_left, left[rows], right[rows]))
    matrix.data = (matrix.data / np.maximum(length, 1e-9)).astype(np.float32)
    return matrix


def fit_words(texts: Iterable[Sequence[str]], public: Iterable[Sequence[str]] = ()) -> Words:
    """Learn the vocabulary of tokenised texts.

    Terms in fewer than `MIN_ANSWERS` of `texts` are dropped; those of `public` texts (the seed
    phrases of a codebook, which nobody said in confidence) are kept in any case.
    """
    held: Counter[str] = Counter()
    number = 0
    for words in texts:
        held.update(_terms(words))
        number += 1
    free: set[str] = set()
    for words in public:
        found = _terms(words)
        held.update(found)
        free |= found
        number += 1
    kept = [t for t, n in held.items() if n >= MIN_ANSWERS or t in free]
    kept = sorted(kept, key=lambda t: (-held[t], t))[:MAX_TERMS]
    kept.sort(key=lambda t: (t.startswith("\t"), t))
    split = sum(not t.startswith("\t") for t in kept)
    rarity = np.array([np.log((1 + number) / (1 + held[t])) + 1 for t in kept], dtype=np.float32)
    return Words({t: i for i, t in enumerate(kept)}, rarity, split)


def _terms(words: Sequence[str]) -> set[str]:
    found = set(words)
    found.update(f"{a} {b}" for a, b in pairwise(words))
    for word in set(words):
        found.update(_parts(word))
    return found

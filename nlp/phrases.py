"""Phrase rules: what people literally say when they mean a theme, compiled from a codebook's seeds.

spaCy's PhraseMatcher finds them in lower case at almost no cost. A hit that the clause denies or
only imagines ("I did not need counselling") is no sign of an experience and does not count.
"""

import re
from collections.abc import Sequence

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from nlp.codebook import Codebook

_LONGEST = 8  # words; longer seeds never recur word for word
_BEFORE = 5  # words looked at before a hit for a denial
_DENIED = re.compile(
    r"\b(?:(?:did ?n[o']?t|do ?n[o']?t|never|no|without) (?:really |actually )?"
    r"(?:need|want|require|ask for|use|looking for)(?:ed|ing)?|not (?:about|to do with)"
    r"|no need (?:for|of)"
    r"|declined|turned down|said no to|refused the offer of)\b[^.;]*$",
    re.IGNORECASE,
)
_PLAIN = str.maketrans({"’": "'", "‘": "'"})


class Phrases:
    """Seed phrases of a codebook, ready to be found."""

    def __init__(self, book: Codebook) -> None:
        self._ids = book.ids
        self._language = spacy.blank("en")
        self._matcher = PhraseMatcher(self._language.vocab, attr="LOWER")
        for theme in book.themes:
            texts = {seed.translate(_PLAIN).lower().strip(" .!?,;:") for seed in theme.seeds}
            docs = [self._language.make_doc(text) for text in sorted(texts)]
            short = [doc for doc in docs if 0 < len(doc) <= _LONGEST and len(doc.text) > 3]
            if short:
                self._matcher.add(theme.id, short)

    def hits(self, texts: Sequence[str]) -> list[dict[str, list[tuple[int, int]]]]:
        """For each text the themes whose phrases it holds, with where, half-open code points."""
        found = []
        for text in texts:
            doc = self._language.make_doc(text.translate(_PLAIN)[:100_000])
            themes: dict[str, list[tuple[int, int]]] = {}
            for key, start, end in self._matcher(doc):
                if not is_denied(doc, start):
                    span = doc[start:end]
                    name = self._language.vocab.strings[key]
                    themes.setdefault(name, []).append((span.start_char, span.end_char))
            found.append(themes)
        return found


def is_denied(doc: Doc, start: int) -> bool:
    """Whether the words before token `start` deny any need of what follows."""
    before = doc[max(0, start - _BEFORE) : start].text
    return bool(_DENIED.search(before))

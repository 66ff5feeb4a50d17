"""Vectors remembered by hash of the redacted text, in memory only; see decision 0033."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence

from nlp.vectors import Encoded, Encoder, Span

MOST = 4096  # texts; about 6 KB each without clauses


class Remembering:
    """An encoder that does not encode the same text twice while it is remembered."""

    def __init__(self, encoder: Encoder, most: int = MOST) -> None:
        self._encoder = encoder
        self._most = most
        self._known: OrderedDict[str, Encoded] = OrderedDict()

    @property
    def name(self) -> str:
        """Name of the encoder behind."""
        return self._encoder.name

    def encode(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None
    ) -> list[Encoded]:
        """As the encoder behind; only texts not remembered reach it."""
        wanted = [tuple(s) for s in spans] if spans is not None else [()] * len(texts)
        keys = [self._key(text, own) for text, own in zip(texts, wanted, strict=True)]
        found = {key: self._known[key] for key in keys if key in self._known}
        first = {key: i for i, key in reversed(list(enumerate(keys))) if key not in found}
        new = sorted(first.values())
        encoded = self._encoder.encode([texts[i] for i in new], [wanted[i] for i in new])
        found |= {keys[i]: e for i, e in zip(new, encoded, strict=True)}
        for key in keys:
            self._known[key] = found[key]
            self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return [found[key] for key in keys]

    def _key(self, text: str, spans: Sequence[Span]) -> str:
        whole = f"{self.name}\x00{spans}\x00{text}"
        return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()

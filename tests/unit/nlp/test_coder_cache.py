"""Vectors remembered by hash: the same answers, fewer passes."""

from collections.abc import Sequence

import numpy as np

from nlp.cache import Remembering
from nlp.vectors import Encoded, Span


class Counting:
    """An encoder that counts what reaches it."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    @property
    def name(self) -> str:
        return "counting"

    def encode(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None
    ) -> list[Encoded]:
        assert spans is not None
        self.seen += texts
        one = np.ones(2, dtype=np.float32)
        return [
            Encoded(one, one * len(t), np.ones((len(s), 2), dtype=np.float32))
            for t, s in zip(texts, spans, strict=True)
        ]


def test_a_text_seen_before_is_not_encoded_again() -> None:
    behind = Counting()
    encoder = Remembering(behind)
    first = encoder.encode(["a", "bb", "a"])
    again = encoder.encode(["bb", "ccc"])
    assert behind.seen == ["a", "bb", "ccc"]
    assert [e.whole[0] for e in first + again] == [1, 2, 1, 2, 3]


def test_other_clauses_of_the_same_text_are_encoded_again() -> None:
    behind = Counting()
    encoder = Remembering(behind)
    encoder.encode(["a b"], [[(0, 1)]])
    assert encoder.encode(["a b"], [[(0, 1), (2, 3)]])[0].spans.shape == (2, 2)
    assert len(behind.seen) == 2


def test_only_so_many_texts_are_remembered() -> None:
    behind = Counting()
    encoder = Remembering(behind, most=1)
    encoder.encode(["a"])
    encoder.encode(["b"])
    encoder.encode(["a"])
    assert behind.seen == ["a", "b", "a"]

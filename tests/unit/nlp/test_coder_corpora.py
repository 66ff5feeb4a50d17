"""The project corpus: frozen, synthetic, and sound in every layer."""

import json
from pathlib import Path

import pytest

from nlp import corpora
from nlp.codebook import DEFAULT, load
from nlp.pairs import load_pairs

BOOK = load(DEFAULT)


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_test_part_is_frozen() -> None:
    assert corpora.digest(corpora.TEST) == corpora.FROZEN


def test_no_answer_of_the_test_part_is_learned_from() -> None:
    learned = {" ".join(e.item.text.lower().split()) for e in corpora.train(BOOK)}
    kept = {" ".join(e.item.text.lower().split()) for e in corpora.test(BOOK)}
    assert not {text for text in learned & kept if len(text) > 25}


@pytest.mark.parametrize("path", [corpora.TRAIN, corpora.TEST, corpora.DEV, corpora.SECOND])
def test_every_span_of_the_corpus_holds_the_text_it_claims(path: Path) -> None:
    for row in rows(path):
        for layer in ("evidence", "gaps", "pii"):
            for span in row[layer]:  # type: ignore[attr-defined]
                assert str(row["text"])[span["start"] : span["end"]] == span["text"], row["id"]


def test_every_theme_need_and_barrier_is_taught() -> None:
    examples = corpora.train(BOOK)
    assert {t for e in examples for t in e.themes or ()} == set(BOOK.ids)
    assert {g.need for e in examples for g in e.gaps or ()} == set(BOOK.needs)
    assert {g.barrier for e in examples for g in e.gaps or ()} == set(BOOK.barriers)


def test_the_corpus_is_as_large_and_as_varied_as_promised() -> None:
    everything = rows(corpora.TRAIN) + rows(corpora.TEST)
    assert len(everything) >= 1200
    assert len({row["crime_type"] for row in everything}) >= 20
    assert {row["language"] for row in everything} == {"en", "cy", "pl", "ur", "ar", "pa", "ro"}


@pytest.mark.parametrize("path", [corpora.PAIRS, corpora.PAIRS_MORE])
def test_there_are_sixty_minimal_pairs_of_five_kinds(path: Path) -> None:
    pairs = load_pairs(path)
    assert len(pairs) >= 60
    assert {p.turn for p in pairs} == {"polarity", "sentiment", "theme", "gap", "safeguarding"}


def test_pairs_as_people_talk_cover_every_theme_need_and_barrier_and_none_is_kept_aside() -> None:
    spoken, kept = load_pairs(corpora.PAIRS_SPOKEN), load_pairs(corpora.PAIRS_KEPT)
    assert (len(spoken), len(kept)) == (170, 40)
    assert {p.theme for p in spoken if p.theme} == set(BOOK.ids)
    written = rows(corpora.PAIRS_SPOKEN)
    assert {r["need"] for r in written if "need" in r} == set(BOOK.needs)
    assert {r["barrier"] for r in written if "barrier" in r} <= set(BOOK.barriers)
    texts = [text for pair in (*spoken, *kept) for text in pair.texts]
    assert len(set(texts)) == len(texts)

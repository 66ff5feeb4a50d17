"""A codebook of another topic, start to end: nothing in the coder may be about victims alone."""

from pathlib import Path

import pytest

from nlp import corpora
from nlp.codebook import Codebook, load
from nlp.coder.pipeline import ThemeCoder
from nlp.coding import Coding
from nlp.emerge import find_groups, least_explained
from nlp.evaluate import compare
from nlp.examples import Example
from nlp.examples import load as load_examples
from nlp.explain import explain
from nlp.train import gather, train

HERE = Path(__file__).parent / "third"


@pytest.fixture(scope="module")
def book() -> Codebook:
    return load(HERE / "repairs.yml")


@pytest.fixture(scope="module")
def answers(book: Codebook) -> list[Example]:
    return load_examples(HERE / "repairs.jsonl", book).examples


@pytest.fixture(scope="module")
def coder(book: Codebook, answers: list[Example]) -> ThemeCoder:
    """Seeds and unlabelled answers only; tone from a small part of the corpus, no vectors."""
    few = corpora.train(book)[:150]
    patch = pytest.MonkeyPatch()
    patch.setattr(corpora, "train", lambda _: few)
    material = gather(book, unlabelled=answers)
    patch.undo()
    model = train(material, None, say=lambda _: None)
    return ThemeCoder(model, "0" * 64, None)


@pytest.fixture(scope="module")
def codings(coder: ThemeCoder, answers: list[Example]) -> list[Coding]:
    return coder.code([example.item for example in answers])


def test_its_themes_are_found_from_the_seeds_alone(
    book: Codebook, answers: list[Example], codings: list[Coding]
) -> None:
    report = compare(codings, answers, book.ids)
    assert report.value("themes micro F1") >= 0.6
    assert report.value("gold themes in first 3") >= 0.85


def test_it_has_no_gaps_to_find(codings: list[Coding]) -> None:
    assert not any(coding.gaps for coding in codings)


def test_every_code_is_explained_by_a_clause_and_a_seed_of_its_theme(
    book: Codebook, coder: ThemeCoder, codings: list[Coding]
) -> None:
    seeds = {theme.id: theme.seeds for theme in book.themes}
    reasons = [reason for found in explain(coder, codings) for reason in found]
    assert reasons
    for reason in reasons:
        assert reason.evidence
        assert not reason.seed or reason.seed in seeds[reason.theme]


def test_a_group_needs_five_people_whatever_the_topic(codings: list[Coding]) -> None:
    texts = [codings[i].redacted for i in least_explained(codings, share=1.0)]
    alone = find_groups(texts, ["one person"] * len(texts), None)
    assert alone == []
    assert all(
        group.respondents >= 5
        for group in find_groups(texts * 2, [str(i) for i in range(2 * len(texts))], None)
    )

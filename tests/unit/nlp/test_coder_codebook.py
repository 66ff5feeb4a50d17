"""Codebooks: what is read, and everything that is wrong listed at once."""

from pathlib import Path

import pytest

from nlp.codebook import DEFAULT, SHIPPED, CodebookError, load, parse

GOOD = {
    "families": {
        "buses": {
            "label": "Buses",
            "themes": {
                "late": {
                    "label": "Late",
                    "definition": "Buses late",
                    "seeds": ["the bus was late"],
                },
                "driver": {"label": "Driver", "definition": "How drivers treat people"},
            },
        }
    },
    "owner": "the depot",
}


def problems_of(document: object) -> tuple[str, ...]:
    with pytest.raises(CodebookError) as caught:
        parse(document)
    return caught.value.problems


def test_a_codebook_gives_its_themes_in_the_order_of_the_file() -> None:
    assert parse(GOOD).ids == ("late", "driver")


def test_unknown_top_keys_are_kept() -> None:
    assert parse(GOOD).document["owner"] == "the depot"


def test_absent_gap_lists_are_empty() -> None:
    book = parse(GOOD)
    assert (book.needs, book.barriers, book.has_gaps) == ((), (), False)


@pytest.mark.parametrize("name", ["late", "LATE", " Late "])
def test_labels_and_ids_resolve_whatever_their_case(name: str) -> None:
    assert parse(GOOD).resolve(name) == "late"


def test_a_name_nobody_defined_resolves_to_nothing() -> None:
    assert parse(GOOD).resolve("punctual") is None


def test_themes_without_seeds_are_named_with_what_they_need() -> None:
    advice = parse(GOOD).advice()
    assert any("'driver' has 0 seed phrases" in line for line in advice)


def test_every_problem_is_listed_at_once() -> None:
    document = {
        "families": {
            "a": {"label": "A", "themes": {"x": {"label": "X"}, "y": "no"}},
            "b": {"themes": {"x": {"label": "X", "definition": "d", "seeds": "one"}}},
            "c d": {"label": "C", "themes": {}},
        },
        "gaps": {"needs": "food"},
    }
    found = problems_of(document)
    assert len(found) == 8
    assert "families.b.themes.x.seeds: must be a list" in found
    assert "families.b.themes.x: the id is already used in families.a" in found


@pytest.mark.parametrize(
    "document", [None, [], "text", {}, {"families": []}, {"families": {"a": 1}}]
)
def test_what_is_no_codebook_is_refused_with_a_sentence(document: object) -> None:
    assert problems_of(document)


def test_a_file_that_is_not_yaml_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "broken.yml"
    path.write_text("families: [unclosed")
    with pytest.raises(CodebookError, match=r"broken\.yml is not YAML"):
        load(path)


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match="cannot read"):
        load(tmp_path / "none.yml")


@pytest.mark.parametrize("path", [DEFAULT, SHIPPED / "nhs.yml"])
def test_the_shipped_codebooks_are_sound(path: Path) -> None:
    assert len(load(path).ids) >= 22


def test_the_default_codebook_carries_its_rules_and_enough_seeds() -> None:
    book = load(DEFAULT)
    assert "police_action" in book.document["rules"]
    assert min(len(theme.seeds) for theme in book.themes) >= 10
    assert (len(book.needs), len(book.barriers)) == (19, 17)

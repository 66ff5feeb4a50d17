"""Written statements teach the shipped themes and nobody else's."""

from pathlib import Path

from nlp.codebook import DEFAULT, load
from nlp.coder.statements import theme_statements, toned_statements

THIRD = Path(__file__).parent / "third" / "repairs.yml"


def test_every_theme_has_statements_for_and_against() -> None:
    book = load(DEFAULT)
    found = theme_statements(book)
    assert {theme for _, theme in found} == set(book.ids)
    kinds = [kind for _, kind in toned_statements()]
    assert kinds.count("positive") == kinds.count("negative") == len(found) / 2


def test_a_book_of_other_themes_has_none() -> None:
    assert theme_statements(load(THIRD)) == []

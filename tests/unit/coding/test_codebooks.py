"""Codebooks as people use them, read from their YAML."""

from app.services.codebooks import read_book


def test_a_codebook_gives_its_themes_by_family() -> None:
    book = read_book(
        """
families:
  access:
    label: Getting to support
    themes:
      waiting: {label: Waiting, definition: Time waited., include: [a list], exclude: [court]}
      bare:
gaps: {needs: [updates], barriers: [not_told]}
extra: kept elsewhere
"""
    )
    assert [(f.label, [t.id for t in f.themes]) for f in book.families] == [
        ("Getting to support", ["waiting", "bare"])
    ]
    assert book.themes["waiting"].exclude == ("court",)
    assert book.label("bare") == "Bare"
    assert book.label("gone_since") == "Gone since"
    assert (book.needs, book.barriers) == (("updates",), ("not_told",))


def test_absent_lists_are_empty() -> None:
    book = read_book("version: 1\n")
    assert (book.families, book.needs, book.barriers) == ((), (), ())

"""Written statements: plain sentences about one theme each, for and against.

They teach themes and tone what a few words say; unlike a codebook's seeds they are not looked up in
answers. They serve a book that holds all the themes they are written for, and no other.
"""

from functools import cache

import yaml

from nlp.codebook import SHIPPED, Codebook

STATEMENTS = SHIPPED / "theme_phrases.yml"


def theme_statements(book: Codebook) -> list[tuple[str, str]]:
    """(text, theme) of each statement; empty for a book of other themes."""
    known = _known()
    if not set(known) <= set(book.ids):
        return []
    return [(t, theme) for theme, kinds in known.items() for own in kinds.values() for t in own]


def toned_statements() -> list[tuple[str, str]]:
    """(text, "positive" or "negative") of each statement."""
    return [(t, kind) for kinds in _known().values() for kind, own in kinds.items() for t in own]


@cache
def _known() -> dict[str, dict[str, list[str]]]:
    known: dict[str, dict[str, list[str]]] = yaml.safe_load(STATEMENTS.read_text(encoding="utf-8"))
    return known

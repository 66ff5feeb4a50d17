"""What the pages of groups say of themes: who raised what, and in how many groups."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.figures.groups import FEWEST_IN_GROUP, FEWEST_SPEAKERS, Raised
from app.services.codebooks import Book

from .wording import STRENGTH_WORDS

NOT_RAISED = "–"


def matrix(
    said: Sequence[tuple[str, str, int]],
    ways: Sequence[tuple[str, str | None, int]],
    speakers: Sequence[str],
    book: Book,
) -> dict[str, list[dict[str, Any]]]:
    """Return a table of themes by speakers: turns in each cell, the theme most raised first."""
    came_up = _came_up(ways)
    cells: dict[str, dict[str, int]] = {}
    for theme, code, turns in said:
        cells.setdefault(theme, {})[code] = turns
    names = {code: f"speaker-{place}" for place, code in enumerate(speakers)}
    columns: list[dict[str, Any]] = [
        {"key": "theme", "label": "Theme"},
        {"key": "of", "label": "Raised by"},
        {"key": "how", "label": "How it came up"},
    ]
    columns += [{"key": name, "label": code, "numeric": True} for code, name in names.items()]
    rows = [
        {
            "theme": book.label(theme),
            "of": f"{len(turns)} of {len(speakers)}",
            "how": came_up.get(theme, NOT_RAISED),
            **{name: str(turns.get(code, NOT_RAISED)) for code, name in names.items()},
        }
        for theme, turns in sorted(
            cells.items(), key=lambda cell: (-len(cell[1]), -sum(cell[1].values()), cell[0])
        )
    ]
    return {"columns": columns, "rows": rows}


def raised_rows(found: Mapping[str, Raised], book: Book) -> list[dict[str, str]]:
    """Return in how many groups each theme was raised, and by how many speakers."""
    in_order = sorted(found.items(), key=lambda one: (-one[1].groups, book.label(one[0])))
    return [
        {
            "theme": book.label(theme),
            "groups": f"{one.groups} of {one.of_groups}",
            "speakers": "under 10" if one.speakers is None else str(one.speakers),
            "unasked": str(one.unasked or NOT_RAISED),
            "debated": str(one.debated or NOT_RAISED),
        }
        for theme, one in in_order
    ]


def _came_up(ways: Sequence[tuple[str, str | None, int]]) -> dict[str, str]:
    """Return how each theme came up, in how many turns; what nobody said is left out."""
    found: dict[str, list[str]] = {}
    for theme, strength, turns in sorted(ways, key=lambda way: (-way[2], way[1] or "")):
        if strength:
            words = STRENGTH_WORDS[strength].lower()
            found.setdefault(theme, []).append(f"{words} in {turns}")
    return {theme: ", ".join(told) for theme, told in found.items()}


RULES = (
    f"Counted are groups of {FEWEST_IN_GROUP} or more whose turns people have all read. Speakers "
    f"are a number from {FEWEST_SPEAKERS} on; those of interviews count among them."
)

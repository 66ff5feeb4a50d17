"""What the pages of groups say of themes: who raised what, and in how many groups."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.figures.groups import FEWEST_IN_GROUP, FEWEST_SPEAKERS, Raised
from app.services.codebooks import Book

NOT_RAISED = "–"


def matrix(
    said: Sequence[tuple[str, str, int]], speakers: Sequence[str], book: Book
) -> dict[str, list[dict[str, Any]]]:
    """Return a table of themes by speakers: turns in each cell, the theme most raised first."""
    cells: dict[str, dict[str, int]] = {}
    for theme, code, turns in said:
        cells.setdefault(theme, {})[code] = turns
    names = {code: f"speaker-{place}" for place, code in enumerate(speakers)}
    columns: list[dict[str, Any]] = [
        {"key": "theme", "label": "Theme"},
        {"key": "of", "label": "Raised by"},
    ]
    columns += [{"key": name, "label": code, "numeric": True} for code, name in names.items()]
    rows = [
        {
            "theme": book.label(theme),
            "of": f"{len(turns)} of {len(speakers)}",
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
        }
        for theme, one in in_order
    ]


RULES = (
    f"Counted are groups of {FEWEST_IN_GROUP} or more whose turns people have all read. Speakers "
    f"are a number from {FEWEST_SPEAKERS} on; those of interviews count among them."
)

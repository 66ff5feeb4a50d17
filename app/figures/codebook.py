"""What a codebook calls its themes, families, needs and barriers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme as figures need it."""

    id: str
    label: str
    family: str
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a theme of a later version comes from (lineage.py)."""

    kind: str  # merge | split | add
    before: tuple[str, ...]  # names of the themes it was made from
    in_use: date  # the day figures changed over to it
    since: date | None  # the day from which it can be compared; None: all along


@dataclass(frozen=True, slots=True)
class Book:
    """A codebook reduced to names, and where the themes of later versions come from."""

    themes: tuple[Theme, ...]
    families: Mapping[str, str]
    needs: tuple[str, ...]
    barriers: tuple[str, ...]
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def theme(self, theme_id: str) -> Theme | None:
        """Return the theme, or None where this version has dropped it."""
        return next((t for t in self.themes if t.id == theme_id), None)

    def members(self, family: str) -> tuple[Theme, ...]:
        """Return the themes of a family."""
        return tuple(t for t in self.themes if t.family == family)


EMPTY = Book((), {}, (), ())


@lru_cache(maxsize=16)
def read_book(document: str) -> Book:
    """Return the names in a codebook's YAML."""
    content: Mapping[str, Any] = yaml.safe_load(document) or {}
    families: Mapping[str, Any] = content.get("families") or {}
    themes = [
        Theme(str(key), str(theme["label"]), str(family), str(theme.get("definition", "")))
        for family, part in families.items()
        for key, theme in (part.get("themes") or {}).items()
    ]
    gaps: Mapping[str, Any] = content.get("gaps") or {}
    return Book(
        tuple(themes),
        {str(key): str(part["label"]) for key, part in families.items()},
        tuple(map(str, gaps.get("needs") or ())),
        tuple(map(str, gaps.get("barriers") or ())),
    )


SPOKEN = {
    "rj": "restorative justice",
    "not_believed": "not being believed",
    "not_told": "not being told",
    "not_offered": "not being offered it",
    "not_eligible": "not being eligible",
    "no_response": "no reply",
    "poor_quality": "poor quality",
    "lost_in_handover": "lost between services",
    "location_transport": "place or transport",
    "hours": "opening hours",
    "format_inaccessible": "a format people could not use",
    "updates": "news of the case",
    "interpreter_language": "an interpreter",
    "single_point_of_contact": "one person to contact",
}


def words(code: str) -> str:
    """Return a need or barrier of the codebook as people say it."""
    return SPOKEN.get(code, code.replace("_", " "))

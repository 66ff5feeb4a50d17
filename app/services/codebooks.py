"""A codebook as people use it: families, themes with their definitions, needs and barriers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import yaml

from app.models import Strength

POLARITIES = ("positive", "negative", "mixed", "neutral")
STRENGTHS = tuple(s.value for s in Strength)  # how a theme came up in a group


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme, with what belongs to it and what does not."""

    id: str
    label: str
    definition: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    seeds: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """Themes that belong together."""

    id: str
    label: str
    themes: tuple[Theme, ...]


@dataclass(frozen=True)
class Book:
    """One version of one codebook."""

    families: tuple[Family, ...]
    needs: tuple[str, ...]
    barriers: tuple[str, ...]

    @cached_property
    def themes(self) -> Mapping[str, Theme]:
        """Return every theme by id."""
        return {theme.id: theme for family in self.families for theme in family.themes}

    def label(self, theme_id: str) -> str:
        """Return a theme's label, or its id where this version no longer has it."""
        theme = self.themes.get(theme_id)
        return theme.label if theme else plain(theme_id)


def plain(identifier: str) -> str:
    """Return an id of a need or barrier as words."""
    return identifier.replace("_", " ").capitalize()


@lru_cache(maxsize=32)
def read_book(document: str) -> Book:
    """Return the codebook in a YAML document; an absent list is empty."""
    return book_of(yaml.safe_load(document) or {})


def book_of(content: Mapping[str, Any]) -> Book:
    """Return the codebook in a document as data."""
    gaps = content.get("gaps") or {}
    families = tuple(_family(*item) for item in (content.get("families") or {}).items())
    return Book(families, _words(gaps.get("needs")), _words(gaps.get("barriers")))


def _family(family_id: str, content: Mapping[str, Any]) -> Family:
    themes = tuple(_theme(*item) for item in (content.get("themes") or {}).items())
    return Family(family_id, str(content.get("label") or plain(family_id)), themes)


def _theme(theme_id: str, content: Mapping[str, Any] | None) -> Theme:
    content = content or {}
    return Theme(
        id=theme_id,
        label=str(content.get("label") or plain(theme_id)),
        definition=str(content.get("definition") or ""),
        include=_words(content.get("include")),
        exclude=_words(content.get("exclude")),
        seeds=_words(content.get("seeds")),
        examples=_words(content.get("examples")),
    )


def _words(value: Any) -> tuple[str, ...]:
    return tuple(str(word) for word in value or ())

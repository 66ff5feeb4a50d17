"""Editing a codebook's document: each act takes one and returns another, with its lineage."""

import copy
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.services import lineage
from app.services.codebook_checks import Document

LONGEST_ID = 60


class UnknownThemeError(LookupError):
    """The draft has no such theme or family."""


class NothingLeftError(ValueError):
    """A codebook keeps at least one theme in a family, or the family goes with its last one."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What people read about a theme, and what the coder starts from."""

    label: str
    definition: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    def node(self) -> dict[str, Any]:
        """Return the wording as it stands in a document; empty lists are left out."""
        lists = {
            "include": self.include,
            "exclude": self.exclude,
            "seeds": self.seeds,
            "examples": self.examples,
        }
        kept = {name: list(values) for name, values in lists.items() if values}
        return {"label": self.label, "definition": self.definition, **kept}


@dataclass(frozen=True, slots=True)
class Edited:
    """A document after an act, and the step of its lineage, if it was one."""

    document: Document
    step: dict[str, Any] | None = None


def make_id(label: str, used: Collection[str]) -> str:
    """Return an id for a label that no version of the codebook has used."""
    plain = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[: LONGEST_ID - 4] or "theme"
    found, number = plain, 2
    while found in used:
        found, number = f"{plain}_{number}", number + 1
    return found


def theme_ids(document: Document) -> list[str]:
    """Return the themes of a document in order."""
    return [theme for family in _families(document).values() for theme in family["themes"]]


def family_of(document: Document, theme: str) -> str:
    """Return the family a theme stands in; raise UnknownThemeError."""
    for key, family in _families(document).items():
        if theme in family["themes"]:
            return str(key)
    raise UnknownThemeError(theme)


def add_theme(document: Document, family: str, wording: Wording, used: Collection[str]) -> Edited:
    """Add a theme to a family."""
    fresh, theme = copy.deepcopy(document), make_id(wording.label, used)
    _themes(fresh, family)[theme] = wording.node()
    return Edited(fresh, lineage.step(lineage.ADD, [], [theme]))


def add_family(document: Document, label: str, wording: Wording, used: Collection[str]) -> Edited:
    """Add a family with its first theme."""
    fresh = copy.deepcopy(document)
    family = make_id(label, set(_families(fresh)))
    fresh.setdefault("families", {})[family] = {"label": label, "themes": {}}
    return add_theme(fresh, family, wording, used)


def rename_family(document: Document, family: str, label: str) -> Edited:
    """Give a family another label."""
    fresh = copy.deepcopy(document)
    _themes(fresh, family)
    fresh["families"][family]["label"] = label
    return Edited(fresh)


def edit_theme(document: Document, theme: str, family: str, wording: Wording) -> Edited:
    """Change what is said about a theme, or the family it stands in; its id stays."""
    fresh = copy.deepcopy(document)
    held = family_of(fresh, theme)
    known = dict(_themes(fresh, held)[theme] or {})
    extra = {k: v for k, v in known.items() if k not in Wording("", "").__slots__}
    _themes(fresh, family)  # it has to be there before anything moves
    if held == family:
        _themes(fresh, held)[theme] = {**wording.node(), **extra}
    else:
        _take_out(fresh, [theme])
        _themes(fresh, family)[theme] = {**wording.node(), **extra}
    return Edited(fresh)


def merge(
    document: Document, themes: Sequence[str], wording: Wording, used: Collection[str]
) -> Edited:
    """Put several themes together under a new id, in the family of the first."""
    fresh, made = copy.deepcopy(document), make_id(wording.label, used)
    family = family_of(fresh, themes[0])
    for theme in themes:
        family_of(fresh, theme)
    _themes(fresh, family)[made] = wording.node()
    _take_out(fresh, themes)
    return Edited(fresh, lineage.step(lineage.MERGE, themes, [made]))


def split(
    document: Document, theme: str, parts: Sequence[Wording], used: Collection[str]
) -> Edited:
    """Put several new themes in place of one."""
    fresh, taken, made = copy.deepcopy(document), set(used), []
    family = family_of(fresh, theme)
    for part in parts:
        made.append(make_id(part.label, taken))
        taken.add(made[-1])
        _themes(fresh, family)[made[-1]] = part.node()
    _take_out(fresh, [theme])
    return Edited(fresh, lineage.step(lineage.SPLIT, [theme], made))


def retire(document: Document, theme: str) -> Edited:
    """Let a theme be used no more from the next version on."""
    fresh = copy.deepcopy(document)
    family_of(fresh, theme)
    _take_out(fresh, [theme])
    if not _families(fresh):
        raise NothingLeftError(theme)
    return Edited(fresh, lineage.step(lineage.RETIRE, [theme], []))


def _families(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = document.get("families") or {}
    return found


def _themes(document: Document, family: str) -> dict[str, Any]:
    if family not in _families(document):
        raise UnknownThemeError(family)
    themes: dict[str, Any] = document["families"][family]["themes"]
    return themes


def _take_out(document: Document, themes: Iterable[str]) -> None:
    """Remove themes, and families left without any."""
    for theme in themes:
        family = family_of(document, theme)
        del document["families"][family]["themes"][theme]
        if not document["families"][family]["themes"]:
            del document["families"][family]

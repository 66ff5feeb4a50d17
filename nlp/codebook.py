"""Codebooks: what there is to find in an answer, as families of themes and lists of gap parts.

A codebook is data. `parse` reads the YAML form described in `docs/coding-quality.md`; every problem
is collected, so that an author mends a file in one go.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SHIPPED = Path(__file__).parent / "codebooks"
DEFAULT = SHIPPED / "victims.yml"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_KNOWN = ("version", "families", "gaps")
SEEDS_WANTED = 10  # phrases per theme below which a cold start is weak; see docs/coding-quality.md


class CodebookError(ValueError):
    """The document is not a codebook; `problems` lists everything wrong with it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme; `seeds` are things people say when the theme is meant."""

    id: str
    label: str
    definition: str
    family: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Codebook:
    """Themes in the order of the file, the gap lists, and whatever else the document held."""

    families: Mapping[str, str]
    themes: tuple[Theme, ...]
    needs: tuple[str, ...] = ()
    barriers: tuple[str, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ids(self) -> tuple[str, ...]:
        """Theme ids in order."""
        return tuple(theme.id for theme in self.themes)

    @property
    def has_gaps(self) -> bool:
        """Whether both gap lists are there; without them no gap is ever reported."""
        return bool(self.needs and self.barriers)

    def resolve(self, name: str) -> str | None:
        """Theme id for an id or a label, ignoring case and spacing; None if there is none."""
        return _names(self).get(_flat(name))

    def advice(self) -> tuple[str, ...]:
        """What the codebook needs before a cold start can be trusted, a sentence a theme."""
        return tuple(
            f"theme {t.id!r} has {len(t.seeds)} seed phrases; "
            f"give {SEEDS_WANTED} to 30 things people say when they mean it"
            for t in self.themes
            if len(t.seeds) < SEEDS_WANTED // 2
        )


def _flat(name: str) -> str:
    return " ".join(name.casefold().split())


def _names(book: Codebook) -> dict[str, str]:
    names = {_flat(theme.label): theme.id for theme in reversed(book.themes)}
    return names | {_flat(theme.id): theme.id for theme in book.themes}


def load(path: Path) -> Codebook:
    """Read a codebook file.

    Raises:
        CodebookError: The file cannot be read, is not YAML, or is not a codebook.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CodebookError([f"cannot read {path}: {error}"]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CodebookError([f"{path} is not YAML: {' '.join(str(error).split())}"]) from error
    return parse(document)


def parse(document: object) -> Codebook:
    """Build a codebook from a parsed YAML document.

    Raises:
        CodebookError: with every problem found, each naming the place in the document.
    """
    problems: list[str] = []
    if not isinstance(document, Mapping):
        raise CodebookError(["the document must be a mapping with a `families` key"])
    families, themes = _families(document.get("families"), problems)
    needs, barriers = _gaps(document.get("gaps"), problems)
    if problems:
        raise CodebookError(problems)
    return Codebook(families, tuple(themes), needs, barriers, dict(document))


def _families(node: object, problems: list[str]) -> tuple[dict[str, str], list[Theme]]:
    labels: dict[str, str] = {}
    themes: list[Theme] = []
    if not isinstance(node, Mapping) or not node:
        problems.append("families: must be a mapping with at least one family")
        return labels, themes
    for key, family in node.items():
        where = f"families.{key}"
        family_id = _id(key, where, problems)
        if not isinstance(family, Mapping):
            problems.append(f"{where}: must be a mapping with `label` and `themes`")
            continue
        labels[family_id] = _text(family, "label", where, problems) or family_id
        themes += _themes(family.get("themes"), family_id, where, problems)
    _check_unique(themes, problems)
    return labels, themes


def _themes(node: object, family: str, where: str, problems: list[str]) -> list[Theme]:
    if not isinstance(node, Mapping) or not node:
        problems.append(f"{where}.themes: must be a mapping with at least one theme")
        return []
    return [
        theme
        for key, value in node.items()
        if (theme := _theme(key, value, family, f"{where}.themes.{key}", problems))
    ]


def _theme(key: object, node: object, family: str, where: str, problems: list[str]) -> Theme | None:
    theme_id = _id(key, where, problems)
    if not isinstance(node, Mapping):
        problems.append(f"{where}: must be a mapping with `label` and `definition`")
        return None
    return Theme(
        theme_id,
        _text(node, "label", where, problems) or theme_id,
        _text(node, "definition", where, problems),
        family,
        _strings(node.get("include"), f"{where}.include", problems),
        _strings(node.get("exclude"), f"{where}.exclude", problems),
        _strings(node.get("seeds"), f"{where}.seeds", problems),
    )


def _gaps(node: object, problems: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if node is None:
        return (), ()
    if not isinstance(node, Mapping):
        problems.append("gaps: must be a mapping with `needs` and `barriers`")
        return (), ()
    return (
        _strings(node.get("needs"), "gaps.needs", problems),
        _strings(node.get("barriers"), "gaps.barriers", problems),
    )


def _id(key: object, where: str, problems: list[str]) -> str:
    if not isinstance(key, str) or not _ID.fullmatch(key):
        problems.append(f"{where}: an id is letters, digits, '_', '-' or '.', not {key!r}")
    return str(key)


def _text(node: Mapping[Any, Any], name: str, where: str, problems: list[str]) -> str:
    value = node.get(name)
    if value is None or value == "":
        problems.append(f"{where}.{name}: is missing")
        return ""
    if not isinstance(value, str | int | float):
        problems.append(f"{where}.{name}: must be text")
        return ""
    return " ".join(str(value).split())


def _strings(node: object, where: str, problems: list[str]) -> tuple[str, ...]:
    if node is None:
        return ()
    if not isinstance(node, list):
        problems.append(f"{where}: must be a list")
        return ()
    for number, value in enumerate(node, 1):
        if not isinstance(value, str | int | float | bool) or not str(value).strip():
            problems.append(f"{where}[{number}]: must be text, not {value!r}")
    return tuple(" ".join(str(v).split()) for v in node if isinstance(v, str | int | float))


def _check_unique(themes: Iterable[Theme], problems: list[str]) -> None:
    seen: dict[str, str] = {}
    for theme in themes:
        if theme.id in seen:
            problems.append(
                f"families.{theme.family}.themes.{theme.id}: "
                f"the id is already used in families.{seen[theme.id]}"
            )
        seen.setdefault(theme.id, theme.family)

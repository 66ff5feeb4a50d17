"""What is wrong with a codebook's document: every problem at once, in words.

The coder's own reader (`nlp.codebook`) asks for the same; pages may not import it, so that a test
holds the two together.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
LONGEST_FILE = 400_000  # letters; the shipped codebook has under 50,000
MOST_THEMES = 200
LISTS = ("include", "exclude", "seeds", "examples")
Document = dict[str, Any]


class CodebookProblemsError(ValueError):
    """A document is not a codebook; `problems` lists everything wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_yaml(text: str) -> Document:
    """Return the document of a codebook file; raise CodebookProblemsError with every problem."""
    if len(text) > LONGEST_FILE:
        raise CodebookProblemsError(["the file is too long for a codebook"])
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        where = f", line {place.line + 1}" if place else ""
        raise CodebookProblemsError([f"the file is not YAML{where}"]) from error
    problems = check(document)
    if problems:
        raise CodebookProblemsError(problems)
    return dict(document)


def write_yaml(document: Mapping[str, Any]) -> str:
    """Return a document as the file that can be read again."""
    return yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=100)


def check(document: object) -> list[str]:
    """Return all that keeps a document from being a codebook; empty when nothing does."""
    if not isinstance(document, Mapping):
        return ["the document must be a mapping with a `families` key"]
    return [*_families(document.get("families")), *_gaps(document.get("gaps"))]


def _families(node: object) -> Iterator[str]:
    if not isinstance(node, Mapping) or not node:
        yield "families: must be a mapping with at least one family"
        return
    seen: dict[str, str] = {}
    for key, family in node.items():
        where = f"families.{key}"
        yield from _id(key, where)
        if not isinstance(family, Mapping):
            yield f"{where}: must be a mapping with `label` and `themes`"
            continue
        yield from _text(family, "label", where)
        yield from _themes(family.get("themes"), str(key), where, seen)
    if len(seen) > MOST_THEMES:
        yield f"families: more than {MOST_THEMES} themes"


def _themes(node: object, family: str, where: str, seen: dict[str, str]) -> Iterator[str]:
    if not isinstance(node, Mapping) or not node:
        yield f"{where}.themes: must be a mapping with at least one theme"
        return
    for key, theme in node.items():
        place = f"{where}.themes.{key}"
        yield from _id(key, place)
        if str(key) in seen:
            yield f"{place}: the id is already used in families.{seen[str(key)]}"
        seen.setdefault(str(key), family)
        if not isinstance(theme, Mapping):
            yield f"{place}: must be a mapping with `label` and `definition`"
            continue
        yield from _text(theme, "label", place)
        yield from _text(theme, "definition", place)
        for name in LISTS:
            yield from _strings(theme.get(name), f"{place}.{name}")


def _gaps(node: object) -> Iterator[str]:
    if node is None:
        return
    if not isinstance(node, Mapping):
        yield "gaps: must be a mapping with `needs` and `barriers`"
        return
    for name in ("needs", "barriers"):
        yield from _strings(node.get(name), f"gaps.{name}")


def _id(key: object, where: str) -> Iterator[str]:
    if not isinstance(key, str) or not ID.fullmatch(key):
        yield f"{where}: an id is letters, digits, '_', '-' or '.', not {key!r}"


def _text(node: Mapping[Any, Any], name: str, where: str) -> Iterator[str]:
    value = node.get(name)
    if value is None or value == "":
        yield f"{where}.{name}: is missing"
    elif not isinstance(value, str | int | float):
        yield f"{where}.{name}: must be text"


def _strings(node: object, where: str) -> Iterator[str]:
    if node is None:
        return
    if not isinstance(node, list):
        yield f"{where}: must be a list"
        return
    for number, value in enumerate(node, 1):
        if not isinstance(value, str | int | float | bool) or not str(value).strip():
            yield f"{where}[{number}]: must be text, not {value!r}"

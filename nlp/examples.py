"""Answers with what people found in them: the files `train` and `evaluate` read.

CSV has a `text` and a `labels` column; JSON lines follow nlp/corpora/README.md. Labels that are not
in the codebook are counted and left out, never guessed.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp.codebook import Codebook
from nlp.coding import Item, Polarity
from nlp.spans import Level

_BIG = 10_000_000  # characters in one CSV cell


class DataError(ValueError):
    """A training file cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of the text given that carries a theme."""

    theme: str
    polarity: Polarity
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GapLabel:
    """An unmet need a person found."""

    need: str
    barrier: str
    start: int
    end: int
    duration_days: int | None = None


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Personal data a person marked; `label` as in the codebook's `pii.labels`."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """One answer and its reviewed layers; None where a layer was not reviewed.

    Attributes:
        themes: Polarity (None if not given) by theme id; an empty mapping is a reviewed answer
            without a theme, None an unlabelled one.
    """

    item: Item
    themes: Mapping[str, Polarity | None] | None = None
    evidence: tuple[Evidence, ...] = ()
    sentiment: Polarity | None = None
    gaps: tuple[GapLabel, ...] | None = None
    safeguarding: Level | None = None
    pii: tuple[PersonalData, ...] | None = None


@dataclass(slots=True)
class Loaded:
    """Examples of one file and what had to be left out."""

    examples: list[Example]
    unknown: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    def notes(self) -> list[str]:
        """A sentence for each thing left out."""
        named = [
            f"label not in the codebook, left out {n} times: {k}" for k, n in self.unknown.items()
        ]
        return self.refused + sorted(named)


def load(path: Path, book: Codebook, question_column: str | None = None) -> Loaded:
    """Read a CSV or JSON-lines file.

    Raises:
        DataError: The file cannot be read, or lacks a column it must have.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read {path}: {error}") from error
    if text.lstrip().startswith("{"):
        return _json_lines(text, book, question_column)
    return _csv(text, path, book, question_column)


def _csv(text: str, path: Path, book: Codebook, question_column: str | None) -> Loaded:
    csv.field_size_limit(_BIG)
    reader = csv.DictReader(text.splitlines(keepends=True))
    columns = reader.fieldnames or []
    needed = ["text", *([question_column] if question_column else [])]
    missing = [name for name in needed if name not in columns]
    if missing:
        raise DataError(f"{path} has no column {', '.join(missing)}; it has {', '.join(columns)}")
    loaded = Loaded([])
    asked = question_column or "question"
    try:
        for number, row in enumerate(reader, 1):
            names = [n for n in (row.get("labels") or "").replace("|", ";").split(";") if n.strip()]
            item = Item(row.get("id") or str(number), row["text"] or "", row.get(asked) or "")
            loaded.examples.append(Example(item, _named(names, book, loaded)))
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: {error}") from error
    return loaded


def _named(
    names: Sequence[str], book: Codebook, loaded: Loaded
) -> dict[str, Polarity | None] | None:
    found: dict[str, Polarity | None] = {}
    for name in names:
        theme = book.resolve(name)
        if theme is None:
            loaded.unknown[name.strip()] += 1
        else:
            found[theme] = None
    return found or None


def _json_lines(text: str, book: Codebook, question_column: str | None) -> Loaded:
    loaded = Loaded([])
    for number, row in _objects(text, loaded):
        try:
            loaded.examples.append(_example(row, number, book, loaded, question_column))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            loaded.refused.append(f"line {number}: {type(error).__name__}: {error}")
    return loaded


def _objects(text: str, loaded: Loaded) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            loaded.refused.append(f"line {number}: not JSON: {error}")
            continue
        if isinstance(row, dict) and isinstance(row.get("text"), str):
            yield number, row
        else:
            loaded.refused.append(f"line {number}: must be an object with a `text`")


def _example(
    row: Mapping[str, Any], number: int, book: Codebook, loaded: Loaded, question_column: str | None
) -> Example:
    asked = row.get(question_column or "question") or ""
    item = Item(str(row.get("id", number)), row["text"], str(asked), row.get("language"))
    return Example(
        item,
        _themes(row.get("themes", row.get("labels")), book, loaded),
        tuple(_evidence(row.get("evidence") or (), book)),
        Polarity(row["sentiment"]) if row.get("sentiment") else None,
        tuple(_gaps(row["gaps"])) if isinstance(row.get("gaps"), list) else None,
        Level(row["safeguarding"]) if isinstance(row.get("safeguarding"), str) else None,
        tuple(_pii(row["pii"])) if isinstance(row.get("pii"), list) else None,
    )


def _themes(node: Any, book: Codebook, loaded: Loaded) -> dict[str, Polarity | None] | None:
    if node is None:
        return None
    if isinstance(node, str):
        return _named(node.replace("|", ";").split(";"), book, loaded) if node.strip() else None
    found: dict[str, Polarity | None] = {}
    for entry in node:
        name = entry["theme"] if isinstance(entry, dict) else entry
        theme = book.resolve(str(name))
        if theme is None:
            loaded.unknown[str(name)] += 1
            continue
        stated = entry.get("polarity") if isinstance(entry, dict) else None
        found[theme] = Polarity(stated) if stated else None
    return found if found or not node else None


def _evidence(node: Sequence[Mapping[str, Any]], book: Codebook) -> Iterator[Evidence]:
    for entry in node:
        theme = book.resolve(str(entry["theme"]))
        if theme is not None:
            polarity = Polarity(entry.get("polarity", "neutral"))
            yield Evidence(theme, polarity, int(entry["start"]), int(entry["end"]))


def _gaps(node: Sequence[Mapping[str, Any]]) -> Iterator[GapLabel]:
    for entry in node:
        yield GapLabel(
            str(entry["need"]),
            str(entry["barrier"]),
            int(entry.get("start", 0)),
            int(entry.get("end", 0)),
            entry.get("duration_days"),
        )


def _pii(node: Sequence[Mapping[str, Any]]) -> Iterator[PersonalData]:
    for entry in node:
        yield PersonalData(str(entry["label"]), int(entry["start"]), int(entry["end"]))

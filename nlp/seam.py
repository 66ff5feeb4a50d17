"""The command-line seam: JSON lines in, JSON lines out, one for one and in order."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from nlp.coding import Coder, Item

BATCH = 256


@dataclass(frozen=True, slots=True)
class Line:
    """One input line: an item to code, or what is wrong with it."""

    id: Any
    item: Item | None
    error: str = ""


def parse_line(raw: bytes) -> Line:
    """Read one line; never raises."""
    try:
        row = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        return Line(None, None, f"not UTF-8: {error.reason} at byte {error.start}")
    except (ValueError, RecursionError) as error:
        return Line(None, None, f"not JSON: {error}")
    if not isinstance(row, dict):
        return Line(None, None, "a line must be a JSON object")
    problem = _problem(row)
    if problem:
        return Line(row.get("id"), None, problem)
    question, language = row.get("question") or "", row.get("language")
    who = row.get("respondent")
    return Line(row["id"], Item(str(row["id"]), row["text"], question, language, who))


def _problem(row: dict[str, Any]) -> str:
    if isinstance(row.get("id"), bool) or not isinstance(row.get("id"), str | int):
        return "`id` must be text or a whole number"
    if not isinstance(row.get("text"), str):
        return "`text` must be text"
    for name in ("question", "language", "respondent"):
        if row.get(name) is not None and not isinstance(row[name], str):
            return f"`{name}` must be text"
    return ""


def code_lines(coder: Coder, source: Iterable[bytes], out: IO[bytes]) -> int:
    """Code line by line in batches; returns how many lines were refused."""
    lines = (parse_line(raw) for raw in source if raw.strip())
    refused = 0
    while batch := list(islice(lines, BATCH)):
        items = [line.item for line in batch if line.item is not None]
        codings = iter(coder.code(items))
        for line in batch:
            if line.item is None:
                refused += 1
                shown = {"id": line.id} if line.id is not None else {}
                out.write(to_line(shown | {"error": line.error}))
            else:
                out.write(to_line(next(codings).to_json() | {"id": line.id}))
        out.flush()
    return refused


def to_line(value: Any) -> bytes:
    """One JSON line; a lone surrogate is written as its escape, which JSON allows."""
    return (json.dumps(value, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def text_lines(source: Iterable[bytes]) -> Iterator[str]:
    """Plain lines without their ends; bytes that are not UTF-8 become U+FFFD."""
    for raw in source:
        yield raw.decode("utf-8", "replace").rstrip("\r\n")

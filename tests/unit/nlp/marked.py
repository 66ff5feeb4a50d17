"""Reads test texts in which what must be hidden stands in braces."""

import re
from pathlib import Path

HERE = Path(__file__).parent


def read_marked(name: str) -> list[tuple[str, str, list[tuple[int, int]]]]:
    """Return (label, text, spans to hide) for each line of a file beside this one."""
    rows = []
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("##"):
            label, marked = line.split("|", 1)
            rows.append((label, *_unmarked(marked)))
    return rows


def _unmarked(marked: str) -> tuple[str, list[tuple[int, int]]]:
    text, spans = "", []
    for part in re.split(r"(\{.*?\})", marked):
        if part.startswith("{"):
            spans.append((len(text), len(text) + len(part) - 2))
            part = part[1:-1]
        text += part
    return text, spans


def missed(text: str, spans: list[tuple[int, int]], found: list) -> str:
    """Return the letters and digits of the spans that nothing found covers."""
    hidden = {i for item in found for i in range(item.start, item.end)}
    wanted = (i for start, end in spans for i in range(start, end))
    return "".join(text[i] for i in wanted if text[i].isalnum() and i not in hidden)

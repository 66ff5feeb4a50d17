"""A questionnaire on paper: numbered questions, boxes to tick, and routing in words.

The page is written in Typst's markup with every text as a string literal, so nothing in a
questionnaire can act as markup, and becomes a tagged PDF (PDF/UA-1).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from surveys.exchange.paper_form import Block, HelpLine, blocks
from surveys.exchange.report import Report, refuse
from surveys.model import Survey
from surveys.text import is_right_to_left

SIZE, LARGE = "12pt", "18pt"
LINES, FEWER_LINES = 29, 17  # of a question that one page surely holds, at those sizes
LETTERS = 80  # a line holds at least
_START = """#set document(title: {title})
#set page(paper: "a4", margin: 2cm, numbering: "1")
#set text(size: {size}, lang: {lang}, dir: {direction})
#set par(leading: 0.7em)
#let box-to-tick = box(width: 1em, height: 1em, stroke: 1pt, baseline: 2pt)
#let option(words) = block(spacing: 9pt, [#box-to-tick #h(6pt) #words])
#let lines(count) = for _ in range(count) {{ v(20pt); line(length: 100%, stroke: 0.5pt) }}
#let boxes(count) = for _ in range(count) {{ box(width: 22pt, height: 24pt, stroke: 1pt) }}
= #{title}
"""


def write_paper(
    survey: Survey,
    path: Path,
    report: Report,
    *,
    language: str | None = None,
    help_lines: Sequence[HelpLine] = (),
) -> None:
    """Write the survey as a PDF, or as Typst's markup when the path ends in .typ.

    Raises RefusedError when Typst is not installed.
    """
    source = markup(survey, language or survey.source_language, report, help_lines)
    if path.suffix == ".typ":
        path.write_text(source, encoding="utf-8")
        return
    path.write_bytes(pdf(source))


def pdf(source: str) -> bytes:
    """Return Typst's markup set as a tagged PDF; raises RefusedError when Typst is missing."""
    try:
        typst: Any = importlib.import_module("typst")
    except ImportError:
        message = "A PDF needs the package typst; --out with a name ending in .typ needs nothing."
        raise refuse("paper", message) from None
    made: bytes = typst.compile(source.encode(), format="pdf", pdf_standards=["ua-1"])
    return made


def markup(
    survey: Survey,
    language: str,
    report: Report,
    help_lines: Sequence[HelpLine] = (),
    *,
    return_to: str = "",
    is_large: bool = False,
    words: Mapping[str, str] = MappingProxyType({}),
    is_draft: bool = False,
) -> str:
    """Return the form in Typst's markup."""
    title, *rest = blocks(survey, language, report, help_lines, return_to, words, is_draft)
    start = _START.format(
        title=_literal(title.text),
        lang=_literal(language.split("-")[0]),
        direction="rtl" if is_right_to_left(language) else "ltr",
        size=LARGE if is_large else SIZE,
    )
    held = FEWER_LINES if is_large else LINES
    parts = (
        _question(b, _height(rest[at:]) <= held) if b.kind == "question" else _SET[b.kind](b)
        for at, b in enumerate(rest)
    )
    return start + "".join(parts)


def _height(blocks: Sequence[Block]) -> int:
    """Return about how many lines a question takes, from its heading to its end."""
    lines = 0
    for block in blocks:
        if block.kind == "end":
            break
        lines += 2 * block.count if block.kind == "lines" else 1 + len(block.text) // LETTERS
    return lines


def _date(block: Block) -> str:
    parts = zip((2, 2, 4), block.text.split("\n"), strict=True)
    return " #h(8pt) ".join(f"#boxes({n}) #{_literal(words)}" for n, words in parts) + "\n\n"


def _question(block: Block, fits: bool = True) -> str:
    """Return the start of a question; one that no page can hold goes on on the next."""
    heading = f"#block(sticky: true)[*{block.count}. #{_literal(block.text)}*]\n\n"
    return f"#block(breakable: {'false' if fits else 'true'})[\n{heading}"


_SET: Mapping[str, Callable[[Block], str]] = {
    "heading": lambda block: f"\n== #{_literal(block.text)}\n",
    "words": lambda block: f"#{_literal(block.text)}\n\n",
    "fact": lambda block: f"*#{_literal(block.label)}*: #{_literal(block.text)}\n\n",
    "question": _question,
    "aside": lambda block: f"#emph({_literal(block.text)})\n\n",
    "group": lambda block: f"#block(sticky: true)[*#{_literal(block.text)}*]\n\n",
    "option": lambda block: f"#option({_literal(block.text)})\n",
    "lines": lambda block: f"#lines({block.count})\n",
    "boxes": lambda block: f"#boxes({block.count}) #{_literal(block.text)}\n\n",
    "date": _date,
    "scale": lambda block: f"#align(center, text(size: 1.25em, {_literal(block.text)}))\n\n",
    "together": lambda _block: "#block(breakable: false)[\n",
    "end": lambda _block: "]\n#v(14pt)\n",
}


def _literal(text: str) -> str:
    """Return a text as a Typst string, in which nothing is markup."""
    clean = "".join(c for c in text if c.isprintable() or c == "\n")
    escaped = clean.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'

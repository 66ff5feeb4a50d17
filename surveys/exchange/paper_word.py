"""A questionnaire on paper as a Word document, which an office can change and set larger."""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from surveys.exchange.paper_form import Block
from surveys.exchange.report import refuse

FONT = "Arial"
SIZE, LARGE = 12, 18
_LINE = "_" * 60
_BOX = "\u2610"


def word(blocks: Sequence[Block], *, is_large: bool = False, is_rtl: bool = False) -> bytes:
    """Return the form as a .docx; raises RefusedError when python-docx is missing."""
    try:
        docx: Any = importlib.import_module("docx")
        shared: Any = importlib.import_module("docx.shared")
    except ImportError:
        raise refuse("paper", "A Word version needs the package python-docx.") from None
    doc = docx.Document()
    size = LARGE if is_large else SIZE
    doc.sections[0].page_width, doc.sections[0].page_height = shared.Cm(21.0), shared.Cm(29.7)
    normal = doc.styles["Normal"]
    normal.font.name, normal.font.size = FONT, shared.Pt(size)
    for name, points in (("Title", size + 8), ("Heading 1", size + 3), ("Heading 2", size + 1)):
        doc.styles[name].font.name, doc.styles[name].font.size = FONT, shared.Pt(points)
    doc.core_properties.title = blocks[0].text
    _fill(doc, blocks)
    if is_rtl:
        _turn(doc)
    out = io.BytesIO()
    doc.save(out)
    return out.getvalue()


def _fill(doc: Any, blocks: Sequence[Block]) -> None:
    """Set the blocks; a question stays on one page where one can hold it.

    The help lines have the last page to themselves, so that it can be torn off and kept.
    """
    kept: list[Any] = []
    since: int | None = None
    for block in blocks:
        if block.kind == "question":
            since = len(doc.element.body)
        if block.kind == "end" and since is not None:
            # The section's own settings are the last element of a body, so count from before it.
            kept += list(doc.element.body)[since - 1 : len(doc.element.body) - 2]
            since = None
        _SET[block.kind](doc, _printable(block.text), block)
    for paragraph in kept:
        paragraph.get_or_add_pPr().get_or_add_keepNext()


def _fact(doc: Any, text: str, block: Block) -> None:
    paragraph = doc.add_paragraph()
    paragraph.add_run(f"{_printable(block.label)}: ").bold = True
    paragraph.add_run(text)


def _question(doc: Any, text: str, block: Block) -> None:
    doc.add_heading(f"{block.count}. {text}", 2)


def _aside(doc: Any, text: str, _block: Block) -> None:
    doc.add_paragraph().add_run(text).italic = True


def _lines(doc: Any, _text: str, block: Block) -> None:
    for _ in range(block.count):
        doc.add_paragraph(_LINE)


def _date(doc: Any, _text: str, block: Block) -> None:
    doc.add_paragraph("  ".join(f"{words} ______" for words in block.text.split("\n")))


_SET: Mapping[str, Callable[[Any, str, Block], Any]] = {
    "title": lambda doc, text, _: doc.add_heading(text, 0),
    "heading": lambda doc, text, _: doc.add_heading(text, 1),
    "words": lambda doc, text, _: doc.add_paragraph(text),
    "fact": _fact,
    "question": _question,
    "aside": _aside,
    "group": lambda doc, text, _: doc.add_heading(text, 3),
    "option": lambda doc, text, _: doc.add_paragraph(f"{_BOX}  {text}"),
    "lines": _lines,
    "boxes": lambda doc, text, block: doc.add_paragraph(f"{'[   ]' * block.count} {text}"),
    "date": _date,
    "scale": lambda doc, text, _: doc.add_paragraph(text),
    "together": lambda doc, _text, _block: doc.add_page_break(),
    "end": lambda doc, _, __: doc.add_paragraph(),
}


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable() or c == "\n")


def _turn(doc: Any) -> None:
    """Let every paragraph run from right to left."""
    oxml: Any = importlib.import_module("docx.oxml")
    for paragraph in doc.paragraphs:
        paragraph._p.get_or_add_pPr().append(oxml.OxmlElement("w:bidi"))

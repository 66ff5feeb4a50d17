"""A report as a tagged PDF (PDF/UA-1), set by Typst.

Every text is a Typst string literal, so nothing in a report can act as markup.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import typst

from app.services.reporting.layout import Grid, Heading, Item, Paragraph, Picture, Quotation
from app.services.reporting.snapshot import About

FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"  # the same on every machine
_START = """#set document(title: {title}, author: {author}, keywords: {keywords})
#set page(paper: "a4", margin: 2cm, footer: context [
  #set text(size: 8pt)
  #{footer} #h(1fr) #counter(page).display()
])
#set text(font: "DejaVu Sans", size: 9.5pt, lang: "en", region: "GB")
#set par(leading: 0.62em, spacing: 0.9em)
#show heading: set text(fill: rgb("#153e54"))
#show heading: set block(above: 1.3em, below: 0.6em, sticky: true)
#show heading.where(level: 1): set text(size: 20pt)
#show heading.where(level: 2): set text(size: 14pt)
#show heading.where(level: 3): set text(size: 11.5pt)
#show figure.where(kind: table): set figure.caption(position: top)
#show figure: set block(breakable: true)
#show figure.caption: it => block(width: 100%, above: 0.6em, below: 0.5em, sticky: true,
  align(left, strong(it.body)))
#set table(stroke: 0.5pt + rgb("#8aa0aa"), inset: 4pt)
#set table.cell(breakable: false)
#show table.cell: set text(size: 8pt)
#show table.cell.where(y: 0): strong
#show table: set par(justify: false)
= #{title}
"""


def write(about: About, items: Sequence[Item], pictures: Mapping[str, bytes]) -> bytes:
    """Return the report as PDF/UA-1."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for i, (key, content) in enumerate(pictures.items()):
            names[key] = f"p{i}.png"
            (Path(folder) / names[key]).write_bytes(content)
        main = Path(folder) / "report.typ"
        main.write_text("".join(_parts(about, items, names)), encoding="utf-8")
        compiler: Any = typst
        made: bytes = compiler.compile(
            str(main), format="pdf", pdf_standards=["ua-1"], font_paths=[str(FONTS)]
        )
    return made


def _parts(about: About, items: Sequence[Item], names: Mapping[str, str]) -> Iterator[str]:
    words = f"{about.title}, {about.subtitle}. Data as at {about.as_at}."
    if about.is_synthetic:
        words = f"SYNTHETIC DATA. {words}"
    yield _START.format(
        title=literal(about.title),
        author=literal(about.made_by),
        keywords=literal("synthetic data" if about.is_synthetic else "victims' voices"),
        footer=literal(words),
    )
    yield f"#text(size: 11pt, {literal(about.subtitle)})\n\n"
    yield _said(f"{about.body}. Survey: {about.survey}.")
    yield _said(f"Frozen on {about.made_on} by {about.made_by}. Contact: {about.contact}.")
    for item in items:
        yield _put(item, names)


def _put(item: Item, names: Mapping[str, str]) -> str:
    match item:
        case Heading(level, words):
            return f"\n{'=' * level} #{literal(words)}\n"
        case Paragraph(words, "warning"):
            return f"#block(width: 100%, inset: 6pt, stroke: 1pt, strong({literal(words)}))\n\n"
        case Paragraph(words, "lead"):
            return f"#text(size: 11pt, {literal(words)})\n\n"
        case Quotation(words):
            return f"#quote(block: true, {literal(f'“{words}”')})\n\n"
        case Picture(key):
            return _picture(item, names[key]) if key in names else ""
        case Grid():
            return _grid(item)
        case Paragraph(words):
            return _said(words)


def _picture(item: Picture, name: str) -> str:
    return (
        f"#block(sticky: true, image({literal(name)}, width: 100%, alt: {literal(item.alt)}))\n\n"
    )


def _grid(item: Grid) -> str:
    head = ", ".join(_cell(words) for words in item.header)
    rows = "".join(f"  {', '.join(_cell(words) for words in row)},\n" for row in item.rows)
    widths = ", ".join(f"{100 * share:.1f}fr" for share in item.widths)
    align = f"({', '.join('right' if figure else 'left' for figure in item.numeric)},)"
    fill = '(x, y) => if y == 0 { rgb("#e3ecf0") }'
    note = f"#text(size: 8pt, {literal(item.note)})\n\n" if item.note else ""
    return (
        f"#figure(kind: table, supplement: none, caption: {literal(item.caption)}, "
        f"table(columns: ({widths},), align: {align}, fill: {fill},\n"
        f"  table.header({head}),\n{rows}))\n\n{note}"
    )


def _cell(words: str) -> str:
    return f"[#{literal(words)}]"


def _said(words: str) -> str:
    return f"#{literal(words)}\n\n"


def literal(text: str) -> str:
    """Return a text as a Typst string, in which nothing is markup."""
    clean = "".join(c for c in text if c.isprintable() or c == "\n")
    return '"' + re.sub(r'(["\\])', r"\\\1", clean).replace("\n", "\\n") + '"'

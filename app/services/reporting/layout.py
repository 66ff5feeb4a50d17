"""A snapshot as a flat list of things to print, the same for the page, Word and PDF.

Quotations come in as they may be shown at this moment; the snapshot holds none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .fixed import FIXED
from .snapshot import Block, Section, Snapshot
from .tables import Table


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 2 begins a section, level 3 a part of one."""

    level: int
    words: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or two; `style` is lead, plain or warning."""

    words: str
    style: str = "plain"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as words: the first cell of each row names it."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]  # which columns hold figures
    note: str = ""

    @property
    def widths(self) -> tuple[float, ...]:
        """Return the share of the page each column needs, by the words in it."""
        columns = zip(self.header, *self.rows, strict=True)
        pairs = zip(columns, self.numeric, strict=True)
        needs = [_need(cells, is_figure=is_figure) for cells, is_figure in pairs]
        return tuple(need / sum(needs) for need in needs)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a table, with what it shows in words."""

    key: str
    draw: str
    table: Table
    alt: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a person, already redacted and allowed at this moment."""

    words: str


NARROWEST, FIGURES, NAMES, PADDING = 6, 18, 34, 6  # letters a column may ask for


def _need(cells: Sequence[str], *, is_figure: bool) -> float:
    longest = max(len(words) for words in cells)
    word = max((len(part) for words in cells for part in words.split()), default=0)
    return PADDING + max(NARROWEST, word, min(longest, FIGURES if is_figure else NAMES))


Item = Heading | Paragraph | Grid | Picture | Quotation


def items(snapshot: Snapshot, voices: Mapping[str, str]) -> Iterator[Item]:
    """Return what a report prints after its title, in order."""
    if snapshot.about.is_synthetic:
        yield Paragraph(FIXED["synthetic"], "warning")
    for number, section in enumerate(snapshot.sections, start=1):
        yield Heading(2, f"{number}. {section.heading}")
        yield from _section(snapshot, section, voices)


def _section(snapshot: Snapshot, section: Section, voices: Mapping[str, str]) -> Iterator[Item]:
    for place, block in enumerate(section.blocks):
        if block.kind == "quotes":
            yield from (Quotation(voices[q]) for q in block.quotes if q in voices)
        elif _is_idle(section, place, voices):
            continue
        else:
            yield _item(snapshot, block)


def _is_idle(section: Section, place: int, voices: Mapping[str, str]) -> bool:
    """Return whether a block only introduces quotations of which none may be shown any more."""
    follows = section.blocks[place + 1 : place + 3]
    block = section.blocks[place]
    within = follows[:1] if block.kind == "claim" else follows if block.kind == "heading" else ()
    quoting = next((b for b in within if b.kind == "quotes"), None)
    return quoting is not None and not any(q in voices for q in quoting.quotes)


def _item(snapshot: Snapshot, block: Block) -> Item:
    if block.kind == "heading":
        return Heading(3, block.key)
    if block.kind == "table":
        return _grid(snapshot.tables[block.key], block.most)
    if block.kind == "picture":
        claim, _, table = block.key.partition(":")
        return Picture(block.key, block.draw, snapshot.tables[table], snapshot.claims[claim].text)
    style = "lead" if block.kind == "lead" else "plain"
    return Paragraph(snapshot.claims[block.key].text, style)


def _grid(table: Table, most: int | None) -> Grid:
    header = (table.first, *(column.label for column in table.columns))
    rows = tuple(tuple(row) for row in table.printed(most))
    numeric = (False, *(column.shows != "words" for column in table.columns))
    note = table.note
    if most is not None and most < len(table.rows):
        note = f"The first {most} of {len(table.rows)}. {note}".strip()
    return Grid(table.title, header, rows, numeric, note)


def texts(snapshot: Snapshot, voices: Mapping[str, str]) -> list[str]:
    """Return every word a report prints, for tests and searches."""
    found = [snapshot.about.title, snapshot.about.subtitle]
    for item in items(snapshot, voices):
        if isinstance(item, Grid):
            found += [item.caption, *item.header, *(c for row in item.rows for c in row), item.note]
        elif isinstance(item, Picture):
            found.append(item.alt)
        else:
            found.append(item.words)
    return found

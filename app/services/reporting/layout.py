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
        """Return the share of the page each column gets: its longest word first, so that none is
        cut, and then what the columns with more to say would still like.
        """
        columns = list(zip(self.header, *self.rows, strict=True))
        least = [PADDING + _longest_word(cells) for cells in columns]
        wanted = [
            PADDING + min(max(map(len, cells)), FIGURES if is_figure else NAMES)
            for cells, is_figure in zip(columns, self.numeric, strict=True)
        ]
        more = [max(want - need, 0.0) for want, need in zip(wanted, least, strict=True)]
        room = max(LINE - sum(least), 0.0)
        part = min(room / (sum(more) or 1.0), 1.0)
        widths = [need + part * extra for need, extra in zip(least, more, strict=True)]
        return tuple(width / sum(widths) for width in widths)


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


FIGURES, NAMES, PADDING = 18, 34, 2  # letters a column may ask for, and the space beside them
LINE = 92  # letters that fit across the page
BOLD = 1.2  # how much wider the letters of a header are


def _longest_word(cells: Sequence[str]) -> float:
    """Return how many letters the longest word of a column takes; the first cell is its header."""
    head, *rest = ([len(word) for word in words.split()] for words in cells)
    return max(BOLD * max(head, default=0), *(max(lengths, default=0) for lengths in rest), 1)


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
    caption, note = table.title, table.note
    if most is not None and most < len(table.rows):
        caption = f"{caption}: the first {most}"  # the whole may follow under its own name
        note = f"The first {most} of {len(table.rows)}. {note}".strip()
    return Grid(caption, header, rows, numeric, note)


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

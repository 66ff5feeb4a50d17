"""Writes a snapshot down, section by section; every sentence is made by its rule at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from app.figures.tables import SafeCell

from .claims import EDITION, sentence
from .snapshot import About, Block, Claim, Ref, Section, Snapshot
from .tables import Cell, Row, Table

LEAST_DRAWN = 2  # one dot alone is a number, not a picture


def _drawable(cell: SafeCell, draw: str) -> bool:
    return cell.count is not None if draw == "bars" else cell.share is not None


@dataclass(slots=True)
class Writer:
    """A report in the making."""

    tables: dict[str, Table] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    sections: list[tuple[str, list[Block]]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def section(self, heading: str) -> None:
        """Begin a numbered section."""
        self.sections.append((heading, []))

    def heading(self, words: str) -> None:
        """Begin a part of a section."""
        self._put(Block("heading", words))

    def hold(self, table: Table) -> Table:
        """Keep a table that only sentences rest on, or that is printed later."""
        self.tables[table.key] = table
        return table

    def keep(self, key: str, title: str, rows: Sequence[tuple[str, str, Cell]]) -> Table:
        """Keep single cells under one name for sentences to rest on."""
        kept = tuple(Row(code, label, (cell,)) for code, label, cell in rows)
        return self.hold(Table(key, title, "", (), kept))

    def table(self, table: Table | str, most: int | None = None, *, bare: bool = False) -> None:
        """Print a table here, or its first rows.

        One in which everything is withheld is only named, unless `bare` asks for its empty rows.
        """
        held = self.tables[table] if isinstance(table, str) else self.hold(table)
        if held.is_withheld and not bare:
            self._withhold(held.title)
        else:
            self._put(Block("table", held.key, most=most))

    def _withhold(self, title: str) -> None:
        """Name a table that cannot be shown, in one sentence with those just before it."""
        blocks = self.sections[-1][1]
        last = self.claims.get(blocks[-1].key) if blocks else None
        named = title.rstrip("?.")
        if last is not None and last.words.get("of") == "withheld":
            blocks.pop()
            del self.claims[last.id]
            named = f"{last.words['titles']}; {named}"
        self.fixed("withheld", titles=named)

    def say(self, template: str, *refs: Ref, lead: bool = False, **words: str) -> None:
        """Print the sentence a rule makes; one that has nothing to say is left out."""
        self._say("lead" if lead else "claim", template, refs, words)

    def fixed(self, of: str, **words: str) -> None:
        """Print one of the sentences without figures."""
        self._say("claim", "fixed", (), {"of": of, **words})

    def written(self, words: str) -> None:
        """Print what a member of staff wrote."""
        if words.strip():
            self._say("claim", "written", (), {"words": words.strip()})

    def _say(self, kind: str, template: str, refs: Sequence[Ref], words: Mapping[str, str]) -> None:
        claim = self._claim(template, refs, words)
        if claim is not None:
            self._put(Block(kind, claim))

    def picture(self, table: str, draw: str, what: str, order: str = "size") -> None:
        """Draw a table that is also printed; its alt text is a claim."""
        rows = self.tables[table].rows
        cells = [row.cells[0] for row in rows]
        if sum(isinstance(c, SafeCell) and _drawable(c, draw) for c in cells) < LEAST_DRAWN:
            return
        claim = self._claim("picture", (Ref(table, rows[0].code),), {"what": what, "order": order})
        self._put(Block("picture", f"{claim}:{table}", draw=draw))

    def quotes(self, ids: Sequence[str]) -> None:
        """Leave a place for quotations."""
        self._put(Block("quotes", quotes=tuple(ids)))

    def _claim(self, template: str, refs: Sequence[Ref], words: Mapping[str, str]) -> str | None:
        text = sentence(template, self.tables, refs, words)
        if not text:
            return None
        claim = Claim(f"c{next(self.numbers)}", template, tuple(refs), dict(words), text)
        self.claims[claim.id] = claim
        return claim.id

    def _put(self, block: Block) -> None:
        self.sections[-1][1].append(block)

    def snapshot(self, about: About) -> Snapshot:
        """Return what was written."""
        sections = tuple(Section(heading, tuple(blocks)) for heading, blocks in self.sections)
        return Snapshot(about, sections, self.tables, self.claims, EDITION)

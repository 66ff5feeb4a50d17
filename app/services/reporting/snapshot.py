"""The frozen body of a report: sections of blocks, tables, and the ledger of its claims."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .tables import Table, as_json, from_json

LAYOUT = 1


@dataclass(frozen=True, slots=True)
class Ref:
    """One cell of one frozen table."""

    table: str
    row: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence: the rule that makes it, the cells it rests on, and words without numbers."""

    id: str
    template: str
    refs: tuple[Ref, ...]
    words: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """One thing in a section: a claim, a heading, a table, a picture or a place for quotations."""

    kind: str  # claim | lead | heading | table | picture | quotes
    key: str = ""  # of the claim or table; a heading's words
    draw: str = ""  # how a picture is drawn
    most: int | None = None  # rows of a table to print here
    quotes: tuple[str, ...] = ()  # ids, looked up when read


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of a report."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What a report is of, and who froze it."""

    kind: str
    title: str
    subtitle: str
    survey: str
    period: str
    as_at: str
    made_on: str
    made_by: str
    contact: str
    body: str
    is_synthetic: bool
    release: str  # the day of the release its figures come from


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole report as data."""

    about: About
    sections: tuple[Section, ...]
    tables: Mapping[str, Table]
    claims: Mapping[str, Claim]
    edition: int  # of the rules that made the claims

    @property
    def quotes(self) -> tuple[str, ...]:
        """Return every quotation the report has a place for."""
        return tuple(q for s in self.sections for b in s.blocks for q in b.quotes)


def as_plain(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot as plain values, to be stored."""
    return {
        "layout": LAYOUT,
        "edition": snapshot.edition,
        "about": asdict(snapshot.about),
        "sections": [
            {"heading": s.heading, "blocks": [_block_json(b) for b in s.blocks]}
            for s in snapshot.sections
        ],
        "tables": {key: as_json(table) for key, table in snapshot.tables.items()},
        "claims": {key: asdict(claim) for key, claim in snapshot.claims.items()},
    }


def _block_json(block: Block) -> dict[str, Any]:
    return {name: value for name, value in asdict(block).items() if value not in ("", None, ())}


def read(content: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot that `as_plain` wrote."""
    return Snapshot(
        About(**content["about"]),
        tuple(
            Section(s["heading"], tuple(_block(b) for b in s["blocks"]))
            for s in content["sections"]
        ),
        {key: from_json(table) for key, table in content["tables"].items()},
        {key: _claim(claim) for key, claim in content["claims"].items()},
        content["edition"],
    )


def _block(content: Mapping[str, Any]) -> Block:
    return Block(**{**content, "quotes": tuple(content.get("quotes", ()))})


def _claim(content: Mapping[str, Any]) -> Claim:
    return Claim(**{**content, "refs": tuple(Ref(**ref) for ref in content["refs"])})


def digest(content: Mapping[str, Any]) -> str:
    """Return the fingerprint of a stored snapshot."""
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()

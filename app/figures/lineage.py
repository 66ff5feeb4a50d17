"""Where the themes of a codebook's present version come from, and what that does to a series.

Earlier decisions are carried into a later version where their meaning is sure (decision 0065): a
theme merged from others is one series with them. A part of a split, or a new theme, was asked
about from its version on only: what lies before cannot be compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.models import Codebook, Recoding

from .codebook import Book, Origin, read_book

MERGE, SPLIT, ADD = "merge", "split", "add"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a codebook: its names, what became of those before, when it came into use."""

    book: Book
    steps: Sequence[Mapping[str, Any]]
    in_use: date


def origins_of(session: Session, codebook_id: Any) -> dict[str, Origin]:
    """Return where the themes of a codebook come from, of those its first version had not."""
    present = aliased(Codebook)
    switched = (
        select(func.min(Recoding.switched_at))
        .where(Recoding.codebook_id == Codebook.id)
        .correlate(Codebook)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Codebook.document, Codebook.lineage, Codebook.adopted_at, switched)
        .join(present, present.key == Codebook.key)
        .where(present.id == codebook_id, Codebook.version <= present.version)
        .order_by(Codebook.version)
    ).all()
    if len(rows) < 2:
        return {}
    return trace(
        [
            Version(read_book(document), steps or (), (in_use or adopted).date())
            for document, steps, adopted, in_use in rows
        ]
    )


def trace(versions: Sequence[Version]) -> dict[str, Origin]:
    """Return where each theme comes from, following the versions from the first."""
    found: dict[str, Origin] = {}
    for old, new in pairwise(versions):
        held, fresh = {t.id for t in old.book.themes}, set[str]()
        made: dict[str, tuple[str, Sequence[str]]] = {}
        for step in new.steps:
            gone = set(step["from"])
            if step["kind"] != MERGE or gone & fresh:
                fresh |= set(step["to"])
            made |= dict.fromkeys(step["to"], (step["kind"], step["from"]))
        for theme in (t.id for t in new.book.themes if t.id not in held):
            kind, before = made.get(theme, (ADD, ()))
            breaks = [found[b].since for b in before if b in found]
            since = max((day for day in breaks if day), default=None)
            if theme in fresh or theme not in made:
                since = new.in_use
            names = tuple(_label(old.book, new.book, b) for b in before)
            found[theme] = Origin(kind, names, new.in_use, since)
    return found


def _label(old: Book, new: Book, theme: str) -> str:
    known = old.theme(theme) or new.theme(theme)
    return known.label if known else theme.replace("_", " ")

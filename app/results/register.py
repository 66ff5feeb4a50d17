"""The gap register in words, and what happened to a figure after somebody acted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from app.figures.changes import Change, changes
from app.figures.pages import gap_label, ways_table
from app.figures.periods import Period
from app.figures.tables import SafeCell
from app.services.gap_evidence import frozen, may_read, public_limits, public_words
from app.services.naming import change_words

from .choosing import Choice
from .wording import day_words, period_words

__all__ = ["frozen", "public_limits", "public_words"]

STATE_WORDS = {
    "heard": ("Heard", "plain"),
    "looking": ("Looking into it", "wait"),
    "doing": ("Doing", "wait"),
    "done": ("Done", "done"),
    "cannot": ("Can't, because", "plain"),
}
SETTLED = {"done", "cannot"}


class GapRow(Protocol):
    """What this page reads of a gap."""

    id: UUID
    theme: str | None
    need: str | None
    barrier: str | None
    area: str | None
    crime_group: str | None
    evidence: dict[str, Any]
    state: str
    due_on: date | None
    acted_on: date | None


def row_and_label(choice: Choice, gap: GapRow) -> tuple[str, str]:
    """Return the row of figures a gap rests on, and its name."""
    if gap.theme:
        theme = choice.book.theme(gap.theme)
        return f"theme:{gap.theme}", theme.label if theme else gap.theme
    code = f"{gap.need}|{gap.barrier}"
    return f"gap:{code}", gap_label(code)


NOT_YOURS = "The figure is not of your service alone."


def evidence_words(choice: Choice, evidence: Mapping[str, Any]) -> str:
    """Return the frozen evidence in one line, where this reader may read it."""
    if evidence and not may_read(evidence, choice.own):
        return NOT_YOURS
    if not evidence or evidence.get("count") is None:
        return "Fewer than 10 answers, or not shown."
    whom = f" ({evidence['of']})" if evidence.get("of") else ""
    words = f"{evidence['count']:,} of {evidence['base']:,} answers read{whom}"
    share = evidence["share"]
    return (
        f"{words} ({share}), {evidence['period']}"
        if share != "–"
        else (f"{words}, {evidence['period']}")
    )


def is_overdue(gap: GapRow, today: date) -> bool:
    """Return whether the day it was promised for has gone by."""
    return gap.due_on is not None and gap.due_on < today and gap.state not in SETTLED


def said_words(choice: Choice, gap: GapRow) -> str:
    """Return how the theme of a gap was said in the figures looked at; nothing where too few."""
    theme = choice.book.theme(gap.theme) if gap.theme else None
    view = None if choice.view is None else choice.view.at(_facets(choice, gap))
    if theme is None or view is None or not view.asks(choice.book, theme):
        return ""
    table = ways_table(view, theme)
    shown = [
        f"{row.cell.count:,} {row.label.lower()}"
        for row in table.rows
        if row.cell.count is not None
    ]
    if not shown:
        return ""
    return (
        f"Of {table.base.count_words} answers that raise “{theme.label}” "
        f"{period_words(view.period)}: {', '.join(shown)}."
    )


def effects(choice: Choice, gaps: Sequence[GapRow]) -> Mapping[UUID, str]:
    """Return what the figures say of each gap since somebody acted; never called a cause.

    All the tests of a register are corrected together, so that a long one finds no more by
    chance than a short one.
    """
    windows = {gap.id: _window(choice, gap) for gap in gaps}
    ready = {key: found for key, found in windows.items() if isinstance(found, _Window)}
    tested = changes([(w.after_cell, w.before_cell) for w in ready.values()])
    words = {
        key: _effect_words(change, window.before, window.after)
        for (key, window), change in zip(ready.items(), tested, strict=True)
    }
    return {key: words[key] if isinstance(w, _Window) else w for key, w in windows.items()}


@dataclass(frozen=True, slots=True)
class _Window:
    """The last quarter before a day and the newest after it, with a gap's figures in both."""

    before: Period
    after: Period
    before_cell: SafeCell
    after_cell: SafeCell


def _window(choice: Choice, gap: GapRow) -> "_Window | str":
    """Return the figures before and after, or why there are none."""
    if gap.acted_on is None or choice.view is None:
        return "Not yet: enter the day it was done, and later quarters will be compared."
    before, after = _around(choice, gap.acted_on)
    if before is None or after is None:
        return "Not yet: there must be a complete quarter before and one after."
    row, _ = row_and_label(choice, gap)
    view = choice.view.at(_facets(choice, gap))
    if view is None:
        return "The figures no longer have this group."
    views = [view.during(period) for period in (before, after)]
    theme = choice.book.theme(gap.theme) if gap.theme else None
    if theme is not None and not all(one.asks(choice.book, theme) for one in views):
        return "Cannot be compared: this theme was not asked about before the codebook changed."
    return _Window(before, after, *(one.cell(row, "read") for one in views))


def _facets(choice: Choice, gap: GapRow) -> dict[str, str]:
    """Return whom a gap is about, within what this reader may see."""
    assert choice.view is not None  # noqa: S101 - asked only where something is shown
    named = {k: v for k, v in (("area", gap.area), ("crime_group", gap.crime_group)) if v}
    about = {**named, **gap.evidence.get("facets", {})}
    return about | {k: v for k, v in choice.view.facets.items() if k in choice.locked}


def _around(choice: Choice, day: date) -> tuple[Period | None, Period | None]:
    """Return the last quarter that ended before a day, and the newest that began after it."""
    quarters = sorted(
        (p for p in choice.release.periods if p.kind == "quarter"), key=lambda p: p.quarters
    )
    earlier = [p for p in quarters if p.ends_on < day]
    later = [p for p in quarters if p.starts_on > day]
    return (earlier[-1] if earlier else None), (later[-1] if later else None)


def _effect_words(change: Change, before: Period, after: Period) -> str:
    if change.difference is None or change.before is None:
        return "Too few answers before or after to compare."
    shares = (
        f"The last quarter before, {before.label}: {_of(change.before)}. "
        f"The newest since, {after.label}: {_of(change.now)}."
    )
    found = change.difference.interval
    low, high = (f"{round(100 * end):+d}".replace("-", "−") for end in (found.low, found.high))
    likely = f"Likely difference: {low} to {high} points."
    return f"{change_words(change)} {shares} {likely} This alone does not show why."


def _of(cell: SafeCell) -> str:
    return f"{cell.share_words} of {cell.share_base or cell.base:,}"


def printed(choice: Choice, gaps: Sequence[Any], today: date) -> list[dict[str, Any]]:
    """Return the register's rows, ready to print."""
    since = effects(choice, gaps)
    return [
        {
            "title": gap.title,
            "about": row_and_label(choice, gap)[1],
            "evidence": evidence_words(choice, gap.evidence),
            "state": STATE_WORDS[gap.state],
            "owner": gap.owner or "Nobody yet",
            "due": _due_words(gap),
            "overdue": is_overdue(gap, today),
            "effect": since[gap.id] if gap.acted_on else "",
            "url": choice.url("gap", gap_id=gap.id),
        }
        for gap in gaps
    ]


def _due_words(gap: GapRow) -> str:
    if gap.state in SETTLED and gap.acted_on is not None:
        return f"Done on {day_words(gap.acted_on)}"
    if gap.due_on is not None:
        return day_words(gap.due_on)
    return "–" if gap.state in SETTLED else "No date yet"


def actions_due(gaps: Sequence[Any], today: date) -> list[dict[str, str]]:
    """Return what was promised and is not settled, overdue first."""
    due = [gap for gap in gaps if gap.due_on is not None and gap.state not in SETTLED]
    return [
        {
            "title": gap.title,
            "owner": gap.owner or "Nobody yet",
            "due": f"{day_words(gap.due_on)}{', overdue' if is_overdue(gap, today) else ''}",
        }
        for gap in sorted(due, key=lambda gap: gap.due_on)[:5]
    ]

"""The gap register in words, and what happened to a figure after somebody acted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from app.figures.changes import Change, changes
from app.figures.periods import Period
from app.figures.tables import SafeCell
from app.services.gap_evidence import frozen, public_limits, public_words
from app.services.naming import change_words

from .choosing import Choice
from .wording import day_words

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
    from app.figures.pages import gap_label

    code = f"{gap.need}|{gap.barrier}"
    return f"gap:{code}", gap_label(code)


def evidence_words(evidence: Mapping[str, Any]) -> str:
    """Return the frozen evidence in one line."""
    if not evidence or evidence.get("count") is None:
        return "Fewer than 10 answers, or not shown."
    words = f"{evidence['count']:,} of {evidence['base']:,} answers read"
    share = evidence["share"]
    return (
        f"{words} ({share}), {evidence['period']}"
        if share != "–"
        else (f"{words}, {evidence['period']}")
    )


def is_overdue(gap: GapRow, today: date) -> bool:
    """Return whether the day it was promised for has gone by."""
    return gap.due_on is not None and gap.due_on < today and gap.state not in SETTLED


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
    facets = {k: v for k, v in (("area", gap.area), ("crime_group", gap.crime_group)) if v}
    bound = {k: v for k, v in choice.view.facets.items() if k in choice.locked}
    view = choice.view.at(facets | bound)
    if view is None:
        return "The figures no longer have this group."
    cells = [view.during(period).cell(row, "read") for period in (before, after)]
    return _Window(before, after, *cells)


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
    shares = f"{change.before.share_words} before ({before.label}), {change.now.share_words} after"
    found = change.difference.interval
    likely = (
        f"Likely difference: {round(100 * found.low):+d} to {round(100 * found.high):+d} points"
    )
    return (
        f"{change_words(change)} {shares} ({after.label}). {likely}. This alone does not show why."
    )


def printed(choice: Choice, gaps: Sequence[Any], today: date) -> list[dict[str, Any]]:
    """Return the register's rows, ready to print."""
    since = effects(choice, gaps)
    return [
        {
            "title": gap.title,
            "about": row_and_label(choice, gap)[1],
            "evidence": evidence_words(gap.evidence),
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

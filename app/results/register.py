"""The gap register in words, and what happened to a figure after somebody acted."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from app.figures.changes import Change, changes
from app.figures.periods import Period
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


def effect(choice: Choice, gap: GapRow) -> str:
    """Return what the figures say since somebody acted: tested, and never called a cause."""
    if gap.acted_on is None or choice.view is None:
        return "Not yet: enter the day it was done, and later quarters will be compared."
    before, after = _around(choice, gap.acted_on)
    if before is None or after is None:
        return "Not yet: there must be a complete quarter before and one after."
    row, _ = row_and_label(choice, gap)
    facets = {k: v for k, v in (("area", gap.area), ("crime_group", gap.crime_group)) if v}
    view = choice.view.at(facets)
    if view is None:
        return "The figures no longer have this group."
    found = changes([(view.during(after).cell(row, "read"), view.during(before).cell(row, "read"))])
    return _effect_words(found[0], before, after)


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
    return f"{change_words(change)} {shares} ({after.label}). This alone does not show why."


def printed(choice: Choice, gaps: Sequence[Any], today: date) -> list[dict[str, Any]]:
    """Return the register's rows, ready to print."""
    return [
        {
            "title": gap.title,
            "about": row_and_label(choice, gap)[1],
            "evidence": evidence_words(gap.evidence),
            "state": STATE_WORDS[gap.state],
            "owner": gap.owner or "Nobody yet",
            "due": day_words(gap.due_on) if gap.due_on else "No date yet",
            "overdue": is_overdue(gap, today),
            "url": choice.url("gap", gap_id=gap.id),
        }
        for gap in gaps
    ]


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

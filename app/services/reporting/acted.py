"""What staff wrote into a report's surroundings: the gap register and the evidence shelf."""

from collections.abc import Sequence
from datetime import date

from app.models import Gap
from app.services.naming import day_words

from .gathering import Sources
from .tables import Column, Row, Table
from .writer import Writer

SETTLED = {"done", "cannot"}
STATES = {
    "heard": "Heard",
    "looking": "Looking into it",
    "doing": "Doing",
    "done": "Done",
    "cannot": "Can't be done",
}


def words_table(
    key: str, title: str, labels: Sequence[str], rows: Sequence[tuple[str, ...]]
) -> Table:
    """Return a table of words: the first of each row is its name."""
    columns = tuple(Column(label, "words", i) for i, label in enumerate(labels[1:]))
    made = tuple(Row(f"{key}{i}", row[0], row[1:]) for i, row in enumerate(rows))
    return Table(key, title, labels[0], columns, made)


def actions(w: Writer, s: Sources, services: frozenset[str] = frozenset()) -> None:
    """Print what was promised and is not settled."""
    due = [g for g in _mine(s, services) if g.due_on is not None and g.state not in SETTLED]
    today = s.now.date()
    rows = [(g.title, g.owner or "Nobody yet", _by(g, today), STATES[g.state]) for g in due]
    labels = ("Action", "Who", "By when", "Where it stands")
    if rows:
        w.table(words_table("actions", "Actions with a date that are not settled", labels, rows))
    else:
        w.fixed("no_actions")


def said_and_did(w: Writer, s: Sources, services: frozenset[str] = frozenset()) -> None:
    """Print "You said, we did"."""
    said = [g for g in _mine(s, services) if g.said and (g.did or g.because)]
    rows = [
        (g.said, g.did or f"Can't, because {g.because}", STATES[g.state], _voices(g)) for g in said
    ]
    labels = ("You said", "What was done", "Where it stands", "Voices")
    if rows:
        w.table(words_table("said", "What people said and what was done", labels, rows))
    else:
        w.fixed("no_decisions")


def decisions(w: Writer, s: Sources) -> None:
    """Print every gap in the register with what was decided."""
    rows = [
        (g.title, g.decision or g.because or "Not decided yet", STATES[g.state]) for g in s.register
    ]
    labels = ("Gap", "Decision", "Where it stands")
    if rows:
        w.table(words_table("decisions", "Gaps in the register", labels, rows))
    else:
        w.fixed("no_decisions")


def evidence(w: Writer, s: Sources) -> None:
    """Print what stands on the evidence shelf; cited beside the figures, never added in."""
    rows = [
        (theme, ", ".join(filter(None, (n.title, n.author, str(n.year or "")))), n.finding)
        for theme, n in s.shelf
    ]
    if rows:
        labels = ("Theme", "Source", "Finding")
        w.table(words_table("evidence", "Evidence from elsewhere", labels, rows))
    else:
        w.fixed("no_evidence")


def _mine(s: Sources, services: frozenset[str]) -> list[Gap]:
    return [g for g in s.register if not services or g.service in services]


def _by(gap: Gap, today: date) -> str:
    if gap.due_on is None:
        return "No date yet"
    return day_words(gap.due_on) + (", overdue" if gap.due_on < today else "")


def _voices(gap: Gap) -> str:
    return (
        str(gap.evidence.get("public", "Fewer than 10 people, or not shown")) or "Not counted here"
    )

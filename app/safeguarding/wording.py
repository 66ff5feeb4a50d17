"""What the desk says about flags and tasks: plain words, ready to print."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.clock import LONDON, london_words
from app.services.identity import Contact

TIER_NAMES = {
    "SG1": "Immediate danger",
    "SG2": "Serious risk",
    "SG3": "Concern",
    "SG4": "Service failure",
}
TIER_TONES = {"SG1": "high", "SG2": "high", "SG3": "wait", "SG4": "plain"}
# Domain §4.4: what each tier asks of the desk.
TIER_ACTS = {
    "SG1": "Act within one staffed hour. If somebody may be in danger now, ring 999. Tell the "
    "case service.",
    "SG2": "Act by the end of this working day, with the specialist or children's lead where "
    "there is one, and your local safeguarding route.",
    "SG3": "The case service acts by the end of the next working day; the supervisor sees it.",
    "SG4": "Within three working days, by the complaints route. Not for the manager of the "
    "service it is about.",
}
SOURCE_WORDS = {
    "text": "Words in an answer",
    "answer": "An answer that was chosen",
    "contact": "Asked to be contacted",
    "person": "Raised by a colleague",
}
STATUS_WORDS = {
    "open": ("Nobody has taken it", "high"),
    "acknowledged": ("Taken", "plain"),
    "closing": ("Waits for a second person", "wait"),
    "closed": ("Closed", "done"),
}
ACT_WORDS = {
    "flag.raise": "raised it",
    "flag.raise_further": "raised it to a more urgent tier",
    "flag.take": "took it",
    "flag.note": "wrote a note",
    "flag.move_up": "moved it up",
    "flag.propose_lower": "proposed a lower tier",
    "flag.agree_lower": "agreed to the lower tier",
    "flag.propose_close": "proposed to close it",
    "flag.keep": "did not agree, or took the proposal back",
    "flag.close": "agreed, and closed it",
    "flag.escalate": "passed it to the deputy: nobody had taken it in time",
    "flag.notify": "told the desk by e-mail that it waits",
    "identity.open": "opened who this is",
}
NOT_ASKED = {"reply": "A text sent back to our message"}
TASK_WORDS = {
    "contact": "Asked to be contacted",
    "low_check_in": "Low answers two check-ins in a row",
    "reply": "Wrote back to a message",
    "stopping": "Is thinking of stopping with the case",
    "missed": "A check-in was missed",
    "not_reached": "Not reached three times",
}
TASK_ADVICE = {
    "not_reached": "Three tries did not reach them, and Heard sends them nothing more by itself. "
    "Decide whether to tell them once that support is still here if they want it, without a "
    "survey. After domestic abuse or sexual violence, only on a phone or address marked safe.",
}
WAY_WORDS = {
    "text": "Text message",
    "call": "Phone call",
    "email": "E-mail",
    "worker": "Through the support worker",
}
TIME_WORDS = {
    "mornings": "weekday mornings, 9 to 12",
    "afternoons": "weekday afternoons, 12 to 5",
    "evenings": "weekday evenings, 5 to 8",
}
WISH_WORDS = {"soon": "As soon as possible", "this_week": "This week"}

Names = Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a flag's history."""

    at: str
    who: str
    words: str
    note: str


def tier_words(tier: str) -> str:
    """Return a tier as people say it."""
    return f"{tier} {TIER_NAMES[tier]}"


def due_words(due: datetime, now: datetime) -> str:
    """Return how long there is, or how late it is."""
    if due < now:
        return f"{_span(now - due)} late"
    local, today = due.astimezone(LONDON), now.astimezone(LONDON).date()
    days = (local.date() - today).days
    if days == 0:
        return f"by {local:%H:%M} today"
    if days == 1:
        return f"by {local:%H:%M} tomorrow"
    return f"by {local:%H:%M} on {local:%A %-d %B}"


def closed_words(closed: datetime | None, due: datetime) -> str:
    """Return when a flag was closed, and how late that was; nothing while it is open."""
    if closed is None:
        return ""
    late = f", {_span(closed - due)} late" if closed > due else ""
    return f"Closed {london_words(closed)}{late}"


def name_of(user_id: UUID | None, names: Names, nobody: str = "nobody yet") -> str:
    """Return a colleague's name; accounts may be gone."""
    if user_id is None:
        return nobody
    return names.get(user_id, "a former colleague")


def flag_row(flag: Any, names: Names, now: datetime, url: Callable[[UUID], str]) -> dict[str, Any]:
    """Return one flag as the desk shows it; nothing of what the person wrote."""
    status, tone = STATUS_WORDS[flag.status]
    return {
        "url": url(flag.id),
        "tier": tier_words(flag.tier),
        "tier_tone": TIER_TONES[flag.tier],
        "source": SOURCE_WORDS.get(flag.source, "Raised"),
        "survey": flag.response.survey.name,
        "due": due_words(flag.due_at, now),
        "is_late": flag.due_at < now,
        "closed": closed_words(flag.closed_at, flag.due_at),
        "status": status,
        "status_tone": tone,
        "is_escalated": flag.escalated_at is not None and flag.status == "open",
        "owner": name_of(flag.owner_id, names),
        "raised": london_words(flag.raised_at),
    }


def history(acts: Sequence[Any], notes: Sequence[Any], names: Names) -> list[Event]:
    """Return who did what and wrote what, oldest first.

    A note written in the same moment as an act stands beside it.
    """
    waiting = list(notes)
    events: list[tuple[datetime, Event]] = []
    for act in acts:
        note = next((n for n in waiting if n.written_at == act.at), None)
        if note is not None:
            waiting.remove(note)
        words = ACT_WORDS.get(act.act, act.act.replace(".", " "))
        if "to" in act.detail and act.detail["to"] in TIER_NAMES:
            words += f" to {act.detail['to']}"
        who = name_of(act.actor_id, names, "Heard")
        body = (note.body or "") if note else ""
        events.append((act.at, Event(london_words(act.at), who, words, body)))
    for note in waiting:
        who = name_of(note.author_id, names)
        body = note.body or ""
        line = Event(london_words(note.written_at), who, "wrote", body)
        events.append((note.written_at, line))
    return [event for _, event in sorted(events, key=lambda pair: pair[0])]


def watch_words(watch: Any, names: Names, *, is_staffed: bool) -> str:
    """Return who watches the desk today, and whether anybody does just now."""
    lead = name_of(watch.lead_id, names, "nobody named") if watch else "nobody named"
    deputy = name_of(watch.deputy_id, names, "nobody named") if watch else "nobody named"
    now = "The desk is staffed now." if is_staffed else "The desk is not staffed at this hour."
    return f"{now} On duty today: {lead}; deputy: {deputy}."


def contact_rows(contact: Contact | None) -> list[tuple[str, str]]:
    """Return how somebody asked to be reached, a line each."""
    if contact is None:
        return []
    times = ", ".join(TIME_WORDS.get(t, t) for t in contact.times)
    message = "Yes, one that says nothing about why" if contact.may_leave_message == "yes" else "No"
    until = f"{contact.safe_until:%-d %B %Y}" if contact.safe_until else "not said: ask first"
    return [
        ("How soon", WISH_WORDS.get(contact.wish, contact.wish)),
        ("Safe way", WAY_WORDS.get(contact.way, "not said")),
        ("Number or address", contact.reach or "not given"),
        ("Safe times", times or "not said"),
        ("May a message be left", message),
        ("This way is safe until", until),
    ]


def _span(length: Any) -> str:
    minutes = max(1, int(length.total_seconds() // 60))
    if minutes < 60:
        return _many(minutes, "minute")
    if minutes < 48 * 60:
        return _many(minutes // 60, "hour")
    return _many(minutes // (24 * 60), "day")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

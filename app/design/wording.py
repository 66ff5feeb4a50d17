"""What the designer's pages say; plain functions that tests can call."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.clock import london_words
from app.figures.watching import WayIn
from app.services.designing import ASIDE
from app.services.targets import Target
from surveys import Outcome, SignalName, Status

SITTING = timedelta(minutes=30)
CHANNELS = {
    "open": "Open link, for a website or a message",
    "campaign": "Campaign link, counted apart",
    "poster": "Poster with a QR code",
    "personal": "Personal links, issued one by one by the outreach desk",
    "facilitator": "Group session with a facilitator",
    "paper": "Paper, typed in by staff",
    "import": "Import of earlier answers",
}
STATUS = {"live": "Live", "paused": "Paused", "closed": "Closed"}
DONE = {
    "launch": "The survey is live; its links are under “Ways in”. Answers of tests are gone.",
    "pause": "Nobody new can begin. Who has begun can finish.",
    "close": "The survey is closed. Who has begun can finish for 24 hours.",
}
RESTORED = {
    False: "The draft is what it was before that edit. You can undo this too.",
    True: "Those words are in the draft now. Everything else is as it was.",
}
SIGNALS = {
    SignalName.SUPPORT_PANEL: "Help lines are shown open, at once",
    SignalName.CONTACT_REQUESTED: "The person wants to be contacted, this week",
    SignalName.CONTACT_URGENT: "The person wants to be contacted soon",
    SignalName.LOW_COPING: "A low answer about coping; the second in a row makes a task",
    SignalName.LOW_SAFETY: "A low answer about safety; the second in a row makes a task",
    SignalName.THINKING_OF_STOPPING: "The person thinks of leaving the case: a task",
    SignalName.SG1: "Flag: immediate danger, within a staffed hour",
    SignalName.SG2: "Flag: serious risk, the same working day",
    SignalName.SG3: "Flag: concern, the next working day",
    SignalName.SG4: "Flag: a service failed, within three working days",
    SignalName.INELIGIBLE: "The survey is not meant for this person: counted in no figure",
    SignalName.QUOTE_CONSENTED: "The person’s words may be quoted",
    SignalName.WORKER_HELPED: "A worker helped to answer",
}
OUTCOMES = {
    Outcome.COMPLETE: "Thank-you",
    Outcome.INELIGIBLE: "Not meant for this person",
    Outcome.OTHER_FORM: "Another form",
}
TRANSLATION = {
    Status.MISSING: ("Not there yet", "high"),
    Status.DRAFT: ("Draft", "wait"),
    Status.STALE: ("Out of date", "wait"),
    Status.REVIEWED: ("Reviewed", "done"),
}


def status(value: str, versions: int) -> str:
    """Return where a survey stands, in words."""
    if value == "draft":
        return "Approved, not launched" if versions else "Draft"
    return STATUS.get(value, value)


def acts(value: str, *, has_version: bool) -> list[tuple[str, str, bool]]:
    """Return the buttons of a survey's page: act, words, is the main one."""
    if value == "draft":
        return [("launch", "Launch", True)] if has_version else []
    return {
        "live": [("pause", "Pause", False), ("close", "Close", False)],
        "paused": [("launch", "Open again", True), ("close", "Close", False)],
        "closed": [("launch", "Reopen", True)],
    }.get(value, [])


def next_step(value: str, versions: int, *, waiting: bool) -> str:
    """Return what comes next, in a sentence."""
    if waiting:
        return "It waits for an approver, who is not the person who asked."
    if value == "draft" and not versions:
        return "Write the questions, put the problems right, then ask for approval."
    if value == "draft":
        return (
            "It is approved. Try it out, then launch it. Where you have opened no way in, "
            "launching opens the usual one."
        )
    return {
        "live": "People can answer. A new version goes live when an approver agrees.",
        "paused": "Nobody can begin. Who had begun can finish.",
        "closed": "It is over. Reopening takes one press.",
    }.get(value, "")


def signal(name: str) -> str:
    """Return what happens on a signal; a name of the survey's own is only kept."""
    return {s.value: words for s, words in SIGNALS.items()}.get(name, name.replace("_", " "))


def version_row(version: Any, names: Mapping[UUID | None, str]) -> dict[str, str]:
    """Return one frozen version as a row."""
    return {
        "number": f"Version {version.number}",
        "when": london_words(version.published_at),
        "who": names.get(version.published_by, "someone") if version.published_by else "set-up",
        "mark": version.sha256[:12],
    }


def runs(edits: Sequence[Any]) -> list[Any]:
    """Return edits newest first, those of one sitting at one page as the first of them.

    A page that saves itself makes an edit at each pause; she wants to undo what she did there.
    """
    kept: list[Any] = []
    later = None
    for edit in edits:
        if later is not None and _is_one_sitting(edit, later):
            kept.pop()
        kept.append(edit)
        later = edit
    return kept


def _is_one_sitting(edit: Any, later: Any) -> bool:
    same = (edit.change, edit.edited_by) == (later.change, later.edited_by)
    return same and later.edited_at - edit.edited_at < SITTING


def edit_row(edit: Any, names: Mapping[UUID | None, str]) -> dict[str, Any]:
    """Return one edit of a draft as a row."""
    return {
        "revision": edit.revision,
        "change": edit.change,
        "who": names.get(edit.edited_by, "Someone"),
        "when": london_words(edit.edited_at),
        "is_aside": edit.change.startswith(ASIDE),
    }


def meanwhile(who: str, at: datetime, change: str) -> str:
    """Return who was first, as one sentence."""
    return f"{who} saved first, on {london_words(at)}: {change}."


def minutes(fewest: float, most: float) -> str:
    """Return how long a form takes."""
    low, high = max(1, round(fewest)), max(1, round(most))
    if low == high:
        return f"about {high} minute{'s' if high > 1 else ''}"
    return f"{low} to {high} minutes"


def age(value: float | None) -> str:
    """Return a reading age in words."""
    return "too few words to say" if value is None else f"about {value:.0f}"


def opening(collector: Any, *, opens: bool) -> str:
    """Return whether a way in opens today, as the respondents' face itself says."""
    if collector.token is None:
        return "Open" if collector.is_open else "Shut"
    if opens:
        return "Opens today"
    return "Shut" if not collector.is_open else "Does not open today"


def aim(came: WayIn, target: Target | None) -> str:
    """Return how many people were heard against how many were hoped for."""
    heard = came.complete.count_words
    if target is None:
        return f"Finished so far: {heard}. No aim is set."
    by = f" by {target.by:%-d %B %Y}" if target.by else ""
    return f"Finished so far: {heard}. You aim for {target.people:,}{by}."


def dates(first: date | None, last: date | None) -> str:
    """Return when a way in is open."""
    if first is None and last is None:
        return "any day"
    begin = f"from {first:%-d %B %Y}" if first else ""
    end = f"until {last:%-d %B %Y}" if last else ""
    return f"{begin} {end}".strip()

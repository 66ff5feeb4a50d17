"""What groups and interviews say of a theme, in words, beside its figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.db import db
from app.figures import groups
from app.figures.groups import Raised
from app.figures.quotes import Voice
from app.guards import current_actor

MOST_VOICES = 2


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, and words that may be quoted."""

    words: str
    voices: Sequence[Voice]


def told(survey_id: UUID, theme: str, *, today: date) -> Told | None:
    """Return what was raised in groups and interviews; None where there were none."""
    if not current_actor().sees_everything:
        return None  # a group belongs to no service: whoever is bound to one sees no figure of it
    raised = groups.raised(db.session, survey_id, theme)
    if raised is None:
        return None
    voices = groups.list_voices(db.session, survey_id, theme, today=today, most=MOST_VOICES)
    return Told(words(raised), voices)


def how_it_came_up(raised: Raised) -> list[str]:
    """Return in how many groups a theme came up unasked or was argued over, where people said."""
    told = [
        (raised.unasked, "people brought it up unasked."),
        (raised.debated, "people argued over it."),
    ]
    return [f"In {groups} of them {words}" for groups, words in told if groups]


def words(raised: Raised) -> str:
    """Return how far a theme was raised; people only from ten of them on."""
    parts = []
    if raised.groups:
        speakers = f"{raised.speakers:,}" if raised.speakers else "fewer than 10"
        parts.append(
            f"Raised in {raised.groups} of {raised.of_groups} groups, by {speakers} speakers."
        )
        parts += how_it_came_up(raised)
    elif raised.of_groups:
        noun = "group" if raised.of_groups == 1 else "groups"
        parts.append(f"Raised in none of {raised.of_groups} {noun}.")
    if raised.speakers and not raised.groups:
        parts.append(f"Raised by {raised.speakers:,} speakers in groups and interviews.")
    if raised.waiting:
        noun = "group is" if raised.waiting == 1 else "groups are"
        parts.append(f"{raised.waiting} more {noun} still being read.")
    return " ".join(parts) or "There were too few people to say how far it was raised."

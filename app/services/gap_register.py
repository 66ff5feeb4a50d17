"""The gap register: what was heard, what was decided, who does it by when, and did it help."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import EvidenceNote, Gap, GapState
from app.store import audit, gaps
from app.store.actors import Actor

__all__ = [
    "PUBLIC_STATES",
    "About",
    "Decision",
    "DecisionIncompleteError",
    "GapState",
    "decide",
    "open_gap",
    "shelve",
    "unshelve",
]

# What everyone reads of a state; each language has it in the catalogues.
PUBLIC_STATES = {
    "heard": "We have heard it.",
    "looking": "We are looking into it.",
    "doing": "It is being done.",
    "done": "It is done.",
    "cannot": "It cannot be done.",
}


class DecisionIncompleteError(Exception):
    """A state that promises something the decision does not say; `field` names what is missing."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field
        self.words = words


@dataclass(frozen=True, slots=True)
class About:
    """What a gap is about: a theme, or a need and what is in its way."""

    title: str
    theme: str | None = None
    need: str | None = None
    barrier: str | None = None
    area: str | None = None
    crime_group: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a gap."""

    state: GapState
    decision: str = ""
    because: str = ""
    owner: str = ""
    service: str | None = None
    due_on: date | None = None
    acted_on: date | None = None
    said: str = ""
    did: str = ""
    is_public: bool = False

    def check(self) -> None:
        """Raise DecisionIncompleteError where the state promises more than is written."""
        if self.state is GapState.CANNOT and not self.because:
            raise DecisionIncompleteError("because", "Say why it cannot be done.")
        if self.state is GapState.DOING and not (self.owner and self.due_on):
            raise DecisionIncompleteError("owner", "Say who does it, and by when.")
        if self.state is GapState.DONE and not self.acted_on:
            raise DecisionIncompleteError("acted_on", "Enter the day it was done.")
        if self.is_public and not (self.said and (self.did or self.because)):
            raise DecisionIncompleteError(
                "said", "Write what people said and what you did before showing it to everyone."
            )


def open_gap(
    session: Session,
    survey_id: UUID,
    about: About,
    *,
    evidence: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> Gap:
    """Enter a gap with the safe figure it rests on, frozen as it was."""
    gap = Gap(
        survey_id=survey_id,
        title=about.title,
        theme=about.theme,
        need=about.need,
        barrier=about.barrier,
        area=about.area,
        crime_group=about.crime_group,
        evidence=dict(evidence),
        opened_at=now,
        opened_by=by.user_id,
        changed_at=now,
    )
    session.add(gap)
    audit.add_event(session, by=by, act="gap.open", kind="gap", object_id=gap.id, now=now)
    session.commit()
    return gap


def decide(
    session: Session, survey_id: UUID, gap_id: UUID, decision: Decision, *, by: Actor, now: datetime
) -> Gap:
    """Record what was decided; raise DecisionIncompleteError or NotFoundError."""
    decision.check()
    gap = gaps.get_gap(session, survey_id, gap_id)
    before = gap.state
    for name in Decision.__dataclass_fields__:
        setattr(gap, name, getattr(decision, name))
    gap.changed_at = now
    detail = {"from": before, "to": decision.state, "public": decision.is_public}
    audit.add_event(
        session, by=by, act="gap.decide", kind="gap", object_id=gap.id, now=now, detail=detail
    )
    session.commit()
    return gap


def shelve(
    session: Session, theme: str, values: Mapping[str, Any], *, by: Actor, now: datetime
) -> EvidenceNote:
    """Put a source on the shelf beside a theme."""
    note = EvidenceNote(theme=theme, added_by=by.user_id, added_at=now, **values)
    session.add(note)
    audit.add_event(session, by=by, act="evidence.add", kind="evidence", object_id=note.id, now=now)
    session.commit()
    return note


def unshelve(session: Session, note_id: UUID, *, by: Actor, now: datetime) -> None:
    """Take a source off the shelf."""
    note = gaps.get_evidence(session, note_id)
    session.delete(note)
    audit.add_event(
        session, by=by, act="evidence.remove", kind="evidence", object_id=note_id, now=now
    )
    session.commit()

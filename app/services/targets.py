"""How many answers a survey hopes for, and by when: a person's aim, never a limit."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.store import audit, designs
from app.store import surveys as surveys_store
from app.store.actors import Actor


@dataclass(frozen=True, slots=True)
class Target:
    """An aim of so many people heard by a day."""

    people: int
    by: date | None = None


def find_target(session: Session, survey_id: UUID) -> Target | None:
    """Return the aim of a survey, None where there is none."""
    value = designs.find_target(session, survey_id)
    if value is None:
        return None
    by = value.get("by")
    return Target(int(value["people"]), date.fromisoformat(by) if by else None)


def set_target(
    session: Session, survey_id: UUID, target: Target, *, by: Actor, now: datetime
) -> None:
    """Set or change the aim of a survey; raise NotFoundError for a survey that is not there."""
    surveys_store.get_survey(session, survey_id)
    value = {"people": target.people, "by": target.by.isoformat() if target.by else None}
    designs.put_target(session, survey_id, value)
    audit.add_event(
        session,
        by=by,
        act="survey.target",
        kind="survey",
        object_id=survey_id,
        now=now,
        detail=value,
    )
    session.commit()

"""What was done about a survey, as the body has chosen to show it to everyone.

It is the same page for all: never this person's words, and never her themes (settled.md 27).
"""

from dataclasses import dataclass
from uuid import UUID

from app.db import db
from app.languages import gettext
from app.packs import Pack
from app.services.gap_register import PUBLIC_STATES
from app.store import gaps


@dataclass(frozen=True, slots=True)
class Card:
    """One thing people said, and what became of it."""

    said: str
    became: str
    state: str
    who: str


def cards(survey_id: UUID, pack: Pack) -> list[Card]:
    """Return what is shown of a survey, the newest change first."""
    return [
        Card(
            said=gap.said,
            became=gap.did or gap.because,
            state=gettext(PUBLIC_STATES[gap.state]),
            who=pack.service_name(gap.service) if gap.service else pack.support_name,
        )
        for gap in gaps.list_public_gaps(db.session, survey_id)
    ]

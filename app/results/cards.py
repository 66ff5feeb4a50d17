"""The cards of "You said, we did"; light enough for the public face."""

import re
from dataclasses import dataclass

from flask import current_app

from app.db import db
from app.languages import gettext
from app.packs import Pack
from app.services.gap_register import PUBLIC_STATES
from app.store import gaps as gap_store

# How a figure for everyone was kept when it was frozen (services/gap_evidence.public_words).
ROUNDED = re.compile(r"About (?P<number>\d+) people(?: \((?P<of>.+)\))?")
HIDDEN = re.compile(r"Fewer than (?P<number>\d+) people, or not shown(?: \((?P<of>.+)\))?")


@dataclass(frozen=True, slots=True)
class PublicCard:
    """One thing people said, ready to print; `said`, `did`, `of` and `who` as the body wrote them.

    `voices` is how many said it, in the reader's language; "" where that is shown to nobody.
    """

    said: str
    did: str
    is_done: bool
    state: str
    who: str
    voices: str
    of: str
    made_up: bool


def public_cards() -> list[PublicCard]:
    """Return the cards of the gaps shown to everyone, ready to print."""
    pack: Pack = current_app.config["PACK"]
    made_up = gap_store.list_synthetic(db.session)
    cards = []
    for gap in gap_store.list_public_gaps(db.session):
        voices, of = _voices(gap.evidence.get("public", "Fewer than 10 people, or not shown"))
        cards.append(
            PublicCard(
                said=gap.said,
                did=gap.did or gap.because,
                is_done=bool(gap.did),
                state=gettext(PUBLIC_STATES[gap.state]),
                who=pack.service_name(gap.service) if gap.service else pack.body_short,
                voices=voices,
                of=of,
                made_up=gap.survey_id in made_up,
            )
        )
    return cards


def _voices(kept: str) -> tuple[str, str]:
    """Return how many people said so, in the language of this request, and which people."""
    if found := ROUNDED.fullmatch(kept):
        words = gettext("About %(number)s people said this.")
    elif found := HIDDEN.fullmatch(kept):
        words = gettext(
            "How many said this is not shown: fewer than %(number)s, or it could point to somebody."
        )
    else:
        return "", ""
    return words % {"number": found["number"]}, found["of"] or ""

"""The cards of "You said, we did"; light enough for the public face."""

from typing import Any

from flask import current_app

from app.db import db
from app.packs import Pack
from app.store import gaps as gap_store

PUBLIC_STATES = {
    "heard": "Heard",
    "looking": "Looking into it",
    "doing": "Doing",
    "done": "Done",
    "cannot": "Can't be done",
}


def public_cards() -> list[dict[str, Any]]:
    """Return the cards of the gaps shown to everyone, ready to print."""
    pack: Pack = current_app.config["PACK"]
    made_up = gap_store.list_synthetic(db.session)
    return [
        {
            "said": gap.said,
            "did": gap.did or gap.because,
            "did_label": "We did" if gap.did else "We can't, because",
            "state": PUBLIC_STATES[gap.state],
            "who": pack.service_name(gap.service) if gap.service else pack.body_short,
            "voices": gap.evidence.get("public", "Fewer than 10 people, or not shown"),
            "made_up": gap.survey_id in made_up,
        }
        for gap in gap_store.list_public_gaps(db.session)
    ]

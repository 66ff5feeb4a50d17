"""Which survey is asked at which moment: chosen by the outreach officer, kept as a setting."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.services.planning import RULES
from app.store import audit, outreach
from app.store.actors import Actor

FORMS = tuple(dict.fromkeys(rule.form for rule in RULES.values() if rule.form))


def choose(session: Session, chosen: Mapping[str, str], *, by: Actor | None, now: datetime) -> None:
    """Let these forms be asked by these surveys, by slug; a form without one is not sent."""
    forms = {form: slug for form, slug in chosen.items() if form in FORMS and slug}
    outreach.put_forms(session, forms)
    audit.add_event(
        session, by=by, act="plan.choose", kind="setting", object_id=outreach.FORMS, now=now,
        detail=dict(forms),
    )  # fmt: skip
    session.commit()


def asked_by(session: Session, form: str) -> str:
    """Return the slug of the survey that asks a form: the one chosen, else one named like it."""
    return outreach.find_forms(session).get(form, form)

"""Half-done decisions: kept for whoever makes them, and nothing anywhere until they save.

Nothing of it is in the trail: opening the answer was, and saving will be (docs/decisions/0064).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.store import coding
from app.store import half_done as store
from app.store.actors import Actor
from app.store.errors import ConflictError

Fields = Mapping[str, Sequence[str]]  # what stands on the page, as it would be posted


class ElsewhereError(ConflictError):
    """The same person went on with it in another tab, or saved it there."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What somebody has begun with an answer."""

    fields: Fields
    revision: int
    saved_at: datetime


def find(session: Session, text_id: UUID, *, is_blind: bool, by: Actor) -> Begun | None:
    """Return what the actor has begun with an answer."""
    found = store.find(session, text_id, by.user_id, is_blind=is_blind)
    if found is None:
        return None
    return Begun(json.loads(found.fields or "{}"), found.revision, found.saved_at)


def keep(
    session: Session,
    text_id: UUID,
    fields: Fields,
    *,
    known: int,
    is_blind: bool,
    by: Actor,
    now: datetime,
) -> int:
    """Keep what stands on a page and return its revision; `known` is the one the page came from.

    Raise ElsewhereError where another tab wrote since, or what was known is saved and gone.
    """
    coding.get_text(session, text_id)  # what was withdrawn is gone for everybody
    held = json.dumps({name: list(values) for name, values in fields.items()})
    found = store.find(session, text_id, by.user_id, is_blind=is_blind)
    if found is None and known == 0:
        _insert(session, text_id, held, is_blind=is_blind, by=by, now=now)
    elif found is None or not store.write_over(session, found, held, known=known, now=now):
        raise ElsewhereError(str(text_id))
    session.commit()
    return known + 1


def drop(session: Session, text_id: UUID, *, is_blind: bool, by: Actor) -> None:
    """Forget what the actor has begun, to begin afresh."""
    store.drop(session, text_id, by.user_id, is_blind=is_blind)
    session.commit()


def _insert(
    session: Session, text_id: UUID, held: str, *, is_blind: bool, by: Actor, now: datetime
) -> None:
    try:
        store.insert_first(session, text_id, by.user_id, held, is_blind=is_blind, now=now)
    except IntegrityError as error:
        session.rollback()
        raise ElsewhereError(str(text_id)) from error

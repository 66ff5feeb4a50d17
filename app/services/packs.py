"""Loading an area pack: all of it or nothing."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import SurveyStatus
from app.packs import Hours, Pack, dump_pack, with_former
from app.services.packs_check import check_pack
from app.services.questionnaires import fitted
from app.store import audit
from app.store import packs as packs_store
from app.store import surveys as surveys_store
from app.store.actors import Actor


class PackRefusedError(ValueError):
    """The pack has problems; nothing was changed. `problems` holds all of them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Installed:
    """The pack this installation loaded, and how to tell it from another."""

    pack: Pack
    sha256: str
    loaded_at: datetime


def install(
    session: Session, data: bytes, *, present: Pack, by: Actor | None, now: datetime
) -> Pack:
    """Put a pack in place of the present one; raise PackRefusedError with every problem."""
    pack, problems = check_pack(data, today=now.astimezone(LONDON).date())
    if pack is None or problems:
        raise PackRefusedError(problems)
    pack = with_former(pack, present)
    sha256 = hashlib.sha256(data).hexdigest()
    packs_store.put_pack(
        session, {"document": dump_pack(pack), "sha256": sha256, "loaded_at": now.isoformat()}
    )
    audit.add_event(
        session,
        by=by,
        act="pack.load",
        kind="pack",
        object_id=pack.key,
        now=now,
        detail={"sha256": sha256},
    )
    session.commit()
    return pack


def list_behind(session: Session, pack: Pack) -> list[str]:
    """Return the open surveys that were published with other names, areas or services.

    What was published never changes under those who answer it: somebody has to publish anew.
    """
    behind = []
    for survey in surveys_store.list_surveys(session):
        if survey.status != SurveyStatus.LIVE:
            continue
        asked = surveys_store.questionnaire(surveys_store.latest_version(session, survey.id))
        if fitted(asked, pack) != asked:
            behind.append(survey.name)
    return behind


def in_force(session: Session, shipped: Pack) -> Pack:
    """Return the pack that holds now: the one loaded, else the one this process began with."""
    found = find_installed(session)
    return found.pack if found else shipped


def hours_in_force(session: Session, shipped: Hours) -> Hours:
    """Return the hours in which the desk is watched now: a new pack holds from its next flag on."""
    found = find_installed(session)
    return found.pack.staffed_hours if found else shipped


def find_installed(session: Session) -> Installed | None:
    """Return the pack that was loaded here, None where the shipped one stands."""
    kept = packs_store.find_pack(session)
    if kept is None:
        return None
    pack = Pack.model_validate(kept["document"], strict=False)
    return Installed(pack, kept["sha256"], datetime.fromisoformat(kept["loaded_at"]))

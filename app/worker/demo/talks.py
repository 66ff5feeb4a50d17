"""Three made-up groups beside the open survey, read to the end by the made-up analyst."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.models import Codebook, Role, StaffUser, Survey
from app.services import groups
from app.services.groups import Consents
from app.services.imports import CODE_IMPORT
from app.store import groups as store
from app.store import imports as bulk
from app.store import machine, outbox
from app.store.actors import Actor
from app.worker.coding import coding_row
from nlp.coder import Coder, Coding, Item
from surveys.exchange.transcripts import read_table

FILE = Path(__file__).with_name("talks.csv")
HELD_BEFORE = (60, 53, 46)  # days; the dates in the file only keep the groups apart
QUESTION = "What happened after you reported it, and what would have helped?"
TALKING = 4  # the turn from which on people talk with each other
USE = Consents(may_use=True, may_record=True, may_quote=True, may_name_community=False)

Codings = Mapping[str, Coding]  # by the words of the turn


def code_talks(coder: Coder) -> dict[str, Coding]:
    """Return what the coder makes of every turn."""
    said = [turn.text for talk in read_table(FILE.read_bytes()) for turn in talk.turns]
    items = [Item(id=str(n), text=text, question=QUESTION) for n, text in enumerate(said)]
    return dict(zip(said, coder.code(items), strict=True))


def write_talks(
    session: Session,
    survey: Survey,
    codebook: Codebook,
    codings: Codings,
    analyst: StaffUser,
    now: datetime,
) -> None:
    """Take the groups in, let everybody allow use and quotes, and decide on every turn."""
    by = Actor(analyst.id, analyst.name, Role.ANALYST, {Role.ANALYST: frozenset()}, is_demo=True)
    talks = [
        replace(talk, held_on=now.date() - timedelta(days=days))
        for talk, days in zip(read_table(FILE.read_bytes()), HELD_BEFORE, strict=True)
    ]
    for row in groups.take_in(session, survey.id, talks, by=by, now=now):
        given = {speaker.id: USE for speaker in store.get_session(session, row.id).speakers}
        groups.allow(session, row.id, given, by=by, now=now)
        _decide(session, row.id, codebook, codings, analyst, now)
    for job in machine.list_waiting_jobs(session, CODE_IMPORT):
        outbox.drop_job(session, job)  # the coder has read them here


def _decide(
    session: Session,
    session_id: UUID,
    codebook: Codebook,
    codings: Codings,
    analyst: StaffUser,
    now: datetime,
) -> None:
    meant = _meant()
    rows: dict[str, list[dict[str, Any]]] = {"review": [], "code": []}
    coded = []
    for speaker in store.get_session(session, session_id).speakers:
        for text in speaker.response.texts:
            coding = codings[text.body or ""]
            review_id = uuid4()
            coded.append(coding_row(text.id, coding, codebook.id, now))
            rows["review"].append(
                {
                    "id": review_id,
                    "text_id": text.id,
                    "codebook_id": codebook.id,
                    "reviewer_id": analyst.id,
                    "reviewer_key": str(analyst.id),
                    "coder": coding.coder,
                    "drawn": "chosen",
                    "unsure": False,
                    "is_current": True,
                    "reviewed_at": now,
                }
            )
            suggested = {theme.theme: theme.polarity.value for theme in coding.themes}
            rows["code"] += [
                {
                    "id": uuid4(),
                    "review_id": review_id,
                    "theme": theme,
                    "polarity": polarity,
                    "start": None,
                    "end": None,
                    "origin": "accepted" if suggested.get(theme) == polarity else "added",
                    # Who speaks first answers the facilitator; made up like the words.
                    "strength": "prompted" if int(text.part) < TALKING else "spontaneous",
                }
                for theme, polarity in meant[text.body or ""].items()
            ]
    machine.insert_codings(session, coded)
    bulk.insert_rows(session, rows)


def _meant() -> Mapping[str, Mapping[str, str]]:
    """Return the themes of every turn as whoever made it up meant them, with their polarity."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {
            row["text"]: dict(code.split(":") for code in row["codes"].split("|") if code)
            for row in csv.DictReader(lines)
        }

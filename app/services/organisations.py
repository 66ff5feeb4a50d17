"""A survey of organisations: a link for each, and one answer that counts for each.

A second answer under a name that has answered is never refused and never lost: it is set aside
until a person has asked the organisation which one to keep. Refusing it would tell whoever types
a rival's name that the rival has answered.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import surveys
from app.clock import LONDON
from app.models import Channel, Collector
from app.services import links, publishing
from app.store import organisations as store
from app.store import surveys as surveys_store
from app.store.actors import Actor
from app.store.organisations import NAME
from surveys import Audience, Words

SECOND = "same_organisation"
ASKED_NAME = "org_name"  # the variable name of the question that asks for it
MOST_NAMES, MOST_LETTERS = 400, 120
# What people write or leave out when they write one name twice.
LEGAL_FORMS = frozenset({"ltd", "limited", "plc", "llp", "cic", "cio", "charity", "the", "uk"})


@dataclass(frozen=True, slots=True)
class Invited:
    """An organisation that was sent a link, and whether it has answered."""

    name: str
    issued: str
    has_answered: bool
    has_ended: bool


@dataclass(frozen=True, slots=True)
class Issued:
    """A link just issued; `token` is None where the organisation has answered already."""

    name: str
    token: str | None
    replaces: bool


def is_asked(survey: surveys.Survey) -> bool:
    """Return whether organisations answer this survey."""
    return survey.audience is Audience.ORGANISATION


def key_of(name: str) -> str:
    """Return a name as far as two spellings of it agree; "" where nothing is left."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace("&", " and ")
    words = re.findall(r"\w+", plain.replace("'", "").replace("’", ""))
    return " ".join(w for w in words if w not in LEGAL_FORMS) or " ".join(words)


def is_second(
    session: Session,
    survey_id: UUID,
    survey: surveys.Survey,
    sent: Mapping[str, surveys.Answer],
    context: Mapping[str, Any],
) -> bool:
    """Return whether this organisation has already given an answer that counts."""
    if not is_asked(survey):
        return False
    asked = next((q for q in survey.questions if q.name == ASKED_NAME), None)
    if asked is None:
        return False
    given = sent.get(asked.id)
    typed = given.text if isinstance(given, Words) else ""
    mine = {key for key in map(key_of, (typed, str(context.get(NAME, "")))) if key}
    if not mine:
        return False
    links_used = [link for link in store.list_links(session, survey_id) if link.spent_on]
    names = store.list_names(session, survey_id, asked.id)
    known = {*map(key_of, names), *(key_of(str(link.context[NAME])) for link in links_used)}
    return bool(mine & known)


def list_invited(session: Session, survey_id: UUID, *, now: datetime) -> list[Invited]:
    """Return every organisation that was sent a link, by name; the newest link counts."""
    today = now.astimezone(LONDON).date()
    found: dict[str, Invited] = {}
    for link in store.list_links(session, survey_id):
        name = str(link.context[NAME])
        before = found.get(key_of(name))
        answered = link.spent_on is not None or (before is not None and before.has_answered)
        ended = bool(link.expires_on and today > link.expires_on) or bool(link.stopped_on)
        issued = f"{link.issued_on:%-d %B %Y}"
        found[key_of(name)] = Invited(name, issued, answered, ended)
    return sorted(found.values(), key=lambda one: one.name.casefold())


def issue(
    session: Session, survey_id: UUID, names: Sequence[str], *, by: Actor, now: datetime
) -> list[Issued]:
    """Issue a link to each organisation; a new one ends the one before, if nobody answered by it.

    The links are returned this once; what is stored cannot be turned back into them.
    """
    collector = _collector(session, survey_id, by, now)
    yesterday = now.astimezone(LONDON).date() - timedelta(days=1)
    made: list[Issued] = []
    for name in _once(names):
        before = [
            link
            for link in store.list_links(session, survey_id)
            if key_of(str(link.context[NAME])) == key_of(name)
        ]
        if any(link.spent_on for link in before):
            made.append(Issued(name, None, replaces=False))
            continue
        for link in before:
            store.end_link(session, link.id, on=yesterday)
        context = {NAME: name}
        token = links.issue_link(session, collector, case_key=None, context=context, by=by, now=now)
        made.append(Issued(name, token, replaces=bool(before)))
    return made


def _once(names: Sequence[str]) -> list[str]:
    tidy = [" ".join(name.split())[:MOST_LETTERS] for name in names]
    return list({key_of(name): name for name in tidy if key_of(name)}.values())[:MOST_NAMES]


def _collector(session: Session, survey_id: UUID, by: Actor, now: datetime) -> Collector:
    found = store.find_collector(session, survey_id)
    if found is not None:
        return found
    survey = surveys_store.get_survey(session, survey_id)
    return publishing.open_collector(
        session, survey, name="Organisations", channel=Channel.PERSONAL, by=by, now=now
    )

"""Ways in: who may begin through a link, and what a person says about the link itself."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import Channel, Collector, PersonalLink, SurveyStatus
from app.services import stops
from app.store import audit, journeys, responses
from app.store import links as links_store
from app.store.actors import Actor
from surveys import Audience

TOKEN_BYTES = 18  # 144 bits, where safety.md T17 asks for 128
# Ways in that nobody hands to anybody.
ANYBODY = frozenset({Channel.OPEN, Channel.CAMPAIGN, Channel.POSTER})
LIFETIME = timedelta(days=60)
STOPS = frozenset({"stopped_on", "sealed_on"})  # said on one link, held on every channel


@dataclass(frozen=True, slots=True)
class Entry:
    """An open way in."""

    survey_id: UUID
    version_id: UUID
    collector_id: UUID
    link_id: UUID | None
    is_shared: bool = False  # a tablet that goes from hand to hand
    is_for_a_child_alone: bool = False  # a young child's form that anybody may open


def hash_token(token: str) -> str:
    """Return what is stored in place of a link's token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def issue_link(
    session: Session,
    collector: Collector,
    *,
    case_key: str | None,
    context: Mapping[str, Any],
    by: Actor | None,
    now: datetime,
    lifetime: timedelta = LIFETIME,
    despite: str = "",
) -> str:
    """Issue a link for one person and return its token, which is shown this once.

    `despite` is the code of the reason given where something speaks against it.
    """
    if collector.channel != Channel.PERSONAL:
        raise ValueError("personal links come from a personal collector")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    today = now.astimezone(LONDON).date()
    link = PersonalLink(
        collector_id=collector.id,
        token_hash=hash_token(token),
        case_key=case_key,
        context=dict(context),
        issued_by=by.user_id if by else None,
        issued_on=today,
        expires_on=today + lifetime,
    )
    session.add(link)
    audit.add_event(
        session, by=by, act="link.issue", kind="collector", object_id=collector.id, now=now,
        detail={"despite": despite} if despite else {},
    )  # fmt: skip
    session.commit()
    return token


def find_entry(session: Session, token: str, *, today: date) -> Entry | None:
    """Return the way in behind a token; None alike for unknown, used, expired and closed ones."""
    link = links_store.find_link(session, hash_token(token))
    collector = link.collector if link else links_store.find_open_collector(session, token)
    if collector is None or not _is_open(collector, today) or _is_full(session, collector):
        return None
    if link is not None and not _is_usable(link, today):
        return None
    version_id = journeys.latest_version_id(session, collector.survey_id)
    if version_id is None:
        return None
    return Entry(
        collector.survey_id,
        version_id,
        collector.id,
        link.id if link else None,
        is_shared=collector.channel == Channel.FACILITATOR,
        is_for_a_child_alone=_is_for_a_child_alone(session, collector, version_id),
    )


def ask_less_often(session: Session, link_id: UUID, *, now: datetime) -> None:
    """Note that this person wants to be asked less often."""
    _say(session, link_id, "link.less_often", now, pace="less_often")


def stop_asking(session: Session, link_id: UUID, *, now: datetime) -> None:
    """Close the link and ask this person no more, on any channel and in any case."""
    _say(session, link_id, "link.stop", now, stopped_on=now.astimezone(LONDON).date())


def was_not_me(session: Session, link_id: UUID, *, now: datetime) -> None:
    """Seal the link, set aside what somebody else sent through it, and send nothing there again."""
    responses.quarantine_of_link(session, link_id, "not_me")
    _say(session, link_id, "link.not_me", now, sealed_on=now.astimezone(LONDON).date())


def disown(session: Session, token: str, *, now: datetime) -> None:
    """Do `was_not_me` for a token; for an unknown one nothing happens and nobody can tell."""
    link = links_store.find_link(session, hash_token(token))
    if link is not None:
        was_not_me(session, link.id, now=now)


def _say(session: Session, link_id: UUID, act: str, now: datetime, **values: Any) -> None:
    link = links_store.get_link(session, link_id)
    links_store.mark_link(session, link_id, **values)
    survey_id = link.collector.survey_id
    audit.add_respondent_event(session, act=act, kind="survey", object_id=survey_id, now=now)
    if not STOPS.isdisjoint(values) and link.case_key:
        stops.stop(
            session, case_key=link.case_key, address=None, pepper="", how="link", by=None, now=now
        )
    session.commit()


def _is_for_a_child_alone(session: Session, collector: Collector, version_id: UUID) -> bool:
    """Return whether a form for under-elevens hangs out where a child may find it (R24)."""
    if collector.channel not in ANYBODY or collector.is_test:
        return False
    survey = journeys.questionnaire_of(session, version_id)
    return survey.audience is Audience.CHILD_5_10


def _is_full(session: Session, collector: Collector) -> bool:
    if collector.quota is None or collector.is_test:
        return False
    if collector.channel == Channel.PERSONAL:
        return links_store.count_spent(session, collector.id) >= collector.quota
    return responses.count_complete(session, collector.id) >= collector.quota


def _is_open(collector: Collector, today: date) -> bool:
    if collector.is_test:
        return collector.is_open  # a designer tries the form before it is launched
    if not collector.is_open or collector.survey.status != SurveyStatus.LIVE:
        return False
    if collector.opens_on and today < collector.opens_on:
        return False
    return not (collector.closes_on and today > collector.closes_on)


def _is_usable(link: PersonalLink, today: date) -> bool:
    ended = (link.spent_on, link.sealed_on, link.stopped_on)
    return not any(ended) and not (link.expires_on and today > link.expires_on)

"""Watching those who read (safety.md T7): planted records, and reading more than work asks for.

A planted record is a made-up answer behind a closed flag. It is in no figure, no list of work and
no training, so nobody has a reason to open it; whoever does, looks for somebody. Both alerts are
events of the audit trail, which nobody can take back, and a notice that says nothing of what it
is about. The worker looks; nobody who reads waits for it.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

import surveys
from app.clock import LONDON
from app.models import IN_GROUP, Flag, FlagStatus, Role, StaffUser, Survey, SurveyStatus, Tier
from app.packs import Hours
from app.services import rota
from app.services.duty import due_at
from app.services.imports import CODE_IMPORT
from app.store import alerts as store
from app.store import audit, outbox, responses
from app.store import surveys as surveys_store
from app.store.actors import Actor
from app.store.errors import ConflictError

NOTICE = "alert_notice"
CANARY, REACH = "alert.canary", "alert.reach"
PLANT, LIMITS = "alert.plant", "alert.limits"
TOLD = frozenset({Role.ADMINISTRATOR, Role.SAFEGUARDING_LEAD, Role.AUDITOR})
BACK = timedelta(days=30)  # a worker that was away this long still finds what was opened
MOST = 1000  # a limit nobody reaches would be none

# What counts towards each limit: different answers, or different people, a person a day.
ACTS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "texts": ("text.read", "text.read_original"),
        "originals": ("text.read_original",),
        "identities": ("identity.open", "contact.open"),
    }
)
WORDS = (
    "The officer said somebody would ring me back about it. Nobody has, and I stopped asking.",
    "I was given a leaflet and a number. The number rang out each time I tried it.",
    "They were kind to me, but I had to tell the whole thing again to each new person.",
)
LONGEST_AGO = timedelta(days=120)
LISTED = 30  # of the 50 closed flags the desk lists: further down it would drop out of sight soon


class NowhereToPlantError(ConflictError):
    """No survey with a box to write in has been answered yet."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many different things one person may open on one day before others are told."""

    texts: int = 200
    originals: int = 10
    identities: int = 10


@dataclass(frozen=True, slots=True)
class _Alert:
    act: str
    about: UUID
    key: str  # the same thing on the same day is told once
    detail: Mapping[str, str | int]


def limits(session: Session) -> Limits:
    """Return the limits in force."""
    return Limits(**store.find_settings(session).get("limits", {}))


def set_limits(session: Session, chosen: Limits, *, by: Actor, now: datetime) -> None:
    """Choose other limits; raise ValueError for one that is none."""
    if not all(1 <= limit <= MOST for limit in asdict(chosen).values()):
        raise ValueError(f"limits are 1 to {MOST}")
    store.set_settings(session, store.find_settings(session) | {"limits": asdict(chosen)})
    _note(session, LIMITS, by, now, dict(asdict(chosen)))
    session.commit()


def plant(session: Session, *, hours: Hours, by: Actor, now: datetime) -> None:
    """Plant a made-up answer behind a closed flag; nobody is told which it is.

    Raise NowhereToPlantError.
    """
    places = list(_places(session))
    if not places:
        raise NowhereToPlantError
    open_now = [place for place in places if place[0].status == SurveyStatus.LIVE]
    survey, question = secrets.choice(open_now or places)
    ids = _write(session, survey, question, hours, now)
    settings = store.find_settings(session)
    planted = [*settings.get("planted", []), ids]
    store.set_settings(session, settings | {"planted": planted})
    _note(session, PLANT, by, now, {})
    session.commit()


def count_planted(session: Session) -> int:
    """Return how many planted records are there; what was planted goes in time, like any answer."""
    return store.count_present(session, [UUID(ids["response"]) for ids in _planted(session)])


def look(session: Session, *, now: datetime) -> int:
    """Raise what has to be told; return how many alerts are new. Safe to call at any time."""
    told = {
        e.detail.get("key") for e in store.list_events(session, (CANARY, REACH), since=now - BACK)
    }
    fresh = {
        alert.key: alert
        for alert in (*_opened(session, now), *_reached(session, now))
        if alert.key not in told
    }
    for alert in fresh.values():
        audit.add_event(
            session,
            by=None,
            act=alert.act,
            kind=store.STAFF,
            object_id=alert.about,
            now=now,
            detail={"key": alert.key, **alert.detail},
        )
    for about in {alert.about for alert in fresh.values()}:
        outbox.add_job(session, NOTICE, now=now, subject_id=about)
    session.commit()
    return len(fresh)


def recipients(session: Session, about: UUID) -> list[StaffUser]:
    """Return who is told of an alert: all who answer for the watch, never whom it is about."""
    return [user for user in rota.people(session, TOLD) if user.id != about]


def _opened(session: Session, now: datetime) -> Iterator[_Alert]:
    """Yield who did anything with a planted record, once a day and record."""
    owner = {
        thing: ids["response"] for ids in _planted(session) for thing in (ids["text"], ids["flag"])
    }
    if not owner:
        return
    for event in store.list_openings(session, list(owner), since=now - BACK):
        if event.actor_id is None:
            continue
        day = event.at.astimezone(LONDON).date().isoformat()
        key = f"planted:{event.actor_id}:{owner[event.object_id]}:{day}"
        yield _Alert(CANARY, event.actor_id, key, {"event": event.id, "day": day})


def _reached(session: Session, now: datetime) -> Iterator[_Alert]:
    """Yield who went over a limit today or yesterday: the worker may have been away at midnight."""
    held = asdict(limits(session))
    today = now.astimezone(LONDON).date()
    for day in (today - timedelta(days=1), today):
        since, until = _midnight(day), _midnight(day + timedelta(days=1))
        for what, acts in ACTS.items():
            for about, _ in store.list_over(session, acts, held[what], since=since, until=until):
                key = f"{what}:{about}:{day.isoformat()}"
                detail = {"what": what, "limit": held[what], "day": day.isoformat()}
                yield _Alert(REACH, about, key, detail)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def _planted(session: Session) -> list[dict[str, str]]:
    return list(store.find_settings(session).get("planted", []))


def _places(session: Session) -> Iterator[tuple[Survey, surveys.Question]]:
    for survey in surveys_store.list_surveys(session):
        if survey.status == SurveyStatus.DRAFT or store.find_way_in(session, survey.id) is None:
            continue
        version = surveys_store.latest_version(session, survey.id)
        asked = surveys_store.questionnaire(version)
        boxes = [q for q in asked.questions if q.kind is surveys.Kind.LONG_TEXT]
        if boxes:
            yield survey, boxes[0]


def _write(
    session: Session, survey: Survey, question: surveys.Question, hours: Hours, now: datetime
) -> dict[str, str]:
    collector = store.find_way_in(session, survey.id)
    if collector is None:
        raise NowhereToPlantError
    oldest = store.find_oldest_closing(session, of_last=LISTED) or now - LONGEST_AGO
    span = (now - max(oldest, now - LONGEST_AGO)) / 2
    raised = now - span - secrets.randbelow(1000) / 1000 * span
    response_id = uuid4()
    texts = [{"question_id": question.id, "part": "", "body": secrets.choice(WORDS)}]
    values = {
        "id": response_id,
        "survey_id": survey.id,
        "version_id": surveys_store.latest_version(session, survey.id).id,
        "collector_id": collector.id,
        "channel": collector.channel,
        "language": "en",
        "received_on": raised.astimezone(LONDON).date(),
        "disposition": "complete",
        # Out of every figure, sample, training and list of work, twice over.
        "eligible": False,
        "is_test": True,
        "quarantined": IN_GROUP,
        "is_synthetic": survey.is_synthetic,
        "quote_consent": False,
        "submission_key": response_id.hex,
        "purge_on": now.astimezone(LONDON).date() + timedelta(days=survey.retention_days),
    }
    rows = responses.build_rows(response_id, (), texts)
    responses.insert_response(session, values, *rows)
    outbox.add_job(session, CODE_IMPORT, now=now, subject_id=response_id)  # hides nothing before
    text_id = rows[1][0]["id"]
    due = due_at(Tier.SG3, raised, hours)
    flag = Flag(
        response_id=response_id,
        text_id=text_id,
        reason="person:1",
        source="person",
        tier=Tier.SG3,
        status=FlagStatus.CLOSED,
        raised_at=raised,
        due_at=due,
        acknowledged_at=raised + timedelta(minutes=30 + secrets.randbelow(90)),
        closed_at=min(due, now) - timedelta(minutes=secrets.randbelow(120)),
    )
    session.add(flag)
    session.flush()
    return {"response": str(response_id), "text": str(text_id), "flag": str(flag.id)}


def _note(session: Session, act: str, by: Actor, now: datetime, detail: dict[str, int]) -> None:
    audit.add_event(
        session, by=by, act=act, kind="alerts", object_id=store.SETTING, now=now, detail=detail
    )

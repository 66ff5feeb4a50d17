"""From approved to live, paused, closed and open again; ways in with dates and a quota."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import surveys
from app.models import Channel, Collector, Survey, SurveyStatus
from app.packs import Pack
from app.services import designing, editing, organisations, publishing
from app.services.questionnaires import for_pack
from app.store import audit, designs, retention
from app.store import surveys as surveys_store
from app.store.actors import Actor

MAX_SLUG = 60
# Which state may follow which.
NEXT: Mapping[str, frozenset[str]] = {
    SurveyStatus.DRAFT: frozenset({SurveyStatus.LIVE}),
    SurveyStatus.LIVE: frozenset({SurveyStatus.PAUSED, SurveyStatus.CLOSED}),
    SurveyStatus.PAUSED: frozenset({SurveyStatus.LIVE, SurveyStatus.CLOSED}),
    SurveyStatus.CLOSED: frozenset({SurveyStatus.LIVE}),
}


class NotNowError(ValueError):
    """The survey cannot change to that state; the message says why."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a way in is open and how many answers it takes."""

    opens_on: date | None = None
    closes_on: date | None = None
    quota: int | None = None


def start(
    session: Session,
    content: surveys.Survey,
    *,
    name: str,
    by: Actor,
    now: datetime,
    is_check_in: bool = False,
) -> Survey:
    """Create a survey with a first draft."""
    stem = editing.variable_name(content, name)[:MAX_SLUG]
    survey = Survey(
        name=name,
        slug=designs.find_slug(session, stem),
        mode=content.mode,
        status=SurveyStatus.DRAFT,
        is_check_in=is_check_in,
        created_at=now,
    )
    session.add(survey)
    session.flush()
    designing.begin(session, survey, content, by=by, now=now)
    audit.add_event(
        session, by=by, act="survey.create", kind="survey", object_id=survey.id, now=now
    )
    session.commit()
    return survey


def from_template(template: str, pack: Pack, name: str) -> surveys.Survey:
    """Return a shipped questionnaire fitted to the area as the content of a new survey."""
    return editing.copy_of(surveys.load(for_pack(template, pack)), name)


def clone(session: Session, survey_id: UUID, *, name: str, by: Actor, now: datetime) -> Survey:
    """Create a survey of its own from the present draft of another."""
    parent = surveys_store.get_survey(session, survey_id)
    content = editing.copy_of(designing.find_working(session, survey_id).survey, name)
    return start(session, content, name=name, by=by, now=now, is_check_in=parent.is_check_in)


def launch(session: Session, survey_id: UUID, *, by: Actor, now: datetime) -> int:
    """Set an approved survey live; testers' answers go. Returns how many went.

    A survey nobody has opened a way in to gets the usual one: nobody could answer it otherwise.
    """
    survey = surveys_store.get_survey(session, survey_id)
    if surveys_store.last_number(session, survey_id) == 0:
        raise NotNowError("Nobody has approved a version of it yet.")
    first = survey.status == SurveyStatus.DRAFT
    removed = _remove_tests(session, survey_id, with_counters=first)
    survey.closed_at = None
    _change(session, survey, SurveyStatus.LIVE, "survey.launch", by, now)
    if all(collector.is_test for collector in designs.list_collectors(session, survey_id)):
        channel, name = _usual_way_in(session, survey)
        publishing.open_collector(session, survey, name=name, channel=channel, by=by, now=now)
    session.commit()
    return removed


def _usual_way_in(session: Session, survey: Survey) -> tuple[Channel, str]:
    """Return personal links for what is sent to one person or organisation, else a website link."""
    content = designing.find_working(session, survey.id).survey
    if survey.is_check_in or organisations.is_asked(content):
        return Channel.PERSONAL, "Personal links"
    return Channel.OPEN, "Website"


def pause(session: Session, survey_id: UUID, *, by: Actor, now: datetime) -> None:
    """Let nobody begin; who has begun may finish."""
    survey = surveys_store.get_survey(session, survey_id)
    _change(session, survey, SurveyStatus.PAUSED, "survey.pause", by, now)
    session.commit()


def close(session: Session, survey_id: UUID, *, by: Actor, now: datetime) -> None:
    """End a survey; who has begun may finish for 24 hours (safety.md F15)."""
    survey = surveys_store.get_survey(session, survey_id)
    _change(session, survey, SurveyStatus.CLOSED, "survey.close", by, now)
    survey.closed_at = now
    session.commit()


ACTS: Mapping[str, Callable[..., Any]] = {"launch": launch, "pause": pause, "close": close}


def open_way_in(
    session: Session,
    survey_id: UUID,
    *,
    name: str,
    channel: str,
    window: Window,
    by: Actor,
    now: datetime,
) -> Collector:
    """Open a way in with its dates and quota; raises ValueError for an unknown channel."""
    return publishing.open_collector(
        session,
        surveys_store.get_survey(session, survey_id),
        name=name,
        channel=Channel(channel),
        opens_on=window.opens_on,
        closes_on=window.closes_on,
        quota=window.quota,
        by=by,
        now=now,
    )


def change_collector(
    session: Session,
    collector_id: UUID,
    *,
    name: str,
    window: Window,
    is_open: bool,
    by: Actor,
    now: datetime,
) -> Collector:
    """Change when a way in is open, how many it takes, and what it is called."""
    collector = designs.get_collector(session, collector_id)
    collector.name = name
    collector.is_open = is_open
    collector.opens_on = window.opens_on
    collector.closes_on = window.closes_on
    collector.quota = window.quota
    audit.add_event(
        session, by=by, act="collector.change", kind="collector", object_id=collector.id, now=now
    )
    session.commit()
    return collector


def trial_collector(session: Session, survey_id: UUID, *, by: Actor, now: datetime) -> Collector:
    """Return the link for trying the survey out, opened the first time it is asked for."""
    for collector in designs.list_collectors(session, survey_id):
        if collector.is_test:
            return collector
    survey = surveys_store.get_survey(session, survey_id)
    return publishing.open_collector(
        session, survey, name="Trying it out", channel=Channel.OPEN, by=by, now=now, is_test=True
    )


def _change(
    session: Session, survey: Survey, status: SurveyStatus, act: str, by: Actor, now: datetime
) -> None:
    if status not in NEXT.get(survey.status, frozenset()):
        raise NotNowError(f"A survey that is {survey.status} cannot become {status}.")
    survey.status = status
    audit.add_event(session, by=by, act=act, kind="survey", object_id=survey.id, now=now)


def _remove_tests(session: Session, survey_id: UUID, *, with_counters: bool) -> int:
    """Remove what testers sent or left unsent, flags and tasks included."""
    tests = designs.list_test_responses(session, survey_id)
    if tests:
        retention.delete_responses(session, tests)
    designs.delete_test_drafts(session, survey_id)
    if with_counters:
        designs.delete_counters(session, survey_id)
    return len(tests)

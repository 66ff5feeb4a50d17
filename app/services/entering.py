"""Paper forms: what staff type in becomes a response marked as paper, once."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

import surveys
from app.clock import LONDON
from app.models import Channel, Collector
from app.packs import Hours
from app.services import sending
from app.services.drafts import Journey
from app.services.walking import SEND, State
from app.store import designs, journeys
from app.store.actors import Actor
from app.store.errors import NotFoundError
from app.store.journeys import JourneyRow


@dataclass(frozen=True, slots=True)
class Batch:
    """A way in for paper, with the questionnaire that was printed."""

    collector_id: UUID
    survey_id: UUID
    version_id: UUID
    name: str
    survey_name: str
    survey: surveys.Survey
    collector: Collector


def list_batches(session: Session) -> Sequence[Collector]:
    """Return the ways in for paper that are open."""
    return designs.list_open_collectors(session, Channel.PAPER)


def get_batch(session: Session, collector_id: UUID) -> Batch:
    """Return an open way in for paper; raise NotFoundError for any other."""
    collector = designs.get_collector(session, collector_id)
    version_id = journeys.latest_version_id(session, collector.survey_id)
    if collector.channel != Channel.PAPER or not collector.is_open or version_id is None:
        raise NotFoundError(f"paper collector {collector_id}")
    survey = journeys.questionnaire_of(session, version_id)
    return Batch(
        collector_id=collector.id,
        survey_id=collector.survey_id,
        version_id=version_id,
        name=collector.name,
        survey_name=collector.survey.name,
        survey=survey,
        collector=collector,
    )


def enter(
    session: Session,
    batch: Batch,
    answers: surveys.Answers,
    *,
    once: str,
    hours: Hours,
    by: Actor,
    now: datetime,
) -> bool:
    """Store one form; `once` belongs to the page it was typed on, so twice sent is stored once.

    Return whether it was new.
    """
    return sending.enter(session, _journey(batch, answers, once, now), hours=hours, by=by, now=now)


def _journey(batch: Batch, answers: surveys.Answers, once: str, now: datetime) -> Journey:
    """Return the form as a journey that has come to its end."""
    parent = batch.collector.survey
    row = JourneyRow(
        id=uuid4(),
        survey_id=batch.survey_id,
        version_id=batch.version_id,
        collector_id=batch.collector_id,
        link_id=None,
        language=batch.survey.source_language,
        answers=json.dumps(surveys.answers_to_json(answers)),
        state=None,
        code_key=None,
        submission_key=hashlib.sha256(f"paper:{once}".encode()).hexdigest(),
        started_on=now.astimezone(LONDON).date(),
        touched_at=now,
        mode=parent.mode,
        is_check_in=parent.is_check_in,
        is_synthetic=parent.is_synthetic,
        is_test=batch.collector.is_test,
        channel=Channel.PAPER,
        retention_days=parent.retention_days,
        closed_at=None,
    )
    return Journey(row, batch.survey, answers, State(at=SEND), is_locked=False)

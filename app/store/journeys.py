"""Drafts: unsent journeys, read and written on the busiest road, so by SQLAlchemy Core."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Executable, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

import surveys
from app.models import Collector, Draft, DropOff, Survey, SurveyVersion, seal, unseal

from .surveys import get_version, questionnaire

DRAFT = cast("Table", Draft.__table__)
STEPS = cast("Table", DropOff.__table__)
MAX_KEPT = 64
_questionnaires: dict[UUID, surveys.Survey] = {}


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """A draft with what its survey and collector say about it."""

    id: UUID
    survey_id: UUID
    version_id: UUID
    collector_id: UUID
    link_id: UUID | None
    language: str
    answers: str | None
    state: str | None
    code_key: str | None
    submission_key: str
    started_on: date
    touched_at: datetime
    mode: str
    is_check_in: bool
    is_synthetic: bool
    is_test: bool
    channel: str
    retention_days: int
    closed_at: datetime | None
    version: bytes | None = None  # the sealed state: another value at every save


_COLLECTOR = cast("Table", Collector.__table__)
_SURVEY = cast("Table", Survey.__table__)
# Tables, not classes: the ORM's own steps would cost more than the query.
_ROW = (
    select(
        DRAFT.c.id,
        _COLLECTOR.c.survey_id,
        DRAFT.c.version_id,
        DRAFT.c.collector_id,
        DRAFT.c.link_id,
        DRAFT.c.language,
        DRAFT.c.answers_sealed,
        DRAFT.c.state_sealed,
        DRAFT.c.code_key,
        DRAFT.c.submission_key,
        DRAFT.c.started_on,
        DRAFT.c.touched_at,
        _SURVEY.c.mode,
        _SURVEY.c.is_check_in,
        _SURVEY.c.is_synthetic,
        _COLLECTOR.c.is_test,
        _COLLECTOR.c.channel,
        _SURVEY.c.retention_days,
        _SURVEY.c.closed_at,
    )
    .join(_COLLECTOR, _COLLECTOR.c.id == DRAFT.c.collector_id)
    .join(_SURVEY, _SURVEY.c.id == _COLLECTOR.c.survey_id)
)


# Built once: on this road, putting a statement together costs more than running it.
_BY_SECRET = _ROW.where(DRAFT.c.secret_hash == bindparam("secret_hash"))
_INSERT = insert(DRAFT)
# A seal has a nonce of its own, so the sealed state tells one save from another.
_UNCHANGED = (DRAFT.c.id == bindparam("draft_id"), DRAFT.c.state_sealed == bindparam("version"))
_UPDATE = update(DRAFT).where(*_UNCHANGED)
_DELETE = delete(DRAFT).where(DRAFT.c.id == bindparam("draft_id"))
_DELETE_UNCHANGED = delete(DRAFT).where(*_UNCHANGED)


def find_journey(session: Session, secret_hash: str) -> JourneyRow | None:
    """Return the draft of the browser holding this secret."""
    found = session.connection().execute(_BY_SECRET, {"secret_hash": secret_hash}).first()
    return _opened(found) if found else None


def find_journey_by_code(session: Session, keys: Sequence[str]) -> JourneyRow | None:
    """Return the draft kept under one of these keys."""
    found = session.execute(_ROW.where(DRAFT.c.code_key.in_(keys))).first()
    return _opened(found) if found else None


def questionnaire_of(session: Session, version_id: UUID) -> surveys.Survey:
    """Return a version's questionnaire; frozen, so read from the database once a process."""
    if version_id not in _questionnaires:
        if len(_questionnaires) >= MAX_KEPT:
            _questionnaires.clear()
        _questionnaires[version_id] = questionnaire(get_version(session, version_id))
    return _questionnaires[version_id]


def insert_journey(session: Session, *, answers: str, state: str, **values: Any) -> UUID:
    """Add a draft and return its id."""
    draft_id = uuid4()
    sealed = _sealed(draft_id, answers, state)
    session.connection().execute(_INSERT, {"id": draft_id, **sealed, **values})
    return draft_id


def save_journey(
    session: Session, row: JourneyRow, *, answers: str, state: str, **values: Any
) -> bytes | None:
    """Write answers and place, and return the new version.

    Return None when the draft is not as `row` says any more: saved again, sent, or left.
    """
    sealed = _sealed(row.id, answers, state)
    key = {"draft_id": row.id, "version": row.version}
    done = session.connection().execute(_UPDATE, {**key, **sealed, **values})
    return sealed["state_sealed"] if done.rowcount else None


def delete_journey(session: Session, draft_id: UUID) -> bool:
    """Remove a draft; return False when another request already had."""
    return bool(session.connection().execute(_DELETE, {"draft_id": draft_id}).rowcount)


def delete_unchanged_journey(session: Session, row: JourneyRow) -> bool:
    """Remove a draft; return False when it is not as `row` says any more, or gone."""
    key = {"draft_id": row.id, "version": row.version}
    return bool(session.connection().execute(_DELETE_UNCHANGED, key).rowcount)


def has_journey(session: Session, draft_id: UUID) -> bool:
    """Return whether a draft is still there."""
    return session.scalar(select(DRAFT.c.id).where(DRAFT.c.id == draft_id)) is not None


def count_steps(
    session: Session, version_id: UUID, day: date, *, passed: str | None, reached: str | None
) -> None:
    """Add to the anonymous counters of how far people get."""
    steps = [(q, int(q == reached), int(q == passed)) for q in {passed, reached} if q]
    if not steps:
        return
    rows = [
        {
            "id": uuid4(),
            "version_id": version_id,
            "question_id": question,
            "day": day,
            "reached": was_reached,
            "passed": was_passed,
        }
        for question, was_reached, was_passed in sorted(steps)  # one order: no deadlock
    ]
    connection = session.connection()
    connection.execute(_count_query(connection.dialect.name), rows)


@cache
def _count_query(dialect: str) -> Executable:
    """Return the insert that adds to a counter already there; each database has its own."""
    query = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(STEPS)
    return query.on_conflict_do_update(
        index_elements=["version_id", "question_id", "day"],
        set_={
            "reached": STEPS.c.reached + query.excluded.reached,
            "passed": STEPS.c.passed + query.excluded.passed,
        },
    )


def latest_version_id(session: Session, survey_id: UUID) -> UUID | None:
    """Return the id of the version new journeys begin with."""
    return session.scalar(
        select(SurveyVersion.id)
        .where(SurveyVersion.survey_id == survey_id)
        .order_by(SurveyVersion.number.desc())
        .limit(1)
    )


def _sealed(draft_id: UUID, answers: str, state: str) -> dict[str, bytes]:
    return {
        "answers_sealed": seal("draft", "answers_sealed", draft_id, answers),
        "state_sealed": seal("draft", "state_sealed", draft_id, state),
    }


def _opened(found: Sequence[Any]) -> JourneyRow:
    draft_id, survey_id, version_id, collector_id, link_id, language, answers, state, *rest = found
    values: tuple[Any, ...] = (
        draft_id,
        survey_id,
        version_id,
        collector_id,
        link_id,
        language,
        None if answers is None else unseal("draft", "answers_sealed", draft_id, answers),
        None if state is None else unseal("draft", "state_sealed", draft_id, state),
        *rest,
        state,
    )
    return JourneyRow(*values)

"""Historical answers, written many at a time by Core."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.models import (
    Answer,
    AnswerText,
    Codebook,
    Collector,
    Job,
    Response,
    Review,
    ReviewCode,
    ReviewGap,
    Survey,
)

BATCH = 500
# Parents before what hangs on them.
TABLES: Mapping[str, Any] = {
    "response": Response.__table__,
    "answer": Answer.__table__,
    "text": AnswerText.__table__,
    "review": Review.__table__,
    "code": ReviewCode.__table__,
    "gap": ReviewGap.__table__,
    "job": Job.__table__,
}


def find_survey(session: Session, slug: str) -> Survey | None:
    """Return the survey of that short name."""
    return session.scalars(select(Survey).where(Survey.slug == slug)).one_or_none()


def find_collector(session: Session, survey_id: UUID, channel: str) -> Collector | None:
    """Return the survey's oldest way in through a channel."""
    return session.scalars(
        select(Collector)
        .where(Collector.survey_id == survey_id, Collector.channel == channel)
        .order_by(Collector.created_at)
        .limit(1)
    ).one_or_none()


def list_import_keys(session: Session, survey_id: UUID) -> set[str]:
    """Return the keys of the rows this survey has already."""
    query = select(Response.import_key).where(
        Response.survey_id == survey_id, Response.import_key.is_not(None)
    )
    return {key for key in session.scalars(query) if key is not None}


def get_codebook(session: Session, codebook_id: UUID) -> Codebook:
    """Return the codebook a survey refers to."""
    return session.get_one(Codebook, codebook_id)


def insert_rows(session: Session, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Write rows by table name, in batches."""
    for name, table in TABLES.items():
        for batch in _batches(rows.get(name, ())):
            session.execute(insert(table), batch)


def _batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch

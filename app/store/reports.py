"""Frozen reports and their files."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import FrozenReport, Job, ReportFile, StaffUser

from .errors import NotFoundError

MAKE, FILES = "report.make", "report.files"


@dataclass(frozen=True, slots=True)
class Listed:
    """A report as a list names it, without its body."""

    id: UUID
    kind: str
    title: str
    period: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that is being made: how far it is, or that it failed."""

    id: UUID
    title: str
    step: int
    steps: int
    doing: str
    has_failed: bool


def list_reports(session: Session, survey_id: UUID) -> Sequence[Listed]:
    """Return a survey's frozen reports, the newest first."""
    query = (
        select(
            FrozenReport.id,
            FrozenReport.kind,
            FrozenReport.title,
            FrozenReport.period,
            StaffUser.name,
            FrozenReport.made_at,
        )
        .outerjoin(StaffUser, StaffUser.id == FrozenReport.made_by)
        .where(FrozenReport.survey_id == survey_id)
        .order_by(FrozenReport.made_at.desc(), FrozenReport.id)
    )
    return [
        Listed(key, kind, title, period, name or "somebody who has left", made_at)
        for key, kind, title, period, name, made_at in session.execute(query)
    ]


def list_waiting(session: Session, survey_id: UUID) -> Sequence[Waiting]:
    """Return the reports of a survey that are being made or have failed."""
    jobs = session.scalars(select(Job).where(Job.kind == MAKE).order_by(Job.run_after, Job.id))
    return [_waiting(j) for j in jobs if j.payload.get("survey") == str(survey_id)]


def find_waiting(session: Session, report_id: UUID) -> Waiting | None:
    """Return how far a report is that is not there yet."""
    query = select(Job).where(Job.kind == MAKE, Job.subject_id == report_id).limit(1)
    job = session.scalars(query).one_or_none()
    return None if job is None else _waiting(job)


def _waiting(job: Job) -> Waiting:
    content = job.payload
    assert job.subject_id is not None  # noqa: S101 - every such job names its report
    return Waiting(
        job.subject_id,
        content["title"],
        content.get("step", 0),
        content.get("steps", 1),
        content.get("doing", "Waiting for its turn"),
        job.parked_at is not None,
    )


def note_progress(session: Session, job: Job, step: int, steps: int, doing: str) -> None:
    """Write down how far a job is, for the page that shows it; the caller commits."""
    job.payload = {**job.payload, "step": step, "steps": steps, "doing": doing}
    session.flush()


def find_report(session: Session, report_id: UUID) -> FrozenReport | None:
    """Return a frozen report, or None."""
    return session.get(FrozenReport, report_id)


def get_report(session: Session, survey_id: UUID, report_id: UUID) -> FrozenReport:
    """Return a frozen report of this survey; raise NotFoundError."""
    found = session.get(FrozenReport, report_id)
    if found is None or found.survey_id != survey_id:
        raise NotFoundError(f"report {report_id}")
    return found


def find_file(session: Session, report_id: UUID, file_format: str) -> ReportFile | None:
    """Return a report's file of one format, or None."""
    query = select(ReportFile).where(
        ReportFile.report_id == report_id, ReportFile.format == file_format
    )
    return session.scalars(query).one_or_none()


def put_file(
    session: Session,
    report_id: UUID,
    file_format: str,
    content: bytes,
    quotes: Sequence[str],
    now: datetime,
) -> None:
    """Keep a file in the place of an older one."""
    delete_file(session, report_id, file_format)
    row = ReportFile(
        report_id=report_id, format=file_format, quotes=sorted(quotes), made_at=now
    )  # fmt: skip
    row.content = base64.b64encode(content).decode("ascii")
    session.add(row)
    session.flush()


def content_of(row: ReportFile) -> bytes:
    """Return a file's bytes."""
    return base64.b64decode(row.content or "")


def delete_file(session: Session, report_id: UUID, file_format: str) -> None:
    """Remove a file."""
    session.execute(
        delete(ReportFile).where(
            ReportFile.report_id == report_id, ReportFile.format == file_format
        )
    )


def list_quoting_files(session: Session) -> Sequence[tuple[UUID, UUID, str, list[Any]]]:
    """Return report, survey, format and quotations of every file that has any."""
    query = select(
        ReportFile.report_id, FrozenReport.survey_id, ReportFile.format, ReportFile.quotes
    ).join(FrozenReport, FrozenReport.id == ReportFile.report_id)
    return [(r, s, f, q) for r, s, f, q in session.execute(query) if q and s is not None]


def has_job(session: Session, kind: str, report_id: UUID) -> bool:
    """Return whether such work on a report is promised already and has not failed."""
    query = select(Job.id).where(
        Job.kind == kind, Job.subject_id == report_id, Job.parked_at.is_(None)
    )
    return session.scalars(query.limit(1)).one_or_none() is not None


def delete_jobs(session: Session, kind: str, report_id: UUID) -> None:
    """Drop what is promised for a report, so that it may be asked for again."""
    session.execute(delete(Job).where(Job.kind == kind, Job.subject_id == report_id))

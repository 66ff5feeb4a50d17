"""What the worker reads and writes: texts that wait, codings, codebooks, its own state."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session

from app.models import (
    AnswerText,
    Codebook,
    Job,
    MachineCode,
    MachineCoding,
    MachineGap,
    Response,
    Setting,
    Survey,
    seal,
    unseal,
)

STATE = "worker"  # the setting that says when the worker was last seen, and what hinders it
CHUNK = 500  # ids in one IN list: far under the limits of both databases


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A text to be coded, still sealed, with what its coding and its flags depend on."""

    id: UUID
    response_id: UUID
    question_id: str
    part: str
    body_sealed: bytes
    language: str
    received_on: date
    channel: str
    survey_id: UUID
    version_id: UUID
    mode: str
    codebook_id: UUID | None

    @property
    def body(self) -> str:
        """Open the text; raise SealError."""
        return unseal("answer_text", "body_sealed", self.id, self.body_sealed)


def texts_to_read() -> Select[*tuple[Any, ...]]:
    """Return the query of every text with what its reader has to know, to be narrowed."""
    return (
        select(
            AnswerText.id,
            AnswerText.response_id,
            AnswerText.question_id,
            AnswerText.part,
            AnswerText.body_sealed,
            Response.language,
            Response.received_on,
            Response.channel,
            Response.survey_id,
            Response.version_id,
            Survey.mode,
            Survey.codebook_id,
        )
        .join(Response, Response.id == AnswerText.response_id)
        .join(Survey, Survey.id == Response.survey_id)
    )


def list_texts(session: Session, response_ids: Collection[UUID]) -> list[WaitingText]:
    """Return every text of these responses that was not taken back; set aside ones are read too."""
    query = (
        texts_to_read()
        .where(Response.id.in_(response_ids))
        .order_by(AnswerText.response_id, AnswerText.question_id, AnswerText.part)
    )
    return [WaitingText(**row) for row in session.execute(query).mappings()]


def list_waiting_codebooks(session: Session, kind: str, now: datetime) -> Sequence[UUID | None]:
    """Return the codebooks under which texts wait to be coded; None stands for the default."""
    return session.scalars(
        select(Survey.codebook_id)
        .join(Response, Response.survey_id == Survey.id)
        .join(Job, Job.subject_id == Response.id)
        .where(Job.kind == kind, Job.parked_at.is_(None), Job.run_after <= now)
        .distinct()
    ).all()


def list_coded(session: Session, text_ids: Sequence[UUID], coder: str | None = None) -> set[UUID]:
    """Return which of these texts this coder version, or any, has coded already."""
    by = () if coder is None else (MachineCoding.coder == coder,)
    done: set[UUID] = set()
    for start in range(0, len(text_ids), CHUNK):
        query = select(MachineCoding.text_id).where(
            MachineCoding.text_id.in_(text_ids[start : start + CHUNK]), *by
        )
        done.update(session.scalars(query))
    return done


def insert_codings(session: Session, codings: Sequence[Mapping[str, Any]]) -> None:
    """Write codings with their `codes` and `gaps`; `redacted` is sealed here.

    Raise IntegrityError when one of the texts was coded by the same coder meanwhile, or is gone.
    """
    rows: list[dict[str, Any]] = []
    codes: list[dict[str, Any]] = []
    gaps: list[dict[str, Any]] = []
    for coding in codings:
        coding_id = uuid4()
        values = dict(coding)
        codes += [_child(coding_id, code) for code in values.pop("codes")]
        gaps += [_child(coding_id, gap) for gap in values.pop("gaps")]
        redacted = seal("machine_coding", "redacted_sealed", coding_id, values.pop("redacted"))
        rows.append({"id": coding_id, "redacted_sealed": redacted, **values})
    tables: tuple[tuple[Any, list[dict[str, Any]]], ...] = (
        (MachineCoding.__table__, rows),
        (MachineCode.__table__, codes),
        (MachineGap.__table__, gaps),
    )
    for table, found in tables:
        if found:
            session.execute(insert(table), found)


def find_latest_codebook(session: Session, key: str) -> Codebook | None:
    """Return the newest version of a codebook."""
    return session.scalars(
        select(Codebook).where(Codebook.key == key).order_by(Codebook.version.desc()).limit(1)
    ).one_or_none()


def get_codebook(session: Session, codebook_id: UUID) -> Codebook:
    """Return a codebook that a survey refers to."""
    return session.get_one(Codebook, codebook_id)


def count_waiting(session: Session, kind: str) -> int:
    """Return how many jobs of a kind are not done yet; parked ones are not counted."""
    query = select(func.count()).select_from(Job).where(Job.kind == kind, Job.parked_at.is_(None))
    return session.scalar(query) or 0


def has_due_job(session: Session, kinds: Sequence[str], *, before: datetime) -> bool:
    """Return whether a job of these kinds that is not parked falls due before a moment."""
    query = select(Job.id).where(
        Job.kind.in_(kinds), Job.parked_at.is_(None), Job.run_after <= before
    )
    return session.scalar(query.limit(1)) is not None


def list_waiting_jobs(session: Session, kind: str) -> Sequence[Job]:
    """Return the jobs of a kind that are not parked, next first."""
    return session.scalars(
        select(Job).where(Job.kind == kind, Job.parked_at.is_(None)).order_by(Job.run_after)
    ).all()


def release_jobs(session: Session, job_ids: Collection[UUID]) -> None:
    """Give back jobs that were leased and not begun, as if they had never been taken."""
    session.execute(
        update(Job)
        .where(Job.id.in_(job_ids))
        .values(lease=None, leased_until=None, attempts=Job.attempts - 1)
        .execution_options(synchronize_session=False)
    )


def postpone_job(session: Session, job: Job, *, until: datetime) -> None:
    """Put a job off for a reason that is not its own; the try does not count.

    Nothing happens to a job that another worker has by now.
    """
    session.execute(
        update(Job)
        .where(Job.id == job.id, Job.lease == job.lease)
        .values(lease=None, leased_until=None, attempts=Job.attempts - 1, run_after=until)
        .execution_options(synchronize_session=False)
    )


def hold_job(session: Session, job: Job, *, until: datetime) -> None:
    """Keep the lease of a job that takes long; one that another worker has by now is left."""
    session.execute(
        update(Job)
        .where(Job.id == job.id, Job.lease == job.lease)
        .values(leased_until=until)
        .execution_options(synchronize_session=False)
    )


def find_leased(session: Session, job_id: UUID, lease: str) -> Job | None:
    """Return a job as long as this lease of it holds."""
    return session.scalars(select(Job).where(Job.id == job_id, Job.lease == lease)).one_or_none()


def set_state(session: Session, value: dict[str, Any]) -> None:
    """Note when the worker was last seen and what hinders it."""
    session.merge(Setting(key=STATE, value=value))


def find_state(session: Session) -> dict[str, Any] | None:
    """Return what the worker last said about itself, None before it ever ran."""
    setting = session.get(Setting, STATE)
    return setting.value if setting else None


def find_seen_at(session: Session) -> datetime | None:
    """Return when the worker last gave a sign of life."""
    seen_at = (find_state(session) or {}).get("seen_at")
    return datetime.fromisoformat(seen_at) if seen_at else None


def _child(coding_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": uuid4(), "coding_id": coding_id, **values}

"""Asking for a report, freezing it, and giving it out without a word that may not be shown."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.figures.quotes import find_voices
from app.models import FrozenReport, Job
from app.packs import Pack
from app.services.reporting import kinds, snapshot
from app.services.reporting.claims import EDITION, broken
from app.services.reporting.gathering import Order
from app.services.reporting.snapshot import Snapshot
from app.store import audit, outbox, reports
from app.store.actors import Actor
from app.store.errors import NotFoundError

FORMATS = ("docx", "pdf")
MAKE, FILES = reports.MAKE, reports.FILES
LONGEST = 2000


class ReportChangedError(Exception):
    """A frozen report is not what was frozen: its fingerprint or a sentence does not fit."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A report somebody asks for."""

    kind: str
    period: str
    service: str = ""
    ask: str = ""
    words: str = ""


def ask(
    session: Session, survey_id: UUID, wish: Wish, pack: Pack, *, by: Actor, now: datetime
) -> UUID:
    """Promise a report; the worker freezes it. Return the id it will have."""
    if wish.kind not in kinds.KINDS:
        raise NotFoundError(f"report kind {wish.kind}")
    report_id = uuid4()
    title = kinds.KINDS[wish.kind].name
    if wish.service:
        title = f"{title}: {pack.service_name(wish.service)}"
    payload = {
        "survey": str(survey_id),
        "kind": wish.kind,
        "period": wish.period,
        "service": wish.service,
        "ask": wish.ask,
        "words": wish.words[:LONGEST],
        "title": title,
        "by": str(by.user_id),
        "name": by.name,
    }
    outbox.add_job(session, MAKE, now=now, subject_id=report_id, payload=payload)
    audit.add_event(
        session, by=by, act="report.ask", kind="report", object_id=report_id, now=now,
        detail={"kind": wish.kind, "period": wish.period},
    )  # fmt: skip
    session.commit()
    return report_id


def freeze(
    session: Session, job: Job, pack: Pack, *, today: date, now: datetime
) -> tuple[FrozenReport, Snapshot]:
    """Make a promised report and keep it; one that is kept already stays as it is.

    The caller commits. Raise NotFoundError where there are no figures for it.
    """
    assert job.subject_id is not None  # noqa: S101 - `ask` names the report
    held = reports.find_report(session, job.subject_id)
    if held is not None:
        return held, opened(held)
    wanted = job.payload
    order = Order(
        kind=wanted["kind"],
        survey_id=UUID(wanted["survey"]),
        period=wanted["period"],
        made_by=wanted["name"],
        service=wanted["service"],
        ask=wanted["ask"],
        words=wanted["words"],
    )
    made = kinds.build(session, order, pack, today=today, now=now)
    body = snapshot.as_plain(made)
    row = FrozenReport(
        id=job.subject_id,
        kind=order.kind,
        title=made.about.title,
        survey_id=order.survey_id,
        period=order.period,
        tables=body,
        sha256=snapshot.digest(body),
        made_by=UUID(wanted["by"]),
        made_at=now,
    )
    session.add(row)
    audit.add_event(
        session, by=None, act="report.freeze", kind="report", object_id=row.id, now=now,
        detail={"sha256": row.sha256},
    )  # fmt: skip
    session.flush()
    return row, made


def opened(row: FrozenReport) -> Snapshot:
    """Return a frozen report as data; raise ReportChangedError where it is not what was frozen.

    Sentences are made again and compared under the edition of the rules that wrote them; a report
    of an earlier edition keeps its words, and its fingerprint alone vouches for them.
    """
    if snapshot.digest(row.tables) != row.sha256:
        raise ReportChangedError(f"report {row.id}: fingerprint")
    found = snapshot.read(row.tables)
    if found.edition == EDITION and broken(found.tables, found.claims):
        raise ReportChangedError(f"report {row.id}: a sentence is not what its cells say")
    return found


def voices_of(session: Session, row: FrozenReport, made: Snapshot, today: date) -> dict[str, str]:
    """Return those quotations of a report that may be shown at this moment."""
    if row.survey_id is None:
        return {}
    ids = [UUID(q) for q in made.quotes]
    found = find_voices(session, row.survey_id, ids, today=today)
    return {str(key): voice.words for key, voice in found.items()}


def file_of(
    session: Session, row: FrozenReport, file_format: str, *, today: date, now: datetime, by: Actor
) -> bytes | None:
    """Return a report's file, or None while it is (being) made.

    A file that quotes anything else than may be shown at this moment is not given out; it is
    dropped, and made again by the worker.
    """
    shown = sorted(voices_of(session, row, opened(row), today))
    held = reports.find_file(session, row.id, file_format)
    if held is None or held.quotes != shown:
        reports.delete_file(session, row.id, file_format)
        promise_files(session, row.id, now=now)
        session.commit()
        return None
    audit.add_event(
        session, by=by, act="report.download", kind="report", object_id=row.id, now=now,
        detail={"format": file_format},
    )  # fmt: skip
    content = reports.content_of(held)
    session.commit()
    return content


def promise_files(session: Session, report_id: UUID, *, now: datetime) -> None:
    """Promise the files of a frozen report, once."""
    if not reports.has_job(session, FILES, report_id):
        outbox.add_job(session, FILES, now=now, subject_id=report_id)


def drop_stale_files(session: Session, *, today: date, now: datetime) -> int:
    """Delete the files that quote what may not be shown any more; return how many.

    For the worker's quick round: a withdrawn quotation is in no stored file a minute later.
    """
    dropped = 0
    for report_id, survey_id, file_format, quoted in reports.list_quoting_files(session):
        ids = [UUID(q) for q in quoted]
        if len(find_voices(session, survey_id, ids, today=today)) < len(quoted):
            reports.delete_file(session, report_id, file_format)
            promise_files(session, report_id, now=now)
            dropped += 1
    session.commit()
    return dropped


def drop_failed(
    session: Session, survey_id: UUID, report_id: UUID, *, by: Actor, now: datetime
) -> None:
    """Give up a report that could not be made; a frozen one is never removed."""
    waiting = reports.list_waiting(session, survey_id)
    if not any(w.id == report_id and w.has_failed for w in waiting):
        raise NotFoundError(f"report {report_id}")
    reports.delete_jobs(session, MAKE, report_id)
    audit.add_event(session, by=by, act="report.drop", kind="report", object_id=report_id, now=now)
    session.commit()

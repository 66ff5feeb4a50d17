"""The worker's part: freeze a report, draw and set it, and show how far it is."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import FrozenReport, Job
from app.packs import Pack
from app.services import packs, reports
from app.services.reporting.layout import Item, Picture, items
from app.services.reporting.snapshot import Snapshot
from app.store import reports as store
from app.worker.loop import Chore, one_by_one

log = logging.getLogger("heard.worker")
STEPS = ("Counting and writing", "Drawing the pictures", "Setting the Word file", "Setting the PDF")
STALE_EVERY = timedelta(seconds=20)  # a withdrawn quotation is gone within a minute


@dataclass(frozen=True, slots=True)
class MakeReports:
    """Freezes reports that were asked for and sets them in both formats."""

    pack: Pack
    kind: str = reports.MAKE
    batch: int = 1

    def prepare(self, _session: Session, _now: datetime, /) -> bool:
        """Return True: what draws and sets is loaded when a report is made."""
        return True

    def do(self, session: Session, jobs: Sequence[Job], now: datetime) -> None:
        """Make each report; one cut short is taken up from what is frozen."""
        one_by_one(session, jobs, lambda job: self._make(session, job, now), now)

    def _make(self, session: Session, job: Job, now: datetime) -> None:
        _note(session, job, 0)
        today = now.astimezone(LONDON).date()
        pack = packs.in_force(session, self.pack)
        row, made = reports.freeze(session, job, pack, today=today, now=now)
        session.commit()  # frozen from here on, whatever happens to its files
        set_files(session, row, made, now, job)
        log.info("froze a %s report with %d claims", row.kind, len(made.claims))


@dataclass(frozen=True, slots=True)
class MakeFiles:
    """Sets the files of a frozen report again, with the quotations that may be shown now."""

    kind: str = reports.FILES
    batch: int = 1

    def prepare(self, _session: Session, _now: datetime, /) -> bool:
        """Return True: as above."""
        return True

    def do(self, session: Session, jobs: Sequence[Job], now: datetime) -> None:
        """Set each report's files; twice by accident is as good as once."""
        one_by_one(session, jobs, lambda job: self._make(session, job, now), now)

    def _make(self, session: Session, job: Job, now: datetime) -> None:
        row = None if job.subject_id is None else store.find_report(session, job.subject_id)
        if row is not None:
            set_files(session, row, reports.opened(row), now, None)


def set_files(
    session: Session, row: FrozenReport, made: Snapshot, now: datetime, job: Job | None
) -> None:
    """Draw and set a report in both formats and keep the files; the caller commits the last."""
    from app.worker.reporting import pdf, pictures, word

    voices = reports.voices_of(session, row, made, now.astimezone(LONDON).date())
    printed: list[Item] = list(items(made, voices))
    _note(session, job, 1)
    drawn = {}
    for item in printed:
        if isinstance(item, Picture) and (content := pictures.draw(item)) is not None:
            drawn[item.key] = content
    for step, (name, setter) in enumerate((("docx", word.write), ("pdf", pdf.write)), start=2):
        _note(session, job, step)
        content = setter(made.about, printed, drawn)
        store.put_file(session, row.id, name, content, list(voices), now)


def _note(session: Session, job: Job | None, step: int) -> None:
    if job is not None:
        store.note_progress(session, job, step + 1, len(STEPS), STEPS[step])
        session.commit()


def stale_chore() -> Chore:
    """Return the chore that drops files quoting what may not be shown any more."""

    def drop(session: Session, now: datetime) -> None:
        dropped = reports.drop_stale_files(session, today=now.astimezone(LONDON).date(), now=now)
        if dropped:
            log.info("dropped %d report files with a withdrawn quotation", dropped)

    return Chore("report files", STALE_EVERY, drop)

"""Coding answers anew, a slice at a time between more urgent work; may be killed at any moment."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.models import Codebook, Job, Recoding
from app.packs import Hours
from app.services import quotes, recoding
from app.services.lineage import Trace
from app.services.recoding import RECODE
from app.store import coding as coding_store
from app.store import machine, outbox
from app.store import recoding as store
from app.store.errors import NotFoundError
from app.store.machine import WaitingText
from app.worker.coders import Coders, CoderUnavailableError
from app.worker.coding import IMPORT_BATCH, IMPORT_TIERS, coding_row, items, raise_for
from app.worker.loop import hand_back, leave
from nlp.coder import Coder

log = logging.getLogger("heard.worker")

CARRY = 200  # decisions put under the new version in one commit: a fraction of a second
GIVE_UP = 3  # a text in whose reading the process ended so often, alone, is left to people


@dataclass(slots=True)
class Recodings:
    """Codes all answers of a codebook by one coder version, then puts that version in use."""

    coders: Coders
    hours: Hours
    kind: str = RECODE
    batch: int = 1
    size: int = IMPORT_BATCH

    def prepare(self, session: Session, now: datetime, /) -> bool:
        """Load the coder of the first recoding; until there is one, all of them wait."""
        for job in machine.list_waiting_jobs(session, RECODE)[:1]:
            found = session.get(Recoding, job.subject_id)
            if found is None:
                return True
            codebook = coding_store.get_codebook(session, found.codebook_id)
            try:
                self.coders.coder(codebook, now, model=found.model)
            except CoderUnavailableError:
                return False
        return True

    def do(self, session: Session, jobs: Sequence[Job], now: datetime) -> None:
        """Do one slice in one commit; the job stays until nothing is left."""
        for job in jobs:
            try:
                self._slice(session, job, now)
                session.commit()
            except OperationalError:
                session.rollback()
                raise
            except CoderUnavailableError as error:
                session.rollback()
                machine.postpone_job(session, job, until=now + error.again_in)
                session.commit()
            except (outbox.LeaseLostError, IntegrityError):  # another worker does the same
                leave(session, job)
            except Exception as error:  # the outermost edge
                hand_back(session, job, error, now)

    def _slice(self, session: Session, job: Job, now: datetime) -> None:
        try:
            found = store.get_recoding(session, job.subject_id or UUID(int=0))
        except NotFoundError:
            outbox.finish_job(session, job)
            return
        codebook = coding_store.get_codebook(session, found.codebook_id)
        coder = self.coders.coder(codebook, now, model=found.model)
        self._begin(session, found, codebook, coder)
        limit = 1 if job.attempts > 1 else self.size  # it was under way when a worker died
        texts = store.list_uncoded(
            session, codebook.key, coder.version, but=found.failed, limit=limit
        )
        if texts and job.attempts > 1 and not self._may_try(session, job, texts[0]):
            self._leave_out(found, texts[0])
        elif texts:
            self._code(session, found, texts, codebook, coder, now)
        elif found.switched_at is not None:
            self._finish(session, job, found, now)
            return
        elif self._carry(session, codebook):
            recoding.switch(session, codebook, found, now=now)
            log.info("codebook %s v%d is in use", codebook.key, codebook.version)
        store.keep_job(session, job, now)

    def _begin(self, session: Session, found: Recoding, codebook: Codebook, coder: Coder) -> None:
        if found.coder == coder.version:
            return
        found.coder = coder.version
        found.failed = []
        found.total = store.count_uncoded(session, codebook.key, coder.version)
        found.done = 0

    def _code(
        self,
        session: Session,
        found: Recoding,
        texts: Sequence[WaitingText],
        codebook: Codebook,
        coder: Coder,
        now: datetime,
    ) -> None:
        try:
            codings = coder.code(items(session, texts))
        except OperationalError:
            raise
        except Exception as error:  # one bad text harms no other
            if len(texts) == 1:
                log.error("%s cannot be coded anew: %s", texts[0].id, type(error).__name__)
                self._leave_out(found, texts[0])
                return
            for text in texts:
                self._code(session, found, [text], codebook, coder, now)
            return
        rows = [
            coding_row(text.id, coding, codebook.id, now)
            for text, coding in zip(texts, codings, strict=True)
        ]
        machine.insert_codings(session, rows)
        hidden = {row["text_id"]: row["redactions"] for row in rows}
        quotes.hold_back(session, hidden, now=now)
        for text, coding in zip(texts, codings, strict=True):
            # It was read for danger when it came; what is seen now starts no one-hour clock.
            level = coding.safeguarding.level
            raise_for(session, text, level, self.hours, now, tiers=IMPORT_TIERS)
        found.done += len(texts)
        found.total = max(found.total, found.done)

    def _may_try(self, session: Session, job: Job, text: WaitingText) -> bool:
        """Note, before it is read, that a text is tried; False once it ended enough workers.

        What a killed worker was doing otherwise says nothing against the text that was next.
        """
        tried = job.payload.get("tried") if job.payload.get("text") == str(text.id) else 0
        if (tried or 0) >= GIVE_UP:
            return False
        store.note_try(session, job, {"text": str(text.id), "tried": (tried or 0) + 1})
        session.commit()
        return True

    def _leave_out(self, found: Recoding, text: WaitingText) -> None:
        found.failed = [*found.failed, str(text.id)]

    def _carry(self, session: Session, codebook: Codebook) -> bool:
        """Carry what people decided, a part a commit; return whether all of it is carried."""
        traces: dict[UUID, Trace] = {}
        after: UUID | None = None
        carried = 0
        while reviews := store.list_uncarried(session, codebook, after=after, limit=CARRY):
            carried += recoding.carry(session, codebook, reviews, traces)
            if carried >= CARRY:
                return False
            after = reviews[-1].id
        return True

    def _finish(self, session: Session, job: Job, found: Recoding, now: datetime) -> None:
        found.finished_at = now
        outbox.finish_job(session, job)
        log.info("coded %d answers anew as %s", found.done, found.coder)

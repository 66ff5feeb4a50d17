"""Reading answers: redact, code, and raise what a person has to look at now."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import surveys
from app.catalogues import SOURCE, browser_tag
from app.models import Channel, Codebook, Job, SurveyMode, Tier
from app.packs import Hours
from app.services import packs, quotes
from app.services.imports import CODE_IMPORT
from app.services.raising import raise_flag
from app.services.sending import CODE_JOB
from app.store import machine, outbox
from app.store import surveys as surveys_store
from app.store.machine import WaitingText
from app.worker.coders import Coders, CoderUnavailableError
from app.worker.loop import hand_back, leave
from nlp import risk
from nlp.coder import Coder, Coding, Item
from nlp.spans import Level

__all__ = ["CODE", "CODE_IMPORT", "CodeResponses"]

log = logging.getLogger("heard.worker")

CODE = CODE_JOB  # an answer somebody has just sent goes ahead of every historical one
BATCH = 16
IMPORT_BATCH = 64  # a few seconds of work, so that a new answer waits no longer than that
SAY_EVERY = timedelta(seconds=5)

# Source: domain §4.4 and docs/decisions/0051. An imported answer tells of the past and may be
# years old: it is looked at, but it does not start the one-hour clock.
TIERS = {Level.URGENT: Tier.SG1, Level.CONCERN: Tier.SG2}
IMPORT_TIERS = {Level.URGENT: Tier.SG2, Level.CONCERN: Tier.SG3}


@dataclass(slots=True)
class CodeResponses:
    """Codes every text of some responses, each exactly once by one version of a coder."""

    kind: str
    batch: int
    coders: Coders
    hours: Hours
    _total: int = 0
    _said_at: datetime | None = None

    def prepare(self, session: Session, now: datetime, /) -> bool:
        """Load the coders that the waiting texts need.

        Historical answers wait while a coder is being made; new ones are read for risk meanwhile.
        """
        for codebook_id in machine.list_waiting_codebooks(session, self.kind, now):
            codebook = self.coders.codebook(session, codebook_id, now)
            session.commit()
            try:
                self.coders.coder(codebook, now)
            except CoderUnavailableError:
                continue  # noted by `coders`; the texts are read by the risk rules alone
        return self.kind != CODE_IMPORT or not self.coders.is_training

    def do(self, session: Session, jobs: Sequence[Job], now: datetime) -> None:
        """Code a batch in one commit; where that fails, one response at a time."""
        try:
            self._code(session, jobs, now)
            session.commit()
        except OperationalError:
            session.rollback()
            raise
        except outbox.LeaseLostError:
            self._do_apart(session, jobs, now)
            return
        except Exception as error:  # the outermost edge: one bad text harms no other
            if len(jobs) == 1:
                session.rollback()
                self._read_poison(session, jobs[0], now)
                hand_back(session, jobs[0], error, now)
                return
            self._do_apart(session, jobs, now)
            return
        self._say(session, now)

    def _do_apart(self, session: Session, jobs: Sequence[Job], now: datetime) -> None:
        """Undo a batch and do its jobs one by one; a single one was lost to another worker."""
        if len(jobs) == 1:
            leave(session, jobs[0])
            return
        session.rollback()
        for job in jobs:
            self.do(session, [job], now)

    def _code(self, session: Session, jobs: Sequence[Job], now: datetime) -> None:
        waiting: dict[UUID, datetime] = {}
        ids = [job.subject_id for job in jobs if job.subject_id is not None]
        for codebook_id, texts in _by_codebook(machine.list_texts(session, ids)).items():
            codebook = self.coders.codebook(session, codebook_id, now)
            try:
                coder = self.coders.coder(codebook, now)
            except CoderUnavailableError as error:
                self._read_risk_only(session, texts, now)
                waiting |= {text.response_id: now + error.again_in for text in texts}
                continue
            self._code_texts(session, texts, codebook, coder, now)
        for job in jobs:
            if job.subject_id in waiting:
                machine.postpone_job(session, job, until=waiting[job.subject_id])
            else:
                outbox.finish_job(session, job)

    def _code_texts(
        self,
        session: Session,
        texts: Sequence[WaitingText],
        codebook: Codebook,
        coder: Coder,
        now: datetime,
    ) -> None:
        done = machine.list_coded(session, [text.id for text in texts], coder.version)
        new = [text for text in texts if text.id not in done]
        codings = coder.code(items(session, new)) if new else []
        before = machine.list_coded(session, [text.id for text in new])
        rows = [
            coding_row(text.id, coding, codebook.id, now if text.id in before else noted(text, now))
            for text, coding in zip(new, codings, strict=True)
        ]
        machine.insert_codings(session, rows)
        hidden = {row["text_id"]: row["redactions"] for row in rows}
        quotes.hold_back(session, hidden, now=now)
        for text, coding in zip(new, codings, strict=True):
            raise_for(session, text, coding.safeguarding.level, self.hours, now)

    def _read_poison(self, session: Session, job: Job, now: datetime) -> None:
        """Look for danger in a text the coder chokes on, by the rules alone."""
        if job.subject_id is None:
            return
        try:
            self._read_risk_only(session, machine.list_texts(session, [job.subject_id]), now)
            session.commit()
        except OperationalError:
            session.rollback()
            raise
        except Exception as error:  # then the parked job is what people see
            session.rollback()
            log.error("%s could not be read for risk: %s", job.id, type(error).__name__)

    def _read_risk_only(
        self, session: Session, texts: Sequence[WaitingText], now: datetime
    ) -> None:
        read = items(session, texts)
        risks = risk.assess(
            [item.text for item in read],
            [item.question for item in read],
            [item.language or "en" for item in read],
        )
        for text, found in zip(texts, risks, strict=True):
            raise_for(session, text, found.level, self.hours, now)

    def _say(self, session: Session, now: datetime) -> None:
        """Say how far a long queue has come."""
        left = machine.count_waiting(session, self.kind)
        if left == 0 or left > self._total:
            self._total = left
        if left and self._total > self.batch and self._is_time(now):
            log.info("coded %d of %d", self._total - left, self._total)

    def _is_time(self, now: datetime) -> bool:
        if self._said_at is not None and now - self._said_at < SAY_EVERY:
            return False
        self._said_at = now
        return True


def items(session: Session, texts: Iterable[WaitingText]) -> list[Item]:
    """Return what the coder is given: the words, and the question as it was asked."""
    return [
        Item(
            id=str(text.id),
            text=text.body,
            question=_wording(session, text.version_id, text.question_id),
            # The page's language is a hint worth having only where somebody chose it.
            language=None if browser_tag(text.language) == SOURCE else text.language,
        )
        for text in texts
    ]


def noted(text: WaitingText, now: datetime) -> datetime:
    """Return when the first reading of a text is said to have been.

    It follows what was sent by seconds, so in an anonymous survey it keeps no more than its day
    (safety.md T14). Later readings are of many answers at once, and must be told from the first.
    """
    if text.mode != SurveyMode.ANONYMOUS:
        return now
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def coding_row(text_id: UUID, coding: Coding, codebook_id: UUID, now: datetime) -> dict[str, Any]:
    """Return a coding as `machine.insert_codings` takes it."""
    seam = coding.to_json()
    return {
        "text_id": text_id,
        "codebook_id": codebook_id,
        "coder": coding.coder,
        "language": coding.language[:12],
        "redactions": seam["redactions"],
        "redacted": coding.redacted,
        "sentiment": seam["sentiment"],
        "confidence": seam["confidence"],
        "risk_level": seam["safeguarding"]["level"],
        "risk_score": seam["safeguarding"]["score"],
        "risk_evidence": seam["safeguarding"]["evidence"],
        "candidates": seam["candidates"],
        "coded_at": now,
        "codes": [{"evidence": [], **theme} for theme in seam["themes"]],
        "gaps": [{"duration_days": None, **gap} for gap in seam["gaps"]],
    }


def raise_for(
    session: Session,
    text: WaitingText,
    level: Level,
    hours: Hours,
    now: datetime,
    *,
    tiers: Mapping[Level, Tier] = TIERS,
) -> None:
    """Open a flag where the words ask for one. The machine never closes or lowers one."""
    tier = (IMPORT_TIERS if text.channel == Channel.IMPORT else tiers).get(level)
    if tier is None:
        return
    raise_flag(
        session,
        text.response_id,
        reason=flag_reason(text),
        source="text",
        tier=tier,
        hours=packs.hours_in_force(session, hours),  # another pack may have been loaded meanwhile
        now=now,
        text_id=text.id,
    )


def flag_reason(text: WaitingText) -> str:
    """Return the name under which a text's flag is raised once, whoever reads it how often."""
    place = f"{text.question_id}:{text.part}" if text.part else text.question_id
    return f"text:{place}"[:80]


def _wording(session: Session, version_id: UUID, question_id: str) -> str:
    survey = surveys_store.questionnaire(surveys_store.get_version(session, version_id))
    question = surveys.find_question(survey, question_id)
    if question is None:
        return ""
    return surveys.pipe(question.text, survey, surveys.Answers(), survey.source_language)


def _by_codebook(texts: Iterable[WaitingText]) -> dict[UUID | None, list[WaitingText]]:
    groups: defaultdict[UUID | None, list[WaitingText]] = defaultdict(list)
    for text in texts:
        groups[text.codebook_id].append(text)
    return dict(groups)

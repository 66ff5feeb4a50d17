"""Coding a codebook's answers anew: asked for in one commit with its cause, done by the worker.

Earlier codings and decisions stay as they are. What people decided under an earlier version is
put under the new one where its meaning is sure, as rows of its own (docs/decisions/0065).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import Codebook, Recoding, Review, ReviewCode, ReviewGap
from app.services.codebooks import read_book
from app.services.lineage import Trace, trace
from app.store import audit, coding, outbox
from app.store import codebooks as codebooks_store
from app.store import recoding as recoding_store
from app.store.actors import Actor
from app.store.errors import ConflictError, NotFoundError

RECODE = "recode"
IMPORTED = "import"


class RecodingUnderwayError(ConflictError):
    """Answers of this codebook are being coded anew; one such job at a time."""


def start(
    session: Session, codebook: Codebook, *, model: str | None, by: Actor | None, now: datetime
) -> Recoding:
    """Promise that all answers of a codebook are coded anew; the caller commits."""
    job = Recoding(codebook_id=codebook.id, model=model, failed=[], asked_at=now)
    job.asked_by = by.user_id if by else None
    session.add(job)
    session.flush()
    outbox.add_job(session, RECODE, now=now, subject_id=job.id)
    audit.add_event(
        session,
        by=by,
        act="recoding.start",
        kind="codebook",
        object_id=codebook.id,
        now=now,
        detail={"version": codebook.version, "recoding": str(job.id)},
    )
    return job


def check_none_open(session: Session, key: str) -> None:
    """Raise RecodingUnderwayError while answers of a codebook are being coded anew."""
    if recoding_store.find_open(session, key) is not None:
        raise RecodingUnderwayError(key)


def use_for(
    session: Session, codebook: Codebook, survey_id: UUID, *, by: Actor, now: datetime
) -> None:
    """Let a survey be read by another codebook; raise NotFoundError once somebody answered it."""
    unread = codebooks_store.list_unread_surveys(session, codebook.key)
    survey = next((survey for survey in unread if survey.id == survey_id), None)
    if survey is None:
        raise NotFoundError(f"no unanswered survey {survey_id}")
    survey.codebook_id = codebook.id
    audit.add_event(
        session,
        by=by,
        act="survey.codebook",
        kind="survey",
        object_id=survey_id,
        now=now,
        detail={"key": codebook.key, "version": codebook.version},
    )
    session.commit()


def trace_to(session: Session, codebook: Codebook, earlier: Codebook) -> Trace:
    """Return where the themes of an earlier version went in this one."""
    versions = codebooks_store.list_versions(session, codebook.key)
    between = [v for v in versions if earlier.version < v.version <= codebook.version]
    steps = [step for version in reversed(between) for step in version.lineage or ()]
    return trace(read_book(earlier.document).themes, read_book(codebook.document).themes, steps)


def carry(
    session: Session, codebook: Codebook, reviews: Sequence[Review], traces: dict[UUID, Trace]
) -> int:
    """Put decisions under earlier versions under this one where that is sure; no commit.

    `traces` remembers the way from each earlier version. Returns how many could be carried.
    """
    carried = 0
    for review in reviews:
        if review.codebook_id not in traces:
            earlier = coding.get_codebook(session, review.codebook_id)
            traces[review.codebook_id] = trace_to(session, codebook, earlier)
        onward = traces[review.codebook_id]
        themes = onward.carry(code.theme for code in review.codes)
        if themes is not None:
            _put(session, codebook, review, onward)
            carried += 1
    session.flush()
    return carried


def switch(session: Session, codebook: Codebook, job: Recoding, *, now: datetime) -> None:
    """Let surveys, figures and the desk use what was coded anew; the caller commits."""
    recoding_store.put_in_use(session, codebook, job, now)
    audit.add_event(
        session,
        by=None,
        act="codebook.in_use",
        kind="codebook",
        object_id=codebook.id,
        now=now,
        detail={"version": codebook.version, "coder": job.coder, "coded": job.done},
    )


def _put(session: Session, codebook: Codebook, review: Review, onward: Trace) -> None:
    """Write a decision under another version; one put there before is written anew."""
    known = recoding_store.find_carried(session, review.text_id, codebook.id)
    if known is not None:
        session.delete(known)
        session.flush()
    is_whole = not onward.asked_anew or review.drawn == IMPORTED
    copy = Review(
        text_id=review.text_id,
        codebook_id=codebook.id,
        reviewer_id=review.reviewer_id,
        reviewer_key=recoding_store.CARRIED,
        coder=review.coder,
        drawn=review.drawn if is_whole else coding.CARRIED,
        sentiment=review.sentiment,
        unsure=review.unsure,
        note=review.note,
        is_current=True,
        reviewed_at=review.reviewed_at,
    )
    copy.codes = _codes(review, onward)
    copy.gaps = [
        ReviewGap(
            need=gap.need,
            barrier=gap.barrier,
            duration_days=gap.duration_days,
            start=gap.start,
            end=gap.end,
            origin=gap.origin,
        )
        for gap in review.gaps
    ]
    session.add(copy)


def _codes(review: Review, onward: Trace) -> list[ReviewCode]:
    """Return the codes under another version; merged ones that disagree are spoken of as mixed."""
    found: dict[str, ReviewCode] = {}
    for code in sorted(review.codes, key=lambda code: code.theme):
        for theme in onward.to.get(code.theme, ()):
            if theme not in found:
                found[theme] = ReviewCode(
                    theme=theme,
                    polarity=code.polarity,
                    start=code.start,
                    end=code.end,
                    origin=code.origin,
                    strength=code.strength,
                )
            else:
                _merge(found[theme], code)
    return list(found.values())


def _merge(kept: ReviewCode, other: ReviewCode) -> None:
    """Let one code stand for two; where they came up differently, nobody said how this one did."""
    if kept.polarity != other.polarity:
        kept.polarity = "mixed"
    if kept.strength != other.strength:
        kept.strength = None

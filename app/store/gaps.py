"""The gap register and the evidence shelf."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import EvidenceNote, Gap, GapState, Survey

from .errors import NotFoundError

OPEN_STATES = (GapState.HEARD, GapState.LOOKING, GapState.DOING)


def get_gap(session: Session, survey_id: UUID, gap_id: UUID) -> Gap:
    """Return a gap of this survey; raise NotFoundError."""
    gap = session.get(Gap, gap_id)
    if gap is None or gap.survey_id != survey_id:
        raise NotFoundError(f"gap {gap_id}")
    return gap


def list_gaps(session: Session, survey_id: UUID, services: frozenset[str]) -> Sequence[Gap]:
    """Return a survey's gaps, the soonest due first; `services` empty means all."""
    query = select(Gap).where(Gap.survey_id == survey_id)
    if services:
        query = query.where(Gap.service.in_(services))
    return session.scalars(query.order_by(Gap.due_on.is_(None), Gap.due_on, Gap.title)).all()


def list_public_gaps(session: Session, survey_id: UUID | None = None) -> Sequence[Gap]:
    """Return the gaps the body has chosen to show everyone, the newest change first."""
    query = select(Gap).where(Gap.is_public.is_(True))
    if survey_id is not None:
        query = query.where(Gap.survey_id == survey_id)
    return session.scalars(query.order_by(Gap.changed_at.desc())).all()


def list_synthetic(session: Session) -> frozenset[UUID]:
    """Return the surveys whose people are made up."""
    return frozenset(session.scalars(select(Survey.id).where(Survey.is_synthetic.is_(True))))


def list_evidence(session: Session, theme: str) -> Sequence[EvidenceNote]:
    """Return what stands on the shelf beside a theme."""
    query = select(EvidenceNote).where(EvidenceNote.theme == theme)
    return session.scalars(query.order_by(EvidenceNote.kind, EvidenceNote.title)).all()


def get_evidence(session: Session, note_id: UUID) -> EvidenceNote:
    """Return one source; raise NotFoundError."""
    note = session.get(EvidenceNote, note_id)
    if note is None:
        raise NotFoundError(f"evidence {note_id}")
    return note

"""Complaints about how data is used."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Complaint

from .errors import NotFoundError


def list_complaints(session: Session) -> Sequence[Complaint]:
    """Return all complaints: open ones first, by the day they fall due."""
    order = (Complaint.closed_on.is_not(None), Complaint.due_on, Complaint.id)
    return session.scalars(select(Complaint).order_by(*order)).all()


def get_complaint(session: Session, complaint_id: UUID) -> Complaint:
    """Return a complaint; raise NotFoundError."""
    complaint = session.get(Complaint, complaint_id)
    if complaint is None:
        raise NotFoundError(f"complaint {complaint_id}")
    return complaint

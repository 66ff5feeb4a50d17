"""Complaints about how somebody's data is used: received, acknowledged, answered within 30 days.

Data Protection Act 2018 s.164A (Data (Use and Access) Act 2025): acknowledged within 30 days.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import Complaint
from app.store import audit
from app.store import complaints as store
from app.store.actors import Actor

LIMIT = timedelta(days=30)
MOST_LETTERS, MOST_REPLY = 5000, 200


def receive(session: Session, words: str, reply_to: str, *, now: datetime) -> date:
    """Keep a complaint, sealed and joined to nothing; return the day it is answered by."""
    today = now.astimezone(LONDON).date()
    complaint = Complaint(received_on=today, due_on=today + LIMIT)
    complaint.words = words.strip()[:MOST_LETTERS]
    complaint.reply_to = reply_to.strip()[:MOST_REPLY] or None
    session.add(complaint)
    audit.add_respondent_event(
        session, act="complaint.receive", kind="complaint", object_id=complaint.id, now=now
    )
    session.commit()
    return complaint.due_on


def list_all(session: Session) -> Sequence[Complaint]:
    """Return complaints, open ones first and by what falls due."""
    return store.list_complaints(session)


def read(session: Session, complaint_id: UUID, *, by: Actor, now: datetime) -> Complaint:
    """Return a complaint for reading, which is recorded; raise NotFoundError."""
    complaint = store.get_complaint(session, complaint_id)
    _note(session, complaint, "complaint.read", by, now)
    session.commit()
    return complaint


def acknowledge(session: Session, complaint_id: UUID, *, by: Actor, now: datetime) -> None:
    """Note the day the person was told that it has arrived."""
    complaint = store.get_complaint(session, complaint_id)
    complaint.acknowledged_on = complaint.acknowledged_on or now.astimezone(LONDON).date()
    _note(session, complaint, "complaint.acknowledge", by, now)
    session.commit()


def close(session: Session, complaint_id: UUID, *, by: Actor, now: datetime) -> None:
    """Note the day it was answered; where to answer is forgotten with it."""
    complaint = store.get_complaint(session, complaint_id)
    complaint.closed_on = complaint.closed_on or now.astimezone(LONDON).date()
    complaint.closed_by = by.user_id
    complaint.reply_to = None
    _note(session, complaint, "complaint.close", by, now)
    session.commit()


def _note(session: Session, complaint: Complaint, act: str, by: Actor, now: datetime) -> None:
    audit.add_event(session, by=by, act=act, kind="complaint", object_id=complaint.id, now=now)

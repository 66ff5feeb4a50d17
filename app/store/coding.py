"""Texts, what the machine suggested, and what people decided."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.models import AnswerText, Review


def count_unreviewed(session: Session) -> int:
    """Return how many answers no person has decided on."""
    reviewed = exists().where(Review.text_id == AnswerText.id, Review.is_current)
    return session.scalar(select(func.count()).select_from(AnswerText).where(~reviewed)) or 0

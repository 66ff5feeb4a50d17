"""What readers of figures remarked on the pages of a survey's results."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Comment, StaffUser

from .actors import Actor
from .errors import NotFoundError


def list_comments(
    session: Session, survey_id: UUID, page: str, actor: Actor
) -> Sequence[tuple[Comment, str]]:
    """Return the comments on a page with who wrote them, newest first.

    Somebody bound to a service reads what was written for that service only.
    """
    query = (
        select(Comment, StaffUser.name)
        .outerjoin(StaffUser, StaffUser.id == Comment.written_by)
        .where(Comment.survey_id == survey_id, Comment.page == page)
        .order_by(Comment.written_at.desc(), Comment.id)
    )
    if not actor.sees_everything:
        query = query.where(Comment.service.in_(actor.services))
    return [(row[0], row[1] or "Somebody who has left") for row in session.execute(query)]


def get_own_comment(session: Session, comment_id: UUID, actor: Actor) -> Comment:
    """Return a comment this person wrote; raise NotFoundError."""
    found = session.get(Comment, comment_id)
    if found is None or found.written_by != actor.user_id:
        raise NotFoundError(f"comment {comment_id}")
    return found

"""Comments beside figures: what a panel member or commissioner remarks, kept with its page."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import Comment
from app.store import audit, comments
from app.store.actors import Actor


def remark(
    session: Session,
    survey_id: UUID,
    page: str,
    period: str,
    body: str,
    *,
    by: Actor,
    now: datetime,
) -> Comment:
    """Keep a comment; of somebody bound to a service, for that service only."""
    comment = Comment(
        survey_id=survey_id,
        page=page,
        period=period,
        service=min(by.services, default=None),
        body=body,
        written_by=by.user_id,
        written_at=now,
    )
    session.add(comment)
    session.flush()
    audit.add_event(
        session,
        by=by,
        act="comment.add",
        kind="comment",
        object_id=comment.id,
        now=now,
        detail={"page": page, "period": period},
    )
    session.commit()
    return comment


def take_back(session: Session, comment_id: UUID, *, by: Actor, now: datetime) -> None:
    """Delete a comment of one's own; raise NotFoundError for another's."""
    comment = comments.get_own_comment(session, comment_id, by)
    session.delete(comment)
    audit.add_event(
        session, by=by, act="comment.remove", kind="comment", object_id=comment_id, now=now
    )
    session.commit()

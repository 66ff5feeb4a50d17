"""Staff, their sessions and invitations."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.models import (
    AuditEvent,
    Invitation,
    Role,
    Setting,
    SignInAttempt,
    StaffRole,
    StaffSession,
    StaffUser,
)

from .actors import Actor
from .errors import NotFoundError


def find_user_by_email(session: Session, email: str) -> StaffUser | None:
    """Return the person with this address, however it is capitalised."""
    return session.scalars(
        select(StaffUser).where(func.lower(StaffUser.email) == email.strip().lower())
    ).one_or_none()


def get_user(session: Session, user_id: UUID) -> StaffUser:
    """Return a member of staff; raise NotFoundError."""
    user = session.get(StaffUser, user_id)
    if user is None:
        raise NotFoundError(f"staff {user_id}")
    return user


def list_users(session: Session) -> Sequence[StaffUser]:
    """Return everybody with an account, by name."""
    return session.scalars(select(StaffUser).order_by(StaffUser.name)).all()


def list_demo_users(session: Session) -> Sequence[StaffUser]:
    """Return the demonstration accounts."""
    return session.scalars(
        select(StaffUser).where(StaffUser.is_demo).order_by(StaffUser.name)
    ).all()


def has_administrator(session: Session) -> bool:
    """Return whether somebody can run this installation: not a closed or made-up account."""
    query = (
        select(StaffRole.id)
        .join(StaffUser)
        .where(
            StaffRole.role == Role.ADMINISTRATOR, StaffUser.is_active, StaffUser.is_demo.is_(False)
        )
    )
    return session.scalar(query.limit(1)) is not None


def lock_administrators(session: Session) -> Sequence[StaffUser]:
    """Return the administrators whose accounts are open; nobody else closes one meanwhile."""
    administrators = select(StaffRole.user_id).where(StaffRole.role == Role.ADMINISTRATOR)
    # An update that changes nothing holds the rows on PostgreSQL and the file on SQLite, which
    # knows no FOR UPDATE.
    session.execute(
        update(StaffUser)
        .where(StaffUser.id.in_(administrators))
        .values(is_active=StaffUser.is_active)
        .execution_options(synchronize_session=False)
    )
    query = select(StaffUser).where(StaffUser.is_active, StaffUser.id.in_(administrators))
    return session.scalars(query, execution_options={"populate_existing": True}).all()


def take_totp_step(session: Session, user: StaffUser, step: int) -> bool:
    """Use up the time step of a one-time code; return False when it was used meanwhile."""
    done = session.execute(
        update(StaffUser)
        .where(
            StaffUser.id == user.id,
            or_(StaffUser.totp_last_step.is_(None), StaffUser.totp_last_step < step),
        )
        .values(totp_last_step=step)
        .execution_options(synchronize_session=False)
    )
    session.refresh(user, ["totp_last_step"])
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an update has one


def find_session(session: Session, secret_hash: str) -> StaffSession | None:
    """Return the signed-in browser with this secret's hash, ended or not."""
    return session.scalars(
        select(StaffSession).where(StaffSession.secret_hash == secret_hash)
    ).one_or_none()


def list_live_sessions(
    session: Session, user_id: UUID, *, since: datetime
) -> Sequence[StaffSession]:
    """Return a person's browsers that are still signed in."""
    return session.scalars(
        select(StaffSession)
        .where(
            StaffSession.user_id == user_id,
            StaffSession.ended_at.is_(None),
            StaffSession.seen_at >= since,
        )
        .order_by(StaffSession.seen_at.desc())
    ).all()


def end_sessions(session: Session, user_id: UUID, now: datetime) -> None:
    """Sign a person out everywhere."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.user_id == user_id, StaffSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def find_invitation(session: Session, token_hash: str) -> Invitation | None:
    """Return the invitation with this token's hash, used or not."""
    return session.scalars(
        select(Invitation).where(Invitation.token_hash == token_hash)
    ).one_or_none()


def list_open_invitations(session: Session, now: datetime) -> Sequence[Invitation]:
    """Return invitations that can still be taken up."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.used_at.is_(None), Invitation.expires_at > now)
        .order_by(Invitation.created_at)
    ).all()


def count_attempts(session: Session, bucket: str, *, since: datetime) -> int:
    """Return how many failed sign-ins a bucket has seen."""
    return (
        session.scalar(
            select(func.count())
            .select_from(SignInAttempt)
            .where(SignInAttempt.bucket == bucket, SignInAttempt.at >= since)
        )
        or 0
    )


def add_attempts(session: Session, buckets: Iterable[str], now: datetime) -> None:
    """Remember a failed sign-in."""
    session.add_all(SignInAttempt(bucket=bucket, at=now) for bucket in buckets)


def forget_attempts(session: Session, *, before: datetime) -> None:
    """Drop failed sign-ins that no longer slow anybody down."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < before))


def find_setting(session: Session, key: str) -> Setting | None:
    """Return a setting of this installation, if it was ever made."""
    return session.get(Setting, key)


def list_settings(session: Session, keys: Iterable[str]) -> Sequence[Setting]:
    """Return those of these settings that were ever made."""
    return session.scalars(select(Setting).where(Setting.key.in_(list(keys)))).all()


def list_audit_events(session: Session, _actor: Actor, *, limit: int) -> Sequence[AuditEvent]:
    """Return the newest audit events, for an auditor."""
    return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(limit)).all()

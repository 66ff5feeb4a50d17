"""Accounts: invitation, sign-in, sessions and their end."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import Invitation, Role, StaffRole, StaffSession, StaffUser
from app.services.passwords import accepted_step, hash_password, verify_password
from app.store import api_tokens, audit, staff
from app.store.actors import Actor
from app.store.errors import NotFoundError

INVITATION_HOURS = 72
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
SEEN_EVERY = timedelta(minutes=1)  # no write on every click

# A guesser is slowed down by (address, account) and by address, never by account alone: nobody
# can lock somebody else out from another network (safety.md T18).
WINDOW = timedelta(minutes=15)
MOST_PER_PAIR = 6
MOST_PER_ADDRESS = 60


class SignInRefusedError(Exception):
    """The address, password and code do not belong together; never says which is wrong."""


class TooManyTriesError(Exception):
    """Too many failed tries from here in a short time."""


class LastAdministratorError(Exception):
    """Nobody else could run this installation afterwards."""


class InvitationSpentError(Exception):
    """The invitation is unknown, used or older than 72 hours; never says which."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role to be given, for one service or for the whole body."""

    role: Role
    service: str | None = None


def hashed(secret: str) -> str:
    """Return what we store of a secret that only its holder keeps."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()


def invite(
    session: Session,
    *,
    email: str,
    name: str,
    grants: Sequence[Grant],
    by: Actor | None,
    now: datetime,
) -> str:
    """Return the token of a new invitation: single use, 72 hours."""
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        token_hash=hashed(token),
        email=email.strip(),
        name=name.strip(),
        roles=[{"role": g.role, "service": g.service} for g in grants],
        invited_by=by.user_id if by else None,
        created_at=now,
        expires_at=now + timedelta(hours=INVITATION_HOURS),
    )
    session.add(invitation)
    audit.add_event(
        session,
        by=by,
        act="staff.invite",
        kind="invitation",
        object_id=invitation.id,
        now=now,
        detail={"roles": [g.role for g in grants]},
    )
    session.commit()
    return token


def open_invitation(session: Session, token: str, now: datetime) -> Invitation:
    """Return an invitation that can be taken up; raise InvitationSpentError."""
    invitation = staff.find_invitation(session, hashed(token))
    if invitation is None or invitation.used_at is not None or invitation.expires_at <= now:
        raise InvitationSpentError
    return invitation


def accept_invitation(
    session: Session, token: str, *, password: str, totp_secret: str, code: str, now: datetime
) -> StaffUser:
    """Create the account; raise InvitationSpentError, or SignInRefusedError for a wrong code.

    Raise TooManyTriesError where the proof of a working account was guessed at too often.

    Whoever has a working account proves it with the password and code it has, and gains roles:
    an invitation must not let its sender become somebody else. A lost phone goes by closing the
    account and inviting again, which starts with the roles of the invitation alone.
    """
    invitation = open_invitation(session, token, now)
    user = staff.find_user_by_email(session, invitation.email)
    if user is not None and _works(user):
        _prove(session, user, password, code, now)
    else:
        user = _renew(session, user, invitation, password, totp_secret, code, now)
    held = {(r.role, r.service) for r in user.roles}
    for grant in invitation.roles:
        if (grant["role"], grant["service"]) not in held:
            user.roles.append(StaffRole(role=grant["role"], service=grant["service"]))
    invitation.used_at = now
    staff.end_sessions(session, user.id, now)
    audit.add_event(session, by=None, act="staff.join", kind="staff", object_id=user.id, now=now)
    session.commit()
    return user


def has_working_account(session: Session, email: str) -> bool:
    """Return whether somebody already signs in with this address."""
    user = staff.find_user_by_email(session, email)
    return user is not None and _works(user)


def _works(user: StaffUser) -> bool:
    return user.is_active and user.password_hash is not None


def _prove(session: Session, user: StaffUser, password: str, code: str, now: datetime) -> None:
    bucket = hashed(f"join:{user.email.lower()}")  # whoever holds the invitation is not to guess
    if staff.count_attempts(session, bucket, since=now - WINDOW) >= MOST_PER_PAIR:
        raise TooManyTriesError
    known = verify_password(user.password_hash, password)
    if not known or not _spend_code(session, user, code, now):
        staff.add_attempts(session, (bucket,), now)
        session.commit()
        raise SignInRefusedError


def _spend_code(session: Session, user: StaffUser, code: str, now: datetime) -> bool:
    """Use up a one-time code; of two at the same moment one is refused."""
    step = accepted_step(user.totp_secret or "", code, now, user.totp_last_step)
    return step is not None and staff.take_totp_step(session, user, step)


def _renew(
    session: Session, user: StaffUser | None, invitation: Invitation, password: str,
    totp_secret: str, code: str, now: datetime,
) -> StaffUser:  # fmt: skip
    step = accepted_step(totp_secret, code, now, None)
    if step is None:
        raise SignInRefusedError
    if user is None:
        user = StaffUser(email=invitation.email, name=invitation.name, created_at=now)
        session.add(user)
    user.roles = []
    session.flush()  # the old roles go before the same ones may be given again
    user.password_hash = hash_password(password)
    user.totp_secret = totp_secret
    user.totp_last_step = step
    user.is_active = True
    return user


def sign_in(
    session: Session,
    *,
    email: str,
    password: str,
    code: str,
    address: str,
    now: datetime,
) -> str:
    """Return the secret of a new session; raise SignInRefusedError or TooManyTriesError."""
    buckets = _buckets(email, address)
    _refuse_guessing(session, buckets, now)
    user = staff.find_user_by_email(session, email)
    known = verify_password(user.password_hash if user else None, password)
    may = user is not None and known and user.is_active and bool(user.totp_secret)
    if user is None or not may or not _spend_code(session, user, code, now):
        staff.add_attempts(session, buckets, now)
        session.commit()
        raise SignInRefusedError
    return start_session(session, user, act="staff.sign_in", now=now)


def sign_in_demo(session: Session, user_id: UUID, *, now: datetime) -> str:
    """Return the secret of a session of a demonstration account; raise NotFoundError."""
    user = staff.get_user(session, user_id)
    if not user.is_demo:
        raise NotFoundError(f"{user_id} is not a demonstration account")
    return start_session(session, user, act="staff.sign_in_demo", now=now)


def start_session(session: Session, user: StaffUser, *, act: str, now: datetime) -> str:
    """Return the secret of a new session; only its hash is kept."""
    secret = secrets.token_urlsafe(32)
    row = StaffSession(secret_hash=hashed(secret), user_id=user.id, started_at=now, seen_at=now)
    session.add(row)
    staff.forget_attempts(session, before=now - WINDOW)
    audit.add_event(session, by=None, act=act, kind="staff", object_id=user.id, now=now)
    session.commit()
    return secret


def resume(session: Session, secret: str, *, now: datetime) -> Actor | None:
    """Return who this browser is signed in as: 30 minutes idle, 8 hours at most, revocable."""
    row = staff.find_session(session, hashed(secret))
    if row is None or row.ended_at is not None or not row.user.is_active:
        return None
    if now - row.seen_at > IDLE or now - row.started_at > LONGEST:
        return None
    if now - row.seen_at > SEEN_EVERY:
        row.seen_at = now
        session.commit()
    return _actor(row)


def act_as(session: Session, secret: str, role: Role, *, now: datetime) -> None:
    """Switch the role this browser acts under; raise NotFoundError when it is not held."""
    row = staff.find_session(session, hashed(secret))
    if row is None or role not in {r.role for r in row.user.roles}:
        raise NotFoundError(f"role {role}")
    row.acting_as = role
    audit.add_event(
        session,
        by=_actor(row),
        act="staff.act_as",
        kind="staff",
        object_id=row.user_id,
        now=now,
    )
    session.commit()


def sign_out(session: Session, secret: str, *, now: datetime) -> None:
    """End this browser's session."""
    row = staff.find_session(session, hashed(secret))
    if row is None or row.ended_at is not None:
        return
    row.ended_at = now
    audit.add_event(
        session, by=_actor(row), act="staff.sign_out", kind="staff", object_id=row.user_id, now=now
    )
    session.commit()


def sign_out_everywhere(session: Session, *, by: Actor, now: datetime) -> None:
    """End all of one's own sessions, for instance of a lost laptop."""
    staff.end_sessions(session, by.user_id, now)
    audit.add_event(
        session, by=by, act="staff.sign_out_everywhere", kind="staff", object_id=by.user_id, now=now
    )
    session.commit()


def deactivate(session: Session, user_id: UUID, *, by: Actor, now: datetime) -> None:
    """Close an account and end all of its sessions at once.

    Raise NotFoundError, or LastAdministratorError where nobody else could open it again.
    """
    user = staff.get_user(session, user_id)
    others = [u for u in staff.lock_administrators(session) if u.id != user.id]
    is_administrator = any(r.role == Role.ADMINISTRATOR for r in user.roles)
    # Made-up administrators run a demonstration, and nothing else.
    if is_administrator and not any(user.is_demo or not u.is_demo for u in others):
        session.rollback()
        raise LastAdministratorError
    user.is_active = False
    staff.end_sessions(session, user.id, now)
    api_tokens.revoke_of(session, user.id, now)
    audit.add_event(
        session, by=by, act="staff.deactivate", kind="staff", object_id=user.id, now=now
    )
    session.commit()


def _actor(row: StaffSession) -> Actor | None:
    bound: dict[Role, set[str | None]] = {}
    for held in row.user.roles:
        bound.setdefault(Role(held.role), set()).add(held.service)
    if not bound:
        return None
    # A role held for the whole body (service None) is not narrowed by holding it for one, too.
    scopes = {
        role: frozenset() if None in services else frozenset(s for s in services if s)
        for role, services in bound.items()
    }
    role = next((r for r in scopes if r == row.acting_as), next(iter(scopes)))
    return Actor(row.user_id, row.user.name, role, scopes, row.user.is_demo)


def _buckets(email: str, address: str) -> tuple[str, str]:
    return (hashed(f"pair:{email.strip().lower()}:{address}"), hashed(f"from:{address}"))


def _refuse_guessing(session: Session, buckets: tuple[str, str], now: datetime) -> None:
    for bucket, most in zip(buckets, (MOST_PER_PAIR, MOST_PER_ADDRESS), strict=True):
        if staff.count_attempts(session, bucket, since=now - WINDOW) >= most:
            raise TooManyTriesError

"""Keys with which a program (Power BI, Excel, R) reads released figures, and nothing else."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import ApiToken, Role
from app.services.links import hash_token
from app.store import api_tokens, audit
from app.store.actors import Actor

PREFIX = "heard_"  # so that a secret scanner knows one when it sees it
BYTES = 32
READ = "api.read"
A_MINUTE, MOST_A_MINUTE = timedelta(minutes=1), 120
HOLDERS = (Role.COMMISSIONER, Role.ADMINISTRATOR)


class TokenRefusedError(Exception):
    """No such key, or it was revoked, or its owner may not read figures any more."""


class TooManyReadsError(Exception):
    """The key has read as often as it may within a minute."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a key reads as, and the one survey it is for, if only one."""

    token_id: UUID
    actor: Actor
    survey_id: UUID | None


def issue(session: Session, label: str, survey_id: UUID | None, *, by: Actor, now: datetime) -> str:
    """Return a new key. It is shown once: only its hash is kept."""
    secret = PREFIX + secrets.token_urlsafe(BYTES)
    token = ApiToken(
        label=label,
        token_hash=hash_token(secret),
        user_id=by.user_id,
        role=by.role,
        survey_id=survey_id,
        made_at=now,
    )
    session.add(token)
    session.flush()
    _audit(session, token.id, "api.key", by, now)
    session.commit()
    return secret


def revoke(session: Session, token_id: UUID, *, by: Actor, now: datetime) -> None:
    """Stop a key of one's own at once; raise NotFoundError."""
    token = api_tokens.get_own_token(session, token_id, by.user_id)
    token.revoked_at = now
    _audit(session, token.id, "api.revoke", by, now)
    session.commit()


def authenticate(session: Session, secret: str) -> Reader:
    """Return who a key reads as; raise TokenRefusedError.

    Rights are those its owner has at this moment: a role or service taken away counts at once.
    """
    found = api_tokens.find_token(session, hash_token(secret))
    if found is None:
        raise TokenRefusedError
    token, user = found
    services: dict[Role, set[str]] = {}
    for held in user.roles:
        services.setdefault(Role(held.role), set()).update({held.service} - {None})  # type: ignore[arg-type]
    role = Role(token.role)
    if role not in services or role not in HOLDERS:
        raise TokenRefusedError
    scopes = {one: frozenset(codes) for one, codes in services.items()}
    return Reader(
        token.id, Actor(user.id, user.name, role, scopes, is_demo=user.is_demo), token.survey_id
    )


def check_pace(session: Session, reader: Reader, *, now: datetime) -> None:
    """Raise TooManyReadsError where a key has read enough in the last minute.

    Every read is in the audit trail, so all processes count together.
    """
    reads = api_tokens.count_reads(session, reader.token_id, READ, now - A_MINUTE)
    if reads >= MOST_A_MINUTE:
        raise TooManyReadsError


def note_read(session: Session, reader: Reader, what: str, *, now: datetime) -> None:
    """Record that a program read a table."""
    token = api_tokens.get_own_token(session, reader.token_id, reader.actor.user_id)
    token.used_on = now.date()
    audit.add_event(
        session,
        by=reader.actor,
        act=READ,
        kind="api_token",
        object_id=reader.token_id,
        now=now,
        detail={"what": what},
    )
    session.commit()


def _audit(session: Session, token_id: UUID, act: str, by: Actor, now: datetime) -> None:
    audit.add_event(session, by=by, act=act, kind="api_token", object_id=token_id, now=now)

"""The first start: a single-use code opens the set-up page until an administrator exists."""

import hmac
import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Role, Setting
from app.services.accounts import Grant, hashed, invite
from app.store import audit, staff

KEY = "setup_code"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that reads two ways
# One person may be the whole team (domain §0.6), so the first account can do everything but
# read texts, which an administrator hands out as further roles.
FIRST_ROLES = (Role.ADMINISTRATOR, Role.DESIGNER, Role.APPROVER, Role.OUTREACH)


class SetupClosedError(Exception):
    """An administrator exists, or the code is wrong."""


def make_code(session: Session, *, now: datetime) -> str | None:
    """Return a fresh set-up code, or None once an administrator exists."""
    if staff.has_administrator(session):
        return None
    code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
    session.merge(Setting(key=KEY, value={"hash": hashed(code)}))
    audit.add_event(session, by=None, act="setup.code", kind="setting", object_id=KEY, now=now)
    session.commit()
    return code


def is_open(session: Session) -> bool:
    """Return whether the set-up page may be shown at all."""
    return not staff.has_administrator(session) and staff.find_setting(session, KEY) is not None


def start(session: Session, *, code: str, email: str, name: str, now: datetime) -> str:
    """Spend the code; return the first administrator's invitation. Raise SetupClosedError."""
    setting = staff.find_setting(session, KEY)
    given = hashed(code.strip().upper())
    if setting is None or staff.has_administrator(session):
        raise SetupClosedError
    if not hmac.compare_digest(str(setting.value["hash"]), given):
        raise SetupClosedError
    session.delete(setting)
    return invite(
        session, email=email, name=name, grants=[Grant(r) for r in FIRST_ROLES], by=None, now=now
    )

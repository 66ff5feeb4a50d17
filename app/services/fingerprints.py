"""The secret of addresses and of stop links: made once, sealed, and never changed.

A stop is honoured by the fingerprint of an address alone, and a mail's one-click link lies in a
mailbox for years. Were the secret the one that signs cookies, whoever changed that one would
forget every stop there is, and kill every link by which one could be asked for.
"""

import base64
import secrets
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import Setting, seal, unseal
from app.store import staff, stops

KEY = "address_pepper"
PLACE = ("setting", KEY, UUID(int=0))
BYTES = 32


def pepper(session: Session, secret_key: str) -> str:
    """Return the secret, made and committed where there is none yet.

    Fingerprints made before it was kept apart were made with `secret_key`: then it is that one.
    """
    kept = staff.find_setting(session, KEY)
    if kept is None:
        kept = _make(session, secret_key)
    return unseal(*PLACE, base64.b64decode(kept.value["sealed"]))


def _make(session: Session, secret_key: str) -> Setting:
    if not secret_key:  # fingerprints there are would match no more
        raise ValueError("the secret key is missing")
    made = secret_key if stops.has_fingerprints(session) else secrets.token_urlsafe(BYTES)
    sealed = base64.b64encode(seal(*PLACE, made)).decode("ascii")
    try:
        session.add(Setting(key=KEY, value={"sealed": sealed}))
        session.commit()
    except IntegrityError:  # another process made it in the same moment
        session.rollback()
    return session.get_one(Setting, KEY)

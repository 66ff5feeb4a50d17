"""A stop is honoured on every channel, by the fingerprint of an address and by case.

Apart from the reading of files: the pages of respondents stop as well, and read none.
"""

import hashlib
import hmac
import re
from contextlib import suppress
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import OptOut
from app.store import audit, outreach, stops
from app.store.actors import Actor

GONE = "permanent-failure"  # GOV.UK Notify: no such number or mailbox
LEADS_TO_44 = re.compile(r"^(?:0044|440|044|0)(?!0)")  # 07700…, 0044 7700…, +44 (0)7700…
PUNCTUATION = re.compile(r"[\s().\-\u2010-\u2014]")
UK_MOBILE = re.compile(r"7\d{9}", re.ASCII)  # what Excel leaves of 07700 900123


def international(number: str) -> str:
    """Return a phone number in its one form, E.164, however it was written: +447700900123."""
    plain = PUNCTUATION.sub("", number)
    digits = plain.removeprefix("+")
    if not plain.startswith("+") and UK_MOBILE.fullmatch(digits):
        return "+44" + digits
    return "+" + LEADS_TO_44.sub("44", digits).removeprefix("00")


def address_hash(pepper: str, address: str) -> str:
    """Return a keyed fingerprint: a stop word is honoured without keeping the address open."""
    plain = "".join(address.split()).lower()
    number = re.sub(r"[^0-9+]", "", plain)
    if "@" not in plain and number.strip("+"):
        plain = international(number)
    return hmac.new(pepper.encode(), plain.encode(), hashlib.sha256).hexdigest()


def stop(
    session: Session,
    *,
    case_key: str | None,
    address: str | None,
    pepper: str,
    how: str,
    by: Actor | None,
    now: datetime,
) -> None:
    """Honour a stop word on every channel: by case, by address, at once."""
    fingerprint = address_hash(pepper, address) if address else None
    if fingerprint is None and case_key:
        fingerprint = outreach.find_address_hash(session, case_key)
    today = now.astimezone(LONDON).date()
    # By address, and by every case of the person: a new address is the same person.
    keys = stops.list_keys_at(session, case_key, fingerprint)
    stopped = stops.list_stopped(session)
    if fingerprint is not None and fingerprint not in stopped:
        _opt_out(session, keys[0] if keys else None, fingerprint, how, today)
        keys = keys[1:]
    for key in keys:
        if key not in stopped:
            _opt_out(session, key, None, how, today)
    stops.forget_addresses(session, case_key, fingerprint, now=now)
    stops.drop_waiting_messages(session, case_key, fingerprint)
    audit.add_event(
        session, by=by, act="outreach.stop", kind="case", object_id=case_key or "address", now=now
    )
    session.commit()


def _opt_out(
    session: Session, case_key: str | None, fingerprint: str | None, how: str, today: date
) -> None:
    """Keep a stop; one that came on two ways in the same moment is kept once."""
    with suppress(IntegrityError), session.begin_nested():
        session.add(
            OptOut(case_key=case_key, address_hash=fingerprint, how=how, opted_out_on=today)
        )

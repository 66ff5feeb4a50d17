"""What comes back from those who carry our messages: "stop", other replies, and receipts."""

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import Task
from app.packs import Hours
from app.services import calls, fingerprints, outbound, replies, stops
from app.services.duty import end_of_working_day
from app.services.neutral import says_more, says_stop
from app.store import audit, outreach

TOKEN_BYTES = 16
MOST_WORDS = 1000


def stop_token(secret: str, reference: str) -> str:
    """Return what stands in a message's one-click link: its id, and proof that we wrote it."""
    message = UUID(reference).hex
    proof = hmac.new(secret.encode(), b"stop:" + message.encode(), hashlib.sha256).hexdigest()
    return message + proof[: 2 * TOKEN_BYTES]


def find_reference(secret: str, token: str) -> UUID | None:
    """Return the message a one-click link belongs to; None for one that we did not write."""
    try:
        message = UUID(token[:32])
    except ValueError:
        return None
    right = stop_token(secret, str(message))
    return message if hmac.compare_digest(right.encode(), token.encode()) else None


def stop_by_link(session: Session, token: str, *, secret: str, now: datetime) -> None:
    """Stop everything to the person a message went to; for an unknown link nobody can tell.

    `secret` is the installation's secret key: links were made with it before they had the secret
    of addresses, which is kept when the other is changed.
    """
    kept = fingerprints.pepper(session, secret)
    reference = find_reference(kept, token) or find_reference(secret, token)
    case_key = outreach.find_case_of_message(session, reference) if reference else None
    if case_key is not None:
        stops.stop(
            session, case_key=case_key, address=None, pepper=kept, how="link", by=None, now=now
        )


def take_reply(
    session: Session,
    *,
    number: str,
    words: str,
    pepper: str,
    hours: Hours,
    now: datetime,
    reply_id: str = "",
) -> str:
    """Act on a text somebody sent back; return "stop", "task", "unknown" or "again".

    Notify sends a reply again when our answer did not reach it in time: by its id it is one.

    More than a bare stop may be a call for help: the worker and the supervisor of the case get it
    as a task, sealed, and "stop him" stops our messages as well. Of a number nobody knows, only a
    stop is kept.
    """
    is_stop = says_stop(words)
    tasks, is_again = 0, bool(reply_id) and not calls.is_first(session, f"reply:{reply_id}", now)
    if is_again and not is_stop:
        return "again"
    if not is_again and (not is_stop or says_more(words)):
        tasks = _raise_replies(session, number, words, pepper=pepper, hours=hours, now=now)
    if is_stop:
        stops.stop(
            session, case_key=None, address=number, pepper=pepper, how="reply", by=None, now=now
        )
        return "stop"
    session.commit()
    return "task" if tasks else "unknown"


def _raise_replies(
    session: Session, number: str, words: str, *, pepper: str, hours: Hours, now: datetime
) -> int:
    """Open a task for each case of a number; return how many there are."""
    cases = outreach.list_cases_of_address(session, stops.address_hash(pepper, number))
    for case in cases:
        task = Task(
            kind="reply",
            response_id=replies.keep(session, case, words[:MOST_WORDS], now=now),
            case_key=case.case_key,
            service=case.service,
            raised_at=now,
            due_at=end_of_working_day(now, 0, hours),
        )
        task.note = words[:MOST_WORDS]
        session.add(task)
        audit.add_event(
            session, by=None, act="task.raise", kind="task", object_id=task.id, now=now,
            detail={"kind": "reply"},
        )  # fmt: skip
    return len(cases)


def take_receipt(session: Session, *, reference: str, status: str, now: datetime) -> bool:
    """Note how a message fared; an address that is gone is no longer safe. Never sends again."""
    message = outreach.find_message_of_receipt(session, reference)
    if message is None or message.delivery == status:
        return False
    if message.state == "sending":  # nobody knew whether it went; now somebody does
        outbound.settle_sent(session, message, now)
    message.delivery = status[:30]
    if status == stops.GONE:
        outreach.doubt_contact_of(session, message.case_id, now=now)
    audit.add_event(
        session, by=None, act="message.receipt", kind="message", object_id=message.id, now=now,
        detail={"status": message.delivery},
    )  # fmt: skip
    session.commit()
    return True

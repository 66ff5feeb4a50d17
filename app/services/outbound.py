"""Send check-ins that are due: every guard is asked again at the moment of sending.

Nothing is sent twice: a message is marked as being sent in a commit of its own before the sender
is called, and one whose end nobody knows is never tried again, only reported.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import (
    Case,
    Collector,
    ContactDetail,
    Message,
    PersonalLink,
    SealError,
    Touchpoint,
)
from app.packs import Hours, Pack
from app.services.facts import case_facts, contact_facts
from app.services.links import TOKEN_BYTES, hash_token
from app.services.planning import (
    DAYS_TO_SEND,
    RULES,
    Decision,
    Never,
    decide,
)
from app.services.plans import asked_by
from app.services.raising import raise_case_task
from app.store import audit, cases, outreach

LONGEST_DELAY = max(rule.after_days for rule in RULES.values())
LINK_DAYS = 14
MISSED_AFTER = timedelta(days=7)
# Reasons that cannot come undone: the touchpoint is settled and not looked at again.
FINAL = frozenset({Never.NO_REQUEST, Never.STOPPED, Never.OPTED_OUT, Never.EXPIRED, Never.MOVED_ON})
RETRY_AFTER = timedelta(minutes=5)
RUN_SECONDS = 20.0
# What a row spoilt by a lost key, or by hand, raises when it is opened.
UNREADABLE = (SealError, ValueError, TypeError, KeyError)

log = logging.getLogger("heard.worker")


class SenderDownError(Exception):
    """The sender took nothing: the message may be tried again."""


class SenderUnsureError(Exception):
    """Nobody knows whether the sender took it: it must never be tried again."""


class SenderRefusedError(Exception):
    """The sender will never take this message."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a sender needs, and nothing more."""

    reference: str
    channel: str
    address: str
    subject: str
    body: str
    stop_url: str = ""  # its one-click link; what goes to colleagues has none


class Sender(Protocol):
    """A way to send: SMTP, GOV.UK Notify, the console."""

    def send(self, message: Outgoing) -> None:
        """Hand a message over; raise SenderDownError, SenderUnsureError or SenderRefusedError."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What one run did."""

    sent: int = 0
    waiting: int = 0
    dropped: int = 0


def plan_touchpoint(
    session: Session,
    touchpoint: Touchpoint,
    case: Case,
    *,
    pack: Pack,
    now: datetime,
    is_written: bool = False,
) -> Decision:
    """Return whether and when a touchpoint leads to a message, by what is known right now.

    One that `is_written` is no other request in its own way.
    """
    contact = outreach.find_contact(session, case.case_key)
    opted_out = outreach.is_opted_out(
        session, case.case_key, contact.address_hash if contact else None
    )
    return decide(
        touchpoint.kind,
        touchpoint.day,
        case_facts(case, outreach.what_links_say(session, case.case_key)),
        contact_facts(contact, opted_out=opted_out),
        sent_on=outreach.days_of_requests(session, case.case_key, with_waiting=not is_written),
        bank_holidays=frozenset(pack.staffed_hours.bank_holidays),
        now=now,
    )


def list_missing(session: Session, kind: str, case: Case) -> list[str]:
    """Return what the office still has to do before this kind of message can go at all."""
    form, contact = RULES[kind].form or "", outreach.find_contact(session, case.case_key)
    missing = []
    if outreach.find_personal_collector(session, asked_by(session, form)) is None:
        missing.append("No live survey with personal links asks this form yet.")
    if contact is not None and not outreach.find_approved_template(
        session, "check_in", contact.channel, case.language
    ):
        missing.append(f"No approved wording for {contact.channel} in {case.language} yet.")
    return missing


def prepare_due(
    session: Session, *, pack: Pack, public_url: str, now: datetime, limit: int = 200
) -> int:
    """Turn touchpoints whose moment has come into messages with a fresh link each."""
    today = now.astimezone(LONDON).date()
    oldest = today - timedelta(days=LONGEST_DELAY + DAYS_TO_SEND)
    outreach.expire_touchpoints(session, before=oldest, today=today)
    due = {kind: today - timedelta(days=rule.after_days) for kind, rule in RULES.items()}
    made, last = 0, None
    while rows := outreach.list_open_touchpoints(
        session, since=oldest, due=due, after=last, limit=limit
    ):
        for touchpoint, case in rows:
            made += _prepare(session, touchpoint, case, pack=pack, public_url=public_url, now=now)
        last = rows[-1][0]
        session.commit()
    session.commit()
    return made


def _prepare(
    session: Session,
    touchpoint: Touchpoint,
    case: Case,
    *,
    pack: Pack,
    public_url: str,
    now: datetime,
) -> int:
    """Settle, write or leave one touchpoint; return how many messages came of it."""
    try:
        with session.begin_nested():
            decision = plan_touchpoint(session, touchpoint, case, pack=pack, now=now)
            if FINAL & set(decision.never):
                touchpoint.settled_on = now.astimezone(LONDON).date()
                touchpoint.outcome = decision.never[0].name.lower()
                if decision.never == (Never.EXPIRED,):  # another day may be right
                    _ask_again(session, touchpoint, now)
            elif decision.at is not None and decision.at <= now:
                return _write_message(session, touchpoint, case, public_url=public_url, now=now)
    except UNREADABLE as error:  # one case that cannot be read holds up no other
        log.error("touchpoint %s cannot be planned: %s", touchpoint.id, type(error).__name__)
    return 0


def note_missed(session: Session, *, hours: Hours, now: datetime, limit: int = 200) -> int:
    """Tell the worker and the supervisor of check-ins left unanswered for a week, once each."""
    before = now.astimezone(LONDON).date() - MISSED_AFTER
    missed = outreach.list_unanswered(session, sent_before=before, limit=limit)
    for message in missed:
        message.reason = "missed"
        case = session.get_one(Case, message.case_id)
        raise_case_task(session, case.case_key, case.service, kind="missed", hours=hours, now=now)
    session.commit()
    return len(missed)


def send_due(session: Session, sender: Sender, *, pack: Pack, now: datetime) -> Sent:
    """Send what waits, one commit before and one after each; drop what no longer may go.

    A slow sender must not carry a message past the hour at which it may still go, nor keep the
    worker from reading answers: the guards are asked by the time it is by then, and after
    RUN_SECONDS the rest waits for the next run.
    """
    due = outreach.list_due_messages(session, now=now, limit=100)
    ids, began, outcomes = [message.id for message in due], monotonic(), []
    for message_id in ids:
        passed = monotonic() - began
        if passed > RUN_SECONDS:
            break
        moment = now + timedelta(seconds=passed)
        outcomes.append(_send_one(session, sender, message_id, pack=pack, now=moment))
    return Sent(outcomes.count("sent"), outcomes.count("waiting"), outcomes.count("dropped"))


def _send_one(
    session: Session, sender: Sender, message_id: UUID, *, pack: Pack, now: datetime
) -> str:
    """Send one message; one that cannot be read is dropped, and holds up no other."""
    message = session.get_one(Message, message_id)
    try:
        return send_message(session, sender, message, pack=pack, now=now)
    except UNREADABLE as error:
        session.rollback()
        log.error("message %s cannot be read: %s", message_id, type(error).__name__)
        return _settle(session, message, "dropped", now, reason="unreadable")


def send_message(
    session: Session, sender: Sender, message: Message, *, pack: Pack, now: datetime
) -> str:
    """Send one message, if it still may go and no other worker has it; return what became of it."""
    session.expire_all()  # a run of a hundred takes minutes: what was read before it is old
    if message.state != "waiting":
        return "taken"
    case = session.get(Case, message.case_id)
    contact = outreach.find_contact(session, case.case_key) if case else None
    at = _allowed_at(session, message, case, pack, now) if case and contact else None
    if case is None or contact is None or at is None:
        return _settle(session, message, "dropped", now, reason="no_longer_safe")
    if at > now:
        return _wait(session, message, at)
    if not outreach.claim_message(session, message):
        session.rollback()
        return "taken"
    session.commit()
    outcome = _hand_over(sender, _outgoing(session, message, case, contact))
    if outcome == "waiting":
        return _wait(session, message, now + RETRY_AFTER)
    if outcome == "unsure":
        log.error("message %s: nobody knows whether it went; it is not tried again", message.id)
        return outcome  # it stays marked as being sent, which counts as a request
    return _settle(session, message, outcome, now, reason=None)


def _wait(session: Session, message: Message, until: datetime) -> str:
    message.state, message.not_before = "waiting", until
    session.commit()
    return "waiting"


def _write_message(
    session: Session, touchpoint: Touchpoint, case: Case, *, public_url: str, now: datetime
) -> int:
    form = RULES[touchpoint.kind].form or ""
    contact = outreach.find_contact(session, case.case_key)
    collector = outreach.find_personal_collector(session, asked_by(session, form))
    if contact is None or collector is None:
        return 0
    template = outreach.find_approved_template(session, "check_in", contact.channel, case.language)
    if template is None:
        return 0  # nothing unapproved is sent; the scheduler page says that wording is missing
    today = now.astimezone(LONDON).date()
    link, token = _new_link(collector, case, today)
    session.add(link)
    session.flush()  # the message names the link by id only
    message = Message(
        id=uuid4(),
        case_id=case.id,
        touchpoint_id=touchpoint.id,
        link_id=link.id,
        template=template.key,
        channel=contact.channel,
        state="waiting",
        not_before=now,
        expires_at=_end_of(min(contact.safe_until or today, today + timedelta(days=2))),
    )
    message.body = template.body.replace("{link}", f"{public_url}/s/{token}")
    session.add(message)
    touchpoint.settled_on, touchpoint.outcome = today, "written"
    _ask_again(session, touchpoint, now)
    return 1


def _ask_again(session: Session, touchpoint: Touchpoint, now: datetime) -> None:
    """Note the next time of what is asked every few weeks: one, however often it was told of."""
    if not RULES[touchpoint.kind].again:
        return
    session.flush()
    today = now.astimezone(LONDON).date()
    cases.settle_alike(session, touchpoint.case_id, touchpoint.kind, today)
    known = cases.known_touchpoints(session, [touchpoint.case_id])
    if (touchpoint.case_id, touchpoint.kind, today) not in known:
        session.add(Touchpoint(case_id=touchpoint.case_id, kind=touchpoint.kind, day=today))


def _new_link(collector: Collector, case: Case, today: date) -> tuple[PersonalLink, str]:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = PersonalLink(
        collector_id=collector.id,
        token_hash=hash_token(token),
        case_key=case.case_key,
        context={"service": case.service, "stage": case.stage, "area": case.area},
        issued_on=today,
        expires_on=today + timedelta(days=LINK_DAYS),
    )
    return link, token


def _allowed_at(
    session: Session, message: Message, case: Case, pack: Pack, now: datetime
) -> datetime | None:
    """Ask every guard again: minutes or a long outage may lie between writing and sending.

    Return now, a later moment before the message expires, or None when it may not go any more.
    """
    touchpoint = session.get(Touchpoint, message.touchpoint_id) if message.touchpoint_id else None
    if touchpoint is None or message.expires_at <= now:
        return None
    at = plan_touchpoint(session, touchpoint, case, pack=pack, now=now, is_written=True).at
    return at if at is not None and at < message.expires_at else None


def _outgoing(session: Session, message: Message, case: Case, contact: ContactDetail) -> Outgoing:
    template = outreach.find_approved_template(
        session, message.template, message.channel, case.language
    )
    return Outgoing(
        reference=str(message.id),
        channel=message.channel,
        address=contact.address or "",
        subject=(template.subject if template else None) or "",
        body=message.body or "",
    )


def _hand_over(sender: Sender, outgoing: Outgoing) -> str:
    try:
        sender.send(outgoing)
    except SenderDownError:
        return "waiting"
    except SenderUnsureError:
        return "unsure"
    except SenderRefusedError:
        return "dropped"
    return "sent"


def settle_sent(session: Session, message: Message, now: datetime) -> None:
    """Settle a message that a receipt proves to have gone."""
    _settle(session, message, "sent", now, reason=None)


def _settle(
    session: Session, message: Message, state: str, now: datetime, *, reason: str | None
) -> str:
    message.state = state
    message.reason = reason
    message.body = None
    if state == "sent":
        message.sent_on = now.astimezone(LONDON).date()
        message.reference = str(message.id)
    audit.add_event(
        session, by=None, act=f"message.{state}", kind="message", object_id=message.id, now=now
    )
    session.commit()
    return state


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(20), LONDON)

"""Contact details, opt-outs, messages and their templates: for sending, and for nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update
from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import (
    Case,
    Channel,
    Collector,
    ContactDetail,
    ContactRequest,
    Flag,
    HandoverKey,
    Message,
    MessageTemplate,
    OptOut,
    PersonalLink,
    Response,
    Setting,
    Survey,
    SurveyMode,
    SurveyStatus,
    Tier,
    Touchpoint,
)

from .errors import NotFoundError

FORMS = "check_in_forms"  # the setting
CHUNK = 500  # SQLite takes a limited number of parameters
HANDED_OVER = frozenset({"sending", "sent"})


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said through any of their links: stop (or "this wasn't me"), less often."""

    stopped: bool
    less_often: bool


def find_contact(session: Session, case_key: str) -> ContactDetail | None:
    """Return how a case may be reached."""
    return session.scalars(
        select(ContactDetail).where(ContactDetail.case_key == case_key)
    ).one_or_none()


def find_contacts(session: Session, keys: Sequence[str]) -> dict[str, ContactDetail]:
    """Return how some cases may be reached, by case."""
    found: dict[str, ContactDetail] = {}
    for start in range(0, len(keys), CHUNK):
        some = ContactDetail.case_key.in_(keys[start : start + CHUNK])
        found |= {one.case_key: one for one in session.scalars(select(ContactDetail).where(some))}
    return found


def list_keys_of_person(session: Session, case_key: str) -> list[str]:
    """Return this case and all others whose messages would go to the same address."""
    mine = select(ContactDetail.address_hash).where(
        ContactDetail.case_key == case_key, ContactDetail.address_hash.is_not(None)
    )
    same = select(ContactDetail.case_key).where(ContactDetail.address_hash.in_(mine))
    return list({case_key, *session.scalars(same)})


def find_address_hash(session: Session, case_key: str) -> str | None:
    """Return the fingerprint of a case's address."""
    detail = find_contact(session, case_key)
    return detail.address_hash if detail else None


def is_opted_out(session: Session, case_key: str | None, address_hash: str | None) -> bool:
    """Return whether this person asked us to stop: in any case of theirs, or by this address."""
    matches: list[ColumnElement[bool]] = []
    if case_key:
        matches.append(OptOut.case_key.in_(list_keys_of_person(session, case_key)))
    if address_hash:
        matches.append(OptOut.address_hash == address_hash)
    if not matches:
        return False
    return session.scalar(select(OptOut.id).where(or_(*matches)).limit(1)) is not None


def list_cases_of_address(session: Session, address_hash: str) -> Sequence[Case]:
    """Return the cases whose contact details hold this address."""
    return session.scalars(
        select(Case)
        .join(ContactDetail, ContactDetail.case_key == Case.case_key)
        .where(ContactDetail.address_hash == address_hash)
        .order_by(Case.case_key)
    ).all()


def find_case_of_message(session: Session, message_id: UUID) -> str | None:
    """Return the case a message was written for."""
    return session.scalar(
        select(Case.case_key)
        .join(Message, Message.case_id == Case.id)
        .where(Message.id == message_id)
    )


def find_last_link(session: Session, case_id: UUID) -> PersonalLink | None:
    """Return the link that was sent to a case last: what a reply answers."""
    return session.scalars(
        select(PersonalLink)
        .join(Message, Message.link_id == PersonalLink.id)
        .where(Message.case_id == case_id, Message.state.in_(HANDED_OVER))
        .order_by(Message.not_before.desc())
        .limit(1)
    ).first()


def find_message_of_receipt(session: Session, reference: str) -> Message | None:
    """Return the message a receipt is about; a sender is given the message's id as its mark.

    By the id, and not by what is kept of those that went: of one whose end nobody knew, the
    receipt is the end.
    """
    try:
        message = session.get(Message, UUID(reference))
    except ValueError:
        return None
    return message if message is not None and message.state in HANDED_OVER else None


def doubt_contact_of(session: Session, case_id: UUID, *, now: datetime) -> None:
    """Take away the address of a case that is gone: somebody has to ask again."""
    keys = select(Case.case_key).where(Case.id == case_id)
    session.execute(
        update(ContactDetail)
        .where(ContactDetail.case_key.in_(keys))
        .values(address_sealed=None, marked_safe=False, changed_at=now)
        .execution_options(synchronize_session=False)
    )


def days_gone(session: Session, keys: Sequence[str], status: str) -> dict[str, date]:
    """Return for some cases the last day on which a message came back with this receipt."""
    found: dict[str, date] = {}
    for start in range(0, len(keys), CHUNK):
        some = Case.case_key.in_(keys[start : start + CHUNK])
        query = (
            select(Case.case_key, func.max(Message.sent_on))
            .join(Message, Message.case_id == Case.id)
            .where(some, Message.delivery == status)
            .group_by(Case.case_key)
        )
        found |= {key: day for key, day in session.execute(query) if day}
    return found


def list_open_touchpoints(
    session: Session,
    *,
    since: date,
    due: Mapping[str, date],
    after: Touchpoint | None = None,
    limit: int,
) -> Sequence[tuple[Touchpoint, Case]]:
    """Return touchpoints that may lead to a message now, oldest first, after the last one seen.

    `due` holds for each kind the last day that is due. Cases that plainly may not be asked are
    left out here, so that thousands of them do not hold up the others; they expire in time.
    """
    is_due = or_(
        *(and_(Touchpoint.kind == kind, Touchpoint.day <= day) for kind, day in due.items())
    )
    query = (
        select(Touchpoint, Case)
        .join(Case, Case.id == Touchpoint.case_id)
        .join(ContactDetail, ContactDetail.case_key == Case.case_key)
        .where(Touchpoint.settled_on.is_(None), Touchpoint.day >= since, is_due)
        .where(Case.consent_check_in, ~Case.do_not_contact, ~Case.on_hold, Case.held_on.is_(None))
        .where(~Case.shared_device, ~Case.shared_address, ContactDetail.marked_safe)
        .order_by(Touchpoint.day, Touchpoint.id)
        .limit(limit)
    )
    if after is not None:
        later = and_(Touchpoint.day == after.day, Touchpoint.id > after.id)
        query = query.where(or_(Touchpoint.day > after.day, later))
    return [(row[0], row[1]) for row in session.execute(query)]


def list_touchpoints(session: Session, case_id: UUID) -> Sequence[Touchpoint]:
    """Return what happened in a case, newest first."""
    return session.scalars(
        select(Touchpoint).where(Touchpoint.case_id == case_id).order_by(Touchpoint.day.desc())
    ).all()


def days_of_requests(session: Session, case_key: str, *, with_waiting: bool = True) -> list[date]:
    """Return the days on which this person was asked anything, over all forms and cases.

    A link issued by hand is a request as well, and so is a message whose end nobody knows. So is
    one that is written and waits; but not when it is itself asked whether it may go.
    """
    keys = list_keys_of_person(session, case_key)
    mine = select(Case.id).where(Case.case_key.in_(keys))
    sent = select(Message.sent_on).where(Message.case_id.in_(mine), Message.sent_on.is_not(None))
    not_gone = select(Message.link_id).where(
        Message.case_id.in_(mine), Message.state != "sending", Message.link_id.is_not(None)
    )
    by_hand = select(PersonalLink.issued_on).where(
        PersonalLink.case_key.in_(keys), PersonalLink.id.not_in(not_gone)
    )
    days = [*session.scalars(sent), *session.scalars(by_hand)]
    if with_waiting:
        waits = select(Message.not_before).where(
            Message.case_id.in_(mine), Message.state == "waiting"
        )
        days += [moment.astimezone(LONDON).date() for moment in session.scalars(waits)]
    return [day for day in days if day is not None]


def expire_touchpoints(session: Session, *, before: date, today: date) -> None:
    """Settle touchpoints whose moment has passed."""
    session.execute(
        update(Touchpoint)
        .where(Touchpoint.settled_on.is_(None), Touchpoint.day < before)
        .values(settled_on=today, outcome="expired")
        .execution_options(synchronize_session=False)
    )


def find_forms(session: Session) -> Mapping[str, str]:
    """Return which survey, by slug, asks which form."""
    setting = session.get(Setting, FORMS)
    return setting.value if setting else {}


def put_forms(session: Session, forms: Mapping[str, str]) -> None:
    """Keep which survey asks which form."""
    session.merge(Setting(key=FORMS, value=dict(forms)))


def find_personal_collector(session: Session, slug: str) -> Collector | None:
    """Return the way personal links into a live survey are issued."""
    return session.scalars(
        select(Collector)
        .join(Survey, Survey.id == Collector.survey_id)
        .where(
            Survey.slug == slug,
            Survey.status == SurveyStatus.LIVE,
            Collector.channel == Channel.PERSONAL,
            Collector.is_open,
        )
        .limit(1)
    ).one_or_none()


def find_check_in_collector(session: Session) -> Collector | None:
    """Return the newest way into a check-in, open or not: where words from outside are kept."""
    return session.scalars(
        select(Collector)
        .join(Survey, Survey.id == Collector.survey_id)
        .where(Survey.is_check_in, Survey.mode != SurveyMode.ANONYMOUS)
        .where(Collector.channel == Channel.PERSONAL)
        .order_by(Collector.created_at.desc())
        .limit(1)
    ).first()


def find_approved_template(
    session: Session, key: str, channel: str, language: str
) -> MessageTemplate | None:
    """Return the approved wording in a language, or none: nothing unapproved is sent."""
    return session.scalars(
        select(MessageTemplate).where(
            MessageTemplate.key == key,
            MessageTemplate.channel == channel,
            MessageTemplate.language == language,
            MessageTemplate.approved_at.is_not(None),
        )
    ).one_or_none()


def what_links_say(session: Session, case_key: str) -> Said:
    """Return what this person asked for on any link they were ever sent, in any of their cases."""
    keys = list_keys_of_person(session, case_key)
    links = session.scalars(select(PersonalLink).where(PersonalLink.case_key.in_(keys))).all()
    return Said(
        stopped=any(link.stopped_on or link.sealed_on for link in links),
        less_often=any(link.pace == "less_often" for link in links),
    )


def list_due_messages(session: Session, *, now: datetime, limit: int) -> Sequence[Message]:
    """Return messages whose moment has come."""
    return session.scalars(
        select(Message)
        .where(Message.state == "waiting", Message.not_before <= now)
        .order_by(Message.not_before)
        .limit(limit)
    ).all()


def claim_message(session: Session, message: Message) -> bool:
    """Mark a waiting message as being sent; return False when another worker was first.

    Or when it was dropped meanwhile: the row decides, not what was read of it before.
    """
    done = session.execute(
        update(Message)
        .where(Message.id == message.id, Message.state == "waiting")
        .values(state="sending", attempts=Message.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    session.refresh(message)
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an update has one


def list_unanswered(session: Session, *, sent_before: date, limit: int) -> Sequence[Message]:
    """Return messages nobody answered, and nobody was told of yet; not of those who said stop."""
    return session.scalars(
        select(Message)
        .join(PersonalLink, PersonalLink.id == Message.link_id)
        .where(
            Message.state == "sent",
            Message.reason.is_(None),
            Message.sent_on <= sent_before,
            PersonalLink.spent_on.is_(None),
            PersonalLink.stopped_on.is_(None),
            PersonalLink.sealed_on.is_(None),
        )
        .order_by(Message.sent_on, Message.id)
        .limit(limit)
    ).all()


def find_handover_key(session: Session, key_id: str) -> HandoverKey | None:
    """Return a key of the case system, revoked or not."""
    return session.scalars(select(HandoverKey).where(HandoverKey.key_id == key_id)).one_or_none()


def get_handover_key(session: Session, key_id: str) -> HandoverKey:
    """Return a key of the case system; raise NotFoundError."""
    key = find_handover_key(session, key_id)
    if key is None:
        raise NotFoundError(f"key {key_id}")
    return key


def list_handover_keys(session: Session) -> Sequence[HandoverKey]:
    """Return every key, newest first."""
    return session.scalars(select(HandoverKey).order_by(HandoverKey.created_at.desc())).all()


def rows_of_returns(
    session: Session, *, since: date, until: date, services: frozenset[str] = frozenset()
) -> Sequence[Row[Any]]:
    """Return issued personal links of cases that agreed to linking, with what came of each.

    `services` narrows them to these; none means the whole body.
    """
    tier = (
        select(func.min(Flag.tier))  # "SG1" is the most urgent and the smallest
        # Not SG4: a complaint about a service is not for the service it is about.
        .where(Flag.response_id == Response.id, Flag.tier != Tier.SG4)
        .correlate(Response)
        .scalar_subquery()
    )
    query = (
        select(
            PersonalLink.case_key,
            PersonalLink.issued_on,
            Touchpoint.kind,
            Response.received_on,
            ContactRequest.id.label("contact_id"),
            tier.label("tier"),
        )
        .join(Case, Case.case_key == PersonalLink.case_key)
        .outerjoin(Message, Message.link_id == PersonalLink.id)
        .outerjoin(Touchpoint, Touchpoint.id == Message.touchpoint_id)
        .outerjoin(
            Response,
            and_(
                Response.link_id == PersonalLink.id,
                Response.withdrawn_on.is_(None),
                Response.quarantined.is_(None),  # "this wasn't me" is no answer of the case
            ),
        )
        .outerjoin(ContactRequest, ContactRequest.response_id == Response.id)
        .where(Case.consent_link, PersonalLink.issued_on.between(since, until))
        .order_by(PersonalLink.case_key, PersonalLink.issued_on)
    )
    if services:
        query = query.where(Case.service.in_(services))
    return session.execute(query).all()

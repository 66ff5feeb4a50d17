"""Cases handed over by the case system, how they may be reached, and what is sent to them.

Contact details live in a table of their own, sealed, that no results or coding role can reach.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, RandomId
from .sealed import SealedText


class Case(RandomId, Base):
    """One case under its pseudonym, as the case system last told us (domain §6.3)."""

    __tablename__ = "case"

    case_key: Mapped[str] = mapped_column(String(80), unique=True)
    row_hash: Mapped[str] = mapped_column(String(64))  # re-sending the same row changes nothing
    service: Mapped[str | None] = mapped_column(String(60), index=True)
    provider: Mapped[str | None] = mapped_column(String(60))
    sub_provider: Mapped[str | None] = mapped_column(String(60))
    offence_group: Mapped[str | None] = mapped_column(String(40))
    flags: Mapped[list[Any]]
    role: Mapped[str | None] = mapped_column(String(20))
    area: Mapped[str | None] = mapped_column(String(20))
    age_band: Mapped[str | None] = mapped_column(String(20))
    referral_source: Mapped[str | None] = mapped_column(String(40))
    referral_date: Mapped[date | None] = mapped_column(index=True)
    contact_outcome: Mapped[str | None] = mapped_column(String(20))
    contact_attempts: Mapped[int | None]  # tries to reach them so far, where the system counts
    wants_support: Mapped[bool | None]
    accepted_on: Mapped[date | None]
    started_on: Mapped[date | None]
    stage: Mapped[str | None] = mapped_column(String(40))
    stage_date: Mapped[date | None]
    next_date: Mapped[date | None]
    trial_date: Mapped[date | None]
    avoid_dates: Mapped[list[Any]]  # ISO days, or MM-DD for every year
    shared_device: Mapped[bool] = mapped_column(default=False)
    shared_address: Mapped[bool] = mapped_column(default=False)
    is_vulnerable: Mapped[bool] = mapped_column(default=False)
    on_hold: Mapped[bool] = mapped_column(default=False)  # a supervisor holds all sending
    do_not_contact: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(12), default="en")
    format_need: Mapped[str | None] = mapped_column(String(40))
    consent_check_in: Mapped[bool] = mapped_column(default=False)
    consent_link: Mapped[bool] = mapped_column(default=False)
    consent_after_closure: Mapped[bool] = mapped_column(default=False)
    worker: Mapped[str | None] = mapped_column(String(120))
    supervisor: Mapped[str | None] = mapped_column(String(120))
    closed_on: Mapped[date | None]
    closure_reason: Mapped[str | None] = mapped_column(String(40))
    pace: Mapped[str | None] = mapped_column(String(20))  # "less_often"
    stopped_on: Mapped[date | None]  # the person said stop
    # Safe ways by the case system (domain §6.3): they narrow the contact file, never widen it.
    safe_channel: Mapped[str | None] = mapped_column(String(10))
    safe_times: Mapped[list[Any] | None]
    # Since when its newest row could not be used: nothing is sent until a whole one comes.
    held_on: Mapped[date | None]
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]


class ContactDetail(RandomId, Base):
    """How one case may be reached, sealed; only the sender opens it."""

    __tablename__ = "contact_detail"

    case_key: Mapped[str] = mapped_column(String(80), unique=True)
    channel: Mapped[str] = mapped_column(String(10))  # sms | email | none
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    address = SealedText("address_sealed")
    address_hash: Mapped[str | None] = mapped_column(String(64), index=True)  # keyed; for opt-out
    marked_safe: Mapped[bool] = mapped_column(default=False)
    safe_times: Mapped[list[Any]]  # [["09:00", "12:00"], …] in London time; empty: any allowed hour
    safe_checked_on: Mapped[date | None]
    safe_until: Mapped[date | None]
    changed_at: Mapped[datetime]


class Touchpoint(RandomId, Base):
    """Something that happened in a case and calls for a check-in."""

    __tablename__ = "touchpoint"
    __table_args__ = (UniqueConstraint("case_id", "kind", "day"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    settled_on: Mapped[date | None]  # sent, or never to be sent
    outcome: Mapped[str | None] = mapped_column(String(40))  # sent | expired | a guard's name


class Message(RandomId, Base):
    """One message to one person: at most one a touchpoint, never sent twice, never after expiry."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_waiting", "state", "not_before"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    touchpoint_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("touchpoint.id", ondelete="CASCADE"), unique=True
    )
    link_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("personal_link.id", ondelete="SET NULL")
    )
    template: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(10))
    body_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    body = SealedText("body_sealed")  # emptied once the message is settled
    state: Mapped[str] = mapped_column(String(12))  # waiting | sending | sent | dropped | exported
    reason: Mapped[str | None] = mapped_column(String(60))
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime]
    sent_on: Mapped[date | None]
    reference: Mapped[str | None] = mapped_column(String(80), unique=True)  # the sender's receipt
    delivery: Mapped[str | None] = mapped_column(String(30))


class OptOut(RandomId, Base):
    """A stop word, honoured on every channel: by address and by case."""

    __tablename__ = "opt_out"

    address_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    case_key: Mapped[str | None] = mapped_column(String(80), index=True)
    how: Mapped[str] = mapped_column(String(20))  # link | reply | staff | return_file
    opted_out_on: Mapped[date]


class HandoverKey(RandomId, Base):
    """A key with which the case system signs what it sends."""

    __tablename__ = "handover_key"

    key_id: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    secret = SealedText("secret_sealed")
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SeenCall(RandomId, Base):
    """A call from outside that was taken: a signature, or the id of a reply. Only its hash."""

    __tablename__ = "seen_call"

    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)


class HandoverBatch(RandomId, Base):
    """One file or call: what was read, stored and refused, and why; never a row's content."""

    __tablename__ = "handover_batch"

    kind: Mapped[str] = mapped_column(String(20))  # cases | contacts
    how: Mapped[str] = mapped_column(String(10))  # upload | api | command
    sha256: Mapped[str] = mapped_column(String(64))
    read: Mapped[int]
    stored: Mapped[int]
    unchanged: Mapped[int]
    refused: Mapped[int]
    problems: Mapped[list[Any]]  # [{"line", "column", "message"}]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_user.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class MessageTemplate(RandomId, Base):
    """Neutral wording that a second person approved; only approved wording is sent."""

    __tablename__ = "message_template"
    __table_args__ = (UniqueConstraint("key", "channel", "language"),)

    key: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str | None] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    written_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff_user.id", ondelete="SET NULL")
    )
    approved_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff_user.id", ondelete="SET NULL")
    )
    approved_at: Mapped[datetime | None]

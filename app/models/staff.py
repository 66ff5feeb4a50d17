"""Staff: who they are, what they may do, and their sessions."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, RandomId
from .sealed import SealedText


class Role(StrEnum):
    """The roles of settled.md 30; a person may hold several and acts under one at a time."""

    DESIGNER = "designer"
    APPROVER = "approver"
    OUTREACH = "outreach"
    ANALYST = "analyst"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    SAFEGUARDING_DEPUTY = "safeguarding_deputy"
    CASEWORKER = "caseworker"
    SUPERVISOR = "supervisor"
    PROVIDER_LEAD = "provider_lead"
    LEAD_PARTNER = "lead_partner"
    COMMISSIONER = "commissioner"
    SCRUTINY = "scrutiny"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class StaffUser(RandomId, Base):
    """A member of staff or an invited approver."""

    __tablename__ = "staff_user"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_secret = SealedText("totp_secret_sealed")
    totp_last_step: Mapped[int | None]  # a code is accepted once
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    roles: Mapped[list["StaffRole"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )


class StaffRole(RandomId, Base):
    """One role of one person, for one service or for the whole body."""

    __tablename__ = "staff_role"
    __table_args__ = (UniqueConstraint("user_id", "role", "service"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("staff_user.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(30))
    service: Mapped[str | None] = mapped_column(String(60))  # a service code of the area pack

    user: Mapped[StaffUser] = relationship(back_populates="roles")


class StaffSession(RandomId, Base):
    """A signed-in browser. The cookie holds the secret, we hold its hash, and can end it."""

    __tablename__ = "staff_session"

    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("staff_user.id", ondelete="CASCADE"), index=True
    )
    acting_as: Mapped[str | None] = mapped_column(String(30))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[StaffUser] = relationship(lazy="joined")


class Invitation(RandomId, Base):
    """An invitation: single use, 72 hours."""

    __tablename__ = "invitation"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    roles: Mapped[list[Any]]  # [{"role": ..., "service": ...}]
    invited_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff_user.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInAttempt(RandomId, Base):
    """A failed sign-in, kept only long enough to slow a guesser down."""

    __tablename__ = "sign_in_attempt"

    bucket: Mapped[str] = mapped_column(String(80), index=True)  # "who:…" or "from:…", hashed
    at: Mapped[datetime]

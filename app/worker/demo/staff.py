"""Demonstration accounts: one for each role, opened by one click and by no password."""

from collections.abc import Mapping
from datetime import datetime
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import Role, StaffRole, StaffUser
from app.worker.demo.local import Local

# Role, name, and the service the role is bound to.
PEOPLE: tuple[tuple[Role, str, str | None], ...] = (
    (Role.DESIGNER, "Grace Adeyemi", None),
    (Role.APPROVER, "Tomasz Zielinski", None),
    (Role.OUTREACH, "Priya Raghavan", None),
    (Role.ANALYST, "Daniel Okonkwo", None),
    (Role.SAFEGUARDING_LEAD, "Siobhan Murphy", None),
    (Role.SAFEGUARDING_DEPUTY, "Imran Hussain", None),
    (Role.CASEWORKER, "Chloe Bennett", "sv"),
    (Role.SUPERVISOR, "Yasmin Al-Sayed", "sv"),
    (Role.PROVIDER_LEAD, "Marcus Thompson", "adult"),
    (Role.LEAD_PARTNER, "Eleri Pritchard", "hub"),
    (Role.COMMISSIONER, "Harpreet Gill", None),
    (Role.SCRUTINY, "Wei Ling Chan", None),
    (Role.AUDITOR, "Ana Popescu", None),
    (Role.ADMINISTRATOR, "Robert Fairweather", None),
)


def add_staff(
    session: Session, local: Local, *, chance: Random, now: datetime
) -> Mapping[Role, StaffUser]:
    """Add the demonstration accounts and return them by role."""
    made = {}
    for role, name, service in PEOPLE:
        user = StaffUser(
            id=UUID(int=chance.getrandbits(128), version=4),
            email=f"{name.lower().replace(' ', '.')}@example.org",
            name=name,
            is_demo=True,
            created_at=now,
        )
        own = local.service(service) if service else None
        user.roles = [StaffRole(role=role, service=own)]
        session.add(user)
        made[role] = user
    session.flush()
    return made

"""Who acts, under which role, and for which services: what every staff query is scoped by."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from app.models import Role

Scopes = Mapping[Role, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person acting under one role.

    `scopes` holds every role of the person and the service codes it is bound to; an empty set
    means the whole body.
    """

    user_id: UUID
    name: str
    role: Role
    scopes: Scopes = field(default_factory=dict)
    is_demo: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        """Return every role this person holds."""
        return frozenset(self.scopes)

    @property
    def services(self) -> frozenset[str]:
        """Return the services the present role is bound to; empty means all."""
        return self.scopes.get(self.role, frozenset())

    @property
    def sees_everything(self) -> bool:
        """Return whether the present role is bound to no single service."""
        return not self.services

    def under(self, role: Role) -> "Actor":
        """Return the same person acting under another of their roles."""
        if role not in self.scopes:
            raise ValueError(f"{self.user_id} does not hold {role}")
        return replace(self, role=role)

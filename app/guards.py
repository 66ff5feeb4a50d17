"""Who may see a view. A view that declares no audience stops the start."""

import functools
from collections.abc import Callable
from enum import StrEnum
from typing import ParamSpec, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.models import Role
from app.store.actors import Actor

__all__ = [
    "Audience",
    "AudienceMissingError",
    "Role",
    "audience",
    "current_actor",
    "init_guards",
    "may_open",
]

P = ParamSpec("P")
R = TypeVar("R")


class Audience(StrEnum):
    """Audiences that are not a role."""

    PUBLIC = "public"  # a respondent: no account, no trace
    SIGNED_OUT = "signed_out"  # the staff face before sign-in
    STAFF = "staff"  # anyone signed in


class AudienceMissingError(Exception):
    """A route was registered whose view declares no audience."""


def audience(*allowed: Audience | Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only these see the view; the first of a person's roles listed is the one audited."""

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            refused = _refuse(allowed)
            if refused is not None:
                return refused  # type: ignore[return-value]  # a redirect in the view's stead
            return view(*args, **kwargs)

        guarded.audience = allowed  # type: ignore[attr-defined]  # read by check_audiences
        return guarded

    return declare


def _refuse(allowed: tuple[Audience | Role, ...]) -> ResponseReturnValue | None:
    if Audience.PUBLIC in allowed or Audience.SIGNED_OUT in allowed:
        return None
    actor: Actor | None = g.get("actor")
    if actor is None:
        came_for = request.full_path if request.method == "GET" else None
        return redirect(url_for("account.sign_in", next=came_for))
    if Audience.STAFF in allowed:
        return None
    role = next((r for r in _by_preference(actor, allowed) if r in actor.roles), None)
    if role is None:
        abort(403)
    if role != actor.role:
        g.actor = actor.under(role)
    return None


def _by_preference(actor: Actor, allowed: tuple[Audience | Role, ...]) -> list[Role]:
    """Return the allowed roles, the one the person is acting under first."""
    roles = [r for r in allowed if isinstance(r, Role)]
    return sorted(roles, key=lambda r: r != actor.role)


def current_actor() -> Actor:
    """Return who is acting; only for views that require somebody to be signed in."""
    actor: Actor = g.actor
    return actor


def may_open(endpoint: str) -> bool:
    """Return whether whoever is signed in may open a view: a page offers nothing else."""
    allowed: tuple[Audience | Role, ...] = vars(current_app.view_functions[endpoint])["audience"]
    actor: Actor | None = g.get("actor")
    if actor is None:
        return Audience.SIGNED_OUT in allowed
    return Audience.STAFF in allowed or not actor.roles.isdisjoint(allowed)


def init_guards(app: Flask) -> None:
    """Refuse requests that another site made for this person, and views without an audience."""
    app.before_request(_refuse_cross_site)
    check_audiences(app)


def _refuse_cross_site() -> None:
    unsafe = request.method not in {"GET", "HEAD", "OPTIONS"}
    if unsafe and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)


def check_audiences(app: Flask) -> None:
    """Raise AudienceMissingError naming every route whose view declares no audience."""
    bare = [
        f"{rule.endpoint} ({rule.rule})"
        for rule in app.url_map.iter_rules()
        if not getattr(app.view_functions[rule.endpoint], "audience", None)
    ]
    if bare:
        raise AudienceMissingError("These routes declare no audience: " + ", ".join(sorted(bare)))

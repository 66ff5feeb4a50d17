"""The staff menu: each journey adds its own entry, each person sees those of their roles."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for

from app.models import Role
from app.store.actors import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the menu; no roles means everyone who is signed in.

    `paths` begin the addresses of its pages, besides its own.
    """

    label: str
    endpoint: str
    roles: frozenset[Role]
    order: int
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as printed."""

    label: str
    url: str
    is_current: bool


def add_nav(
    app: Flask,
    label: str,
    endpoint: str,
    *,
    roles: Iterable[Role] = (),
    order: int = 50,
    paths: Iterable[str] = (),
) -> None:
    """Add a journey's entry; called from its `init_app`."""
    entries = app.extensions.setdefault("staff_nav", [])
    entries.append(Entry(label, endpoint, frozenset(roles), order, tuple(paths)))


def staff_nav() -> list[NavLink]:
    """Return the menu of the person signed in; nothing before sign-in."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        return []
    entries: list[Entry] = current_app.extensions.get("staff_nav", [])
    shown = [
        entry
        for entry in sorted(entries, key=lambda entry: entry.order)
        if not entry.roles or entry.roles & actor.roles
    ]
    current = next((e for e in shown if e.endpoint == request.endpoint), None)
    # Of several entries of a journey, the one whose address this one carries on furthest.
    current = current or max(filter(_is_section, shown), key=_reach, default=None)
    return [NavLink(e.label, url_for(e.endpoint), e is current) for e in shown]


def _is_section(entry: Entry) -> bool:
    # "account.home" is a page, not a section: its neighbours are not "home".
    section = entry.endpoint.partition(".")[0]
    return section == request.blueprint and section != "account"


def _reach(entry: Entry) -> int:
    begins = (url_for(entry.endpoint), *entry.paths)
    return max((len(path) for path in begins if request.path.startswith(path)), default=0)

"""From an address to what it shows: survey, period and facets, within what this person may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import url_for

from app.db import db
from app.figures import releases
from app.figures.codebook import Book
from app.figures.lattice import DIMENSIONS, MOST_FACETS
from app.figures.pages import View
from app.figures.periods import default_period, last_complete
from app.figures.questions import Question
from app.figures.release import Release
from app.figures.surveys import SurveyName, list_surveys
from app.guards import Role
from app.packs import Pack
from app.services.releasing import groups_of, limits_of
from app.store.actors import Actor
from app.store.errors import NotFoundError

from .wording import DIMENSION_LABELS, facet_words, value_label

ENGAGEMENT = {Role.ANALYST}  # may also see figures as they stand now
OWN_SERVICE = {Role.PROVIDER_LEAD, Role.LEAD_PARTNER}


class TooManyFacetsError(Exception):
    """More facets at once than the lattice has; the page says so and how to go on."""


class NothingYetError(NotFoundError):
    """There is nothing that this person could be shown, whatever the address."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, when, and with which words in the address."""

    actor: Actor
    pack: Pack
    args: Mapping[str, str]
    today: date
    now: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything a results page is made from. `view` is None before anything can be shown."""

    survey: SurveyName
    surveys: Sequence[SurveyName]
    release: Release
    view: View | None
    book: Book
    questions: Sequence[Question]
    pack: Pack
    is_live: bool
    may_be_live: bool
    locked: frozenset[str]  # dimensions this person cannot change
    own: frozenset[str] | None  # the services whose figures this person may see; None: all

    @property
    def is_synthetic(self) -> bool:
        """Return whether the page must say that its people are made up."""
        return self.survey.is_synthetic or self.release.about.is_synthetic

    @property
    def args(self) -> dict[str, str]:
        """Return what an address needs so that it shows this again."""
        if self.view is None:
            return {}
        live = {"now": "1"} if self.is_live else {}
        facets = {name: value or "=" for name, value in self.view.facets.items()}
        return {"period": self.view.period.key, **facets, **live}

    def url(self, endpoint: str, **changes: Any) -> str:
        """Return the address of another page with the same choice."""
        return url_for(f".{endpoint}", slug=self.survey.slug, **{**self.args, **changes})

    def name(self, dimension: str, value: str) -> str:
        """Return the name of a value."""
        return value_label(self.pack, dimension, value)

    @property
    def of_whom(self) -> str:
        """Return whom the figures are of, or nothing for everyone."""
        return "" if self.view is None else facet_words(self.pack, self.view.facets)


def choose(asked: Asked, slug: str | None) -> Choice:
    """Return what the address shows; raise NotFoundError for what is not there or not theirs."""
    own = own_services(asked.actor)
    if own is not None and not own:
        raise NothingYetError("a provider without a service has nothing to see")
    surveys = list_surveys(db.session)
    survey = _survey(surveys, slug)
    may_be_live = asked.actor.role in ENGAGEMENT
    is_live = may_be_live and asked.args.get("now") == "1"
    release = _release(survey.id, asked, is_live=is_live)
    view = _view(release, asked)
    return Choice(
        survey,
        surveys,
        release,
        view,
        releases.book_of(db.session, survey.id),
        releases.questions_of(db.session, survey.id),
        asked.pack,
        is_live,
        may_be_live,
        frozenset(() if own is None else {"service"}),
        own,
    )


def _survey(surveys: Sequence[SurveyName], slug: str | None) -> SurveyName:
    found = next((s for s in surveys if slug in {None, s.slug}), None)
    if found is None:
        raise NothingYetError("no survey with results")
    return found


def _release(survey_id: UUID, asked: Asked, *, is_live: bool) -> Release:
    session, today = db.session, asked.today
    groups, limits = groups_of(asked.pack), limits_of(asked.pack)
    if is_live:
        return releases.live(session, survey_id, groups=groups, today=today, limits=limits)
    return releases.released(
        session, survey_id, groups=groups, today=today, now=asked.now, limits=limits
    )


def _view(release: Release, asked: Asked) -> View | None:
    last = last_complete(asked.today)
    period = release.period(asked.args.get("period", "")) or default_period(release.periods, last)
    if period is None:
        return None
    node = release.lattice.find(_facets(release, asked))
    if node is None:
        raise NotFoundError("no such filter")
    return View(release, period, node)


def _facets(release: Release, asked: Asked) -> dict[str, str]:
    facets = {
        name: asked.args[name].removeprefix("=")
        for name in DIMENSIONS
        if asked.args.get(name, "") not in {"", "all"}
    }
    if is_bound(asked.actor):
        facets["service"] = _own_service(release, asked)
    if len(facets) > MOST_FACETS:
        raise TooManyFacetsError
    return facets


def is_bound(actor: Actor) -> bool:
    """Return whether this person sees one service's figures only: a provider, or so scoped."""
    return actor.role in OWN_SERVICE or not actor.sees_everything


def own_services(actor: Actor) -> frozenset[str] | None:
    """Return the services somebody is bound to, a lead's supply chain included; None: all."""
    if not is_bound(actor):
        return None
    mine = actor.services
    return mine | {f"{code}+" for code in mine} if actor.role is Role.LEAD_PARTNER else mine


def _own_service(release: Release, asked: Asked) -> str:
    """Return the service this person answers for; never another, never the whole."""
    dim = release.lattice.dimension("service")
    held = set(dim.values) if dim else set()
    allowed = sorted((own_services(asked.actor) or frozenset()) & held)
    wanted = asked.args.get("service", "")
    if not allowed:
        raise NothingYetError("no answers about the own service")
    return wanted if wanted in allowed else allowed[-1]


def other_view(choice: Choice, asked: Asked) -> View | None:
    """Return the second view of a comparison: the address's words that start with "other_".

    Without any it is the same people in the period before. It is bound as the first one is.
    """
    view = choice.view
    if view is None:
        return None
    args = {k.removeprefix("other_"): v for k, v in asked.args.items() if k.startswith("other_")}
    if not any(args.values()):
        return view.before()
    return _view(choice.release, replace(asked, args={"period": view.period.key} | args))


def filter_fields(choice: Choice, view: View | None, prefix: str = "") -> list[dict[str, Any]]:
    """Return the selects of a filter form, ready to print."""
    if view is None:
        return []
    periods = [
        {"value": p.key, "label": p.label, "chosen": p == view.period}
        for p in sorted(choice.release.periods, key=lambda p: (p.ends_on, len(p.quarters)))
    ]
    fields = [{"name": f"{prefix}period", "label": "Period", "options": periods[::-1]}]
    for dim in choice.release.lattice.dimensions:
        if dim.name in choice.locked:
            continue
        everyone = {"value": "all", "label": "All", "chosen": dim.name not in view.facets}
        values = [
            {
                "value": value or "=",
                "label": choice.name(dim.name, value),
                "chosen": view.facets.get(dim.name) == value,
            }
            for value in dim.values
        ]
        fields.append(
            {
                "name": f"{prefix}{dim.name}",
                "label": DIMENSION_LABELS[dim.name],
                "options": [everyone, *sorted(values, key=lambda v: str(v["label"]))],
            }
        )
    return fields

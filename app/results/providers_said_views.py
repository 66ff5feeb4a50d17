"""Victims said, providers said: two surveys side by side, lot by lot, and never added up."""

from collections.abc import Sequence

from flask import request
from flask.typing import ResponseReturnValue

from app.figures.providers import COLUMNS, ProviderSurvey
from app.guards import Role, audience
from app.store.errors import NotFoundError

from . import providers_said as beside
from .choosing import Choice
from .frame import as_csv, heading_of, show
from .views import bp, chosen, seen

WHOLE = (Role.COMMISSIONER, Role.SCRUTINY, Role.ANALYST)
HEADS = (
    {"key": "label", "label": "Need"},
    *(
        {"key": key, "label": label, "numeric": True}
        for key, label in zip(("wrote", "ticked", "place", "named"), COLUMNS, strict=True)
    ),
)


@bp.get("/results/<slug>/providers-said")
@audience(*WHOLE)
def providers_said(slug: str) -> ResponseReturnValue:
    """Show each need as victims name it and as providers rank it, lot by lot."""
    choice = _whole(slug)
    held = beside.list_surveys()
    survey = _asked_for(choice, held)
    if choice.view is None or survey is None:
        return show("providers_said", choice, survey=None, parts=[])
    return show(
        "providers_said",
        choice,
        lead=heading_of(choice),
        survey=survey,
        is_team=choice.may_be_live,
        others=[
            {"name": other.name, "url": choice.url("providers_said", of=str(other.id))}
            for other in held
            if other != survey
        ],
        columns=HEADS,
        parts=[
            {"part": part, "rows": beside.rows_of(part.table)}
            for part in beside.parts(choice, choice.view, survey)
        ],
        written=beside.in_their_words(choice, survey),
        csv=choice.url("providers_said_csv", of=str(survey.id)),
    )


@bp.get("/results/<slug>/providers-said.csv")
@audience(*WHOLE)
def providers_said_csv(slug: str) -> ResponseReturnValue:
    """Return the same figures as a file."""
    choice = _whole(slug)
    view, survey = seen(choice), _asked_for(choice, beside.list_surveys())
    if survey is None:
        raise NotFoundError("no survey of providers")
    return as_csv(beside.whole_table(beside.parts(choice, view, survey)), "providers-said")


def _asked_for(choice: Choice, held: Sequence[ProviderSurvey]) -> ProviderSurvey | None:
    return beside.pick(held, request.args.get("of", ""), is_team=choice.may_be_live)


def _whole(slug: str) -> Choice:
    """Return what is looked at, for those who see the whole: no provider reads a rival's answer."""
    choice = chosen(slug)
    if choice.locked:
        raise NotFoundError("of the whole body")
    return choice

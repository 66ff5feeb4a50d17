"""The blueprint of the journey, and where in a list of answers somebody is."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, g, request, url_for

from app.db import db
from app.guards import Role
from app.store import coding
from app.store.actors import Actor
from app.store.coding import Order
from app.store.errors import NotFoundError

GROUP_PATHS = ("/coding/groups", "/coding/speakers")

bp = Blueprint("coding", __name__, url_prefix="/coding")


@bp.before_request
def _keep_out() -> None:
    """Show no answer of another service or a case somebody is kept out of, whatever the view."""
    text_id = (request.view_args or {}).get("text_id")
    actor: Actor | None = g.get("actor")
    if actor is None or Role.ANALYST not in actor.roles:
        return
    analyst = actor.under(Role.ANALYST)
    if text_id is not None:
        coding.check_seen_by(db.session, analyst, text_id)
    # A group belongs to no service, so whoever is bound to one has no part in it.
    if request.path.startswith(GROUP_PATHS) and not analyst.sees_everything:
        raise NotFoundError(request.path)


@dataclass(frozen=True, slots=True)
class Place:
    """Which list an analyst works through, and how many of it they passed over."""

    order: Order
    survey_id: UUID | None
    skip: int = 0
    group_id: UUID | None = None  # the group or interview whose turns are read in order

    @property
    def args(self) -> dict[str, Any]:
        """Return the place as it stands in an address; it says nothing about anybody."""
        survey = {"survey": str(self.survey_id)} if self.survey_id else {}
        skip = {"skip": self.skip} if self.skip else {}
        group = {"group": str(self.group_id)} if self.group_id else {}
        return {"order": self.order.value, **survey, **skip, **group}

    @property
    def next_url(self) -> str:
        """Return where the next answer is."""
        if self.group_id:
            return url_for("coding.next_turn", session_id=self.group_id)
        return url_for("coding.next_answer", **self.args)

    @property
    def skip_url(self) -> str:
        """Return where the one after is; from a random sample or a group nothing is left out."""
        if self.order is Order.RANDOM or self.group_id:
            return ""
        return url_for("coding.next_answer", **(self.args | {"skip": self.skip + 1}))


def here() -> Place:
    """Return the place in the address of this request; what cannot be read is left out."""
    order = next((o for o in Order if o == request.args.get("order")), Order.FLAGGED)
    skip = request.args.get("skip", 0, type=int)
    survey_id = request.args.get("survey", None, type=UUID)
    group_id = request.args.get("group", None, type=UUID)
    return Place(order, survey_id, max(0, min(skip, 10_000)), group_id)

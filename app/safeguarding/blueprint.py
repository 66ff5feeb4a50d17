"""The blueprint of the journey, who it is for, and what its own refusals look like."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.db import db
from app.guards import Role
from app.services.flags import SecondPersonNeededError
from app.services.identity import AnonymousError
from app.services.rota import NotOnDeskError
from app.store import staff

from .wording import Names

bp = Blueprint("safeguarding", __name__)

DESK = (Role.SAFEGUARDING_LEAD, Role.SAFEGUARDING_DEPUTY)
TASK_ROLES = (Role.CASEWORKER, Role.SUPERVISOR)


def names() -> Names:
    """Return colleagues' names by id."""
    return {user.id: user.name for user in staff.list_users(db.session)}


@bp.errorhandler(SecondPersonNeededError)
def _second_person(_error: SecondPersonNeededError) -> ResponseReturnValue:
    return _refused(
        "A second person has to agree",
        "You proposed this yourself. Nothing has changed; ask a colleague of the desk, or an "
        "approver, to look at it.",
    )


@bp.errorhandler(AnonymousError)
def _anonymous(_error: AnonymousError) -> ResponseReturnValue:
    return _refused(
        "Nothing leads to a person here",
        "These answers are not tied to anybody, so there is nothing to open.",
    )


@bp.errorhandler(NotOnDeskError)
def _not_on_desk(_error: NotOnDeskError) -> ResponseReturnValue:
    return _refused(
        "Only people of the desk can be put on the rota",
        "Nothing was saved. Go back and choose a safeguarding lead or deputy.",
    )


def _refused(heading: str, advice: str) -> ResponseReturnValue:
    page = render_template("errors/error.html", heading=heading, advice=advice, status=403)
    return page, 403

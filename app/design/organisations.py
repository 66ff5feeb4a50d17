"""Links for the organisations that are asked to answer: one each, shown this once."""

from uuid import UUID

from flask import abort
from flask.typing import ResponseReturnValue

from app.clock import utc_now
from app.db import db
from app.design.blueprint import bp, entry_url, page, working
from app.design.forms import OrganisationsForm
from app.guards import Role, audience, current_actor
from app.services import organisations as service
from app.services.organisations import Invited, Issued
from app.store import surveys as surveys_store
from surveys import Survey

LIST = (
    {"key": "name", "label": "Organisation"},
    {"key": "issued", "label": "Link issued"},
    {"key": "state", "label": "Answer"},
)


@bp.route("/<uuid:survey_id>/organisations", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def organisations(survey_id: UUID) -> ResponseReturnValue:
    """Issue a link to each organisation, and show which have answered."""
    surveys_store.get_survey(db.session, survey_id)
    content = working(survey_id).survey
    if not service.is_asked(content):
        abort(404)
    form, made = OrganisationsForm(), []
    if form.validate_on_submit():
        names = (form.names.data or "").splitlines()
        made = service.issue(db.session, survey_id, names, by=current_actor(), now=utc_now())
        form = OrganisationsForm(formdata=None)  # pressed again, it would end these links
    invited = service.list_invited(db.session, survey_id, now=utc_now())
    return page(
        "organisations",
        survey_id,
        tab="design.collectors",
        form=form,
        columns=LIST,
        rows=[_row(one) for one in invited],
        answered=sum(one.has_answered for one in invited),
        made=[_made(one, content) for one in made],
    )


def _row(one: Invited) -> dict[str, str]:
    state = "Not yet"
    if one.has_answered:
        state = "Has answered"
    elif one.has_ended:
        state = "Link has ended"
    return {"name": one.name, "issued": one.issued, "state": state}


def _made(one: Issued, content: Survey) -> dict[str, str]:
    if one.token is None:
        return {"name": one.name, "address": "", "says": "Has answered: no new link was made."}
    says = "The link sent before works no longer." if one.replaces else ""
    return {"name": one.name, "address": entry_url(one.token, content), "says": says}

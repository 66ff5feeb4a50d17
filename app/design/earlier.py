"""Answers given in another tool before: choose the file, say which column is which question."""

import base64
import binascii
import zlib
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from app.clock import utc_now
from app.db import db
from app.design.blueprint import bp, page
from app.design.forms import ColumnsForm, EarlierForm
from app.guards import Role, audience, current_actor
from app.services import earlier as service
from app.services.foreign import UnreadableError
from app.store import designs
from app.store import surveys as surveys_store

TOOLS = {
    "microsoft_forms": "Microsoft Forms",
    "smartsurvey": "SmartSurvey",
    "citizen_space": "Citizen Space",
    "qualtrics": "Qualtrics",
}
USES = {
    "who": "Can say who someone is: never read",
    "id": "Tells one answer from another: used for that only",
    "day": "The day of the answer",
}
SHOWN = 50
COLUMN = "column_"


@bp.route("/<uuid:survey_id>/earlier-answers", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def earlier(survey_id: UUID) -> ResponseReturnValue:
    """Take a file and show its columns; nothing is kept before they have been looked at."""
    form = EarlierForm()
    is_published = bool(designs.list_versions(db.session, survey_id))
    if is_published and form.validate_on_submit():
        name, data = form.file.data.filename, form.file.data.read(service.MAX_BYTES + 1)
        if len(data) > service.MAX_BYTES:
            form.file.errors = ["The file is larger than 8 MB. Send it in parts."]
        else:
            try:
                return _columns(survey_id, data, name)
            except UnreadableError as error:
                form.file.errors = error.reasons
    return page("earlier", survey_id, tab="design.collectors", form=form, is_published=is_published)


@bp.post("/<uuid:survey_id>/earlier-answers/store")
@audience(Role.DESIGNER)
def store_earlier(survey_id: UUID) -> ResponseReturnValue:
    """Store the rows of a file as a person has mapped them; say what became of each."""
    form = ColumnsForm()
    form.validate_on_submit()
    mapping = {
        request.form[f"heading_{number}"]: value
        for number, value in _chosen()
        if f"heading_{number}" in request.form
    }
    try:
        data, name = unpack(form.held.data or ""), form.name.data or ""
        if not mapping:
            return _columns(survey_id, data, name, problem="Choose a question for one column.")
        done = service.store_file(
            db.session, survey_id, data, name, mapping, by=current_actor(), now=utc_now()
        )
    except UnreadableError as error:
        problem = EarlierForm()
        problem.file.errors = error.reasons
        return page("earlier", survey_id, tab="design.collectors", form=problem, is_published=True)
    return page(
        "earlier_done",
        survey_id,
        tab="design.collectors",
        done=done,
        lines=done.lines[:SHOWN],
        more=max(len(done.lines) - SHOWN, 0),
    )


def pack(data: bytes) -> str:
    """Return a file as the page carries it to its next step; nothing of it is kept here."""
    return base64.b64encode(zlib.compress(data)).decode("ascii")


def unpack(held: str) -> bytes:
    """Return the file a page carried; raise UnreadableError for anything else."""
    try:
        opened = zlib.decompressobj()
        data = opened.decompress(base64.b64decode(held, validate=True), service.MAX_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise UnreadableError(["Choose the file again."]) from error
    if not data or len(data) > service.MAX_BYTES:
        raise UnreadableError(["Choose the file again."])
    return data


def _chosen() -> list[tuple[str, str]]:
    found = ((name.removeprefix(COLUMN), request.form[name]) for name in request.form
             if name.startswith(COLUMN))  # fmt: skip
    return [(number, value) for number, value in found if value]


def _columns(survey_id: UUID, data: bytes, name: str, problem: str = "") -> str:
    survey = surveys_store.questionnaire(surveys_store.latest_version(db.session, survey_id))
    found = service.look(data, name, survey)
    return page(
        "earlier_columns",
        survey_id,
        tab="design.collectors",
        form=ColumnsForm(formdata=None, held=pack(data), name=name),
        file=name,
        problem=problem,
        tool=TOOLS.get(found.tool, ""),
        rows=found.rows,
        columns=[_column(number, column) for number, column in enumerate(found.columns)],
    )


def _column(number: int, column: service.Column) -> dict[str, Any]:
    return {
        "number": number,
        "heading": column.heading,
        "use": USES.get(column.use, ""),
        "suggested": column.suggested,
        "offered": column.offered,
    }

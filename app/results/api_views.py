"""The read-only interface for programs, and the page where its keys are made and stopped."""

from functools import lru_cache
from pathlib import Path
from uuid import UUID

from flask import Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import london_today, utc_now
from app.db import db
from app.figures.surveys import list_surveys
from app.guards import Audience, audience, current_actor
from app.services import api_tokens
from app.services.api_tokens import (
    HOLDERS,
    MOST_A_MINUTE,
    Reader,
    TokenRefusedError,
    TooManyReadsError,
)
from app.store import api_tokens as token_store
from app.store.errors import NotFoundError

from . import api
from .choosing import Asked, TooManyFacetsError, choose
from .forms import KeyForm
from .views import bp, seen

DOCUMENT = Path(__file__).parents[2] / "docs" / "results-api.yaml"


@bp.route("/results/keys", methods=["GET", "POST"])
@audience(*HOLDERS)
def api_keys() -> ResponseReturnValue:
    """Show one's keys for programs; make a new one, shown once."""
    actor, form, secret = current_actor(), KeyForm(), ""
    surveys = list_surveys(db.session)
    form.survey.choices = [("", "All"), *((s.slug, s.name) for s in surveys)]
    if form.validate_on_submit():
        chosen = next((s.id for s in surveys if s.slug == form.survey.data), None)
        secret = api_tokens.issue(
            db.session, form.label.data.strip(), chosen, by=actor, now=utc_now()
        )
    rows = token_store.list_own_tokens(db.session, actor.user_id)
    page = render_template(
        "results/keys.html", form=form, secret=secret, keys=rows, most=MOST_A_MINUTE
    )
    return Response(page, headers={"Cache-Control": "no-store"} if secret else None)


@bp.post("/results/keys/<uuid:token_id>/revoke")
@audience(*HOLDERS)
def revoke_key(token_id: UUID) -> ResponseReturnValue:
    """Stop a key of one's own."""
    api_tokens.revoke(db.session, token_id, by=current_actor(), now=utc_now())
    flash("The key is stopped.")
    return redirect(url_for(".api_keys"))


@bp.get("/api/v1/openapi.yaml")
@audience(Audience.SIGNED_OUT)
def api_document() -> ResponseReturnValue:
    """Return the description of the interface."""
    return Response(_document(), mimetype="application/yaml")


@lru_cache(maxsize=1)
def _document() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


@bp.get("/api/v1/surveys")
@audience(Audience.SIGNED_OUT)
def api_surveys() -> ResponseReturnValue:
    """Return the surveys a key may read, with what may be asked of each."""
    reader = _reader()
    if isinstance(reader, Response):
        return reader
    asked = _asked(reader)
    found = [s for s in list_surveys(db.session) if reader.survey_id in {None, s.id}]
    parts = []
    for survey in found:
        try:
            parts.append(api.survey_part(choose(asked, survey.slug)))
        except NotFoundError:
            continue  # a survey in which this person's service has nobody
    api_tokens.note_read(db.session, reader, "surveys", now=utc_now())
    return jsonify({"surveys": parts})


@bp.get("/api/v1/surveys/<slug>/<table>")
@audience(Audience.SIGNED_OUT)
def api_table(slug: str, table: str) -> ResponseReturnValue:
    """Return one page of one safe table."""
    reader = _reader()
    if isinstance(reader, Response):
        return reader
    try:
        choice = choose(_asked(reader), slug)
        if reader.survey_id not in {None, choice.survey.id}:
            raise NotFoundError("another survey")
        view = seen(choice)
        if request.args.get("period") not in {None, view.period.key}:
            raise NotFoundError("no such period")
        part = api.table_part(choice, view, table, request.args)
    except TooManyFacetsError:
        return _refused(400, "At most two filters beside the period.")
    except NotFoundError:
        return _refused(404, "No such survey, table, period or filter.")
    api_tokens.note_read(db.session, reader, f"{slug}/{table}", now=utc_now())
    return jsonify(part)


def _asked(reader: Reader) -> Asked:
    """Return what a program asks for: never figures of a period that is not over."""
    args = {name: value for name, value in request.args.items() if name != "now"}
    return Asked(reader.actor, current_app.config["PACK"], args, london_today(), utc_now())


def _reader() -> Reader | Response:
    """Return who reads by the key in the header, or a refusal."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer":
        return _refused(401, "Send the key as: Authorization: Bearer KEY")
    try:
        reader = api_tokens.authenticate(db.session, secret.strip())
        api_tokens.check_pace(db.session, reader, now=utc_now())
    except TokenRefusedError:
        return _refused(401, "This key does not work. It may have been stopped.")
    except TooManyReadsError:
        return _refused(429, "Too many requests. Wait a minute.")
    return reader


def _refused(status: int, words: str) -> Response:
    reply = jsonify({"error": words})
    reply.status_code = status
    if status == 401:
        reply.headers["WWW-Authenticate"] = "Bearer"
    if status == 429:
        reply.headers["Retry-After"] = "60"
    return reply

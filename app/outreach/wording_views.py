"""Wording of messages: what is in use, drafts, and the second person who lets them out."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.clock import london_words, utc_now
from app.config import Config
from app.db import db
from app.guards import Role, audience, current_actor
from app.services import neutral, outbound, wordings
from app.store import staff
from app.store import wordings as wordings_store

from .forms import LANGUAGES, StopForm, WordingForm
from .handover import pack

bp = Blueprint("wordings", __name__, url_prefix="/messages")
ENDS = (
    f"Its link works for {outbound.LINK_DAYS} days. A message that could not go within two days, "
    "or by the day until which the address is safe, is dropped and never sent late."
)


def public_url() -> str:
    """Return where respondents' pages are."""
    config: Config = current_app.config["HEARD"]
    return config.public_url


@bp.get("/")
@audience(Role.OUTREACH, Role.APPROVER)
def overview() -> ResponseReturnValue:
    """List what is sent, and what waits for a second person."""
    rows = [_printed(row) for row in wordings_store.list_all(db.session)]
    return render_template(
        "outreach/wordings.html",
        in_use=[row for row in rows if not row["is_draft"]],
        drafts=[row for row in rows if row["is_draft"]],
        ends=ENDS,
    )


@bp.route("/new", methods=["GET", "POST"])
@audience(Role.OUTREACH)
def write() -> ResponseReturnValue:
    """Write wording for one channel and language."""
    form = WordingForm()
    advice: list[str] = []
    if form.validate_on_submit():
        try:
            row = wordings.write(
                db.session, _words(form), pack=pack(), public_url=public_url(),
                by=current_actor(), now=utc_now(),
            )  # fmt: skip
        except wordings.WordingRefusedError as error:
            advice = error.advice
            form.body.errors = ["Change what is listed below."]
        else:
            return redirect(url_for(".draft", draft_id=row.id))
    return render_template("outreach/write_wording.html", form=form, advice=advice)


@bp.get("/<uuid:draft_id>")
@audience(Role.OUTREACH, Role.APPROVER)
def draft(draft_id: UUID) -> ResponseReturnValue:
    """Show a draft as it arrives, what it costs, and let a second person decide."""
    return _draft(draft_id, [])


@bp.post("/<uuid:draft_id>/approve")
@audience(Role.APPROVER)
def approve(draft_id: UUID) -> ResponseReturnValue:
    """Put a draft in use."""
    try:
        wordings.approve(
            db.session, draft_id, pack=pack(), public_url=public_url(), by=current_actor(),
            now=utc_now(),
        )  # fmt: skip
    except wordings.NotASecondPersonError:
        return _draft(draft_id, ["Somebody else has to let it out: you wrote it."])
    except wordings.WordingRefusedError as error:
        return _draft(draft_id, error.advice)
    flash("It is in use from now on.", "success")
    return redirect(url_for(".overview"))


@bp.post("/<uuid:draft_id>/discard")
@audience(Role.OUTREACH, Role.APPROVER)
def discard(draft_id: UUID) -> ResponseReturnValue:
    """Drop a draft."""
    wordings.discard(db.session, draft_id, by=current_actor(), now=utc_now())
    flash("The draft is gone. What is in use stays.", "success")
    return redirect(url_for(".overview"))


def _draft(draft_id: UUID, advice: list[str]) -> ResponseReturnValue:
    row = wordings_store.get_draft(db.session, draft_id, prefix=wordings.DRAFT)
    return render_template(
        "outreach/wording.html",
        row=_printed(row),
        may_approve=wordings.may_approve(row, current_actor()),
        advice=advice,
        ends=ENDS,
        form=StopForm(),
    )


def _words(form: WordingForm) -> wordings.Words:
    return wordings.Words(
        form.kind.data, form.channel.data, form.language.data, form.subject.data or "",
        (form.body.data or "").replace("\r\n", "\n").strip(),
    )  # fmt: skip


def _printed(row: Any) -> dict[str, Any]:
    words = wordings.words_of(row)
    arrives = wordings.filled(words.body, public_url())
    length = neutral.length(arrives)
    names = {user.id: user.name for user in staff.list_users(db.session)}
    return {
        "id": row.id,
        "is_draft": row.key.startswith(wordings.DRAFT),
        "kind": wordings.KINDS.get(words.kind, words.kind),
        "channel": wordings.CHANNELS.get(words.channel, words.channel),
        "language": LANGUAGES.get(words.language, words.language),
        "subject": words.subject,
        "arrives": arrives,
        "cost": _cost(length) if words.channel == "sms" else f"{length.characters} characters",
        "written_by": names.get(row.written_by, "a former colleague"),
        "approved": _approved(row, names),
    }


def _approved(row: Any, names: dict[UUID, str]) -> str:
    if row.approved_at is None:
        return ""
    return f"{names.get(row.approved_by, 'a former colleague')}, {london_words(row.approved_at)}"


def _cost(length: neutral.Length) -> str:
    texts = "one text" if length.texts == 1 else f"{length.texts} texts"
    kind = "all in the short alphabet"
    if length.outside_gsm:
        kind = "outside the short alphabet: " + " ".join(length.outside_gsm)
    return f"{length.characters} characters with its link, {texts}, {kind}"

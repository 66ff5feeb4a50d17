"""Codebooks: what there is, every version, what changed, and the way into the next one."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from app.clock import utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.services import codebook_drafts
from app.services import recoding as service
from app.services.codebook_checks import CodebookProblemsError
from app.services.codebook_drafts import NameTakenError
from app.services.codebooks import read_book
from app.services.lineage import incomparable
from app.store import codebooks, recoding
from app.store.errors import NotFoundError

from . import codebook_wording as wording
from .blueprint import bp
from .codebook_forms import NewForm, RevisionForm, UseForm


@bp.get("/codebooks")
@audience(Role.ANALYST, Role.APPROVER)
def list_codebooks() -> ResponseReturnValue:
    """List codebooks and drafts."""
    newest = codebooks.list_newest(db.session)
    drafts = codebooks.list_drafts(db.session)
    known = {book.key for book in newest}
    return render_template(
        "coding/codebooks.html",
        rows=[_row(book) for book in newest],
        drafts=[_draft_row(draft) for draft in drafts],
        fresh=[draft for draft in drafts if draft.key not in known],
        is_analyst=Role.ANALYST in current_actor().roles,
    )


@bp.route("/codebooks/new", methods=["GET", "POST"])
@audience(Role.ANALYST)
def new_codebook() -> ResponseReturnValue:
    """Begin a codebook of its own, empty or from a file."""
    form, problems = NewForm(), list[str]()
    if form.validate_on_submit():
        try:
            draft = codebook_drafts.create(
                db.session, form.name.data.strip(), form.text(), by=current_actor(), now=utc_now()
            )
            return redirect(url_for(".codebook_draft", draft_id=draft.id))
        except NameTakenError:
            form.name.errors = ["A codebook has this name already. Choose another."]
        except CodebookProblemsError as error:
            problems = [wording.plain_problem(p) for p in error.problems]
    return render_template("coding/codebook_new.html", form=form, problems=problems)


@bp.get("/codebooks/<key>")
@audience(Role.ANALYST, Role.APPROVER)
def codebook(key: str) -> ResponseReturnValue:
    """Show a codebook over its versions."""
    newest = _newest(key)
    surveys = codebooks.list_surveys(db.session, key)
    return render_template(
        "coding/codebook.html",
        book=newest,
        versions=wording.version_rows(key),
        progress=wording.progress(key),
        left_out=wording.left_out(key),
        draft=codebooks.find_draft(db.session, key),
        surveys=surveys,
        texts=codebooks.count_texts(db.session, key),
        is_analyst=Role.ANALYST in current_actor().roles,
        form=RevisionForm(),
        use=_use_form(key),
    )


@bp.post("/codebooks/<key>/surveys")
@audience(Role.ANALYST)
def use_codebook(key: str) -> ResponseReturnValue:
    """Let a survey that nobody has answered be read by this codebook."""
    form = _use_form(key)
    found = recoding.find_newest_in_use(db.session, key)
    if found is not None and form.validate_on_submit():
        survey_id = UUID(form.survey.data)
        service.use_for(db.session, found, survey_id, by=current_actor(), now=utc_now())
        flash("Its answers will be read by this codebook.", "success")
    else:
        flash("Choose a survey that nobody has answered yet.")
    return redirect(url_for(".codebook", key=key))


@bp.get("/codebooks/<key>/versions/<int:version>")
@audience(Role.ANALYST, Role.APPROVER)
def codebook_version(key: str, version: int) -> ResponseReturnValue:
    """Show one version as it was adopted; nobody can change it."""
    found = _version(key, version)
    book, before = read_book(found.document), codebooks.find_before(db.session, found)
    old = read_book(before.document) if before else None
    return render_template(
        "coding/codebook_version.html",
        book=found,
        families=wording.families(book),
        changes=wording.changes(old, book, found.lineage or ()),
        incomparable=incomparable(old, book, found.lineage or ()) if old else [],
    )


@bp.get("/codebooks/<key>/versions/<int:version>.yml")
@audience(Role.ANALYST, Role.APPROVER)
def codebook_file(key: str, version: int) -> ResponseReturnValue:
    """Send a version as a file that can be read in again."""
    found = _version(key, version)
    return send_file(
        BytesIO(found.document.encode("utf-8")),
        mimetype="application/yaml",
        as_attachment=True,
        download_name=f"{found.key}-v{found.version}.yml",
    )


@bp.post("/codebooks/<key>/draft")
@audience(Role.ANALYST)
def begin_draft(key: str) -> ResponseReturnValue:
    """Begin the next version, or go on with it."""
    _newest(key)
    draft = codebook_drafts.begin(db.session, key, by=current_actor(), now=utc_now())
    flash("This is a draft. Nothing changes for anybody until a second person adopts it.")
    return redirect(url_for(".codebook_draft", draft_id=draft.id))


def _row(book: Any) -> dict[str, Any]:
    in_use = recoding.find_newest_in_use(db.session, book.key)
    surveys = codebooks.list_surveys(db.session, book.key)
    coming = "being brought in" if recoding.find_open(db.session, book.key) else ""
    return {
        "name": book.name,
        "version": f"{in_use.version if in_use else book.version}",
        "themes": f"{len(read_book(book.document).themes)}",
        "surveys": f"{len(surveys)}",
        "state": coming or ("in use" if surveys else "not used yet"),
        "_url": url_for(".codebook", key=book.key),
    }


def _use_form(key: str) -> UseForm:
    form = UseForm()
    unread = codebooks.list_unread_surveys(db.session, key)
    form.survey.choices = [(str(survey.id), survey.name) for survey in unread]
    return form


def _draft_row(draft: Any) -> dict[str, str]:
    state = f"{wording.person(draft.asked_by)} asks for it to be adopted" if draft.asked_at else ""
    return {
        "name": draft.name,
        "edited": wording.person(draft.edited_by),
        "state": state or "being written",
        "_url": url_for(".codebook_draft", draft_id=draft.id),
    }


def _newest(key: str) -> Any:
    versions = codebooks.list_versions(db.session, key)
    if not versions:
        raise NotFoundError(f"codebook {key}")
    return versions[0]


def _version(key: str, version: int) -> Any:
    found = next(
        (v for v in codebooks.list_versions(db.session, key) if v.version == version), None
    )
    if found is None:
        raise NotFoundError(f"codebook {key} version {version}")
    return found

"""A published version on paper: PDF or Word, in each language, also in large print."""

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import london_words
from app.db import db
from app.design.blueprint import bp, pack, page
from app.design.languages import OFFERED
from app.guards import Role, audience
from app.services import papers
from app.services.papers import Format, NotSetError
from app.store import designs
from app.store import surveys as surveys_store

MIME = {
    Format.PDF: "application/pdf",
    Format.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
SIZES = (("", ""), ("large", ", large print"))
KINDS = tuple((form, size) for form in Format for size in SIZES)
LANGUAGES = {"en": "English", **OFFERED}
NAMES = {Format.PDF: "PDF", Format.WORD: "Word"}


@bp.get("/<uuid:survey_id>/paper")
@audience(Role.DESIGNER, Role.APPROVER)
def paper(survey_id: UUID) -> ResponseReturnValue:
    """Offer each version as a file to print or to change."""
    surveys_store.get_survey(db.session, survey_id)
    versions = [_row(version) for version in reversed(designs.list_versions(db.session, survey_id))]
    return page(
        "paper", survey_id, versions=versions, back=pack().return_address, count=len(pack().lines)
    )


@bp.get("/versions/<uuid:version_id>/<any(pdf, docx):form>")
@audience(Role.DESIGNER, Role.APPROVER)
def paper_file(version_id: UUID, form: str) -> ResponseReturnValue:
    """Set one version and send it."""
    version = surveys_store.get_version(db.session, version_id)
    language = request.args.get("language", "en")
    if language not in surveys_store.questionnaire(version).languages:
        abort(404)
    wanted, is_large = Format(form), request.args.get("size") == "large"
    try:
        made = papers.set_paper(
            db.session, version, pack(), wanted, language=language, is_large=is_large
        )
    except NotSetError:
        flash("The file could not be made. Try again; if it happens again, tell your IT team.")
        return redirect(url_for(".paper", survey_id=version.survey_id))
    name = f"version-{version.number}-{language}{'-large' if is_large else ''}.{wanted.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, mimetype=MIME[wanted], headers=headers)


def _row(version: Any) -> dict[str, Any]:
    return {
        "title": f"Version {version.number}",
        "when": london_words(version.published_at),
        "languages": [
            (LANGUAGES.get(tag, tag), [_file(version, tag, *kind) for kind in KINDS])
            for tag in surveys_store.questionnaire(version).languages
        ],
    }


def _file(version: Any, language: str, form: Format, size: tuple[str, str]) -> tuple[str, str]:
    key, words = size
    parts = {
        "version_id": version.id,
        "form": form.value,
        "language": language,
        "size": key or None,
    }
    return f"{NAMES[form]}{words}", url_for(".paper_file", **parts)

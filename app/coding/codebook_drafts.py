"""The draft of a codebook's next version: edit it, see what would move, ask, adopt."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import utc_now
from app.db import db
from app.guards import Role, audience, current_actor
from app.services import codebook_drafts as drafts
from app.services import codebook_edits as edits
from app.services.codebook_checks import CodebookProblemsError, Document, write_yaml
from app.services.codebook_edits import Edited
from app.services.codebooks import Book, book_of
from app.services.recoding import RecodingUnderwayError
from app.store import codebooks
from app.store.errors import NotFoundError

from . import codebook_wording as wording
from .blueprint import bp
from .codebook_forms import (
    FamilyForm,
    FamilyNameForm,
    FileForm,
    MergeForm,
    RevisionForm,
    SplitForm,
    ThemeForm,
)

DRAFT = "/codebook-drafts/<uuid:draft_id>"


@bp.get(DRAFT)
@audience(Role.ANALYST, Role.APPROVER)
def codebook_draft(draft_id: UUID) -> ResponseReturnValue:
    """Show a draft with all that adopting it would mean."""
    draft = codebooks.get_draft(db.session, draft_id)
    actor = current_actor()
    return render_template(
        "coding/codebook_draft.html",
        draft=draft,
        page=wording.draft_page(draft),
        form=RevisionForm(revision=draft.revision),
        is_analyst=Role.ANALYST in actor.roles,
        is_own=draft.asked_by == actor.user_id,
    )


@bp.get(DRAFT + ".yml")
@audience(Role.ANALYST)
def draft_file(draft_id: UUID) -> ResponseReturnValue:
    """Send a draft as a file."""
    draft = codebooks.get_draft(db.session, draft_id)
    name = f'attachment; filename="{draft.key}-draft.yml"'
    body = write_yaml(draft.document)
    return body, 200, {"Content-Type": "application/yaml", "Content-Disposition": name}


@bp.route(DRAFT + "/replace", methods=["GET", "POST"])
@audience(Role.ANALYST)
def replace_draft(draft_id: UUID) -> ResponseReturnValue:
    """Put a file in place of a draft."""
    draft, problems = codebooks.get_draft(db.session, draft_id), list[str]()
    form = FileForm(revision=draft.revision)
    if form.validate_on_submit():
        text = form.text()
        if text is None:
            form.file.errors = ["Choose a file."]
            return render_template(
                "coding/codebook_replace.html", form=form, draft=draft, problems=problems
            )
        try:
            drafts.replace_document(
                db.session, draft_id, form.seen, text, by=current_actor(), now=utc_now()
            )
            flash("The file is the draft now. Below is what it changes.", "success")
            return _back(draft_id)
        except CodebookProblemsError as error:
            problems = [wording.plain_problem(p) for p in error.problems]
    return render_template(
        "coding/codebook_replace.html", form=form, draft=draft, problems=problems
    )


@bp.route(DRAFT + "/themes/new", methods=["GET", "POST"])
@audience(Role.ANALYST)
def new_theme(draft_id: UUID) -> ResponseReturnValue:
    """Add a theme."""
    draft, book = _draft(draft_id)
    form = ThemeForm(revision=draft.revision, family=request.args.get("family"))
    form.family.choices = [(f.id, f.label) for f in book.families]
    if form.validate_on_submit():
        family, words = form.family.data, form.wording()
        return _edit(
            draft_id, form, lambda document, used: edits.add_theme(document, family, words, used)
        )
    return _page("codebook_theme.html", "Add a theme", form, draft)


@bp.route(DRAFT + "/families/new", methods=["GET", "POST"])
@audience(Role.ANALYST)
def new_family(draft_id: UUID) -> ResponseReturnValue:
    """Add a family with its first theme."""
    draft, _ = _draft(draft_id)
    form = FamilyForm(revision=draft.revision)
    if form.validate_on_submit():
        label, words = form.family.data.strip(), form.wording()
        return _edit(
            draft_id, form, lambda document, used: edits.add_family(document, label, words, used)
        )
    return _page("codebook_theme.html", "Add a family", form, draft)


@bp.route(DRAFT + "/families/<family>", methods=["GET", "POST"])
@audience(Role.ANALYST)
def name_family(draft_id: UUID, family: str) -> ResponseReturnValue:
    """Give a family another name."""
    draft, book = _draft(draft_id)
    found = next((f for f in book.families if f.id == family), None)
    if found is None:
        raise NotFoundError(family)
    form = FamilyNameForm(revision=draft.revision, family=found.label)
    if form.validate_on_submit():
        label = form.family.data.strip()
        return _edit(draft_id, form, lambda doc, _used: edits.rename_family(doc, family, label))
    return _page("codebook_family.html", f"Rename “{found.label}”", form, draft)


@bp.route(DRAFT + "/themes/<theme>", methods=["GET", "POST"])
@audience(Role.ANALYST)
def edit_theme(draft_id: UUID, theme: str) -> ResponseReturnValue:
    """Change what is said about a theme."""
    draft, book = _draft(draft_id)
    found = _theme(book, theme)
    form = ThemeForm(revision=draft.revision)
    form.family.choices = [(f.id, f.label) for f in book.families]
    if form.validate_on_submit():
        family, words = form.family.data, form.wording()
        return _edit(draft_id, form, lambda doc, _used: edits.edit_theme(doc, theme, family, words))
    if request.method == "GET":
        form.show(found, edits.family_of(draft.document, theme))
    return _page("codebook_theme.html", found.label, form, draft, theme=found)


@bp.route(DRAFT + "/merge", methods=["GET", "POST"])
@audience(Role.ANALYST)
def merge_themes(draft_id: UUID) -> ResponseReturnValue:
    """Make one theme of several."""
    draft, book = _draft(draft_id)
    form = MergeForm(revision=draft.revision)
    form.themes.choices = wording.theme_choices(book)
    if form.validate_on_submit():
        chosen = list(form.themes.data or ())
        words = edits.Wording(form.label.data.strip(), form.definition.data.strip())
        words = _with_seeds(words, book, chosen)
        return _edit(
            draft_id, form, lambda document, used: edits.merge(document, chosen, words, used)
        )
    return _page("codebook_merge.html", "Merge themes", form, draft)


@bp.route(DRAFT + "/themes/<theme>/split", methods=["GET", "POST"])
@audience(Role.ANALYST)
def split_theme(draft_id: UUID, theme: str) -> ResponseReturnValue:
    """Put several themes in place of one."""
    draft, book = _draft(draft_id)
    found, form = _theme(book, theme), SplitForm(revision=draft.revision)
    if form.validate_on_submit():
        parts = form.parts()
        return _edit(
            draft_id, form, lambda document, used: edits.split(document, theme, parts, used)
        )
    return _page("codebook_split.html", f"Split “{found.label}”", form, draft, theme=found)


@bp.route(DRAFT + "/themes/<theme>/retire", methods=["GET", "POST"])
@audience(Role.ANALYST)
def retire_theme(draft_id: UUID, theme: str) -> ResponseReturnValue:
    """Let a theme be used no more from the next version on."""
    draft, book = _draft(draft_id)
    found, form = _theme(book, theme), RevisionForm(revision=draft.revision)
    if form.validate_on_submit():
        try:
            return _edit(draft_id, form, lambda doc, _used: edits.retire(doc, theme))
        except edits.NothingLeftError:
            flash("It is the last theme. Add another before you retire it.")
            return _back(draft_id)
    return _page("codebook_retire.html", f"Retire “{found.label}”", form, draft, theme=found)


@bp.post(DRAFT + "/ask")
@audience(Role.ANALYST)
def ask_to_adopt(draft_id: UUID) -> ResponseReturnValue:
    """Ask a second person to adopt a draft."""
    form = RevisionForm()
    try:
        drafts.ask(db.session, draft_id, form.seen, by=current_actor(), now=utc_now())
        flash("Asked. A second person can adopt it now.", "success")
    except CodebookProblemsError:
        flash("Mend what is listed below first.")
    except drafts.NothingChangedError:
        flash("It says what the present version says. Change something first.")
    return _back(draft_id)


@bp.post(DRAFT + "/adopt")
@audience(Role.ANALYST, Role.APPROVER)
def adopt_draft(draft_id: UUID) -> ResponseReturnValue:
    """Adopt a draft as the second person."""
    form = RevisionForm()
    try:
        found = drafts.adopt(db.session, draft_id, form.seen, by=current_actor(), now=utc_now())
    except drafts.SecondPersonNeededError:
        flash("You asked for it yourself. A second person has to adopt it.")
        return _back(draft_id)
    except RecodingUnderwayError:
        flash("Answers are being coded anew already. Adopt this when that is done.")
        return _back(draft_id)
    flash(
        f"Adopted as version {found.version}. Answers are being coded anew; until all are, "
        "results and the desk stay with what they have.",
        "success",
    )
    return redirect(url_for(".codebook", key=found.key))


@bp.post(DRAFT + "/discard")
@audience(Role.ANALYST)
def discard_draft(draft_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    drafts.discard(db.session, draft_id, by=current_actor(), now=utc_now())
    flash("The draft is gone. Adopted versions are as they were.", "success")
    return redirect(url_for(".list_codebooks"))


@bp.post(DRAFT + "/catch")
@audience(Role.ANALYST)
def count_caught(draft_id: UUID) -> ResponseReturnValue:
    """Let the worker count which answers hold the seed phrases."""
    drafts.count_caught(db.session, draft_id, now=utc_now())
    flash("The worker is counting. Come back in a minute.", "success")
    return _back(draft_id)


def _edit(
    draft_id: UUID, form: RevisionForm, change: Callable[[Document, set[str]], Edited]
) -> ResponseReturnValue:
    drafts.edit(db.session, draft_id, form.seen, change, by=current_actor(), now=utc_now())
    flash("Changed in the draft.", "success")
    return _back(draft_id)


def _with_seeds(words: edits.Wording, book: Book, chosen: list[str]) -> edits.Wording:
    """Give a merged theme what its parts had."""
    themes = [book.themes[theme] for theme in chosen]
    lists = {
        name: tuple(dict.fromkeys(line for theme in themes for line in getattr(theme, name)))
        for name in ("include", "exclude", "seeds", "examples")
    }
    return edits.Wording(words.label, words.definition, **lists)


def _draft(draft_id: UUID) -> tuple[Any, Book]:
    draft = codebooks.get_draft(db.session, draft_id)
    return draft, book_of(draft.document)


def _theme(book: Book, theme: str) -> Any:
    if theme not in book.themes:
        raise NotFoundError(theme)
    return book.themes[theme]


def _page(template: str, heading: str, form: Any, draft: Any, **more: Any) -> ResponseReturnValue:
    return render_template(f"coding/{template}", heading=heading, form=form, draft=draft, **more)


def _back(draft_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".codebook_draft", draft_id=draft_id))

"""Write a questionnaire: one question at a time, without losing anybody's words."""

from functools import partial
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

import surveys
from app.clock import utc_now
from app.db import db
from app.design import filling, listing, quiet, wording
from app.design.blueprint import bp, pack, page, save, with_preview, working
from app.design.conditions import asked_question
from app.design.fields import ConfirmForm, typed_texts
from app.design.forms import AboutForm
from app.design.question_forms import NewQuestionForm, QuestionForm
from app.guards import Role, audience
from app.services import assessing, designing, editing, routing
from app.services.designing import (
    ALWAYS_REFUSED,
    BROKEN_PIPES,
    EditedMeanwhileError,
    EditRefusedError,
)
from app.services.questionnaires import area_options
from app.store import designs
from surveys.editing import UnknownPartError

STEPS = {"up": -1, "down": 1}
MAX_NAMED = 3
MAX_SAID = 200
MAX_REASON = 2_000


@bp.get("/<uuid:survey_id>/questions")
@audience(Role.DESIGNER, Role.APPROVER)
def outline(survey_id: UUID) -> ResponseReturnValue:
    """Show all questions in order, with what stands beside the form."""
    draft = working(survey_id)
    assessment = assessing.assess(draft.survey)
    html = page(
        "outline",
        survey_id,
        tab="design.outline",
        parts=listing.outline(draft.survey, assessment),
        taken_out=listing.titles(designing.taken_out(db.session, survey_id, draft.survey)),
        beside=listing.beside(assessment),
        preview=url_for("preview.page", survey_id=survey_id),
        undo=_last_edit(survey_id),
        form=ConfirmForm(),
    )
    return with_preview(html)


@bp.route("/<uuid:survey_id>/questions/new", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def new_question(survey_id: UUID) -> ResponseReturnValue:
    """Add a question: its words and its kind; the rest comes on its own page."""
    draft = working(survey_id)
    form = NewQuestionForm(after=request.args.get("after", ""))
    form.only_if.choices = _only_if(draft.survey, form.after.data)
    if form.validate_on_submit():
        kind = surveys.Kind(form.kind.data)
        made = editing.new_question(draft.survey, kind, form.text.data, areas=area_options(pack()))
        made = editing.with_answers(draft.survey, made, (form.answers.data or "").splitlines())
        add = filling.addition(made, form.after.data, form.only_if.data)
        save(survey_id, add, draft.revision, f"Added “{form.text.data}”")
        return redirect(_after_adding(survey_id, made.id))
    return page("new_question", survey_id, tab="design.outline", form=form)


@bp.route("/<uuid:survey_id>/questions/<question_id>", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def question(survey_id: UUID, question_id: str) -> ResponseReturnValue:
    """Edit one question and its answers."""
    draft = working(survey_id)
    found = asked_question(draft.survey, question_id)
    published = designing.published_ids(db.session, survey_id)
    form = filling.question_form(draft, found, is_published=found.id in published)
    if form.validate_on_submit():
        edit = filling.question_edit(form, request.form, question_id, published)
        return _try(survey_id, form, found, edit)
    if quiet.is_asked():
        return quiet.refused(form.errors)
    return _question_page(survey_id, draft, found, form)


@bp.post("/<uuid:survey_id>/questions/<question_id>/<any(up, down, to, duplicate, out, back):act>")
@audience(Role.DESIGNER)
def arrange(survey_id: UUID, question_id: str, act: str) -> ResponseReturnValue:
    """Move a question, copy it, take it out, or bring one back."""
    draft = working(survey_id)
    gone = {q.id: q for q in designing.taken_out(db.session, survey_id, draft.survey)}
    known = gone.get(question_id) or asked_question(draft.survey, question_id)
    change, edit = filling.arrangement(act, known, _steps(draft.survey, known, act))
    try:
        save(survey_id, edit, draft.revision, change, refuse=ALWAYS_REFUSED | BROKEN_PIPES)
        flash(f"{change[:MAX_SAID]}.", "success")
    except EditRefusedError as error:
        said = ["Not yet.", error.reasons[0][:MAX_SAID], *_where_else(draft, known)]
        flash(" ".join(said))
    return redirect(url_for(".outline", survey_id=survey_id, _anchor=f"row-{question_id}"))


@bp.route("/<uuid:survey_id>/about", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def about(survey_id: UUID) -> ResponseReturnValue:
    """Edit what people see around the questions."""
    draft = working(survey_id)
    form = AboutForm(data=filling.about_values(draft))
    if form.validate_on_submit():
        try:
            edit = filling.about_edit(form)
            part = filling.about_part
            change = "Changed what is around the questions"
            now = save(survey_id, edit, _revision(form), change, part=part)
            if quiet.is_asked():
                return quiet.saved(now.revision, [], now=utc_now())
            flash("Saved.", "success")
            return redirect(url_for(".outline", survey_id=survey_id))
        except EditedMeanwhileError as error:
            return _conflict(survey_id, error, filling.about_rows(error.meanwhile, form))
    if quiet.is_asked():
        return quiet.refused(form.errors)
    return page("about", survey_id, form=form)


@bp.route("/<uuid:survey_id>/sections", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def sections(survey_id: UUID) -> ResponseReturnValue:
    """Name the sections; an emptied one goes and its questions stay."""
    draft = working(survey_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        known = typed_texts(request.form, "s_")
        new = request.form.getlist("new_section")
        edit = partial(editing.with_sections, titles=[*known.items(), *(("", t) for t in new)])
        revision = request.form.get("revision", -1, type=int)
        try:
            now = save(
                survey_id, edit, revision, "Changed the sections", part=filling.sections_part
            )
        except EditedMeanwhileError as error:
            rows = filling.section_rows(error.meanwhile, known, new)
            return _conflict(survey_id, error, rows)
        if quiet.is_asked():
            ids = [section.id for section in now.survey.sections]
            return quiet.saved(now.revision, filling.ids_of_new(new, ids), now=utc_now())
        return redirect(url_for(".outline", survey_id=survey_id))
    return page("sections", survey_id, form=form, draft=draft, titles=listing.sections(draft))


@bp.get("/<uuid:survey_id>/checks")
@audience(Role.DESIGNER, Role.APPROVER)
def checks(survey_id: UUID) -> ResponseReturnValue:
    """Show every problem, the advice, and who gets where."""
    draft = working(survey_id)
    assessment = assessing.assess(draft.survey)
    return page(
        "checks",
        survey_id,
        tab="design.checks",
        assessment=assessment,
        beside=listing.beside(assessment),
        stops=listing.stops(draft.survey, assessment),
        note=draft.survey.version_note or "",
        walkers=assessing.WALKERS,
    )


@bp.post("/<uuid:survey_id>/advice")
@audience(Role.DESIGNER)
def answer_advice(survey_id: UUID) -> ResponseReturnValue:
    """Say why a piece of advice is not followed; the approver reads it."""
    about = request.form.get("question", "")
    draft = working(survey_id)
    if about:
        asked_question(draft.survey, about)
    note = partial(
        editing.explain_advice,
        question_id=about,
        rule=editing.clean(request.form.get("rule", ""))[:MAX_SAID] or abort(400),
        reason=request.form.get("reason", "")[:MAX_REASON],
    )
    save(survey_id, note, draft.revision, "Said why advice is not followed")
    flash("Kept. The approver reads your reason.", "success")
    return redirect(url_for(".checks", survey_id=survey_id, _anchor="advice"))


def _steps(survey: surveys.Survey, question: surveys.Question, act: str) -> int:
    """Return how far a question goes: one place by a button, or to where it was dragged."""
    place = request.form.get("place", type=int)
    if act != "to" or place is None or question not in survey.questions:
        return STEPS.get(act, 0)
    return min(max(place, 0), len(survey.questions) - 1) - survey.questions.index(question)


def _only_if(survey: surveys.Survey, after: str | None) -> list[tuple[str, str]]:
    offered = [
        (key, f"Only if “{assessing.title_of(survey, question)[:80]}” is “{answer[:80]}”")
        for key, question, answer in routing.offered_after(survey, after)
    ]
    return [("", "Everyone"), *offered]


def _last_edit(survey_id: UUID) -> int | None:
    """Return the revision before what was done last at one page; None where nothing was."""
    edits = wording.runs(designs.list_edits(db.session, survey_id))
    return edits[0].revision if edits else None


def _after_adding(survey_id: UUID, question_id: str) -> str:
    if request.form.get("act") == "next":
        flash("Added. Write the next one.", "success")
        return url_for(".new_question", survey_id=survey_id, after=question_id)
    return url_for(".question", survey_id=survey_id, question_id=question_id)


def _revision(form: QuestionForm | AboutForm) -> int:
    typed = str(form.revision.data or "")
    return int(typed) if typed.isdigit() else -1


def _try(
    survey_id: UUID, form: QuestionForm, found: surveys.Question, edit: designing.Edit
) -> ResponseReturnValue:
    """Save a question; or say why it could not be."""
    known_as = editing.clean(request.form.get("known_as", "")) or form.text.data
    change = f"Changed “{known_as}”"
    part = partial(filling.question_part, question_id=found.id)
    try:
        now = save(survey_id, edit, _revision(form), change, part=part)
    except EditedMeanwhileError as error:
        rows = filling.question_rows(error.meanwhile, found.id, form, request.form)
        return _conflict(survey_id, error, rows)
    except (EditRefusedError, surveys.SurveyError, UnknownPartError) as error:
        form.text.errors = [*form.text.errors, *filling.reasons(error)]
        if quiet.is_asked():
            return quiet.refused(form.errors)
        return _question_page(survey_id, working(survey_id), found, form)
    if quiet.is_asked():
        ids = [option.id for option in editing.find(now.survey, found.id).options]
        added = filling.ids_of_new(request.form.getlist("new_option"), ids)
        return quiet.saved(now.revision, added, now=utc_now())
    flash("Saved.", "success")
    return redirect(url_for(".question", survey_id=survey_id, question_id=found.id))


def _question_page(
    survey_id: UUID, draft: designing.Working, found: surveys.Question, form: QuestionForm
) -> ResponseReturnValue:
    assessment = assessing.assess(draft.survey)
    html = page(
        "question",
        survey_id,
        tab="design.outline",
        form=form,
        question=filling.question_view(draft.survey, found, request.form),
        problems=list(dict.fromkeys(p.message for p in assessment.about(found.id))),
        advice=assessment.advice_about(found.id),
        beside=listing.beside(assessment),
        preview=url_for("preview.page", survey_id=survey_id, at=found.id),
    )
    return with_preview(html)


def _conflict(
    survey_id: UUID, error: EditedMeanwhileError, rows: list[filling.Row]
) -> ResponseReturnValue:
    """Show both texts; hers is in the history, and nothing of the other's was overwritten."""
    meanwhile = error.meanwhile
    said = wording.meanwhile(meanwhile.who, meanwhile.at, meanwhile.change)
    if quiet.is_asked():
        return quiet.clashed(said)
    again = MultiDict(request.form)
    again["revision"] = str(meanwhile.working.revision)
    typed = [pair for pair in again.items(multi=True) if pair[0] != "csrf_token"]
    kept = [(editing.clean(name), editing.clean(value)) for name, value in typed]
    is_kept = meanwhile.kept_at is not None
    return page("conflict", survey_id, said=said, rows=rows, kept=kept, is_kept=is_kept), 409


def _where_else(draft: designing.Working, known: surveys.Question) -> list[str]:
    """Return which questions speak of another; a few, for the message rides in a cookie."""
    found = list(editing.mentions(draft.survey, known.id))
    names = [f"“{assessing.title_of(draft.survey, q)[:80]}”" for q in found[:MAX_NAMED]]
    more = f" and {len(found) - MAX_NAMED} more" if len(found) > MAX_NAMED else ""
    return [f"It is spoken of in: {', '.join(names)}{more}."] if names else []

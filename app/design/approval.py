"""Ask for a second person; decide as one."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

import surveys
from app.clock import london_words, utc_now
from app.db import db
from app.design.blueprint import bp, pack, page, working
from app.design.forms import AskForm, DecideForm
from app.guards import Role, audience, current_actor
from app.services import approving, assessing, publishing
from app.services.approving import AlreadyDecidedError, Assurance, NotASecondPersonError
from app.store import designs
from app.store import surveys as surveys_store
from surveys.changes import Effect

EFFECTS = {
    Effect.NONE: "",
    Effect.WORDING: "Figures stop being comparable unless you call this minor.",
    Effect.BREAK: "Figures before and after cannot be compared.",
}
DECISIONS = {
    "approved": ("Approved", "done"),
    "returned": ("Sent back", "high"),
    "replaced": ("Asked again since", "plain"),
}


@bp.route("/<uuid:survey_id>/approval", methods=["GET", "POST"])
@audience(Role.DESIGNER, Role.APPROVER)
def approval(survey_id: UUID) -> ResponseReturnValue:
    """Show what changed, in words, and ask for a second person."""
    draft = working(survey_id)
    changes = approving.list_changes(db.session, survey_id, draft.survey)
    form = AskForm(revision=draft.revision)
    form.minor.choices = {
        c.subject: f"{c.where}: {c.sentence}" for c in changes if c.effect is Effect.WORDING
    }
    problems = publishing.list_problems(db.session, survey_id, draft.survey)
    overrides = assessing.assess(draft.survey).overrides_missing
    may_ask = not problems and not overrides and Role.DESIGNER in current_actor().roles
    if may_ask and form.validate_on_submit():
        return _ask(survey_id, form)
    return page(
        "approval",
        survey_id,
        tab="design.approval",
        form=form,
        may_ask=may_ask,
        problems=problems,
        overrides=overrides,
        changes=_worded(changes),
        is_first=surveys_store.last_number(db.session, survey_id) == 0,
        requests=[_row(r) for r in designs.list_requests(db.session, survey_id)],
        lines=pack().lines,
    )


@bp.get("/requests")
@audience(Role.APPROVER)
def requests() -> ResponseReturnValue:
    """List what waits for an approver."""
    rows = [
        _row(r) | {"survey": surveys_store.get_survey(db.session, r.survey_id).name}
        for r in designs.list_waiting(db.session)
    ]
    return render_template("design/requests.html", rows=rows)


@bp.get("/requests/<uuid:request_id>")
@audience(Role.APPROVER, Role.DESIGNER)
def request_page(request_id: UUID) -> ResponseReturnValue:
    """Show exactly what was asked for: the frozen copy, not the draft as it is now."""
    found = designs.get_request(db.session, request_id)
    content = surveys.load(found.document)
    assessment = assessing.assess(content)
    return page(
        "request",
        found.survey_id,
        tab="design.approval",
        request=_row(found),
        content=_content(content),
        advice=assessment.advice,
        changes=found.changes,
        is_first=not _versions_before(found),
        note=found.dpia_note or "",
        lived=found.lived_experience_by or "",
        may_decide=not found.decision and approving.may_decide(found, current_actor()),
        is_own=found.asked_by == current_actor().user_id,
        form=DecideForm(),
    )


@bp.post("/requests/<uuid:request_id>/<any(approve, send_back):act>")
@audience(Role.APPROVER)
def decide(request_id: UUID, act: str) -> ResponseReturnValue:
    """Approve or send back; never the person who asked."""
    form = DecideForm()
    found = designs.get_request(db.session, request_id)
    form.validate_on_submit()
    try:
        words = _decide(request_id, act, str(form.reason.data or ""))
    except NotASecondPersonError:
        abort(403)
    except AlreadyDecidedError:
        words = "This was decided before. Nothing changed."
    except publishing.QuestionnaireError as error:
        words = f"It can no longer be published: {error}"
    flash(words, "success" if words in SAID.values() else "error")
    return redirect(url_for(".survey", survey_id=found.survey_id))


SAID = {
    "approve": "Approved. The version is frozen.",
    "send_back": "Sent back, with what you wrote.",
}


def _decide(request_id: UUID, act: str, reason: str) -> str:
    actor, now = current_actor(), utc_now()
    if act == "approve":
        approving.approve(db.session, request_id, by=actor, now=now, reason=reason)
    elif not reason:
        return "Say what has to change before you send it back."
    else:
        approving.send_back(db.session, request_id, by=actor, now=now, reason=reason)
    return SAID[act]


def _ask(survey_id: UUID, form: AskForm) -> ResponseReturnValue:
    assurance = Assurance(
        form.dpia_note.data, form.lived_experience_by.data, bool(form.lines_confirmed.data)
    )
    revision = str(form.revision.data or "")
    approving.ask(
        db.session,
        survey_id,
        assurance,
        minor=form.minor.data or (),
        revision=int(revision) if revision.isdigit() else -1,
        by=current_actor().under(Role.DESIGNER),
        now=utc_now(),
    )
    flash("Asked. Another person with the approver's role decides.", "success")
    return redirect(url_for(".survey", survey_id=survey_id))


def _worded(changes: list[Any]) -> list[dict[str, str]]:
    return [
        {"where": c.where, "sentence": c.sentence, "effect": EFFECTS[c.effect]} for c in changes
    ]


def _row(found: Any) -> dict[str, Any]:
    names = designs.list_names(db.session)
    due = approving.due_at(found)
    words, tone = DECISIONS.get(found.decision or "", ("Waiting", "wait"))
    return {
        "id": found.id,
        "who": names.get(found.asked_by, "someone"),
        "when": london_words(found.asked_at),
        "state": words,
        "tone": "high" if due and not found.decision else tone,
        "due": london_words(due) if due and not found.decision else "",
        "is_late": bool(due and not found.decision and due < utc_now()),
        "is_incident": found.is_incident,
        "decided_by": names.get(found.decided_by, "") if found.decided_by else "",
        "reason": found.reason or "",
        "mark": found.sha256[:12],
        "_url": url_for(".request_page", request_id=found.id),
    }


def _versions_before(found: Any) -> int:
    versions = designs.list_versions(db.session, found.survey_id)
    return sum(version.published_at < found.asked_at for version in versions)


def _content(content: surveys.Survey) -> list[dict[str, Any]]:
    """Return every question as an approver reads it."""
    language = content.source_language
    return [
        {
            "title": assessing.title_of(content, question),
            "hint": question.hint.in_(language) if question.hint else "",
            "why": question.why.in_(language) if question.why else "",
            "answers": [o.text.in_(language) for o in question.live_options],
            "rule": surveys.explain_page(question, content, language),
            "marks": [m for m in ("sensitive", "identifying", "core") if getattr(question, m)],
        }
        for question in content.questions
    ]

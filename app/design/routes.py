"""Who is asked a question: rules in plain English that can only be right."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import surveys
from app.clock import utc_now
from app.db import db
from app.design.blueprint import bp, page, working
from app.design.forms import NON_ANSWER_WORDS, ConfirmForm, RuleForm
from app.guards import Role, audience, current_actor
from app.services import designing, editing, routing
from app.services.assessing import title_of
from app.services.designing import EditRefusedError
from app.services.routing import Condition, NotARuleError, Test
from surveys.editing import UnknownPartError


@bp.get("/<uuid:survey_id>/questions/<question_id>/rule")
@audience(Role.DESIGNER)
def rule(survey_id: UUID, question_id: str) -> ResponseReturnValue:
    """Show who is asked, and which earlier questions a condition may be about."""
    survey = working(survey_id).survey
    question = asked_question(survey, question_id)
    held = routing.shown_when(question)
    return page(
        "rule",
        survey_id,
        tab="design.outline",
        question=question,
        title=title_of(survey, question),
        parts=[surveys.explain(part, survey) for part in routing.parts_of(held)],
        every=routing.wants_all(held),
        earlier=[(q.id, title_of(survey, q)) for q in routing.askable(survey, question_id)],
        form=ConfirmForm(),
    )


@bp.route("/<uuid:survey_id>/questions/<question_id>/rule/add", methods=["GET", "POST"])
@audience(Role.DESIGNER)
def add_condition(survey_id: UUID, question_id: str) -> ResponseReturnValue:
    """Add a condition about one earlier question; only its own answers are offered."""
    draft = working(survey_id)
    question = asked_question(draft.survey, question_id)
    about = _about(draft.survey, question_id)
    form = _form(draft, about)
    if form.validate_on_submit():
        try:
            condition = _condition(form, about)
            added = routing.build(draft.survey, question_id, condition)
            _add(survey_id, question_id, added, draft)
            return redirect(url_for(".rule", survey_id=survey_id, question_id=question_id))
        except (NotARuleError, EditRefusedError) as error:
            form.test.errors = [*form.test.errors, str(error)]
    return page(
        "add_condition",
        survey_id,
        tab="design.outline",
        form=form,
        title=title_of(draft.survey, question),
        about=title_of(draft.survey, about),
        question=question,
    )


@bp.post("/<uuid:survey_id>/questions/<question_id>/rule/<any(all, any, take):act>")
@audience(Role.DESIGNER)
def change_rule(survey_id: UUID, question_id: str, act: str) -> ResponseReturnValue:
    """Take a condition away, or say whether all have to hold or one is enough."""
    draft = working(survey_id)
    held = routing.shown_when(asked_question(draft.survey, question_id))
    parts = list(routing.parts_of(held))
    place = request.form.get("part", type=int)
    if act == "take" and place is not None and 0 <= place < len(parts):
        del parts[place]
    every = routing.wants_all(held) if act == "take" else act == "all"
    _save(survey_id, question_id, routing.join(parts, every=every), draft)
    flash("Saved.", "success")
    return redirect(url_for(".rule", survey_id=survey_id, question_id=question_id))


def asked_question(survey: surveys.Survey, question_id: str) -> surveys.Question:
    """Return a question of the draft; 404."""
    try:
        return editing.find(survey, question_id)
    except UnknownPartError:
        abort(404)


def _about(survey: surveys.Survey, question_id: str) -> surveys.Question:
    wanted = request.args.get("about", "")
    offered = routing.askable(survey, question_id)
    return next((q for q in offered if q.id == wanted), None) or abort(404)


def _form(draft: designing.Working, about: surveys.Question) -> RuleForm:
    tests = routing.tests_for(about)
    form = RuleForm(revision=draft.revision, test=tests[0].value)
    form.test.choices = {test.value: routing.WORDS[test] for test in tests}
    if Test.IS not in tests:
        del form.options
    else:
        form.options.choices = dict(answers_of(draft.survey, about))
    if not {Test.AT_LEAST, Test.AFTER} & set(tests):
        del form.value
    return form


def answers_of(survey: surveys.Survey, about: surveys.Question) -> list[tuple[str, str]]:
    """Return the answers a rule may speak of, also those that are none."""
    language = survey.source_language
    offered = [(o.id, o.text.in_(language)) for o in about.live_options]
    codes = {code.value for code in about.non_answers}
    return offered + [(code, words) for code, words in NON_ANSWER_WORDS.items() if code in codes]


def _condition(form: RuleForm, about: surveys.Question) -> Condition:
    fields: dict[str, Any] = {field.name: field.data for field in form}
    options = tuple(fields.get("options") or ())
    return Condition(about.id, Test(form.test.data), options, fields.get("value") or "")


def _add(survey_id: UUID, question_id: str, added: Any, draft: designing.Working) -> None:
    held = routing.shown_when(asked_question(draft.survey, question_id))
    parts = [*routing.parts_of(held), added]
    _save(survey_id, question_id, routing.join(parts, every=routing.wants_all(held)), draft)


def _save(survey_id: UUID, question_id: str, rule: Any, draft: designing.Working) -> None:
    title = title_of(draft.survey, asked_question(draft.survey, question_id))
    designing.save(
        db.session,
        survey_id,
        partial(routing.with_rule, question_id=question_id, rule=rule),
        revision=draft.revision,
        change=f"Changed who is asked “{title}”",
        by=current_actor(),
        now=utc_now(),
        part=partial(_rules_of, question_id=question_id),
    )


def _rules_of(survey: surveys.Survey, question_id: str) -> Any:
    found = next((q for q in survey.questions if q.id == question_id), None)
    return None if found is None else (found.show_when, found.skip_when)

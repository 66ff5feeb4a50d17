"""Who is asked a question: rules in plain English that can only be right."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

import surveys
from app.design.blueprint import bp, page, save, working
from app.design.conditions import (
    asked_question,
    chosen_about,
    condition_of,
    offer_tests,
    wants_value,
)
from app.design.fields import ConfirmForm
from app.design.question_forms import RuleForm
from app.guards import Role, audience
from app.services import designing, routing
from app.services.assessing import title_of
from app.services.designing import EditRefusedError
from app.services.routing import NotARuleError, Test


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
    about = chosen_about(routing.askable(draft.survey, question_id))
    form = _form(draft, about)
    if form.validate_on_submit():
        try:
            condition = condition_of(form, about)
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


def _form(draft: designing.Working, about: surveys.Question) -> RuleForm:
    tests = routing.tests_for(about)
    form = RuleForm(revision=draft.revision, test=tests[0].value)
    offer_tests(form, draft.survey, about, tests)
    if Test.IS not in tests:
        del form.options
    if not wants_value(tests):
        del form.value
    return form


def _add(survey_id: UUID, question_id: str, added: Any, draft: designing.Working) -> None:
    held = routing.shown_when(asked_question(draft.survey, question_id))
    parts = [*routing.parts_of(held), added]
    _save(survey_id, question_id, routing.join(parts, every=routing.wants_all(held)), draft)


def _save(survey_id: UUID, question_id: str, rule: Any, draft: designing.Working) -> None:
    title = title_of(draft.survey, asked_question(draft.survey, question_id))
    edit = partial(routing.with_rule, question_id=question_id, rule=rule)
    part = partial(_rules_of, question_id=question_id)
    save(survey_id, edit, draft.revision, f"Changed who is asked “{title}”", part=part)


def _rules_of(survey: surveys.Survey, question_id: str) -> Any:
    found = next((q for q in survey.questions if q.id == question_id), None)
    return None if found is None else (found.show_when, found.skip_when)

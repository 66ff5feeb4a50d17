"""What an answer sets off, in plain English: an early end, a signal, a check of the answer."""

from collections.abc import Callable
from dataclasses import dataclass
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
from app.design.question_forms import ReactionForm
from app.design.wording import OUTCOMES, SIGNALS, signal
from app.guards import Role, audience
from app.services import designing, editing, reacting
from app.services.assessing import title_of
from app.services.designing import EditRefusedError, Working
from app.services.routing import NotARuleError, Test
from surveys import Question, SignalName, Survey
from surveys.places import rules_of
from surveys.rules import RuleNode, computed_in


@dataclass(frozen=True, slots=True)
class Way:
    """One kind of consequence: where it is kept, and the words around it."""

    field: str
    heading: str
    lead: str
    add: str


WAYS = {
    "signal": Way("signals", "Set something off", "Something is set off if", "signal"),
    "end": Way("finish", "End early", "The survey ends after this question if", "early end"),
    "check": Way("validation", "Check the answer", "The answer is taken only if", "check"),
}


@bp.get("/<uuid:survey_id>/questions/<question_id>/reactions")
@audience(Role.DESIGNER)
def reactions(survey_id: UUID, question_id: str) -> ResponseReturnValue:
    """Show what an answer sets off, and what of it has to stay as it came."""
    survey = working(survey_id).survey
    question = asked_question(survey, question_id)
    return page(
        "reactions",
        survey_id,
        tab="design.outline",
        question=question,
        title=title_of(survey, question),
        ways=[(name, way, _held(survey, question, name)) for name, way in WAYS.items()],
        abouts={name: _abouts(survey, question, name) for name in WAYS},
        fixed=_fixed(survey, question),
        form=ConfirmForm(),
    )


@bp.route(
    "/<uuid:survey_id>/questions/<question_id>/reactions/<any(signal, end, check):name>",
    methods=["GET", "POST"],
)
@audience(Role.DESIGNER)
def add_reaction(survey_id: UUID, question_id: str, name: str) -> ResponseReturnValue:
    """Add one; only answers that can be given, and things we act on, are offered."""
    draft = working(survey_id)
    question = asked_question(draft.survey, question_id)
    about = chosen_about(reacting.about(draft.survey, question_id, check=name == "check"))
    form = _form(draft, question, about, name)
    if form.validate_on_submit():
        try:
            _save(survey_id, question, _edit(draft, question, about, form, name), draft)
            return redirect(url_for(".reactions", survey_id=survey_id, question_id=question_id))
        except (NotARuleError, EditRefusedError) as error:
            form.test.errors = [*form.test.errors, str(error)]
    return page(
        "add_reaction",
        survey_id,
        tab="design.outline",
        form=form,
        way=WAYS[name],
        title=title_of(draft.survey, question),
        about=title_of(draft.survey, about),
        question=question,
    )


@bp.post("/<uuid:survey_id>/questions/<question_id>/reactions/<any(signal, end, check):name>/take")
@audience(Role.DESIGNER)
def take_reaction(survey_id: UUID, question_id: str, name: str) -> ResponseReturnValue:
    """Take one away."""
    draft = working(survey_id)
    question = asked_question(draft.survey, question_id)
    place = request.form.get("part", -1, type=int)
    edit = partial(reacting.without, question_id=question_id, field=WAYS[name].field, place=place)
    try:
        _save(survey_id, question, edit, draft)
    except NotARuleError as error:
        flash(str(error))
    return redirect(url_for(".reactions", survey_id=survey_id, question_id=question_id))


def _held(survey: Survey, question: Question, name: str) -> list[str]:
    """Return what there is of one kind, each as a sentence."""
    language = survey.source_language
    if name == "signal":
        return [
            f"{signal(s.name)}: if {surveys.explain(s.when, survey, language)}"
            for s in question.signals
        ]
    if name == "end":
        last = {e.id: e.text.in_(language) for e in survey.endings}
        return [
            f"If {surveys.explain(f.when, survey, language)}. Last page: “{last.get(f.ending, '')}”"
            for f in question.finish
        ]
    return [
        f"Only if {surveys.explain(v.rule, survey, language)}. If not: “{v.message.in_(language)}”"
        for v in question.validation
    ]


def _abouts(survey: Survey, question: Question, name: str) -> list[tuple[str, str]]:
    """Return the questions such a rule may speak of, its own first, then the nearest."""
    offered = reacting.about(survey, question.id, check=name == "check")
    return [(q.id, title_of(survey, q)) for q in reversed(offered)]


def _form(draft: Working, question: Question, about: Question, name: str) -> ReactionForm:
    survey = draft.survey
    is_own = name == "check" and question.id in {about.id, about.likert}
    tests = reacting.tests_for(about, own=is_own)
    form = ReactionForm(revision=draft.revision, test=tests[0].value, ending="")
    offer_tests(form, survey, about, tests)
    others = reacting.comparable(survey, question.id, about)
    form.than.choices = {"": "What is written above"} | {
        q.id: f"The answer to “{title_of(survey, q)}”" for q in others
    }
    raised = reacting.signals_for(survey)
    form.signal.choices = {s.value: words for s, words in SIGNALS.items() if s in raised}
    form.ending.choices = {
        e.id: f"{OUTCOMES[e.outcome]}: {e.text.in_(survey.source_language)}" for e in survey.endings
    } | {"": "A new last page, with these words"}
    form.keep_fields_of(
        name, has_options=Test.IS in tests, has_value=wants_value(tests), others=bool(others)
    )
    return form


def _edit(
    draft: Working, question: Question, about: Question, form: ReactionForm, name: str
) -> Callable[[Survey], Survey]:
    rule = _rule(draft.survey, question, about, form)
    words = editing.stored_pipes(draft.survey, form.words.data or "") if "words" in form else ""
    if name == "signal":
        raised = SignalName(form.signal.data)
        return partial(reacting.with_signal, question_id=question.id, name=raised, rule=rule)
    if name == "check":
        return partial(reacting.with_check, question_id=question.id, words=words, rule=rule)
    if not form.ending.data and not words:
        raise NotARuleError("Write what the last page says, or select one there is.")
    ending = form.ending.data or ""
    return partial(
        reacting.with_finish, question_id=question.id, ending=ending, words=words, rule=rule
    )


def _rule(survey: Survey, question: Question, about: Question, form: ReactionForm) -> RuleNode:
    fields: dict[str, Any] = {field.name: field.data for field in form}
    condition = condition_of(form, about)
    return reacting.build(survey, question.id, condition, fields.get("than") or "")


def _fixed(survey: Survey, question: Question) -> list[str]:
    """Return what is shown here and changed only in a file or by taking another question."""
    language = survey.source_language
    found = [
        f"The answer “{o.text.in_(language)}” is offered only if"
        f" {surveys.explain(o.show_when, survey, language)}."
        for o in question.live_options
        if o.show_when is not None
    ]
    if question.dimension is not None:
        name = question.dimension.value.replace("_", " ")
        found.append(f"The figures can be looked at by this answer, as “{name}”.")
    if question.options_from is not None:
        found.append(f"The answers come from your area pack, list “{question.options_from}”.")
    used = {name for placed in rules_of(question, 0) for name in computed_in(placed.node)}
    found += [
        f"A rule uses “{c.name}”, which is worked out from other answers."
        for c in survey.computed
        if c.id in used
    ]
    return found


def _save(survey_id: UUID, question: Question, edit: designing.Edit, draft: Working) -> None:
    title = title_of(draft.survey, question)
    change = f"Changed what an answer sets off: “{title}”"
    refuse = designing.ALWAYS_REFUSED | designing.BROKEN_PIPES
    save(survey_id, edit, draft.revision, change, refuse=refuse)
    flash("Saved.", "success")

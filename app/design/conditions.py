"""What rules of every kind share: the question they are of, the one they ask about, the answers."""

from collections.abc import Sequence
from typing import Any

from flask import abort, request

import surveys
from app.design.question_forms import NON_ANSWER_WORDS, RuleForm
from app.services import editing, routing
from app.services.routing import Condition, Test
from surveys.editing import UnknownPartError


def asked_question(survey: surveys.Survey, question_id: str) -> surveys.Question:
    """Return a question of the draft; 404."""
    try:
        return editing.find(survey, question_id)
    except UnknownPartError:
        abort(404)


def chosen_about(offered: Sequence[surveys.Question]) -> surveys.Question:
    """Return which of the questions offered the address names; 404."""
    wanted = request.args.get("about", "")
    return next((q for q in offered if q.id == wanted), None) or abort(404)


def offer_tests(
    form: RuleForm, survey: surveys.Survey, about: surveys.Question, tests: Sequence[Test]
) -> None:
    """Let a form offer what can be asked about an answer, and the answers where that is of them."""
    form.test.choices = {test.value: routing.WORDS[test] for test in tests}
    form.options.choices = dict(_answers_of(survey, about)) if Test.IS in tests else {}


def wants_value(tests: Sequence[Test]) -> bool:
    """Return whether a number or a day has to be written."""
    return bool({Test.AT_LEAST, Test.AFTER} & set(tests))


def condition_of(form: RuleForm, about: surveys.Question) -> Condition:
    """Return the condition as typed; a box the form does not have is empty."""
    fields: dict[str, Any] = {field.name: field.data for field in form}
    options = tuple(fields.get("options") or ())
    return Condition(about.id, Test(form.test.data), options, fields.get("value") or "")


def _answers_of(survey: surveys.Survey, about: surveys.Question) -> list[tuple[str, str]]:
    """Return the answers a rule may speak of, also those that are none."""
    language = survey.source_language
    offered = [(o.id, o.text.in_(language)) for o in about.live_options]
    codes = {code.value for code in about.non_answers}
    return offered + [(code, words) for code, words in NON_ANSWER_WORDS.items() if code in codes]

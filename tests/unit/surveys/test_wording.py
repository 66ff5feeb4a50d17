from __future__ import annotations

from typing import get_args

import pytest
from pydantic import TypeAdapter

from surveys import check, explain, explain_page, load
from surveys.compiled import Compiler
from surveys.exchange.rules_xpath import Writer
from surveys.rules import OperandNode, Rule, RuleNode
from surveys.wording import _Explainer
from tests.unit.surveys.shelf import compare, document, question, selected

SURVEY = load(
    document(
        question("told", text={"en": "Did you tell the police?"}, non_answers=["dont_know"]),
        question("needs", "multiple", text={"en": "What did you need?"}),
        question("age", "number", text={"en": "How old are you?"}),
        question("day", "date", text={"en": "When was it?"}),
        question("words", "short_text", text={"en": "Anything else?"}, support=True),
        computed=[
            {"id": "c", "name": "people", "value": {"op": "number", "value": 1}},
        ],
    )
)
TOLD = {"op": "answered", "question": "q_told"}
AGE = {"op": "answer", "question": "q_age"}
NESTED = (
    "“Did you tell the police?” was answered and (either “How old are you?” is 1 or"
    " “Did you tell the police?” was answered)"
)
CHOSEN = (
    "(1 if “Did you tell the police?” was answered, otherwise “How old are you?”)"
    " is “How old are you?”"
)
DAY = {"op": "answer", "question": "q_day"}


def number(value):
    return {"op": "number", "value": value}


def against(op, left, right):
    return {"op": op, "left": left, "right": right}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (selected("told", "yes"), "“Did you tell the police?” is “Yes”"),
        ({"op": "not", "rule": selected("told", "yes")}, "“Did you tell the police?” is not “Yes”"),
        ({"op": "any", "of": [selected("told", "yes"), selected("told", "no")]},
         "“Did you tell the police?” is “Yes” or “No”"),
        ({"op": "all", "of": [compare("ge", "age", 18), compare("lt", "age", 65)]},
         "“How old are you?” is at least 18 and “How old are you?” is less than 65"),
        ({"op": "all", "of": [TOLD, {"op": "any", "of": [compare("eq", "age", 1), TOLD]}]},
         NESTED),
        ({"op": "not", "rule": TOLD}, "“Did you tell the police?” was not answered"),
        ({"op": "gave", "question": "q_told", "code": "dont_know"},
         "“Did you tell the police?” was answered “Don’t know”"),
        ({"op": "gave", "question": "q_told", "code": "skipped"},
         "“Did you tell the police?” was skipped or not asked"),
        ({"op": "in_range", "value": AGE, "low": number(16), "high": number(17)},
         "“How old are you?” is from 16 to 17"),
        ({"op": "in_range", "value": AGE, "low": number(16)}, "“How old are you?” is at least 16"),
        ({"op": "matches", "question": "q_words", "pattern": "a+"},
         "“Anything else?” fits the pattern a+"),
        (against("lt", DAY, {"op": "today", "days": -7}),
         "“When was it?” is before 7 days before today"),
        (against("ge", DAY, {"op": "date", "value": "2026-03-01"}),
         "“When was it?” is on or after 1 March 2026"),
        (against("gt", {"op": "count_selected", "question": "q_needs"}, number(1)),
         "the number of answers chosen at “What did you need?” is more than 1"),
        (against("gt", {"op": "length", "question": "q_words"}, number(3)),
         "the length of “Anything else?” is more than 3"),
        (against("eq", {"op": "add", "left": AGE, "right": number(1)}, number(2)),
         "(“How old are you?” plus 1) is 2"),
        (against("eq", {"op": "whole", "value": AGE}, {"op": "text", "value": "x"}),
         "“How old are you?” in whole numbers is “x”"),
        (against("eq", {"op": "choose", "when": TOLD, "then": number(1), "otherwise": AGE}, AGE),
         CHOSEN),
        (against("ne", {"op": "computed", "computed": "c"}, number(0)), "people is not 0"),
        ({"op": "constant", "value": True}, "always"),
        ({"op": "all", "of": []}, "always"),
        ({"op": "any", "of": []}, "never"),
        (selected("gone", "yes"), "a question that is not there is a missing answer"),
    ],
)  # fmt: skip
def test_rules_are_worded_in_plain_english(rule, words):
    assert explain(TypeAdapter(Rule).validate_python(rule), SURVEY) == words


def test_a_page_says_who_is_asked_it():
    survey = load(
        document(
            question("a"),
            question("b", show_when=selected("a", "yes"), skip_when=selected("a", "no")),
        )
    )
    words = "Asked only if “About a?” is “Yes”. Not asked if “About a?” is “No”."
    assert explain_page(survey.questions[1], survey) == words
    assert explain_page(survey.questions[0], survey) == "Asked of everyone who gets here."


def test_questions_can_be_named_by_number():
    rule = TypeAdapter(Rule).validate_python(selected("told", "yes"))
    assert explain(rule, SURVEY, titles={"q_told": "question 3"}) == "question 3 is “Yes”"


@pytest.mark.parametrize("node", [node.__name__ for node in get_args(RuleNode)])
def test_every_rule_can_be_run_worded_and_written(node):
    assert hasattr(Compiler, f"_test_{node}")
    assert hasattr(_Explainer, f"_rule_{node}")
    assert hasattr(Writer, f"_rule_{node}")


@pytest.mark.parametrize("node", [node.__name__ for node in get_args(OperandNode)])
def test_every_operand_can_be_run_worded_and_written(node):
    assert hasattr(Compiler, f"_worth_{node}")
    assert hasattr(_Explainer, f"_operand_{node}")
    assert hasattr(Writer, f"_operand_{node}")


def test_the_survey_of_these_tests_is_clean():
    assert check(SURVEY) == []

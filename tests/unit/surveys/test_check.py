from __future__ import annotations

import pytest

from surveys import Code, check, load
from tests.unit.surveys.shelf import compare, document, names, option, question, selected, tiny


def codes(*questions, **fields):
    return [problem.code for problem in check(load(document(*questions, **fields)))]


def answer(name):
    return {"op": "answer", "question": f"q_{name}"}


@pytest.mark.parametrize("name", [n for n in names() if n != "languages"])
def test_the_tiny_questionnaires_are_clean(name):
    assert check(tiny(name)) == []


AGE = question("age", "number", minimum=18, maximum=99, whole=True)
TEXT = question("t", "short_text", support=True)


@pytest.mark.parametrize(
    ("questions", "code"),
    [
        ([], Code.EMPTY),
        ([question("a"), {**question("b"), "id": "q_a"}], Code.DUPLICATE_ID),
        ([question("a"), {**question("b"), "name": "a"}], Code.DUPLICATE_NAME),
        ([question("a", options=[option("x"), option("x", id="o_y")])], Code.DUPLICATE_VALUE),
        ([question("a", options=[option("x"), option("y", id="o_x")])], Code.DUPLICATE_ID),
        ([{**question("a"), "name": "1 a"}], Code.BAD_NAME),
        ([question("a", show_when=selected("gone", "yes"))], Code.DANGLING),
        ([question("a", section="g_gone")], Code.DANGLING),
        ([question("a", finish=[{"when": selected("a", "no"), "ending": "e"}])], Code.DANGLING),
        ([question("a", show_when=selected("b", "yes")), question("b")], Code.FORWARD),
        ([question("a", show_when=selected("a", "yes"))], Code.FORWARD),
        ([question("a"), question("b", show_when=selected("a", "maybe"))], Code.OPTION_MISSING),
        ([question("a", options=[])], Code.NO_OPTIONS),
        ([question("a", options=[option("x", retired=True)])], Code.NO_OPTIONS),
        ([question("a", "likert", options=[option("x")])], Code.NO_ROWS),
        ([question("a", "scale5", options=[option("x", score=1)])], Code.OPTION_COUNT),
        ([question("a", "faces", options=[option("x", score=1)])], Code.OPTION_COUNT),
        ([question("a", "scale5", options=[option(f"x{i}") for i in range(5)])], "option_missing"),
        ([question("a", minimum=1)], Code.NOT_FOR_KIND),
        ([AGE, question("b", show_when=selected("age", "yes"))], Code.TYPE_MISMATCH),
        ([TEXT, question("b", show_when=compare("lt", "t", 3))], Code.TYPE_MISMATCH),
        ([question("d", "date"), question("b", show_when=compare("lt", "d", 3))], "type_mismatch"),
        ([question("i", "info"), question("b", show_when={"op": "answered", "question": "q_i"})],
         Code.TYPE_MISMATCH),
        ([question("a"), question("b", show_when={"op": "gave", "question": "q_a",
          "code": "dont_know"})], Code.TYPE_MISMATCH),
        ([TEXT, question("b", show_when={"op": "matches", "question": "q_t", "pattern": "(?=a)"})],
         Code.BAD_PATTERN),
        ([question("n", "number", minimum=5, maximum=4)], Code.IMPOSSIBLE_RANGE),
        ([question("n", "date", earliest="2026-02-01", latest="2026-01-01")], "impossible_range"),
        ([question("n", "multiple", min_choices=3)], Code.IMPOSSIBLE_RANGE),
        ([question("n", "multiple", min_choices=2, max_choices=1)], Code.IMPOSSIBLE_RANGE),
        ([AGE, question("b", show_when=compare("lt", "age", 18))], Code.NEVER_HOLDS),
        ([question("a"), question("b", show_when={"op": "all", "of": [selected("a", "yes"),
          selected("a", "no")]})], Code.NEVER_HOLDS),
        ([question("a"), question("b", show_when=selected("a", "yes")),
          question("c", show_when={"op": "all", "of": [selected("a", "no"),
                                                       selected("b", "yes")]})],
         Code.UNREACHABLE),
        ([{**AGE, "validation": [{"rule": compare("gt", "age", 99), "message": {"en": "x"}}]}],
         Code.NEVER_HOLDS),
        ([question("a", text={"en": "{{q_gone}}"})], Code.PIPE_DANGLING),
        ([question("a", text={"en": "{{@gone}}"})], Code.PIPE_DANGLING),
        ([question("a", text={"en": "{{q_b|x}}"}), question("b")], Code.PIPE_FORWARD),
        ([question("i", "info"), question("a", text={"en": "{{q_i}}"})], Code.PIPE_KIND),
        ([question("a", text={"cy": "Sut?"})], Code.TRANSLATION_MISSING),
        ([question("a", text={"en": {"text": "x", "status": "draft"}})], Code.TRANSLATION_DRAFT),
        ([question("a", text={"en": {"text": "x", "status": "stale"}})], Code.TRANSLATION_STALE),
        ([question("a", sensitive=True)], Code.SENSITIVE_WITHOUT_NON_ANSWER),
        ([question("a", "long_text")], Code.TEXT_WITHOUT_SUPPORT),
        ([question("a", required=True)], Code.REQUIRED),
    ],
)  # fmt: skip
def test_each_problem_is_found(questions, code):
    assert code in codes(*questions)


def test_a_rule_too_large_is_told():
    parts = [selected("a", "yes")] * 2_500
    rule = {"op": "any", "of": parts}
    assert Code.RULE_TOO_LARGE in codes(question("a"), question("b", show_when=rule))


def test_a_computed_value_can_use_only_what_exists_and_comes_before_the_rule():
    late = {"id": "c", "name": "c", "value": answer("b")}
    uses = {"op": "gt", "left": {"op": "computed", "computed": "c"},
            "right": {"op": "number", "value": 1}}  # fmt: skip
    questions = [question("a", show_when=uses), question("b", "number")]
    assert Code.FORWARD in codes(*questions, computed=[late])
    loop = {**late, "value": {"op": "computed", "computed": "c"}}
    assert Code.FORWARD in codes(question("a"), computed=[loop])
    assert Code.DANGLING in codes(question("a"), computed=[{**late, "value": answer("gone")}])


def test_a_survey_of_an_organisation_may_require_answers():
    assert codes(question("a", required=True), audience="organisation") == []


def test_all_problems_are_collected():
    found = codes(
        question("a", "long_text", show_when=selected("b", "yes")),
        question("b", sensitive=True, minimum=3),
    )
    assert len(set(found)) >= 4


def test_places_are_in_readable_names():
    survey = load(document(question("a", show_when=selected("gone", "yes"))))
    assert check(survey)[0].where == "questions.a.show_when"


def test_a_page_behind_a_pattern_is_not_called_unreachable():
    pattern = {"op": "matches", "question": "q_t", "pattern": "[a-z]{40}"}
    assert codes(TEXT, question("b", show_when=pattern)) == []


def test_a_page_after_everyone_has_left_is_unreachable():
    always = {"op": "constant", "value": True}
    ending = {"id": "e", "outcome": "complete", "text": {"en": "Thank you"}}
    leaves = question("a", finish=[{"when": always, "ending": "e"}])
    found = check(load(document(leaves, question("b"), endings=[ending])))
    assert [(p.code, p.where) for p in found] == [("unreachable", "questions.b")]

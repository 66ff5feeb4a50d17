from __future__ import annotations

import json

import pytest

from surveys import SurveyError, dump, dumps, library, load
from tests.unit.surveys.shelf import document, names, question, selected, tiny


def codes(refused):
    return [problem.code for problem in refused.value.problems]


@pytest.mark.parametrize("name", names())
def test_a_document_survives_being_written_and_read(name):
    survey = tiny(name)
    assert load(dump(survey)) == survey
    assert load(dumps(survey).encode()) == survey


@pytest.mark.parametrize("name", library.list_names())
def test_every_shipped_questionnaire_survives_being_written_and_read(name):
    assert load(dumps(library.get(name))) == library.get(name)


def test_all_problems_of_shape_are_told_at_once_with_their_places():
    bad = document(question("a", kind="guess"), question("b", colour="red"))
    bad["minutes"] = "five"
    with pytest.raises(SurveyError) as refused:
        load(bad)
    places = {problem.where for problem in refused.value.problems}
    assert {"questions[0].kind", "questions[1].colour", "minutes"} <= places


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"\xff\xfe{}", "encoding"),
        (b"{", "not_json"),
        (b"", "not_json"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b"[" * 1000 + b"]" * 1000, "too_deep"),
        (b'{"a":' * 1000, "too_deep"),
        (b'{"a": NaN}', "not_json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not_json"),
        (b"[]", "shape"),
        (b"null", "shape"),
        (b" " * 20_000_001, "too_large"),
    ],
)
def test_hostile_files_are_refused_with_one_sentence(text, code):
    with pytest.raises(SurveyError) as refused:
        load(text)
    assert codes(refused) == [code]
    assert len(refused.value.problems[0].message) > 10


def test_brackets_inside_texts_are_not_depth():
    survey = load(document(question("a", text={"en": "[" * 500 + '\\"['})))
    assert survey.questions[0].text.in_("en").startswith("[[")


def test_a_rule_nested_too_deep_is_refused_before_it_is_read():
    rule = selected("a", "yes")
    for _ in range(200):
        rule = {"op": "not", "rule": rule}
    with pytest.raises(SurveyError) as refused:
        load(document(question("a"), question("b", show_when=rule)))
    assert codes(refused) == ["too_deep"]


def test_a_dictionary_nested_without_end_is_refused():
    endless: dict[str, object] = {}
    endless["a"] = endless
    with pytest.raises(SurveyError):
        load(endless)


def test_a_byte_order_mark_is_let_be():
    assert load(b"\xef\xbb\xbf" + json.dumps(document()).encode()).name == "made"


def test_numbers_given_as_words_are_refused_not_guessed():
    with pytest.raises(SurveyError):
        load(document(question("a", "number", whole="yes")))

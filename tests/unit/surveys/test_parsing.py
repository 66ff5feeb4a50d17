from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from surveys import (
    SKIPPED,
    Answers,
    Chosen,
    Day,
    Kind,
    NoAnswer,
    NonAnswer,
    Number,
    RawAnswer,
    Words,
    answer_from_json,
    answer_to_json,
    find_by_name,
    load,
    parse_answer,
)
from surveys.answers import AnswerFormatError, answers_from_json, answers_to_json
from surveys.parsing import _PARSERS, MESSAGES
from tests.unit.surveys.shelf import DAY, answered, document, question, tiny

EVERY = tiny("every_kind")


def parse(name, survey=EVERY, answers=Answers(day=DAY), **raw):  # noqa: B008 - immutable
    return parse_answer(survey, find_by_name(survey, name), RawAnswer(**raw), answers)


def told(parsed):
    return [problem.code for problem in parsed]


def test_every_kind_has_a_parser():
    assert set(_PARSERS) == set(Kind)


@pytest.mark.parametrize(
    ("name", "raw", "answer"),
    [
        ("k_single", {"values": ("o_yes",)}, Chosen(("o_yes",))),
        ("k_multiple", {"values": ("o_court", "o_locks")}, Chosen(("o_locks", "o_court"))),
        ("k_multiple", {"values": ("o_none",)}, Chosen(("o_none",))),
        ("k_dropdown", {"values": ("o_no",)}, Chosen(("o_no",))),
        ("k_scale10", {"values": ("0",)}, Number(Decimal(0))),
        ("k_number", {"values": (" 12 ",)}, Number(Decimal(12))),
        ("k_date", {"day": "1", "month": "2", "year": "2026"}, Day(date(2026, 2, 1))),
        ("k_date", {"values": ("2026-02-01",)}, Day(date(2026, 2, 1))),
        ("k_short_text", {"values": ("  Hi ",)}, Words("  Hi ")),
        ("k_long_text", {"values": ("a\r\nb",)}, Words("a\nb")),
        ("k_ranking", {"ranks": {"o_talk": "1", "o_locks": "2"}}, Chosen(("o_talk", "o_locks"))),
        ("k_area", {"values": ("o_north",)}, Chosen(("o_north",))),
        ("k_consent", {"values": ("o_yes",)}, Chosen(("o_yes",))),
        ("one", {"values": ("o_f2",)}, Chosen(("o_f2",))),
        ("k_info", {"values": ("anything",)}, SKIPPED),
    ],
)
def test_what_a_form_sends_becomes_an_answer(name, raw, answer):
    assert parse(name, **raw) == answer


@pytest.mark.parametrize("page", [q.name for q in EVERY.questions if q.kind is not Kind.LIKERT])
def test_an_empty_form_is_skipped_for_every_kind(page):
    assert parse(page) == SKIPPED
    assert parse(page, values=("code:skipped",)) == SKIPPED


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("k_single", {"values": ("o_yes", "o_no")}, "choose_one"),
        ("k_single", {"values": ("o_maybe",)}, "choose_from_list"),
        ("k_single", {"values": ("code:dont_know",)}, "choose_from_list"),
        ("k_single", {"values": ("code:nonsense",)}, "choose_from_list"),
        ("k_multiple", {"values": ("o_none", "o_talk")}, "choose_exclusive"),
        ("k_multiple", {"values": ("o_talk", "o_zzz")}, "choose_from_list"),
        ("k_scale10", {"values": ("11",)}, "number_between"),
        ("k_number", {"values": ("1.5",)}, "number_whole"),
        ("k_number", {"values": ("five",)}, "number_whole"),
        ("k_number", {"values": ("1e5",)}, "number_whole"),
        ("k_number", {"values": ("٣",)}, "number_whole"),
        ("k_number", {"values": ("100",)}, "number_between"),
        ("k_date", {"day": "31", "month": "2", "year": "2026"}, "date"),
        ("k_date", {"day": "3", "month": "2", "year": "26"}, "date_year"),
        ("k_date", {"day": "3", "month": "", "year": "2026"}, "date"),
        ("k_date", {"day": "16", "month": "6", "year": "2026"}, "date_late"),
        ("k_short_text", {"values": ("x" * 101,)}, "text_too_long"),
        ("k_ranking", {"ranks": {"o_talk": "1", "o_locks": "1"}}, "rank_number"),
        ("k_ranking", {"ranks": {"o_talk": "2"}}, "rank_number"),
        ("k_ranking", {"ranks": {"o_talk": "1" * 5000}}, "rank_number"),
        ("k_ranking", {"ranks": {"o_zzz": "1"}}, "choose_from_list"),
    ],
)
def test_what_cannot_be_stored_is_answered_with_what_to_do(name, raw, code):
    assert told(parse(name, **raw)) == [code]


def test_no_message_to_a_person_blames_or_orders():
    for words in MESSAGES.values():
        assert not {"invalid", "failed", "must", "error", "wrong"} & set(words.lower().split())


def test_each_non_answer_is_kept_apart():
    survey = tiny("non_answers")
    for code in NonAnswer:
        assert parse("sensitive", survey, values=(f"code:{code}",)) == NoAnswer(code)


def test_a_non_answer_and_an_answer_together_are_one_too_many():
    survey = tiny("non_answers")
    both = parse("sensitive", survey, values=("o_yes", "code:prefer_not"))
    assert told(both) == ["choose_one"]


@pytest.mark.parametrize("raw", [{"values": ("", "code:skipped")}, {"ranks": {"o_talk": " "}}])
def test_an_empty_box_beside_a_non_answer_says_nothing(raw):
    assert parse("k_number", **{"values": ("code:skipped",), **raw}) == SKIPPED


@pytest.mark.parametrize("typed", [{"day": "3"}, {"ranks": {"o_talk": "1"}}])
def test_what_is_typed_in_a_box_beside_a_non_answer_is_not_thrown_away(typed):
    assert told(parse("k_date", values=("code:skipped",), **typed)) == ["write_or_tick"]


def test_words_beside_an_option_are_kept_only_where_the_option_asks_for_them():
    survey = tiny("piping")
    other = {"o_other": " My GP ", "o_hub": "ignored"}
    assert parse("service", survey, values=("o_other",), other=other) == Chosen(
        ("o_other",), (("o_other", "My GP"),)
    )
    assert parse("service", survey, values=("o_hub",), other=other) == Chosen(("o_hub",))
    long = parse("service", survey, values=("o_other",), other={"o_other": "x" * 501})
    assert told(long) == ["other_too_long"]


def test_validation_sees_earlier_answers_and_speaks_in_its_own_words():
    survey = tiny("validation")
    given = answered(survey, from_day="2026-05-02")
    early = parse("to_day", survey, given, day="1", month="5", year="2026")
    assert [p.message for p in early] == ["Enter a day that is the same as the first day, or later"]
    assert parse("to_day", survey, given, day="2", month="5", year="2026") == Day(date(2026, 5, 2))
    assert told(parse("code", survey, values=("nope",))) == ["rule"]
    assert parse("code", survey, values=("AB123",)) == Words("AB123")


def test_skipping_is_never_held_against_a_validation_rule():
    assert parse("code", tiny("validation")) == SKIPPED


def test_an_option_not_offered_to_this_person_cannot_be_chosen():
    survey = tiny("count_selected")
    given = answered(survey, needs=["locks", "talk"])
    assert told(parse("most", survey, given, values=("o_court",))) == ["choose_from_list"]


def test_a_retired_option_cannot_be_chosen_any_more():
    retired = question("a", options=[{"id": "o_x", "value": "x", "text": {}, "retired": True}])
    survey = load(document(retired))
    assert told(parse("a", survey, values=("o_x",))) == ["choose_from_list"]


def test_limits_on_how_many_are_told_in_numbers():
    survey = load(document(question("a", "multiple", max_choices=1)))
    many = parse("a", survey, values=("o_yes", "o_no"))
    assert [p.message for p in many] == ["Choose 1 or fewer"]


def test_a_required_question_of_an_organisation_asks_for_an_answer():
    survey = load(document(question("a", required=True), audience="organisation"))
    assert told(parse("a", survey)) == ["answer_needed"]


ANSWERS = [
    Chosen(("o_a", "o_b"), (("o_b", "words"),)),
    Number(Decimal("12.10")),
    Day(date(2026, 1, 2)),
    Words("words"),
    NoAnswer(NonAnswer.PREFER_NOT),
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_answers_come_back_from_json_as_they_went(answer):
    assert answer_from_json(answer_to_json(answer)) == answer


def test_all_answers_come_back_with_their_day():
    answers = Answers({f"q{n}": a for n, a in enumerate(ANSWERS)}, day=DAY)
    assert answers_from_json(answers_to_json(answers)) == answers


@pytest.mark.parametrize(
    "stored",
    [{}, {"code": "no"}, {"number": "NaN"}, {"number": "x"}, {"date": "x"}, {"options": 3}],
)
def test_stored_json_that_is_no_answer_is_refused_without_repeating_it(stored):
    with pytest.raises(AnswerFormatError, match=r"^stored JSON is not an answer$"):
        answer_from_json(stored)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("1,500", "1500"), ("12,500.50", "12500.50"), ("1,5", "1.5"), ("£ 1,250", "1250"),
     ("1 500", "1500"), ("0,25", "0.25")],
)  # fmt: skip
def test_a_comma_is_read_as_whoever_wrote_it_meant_it(typed: str, meant: str):
    survey = load(document(question("n", kind="number")))
    assert parse("n", survey, values=(typed,)) == Number(Decimal(meant))

from __future__ import annotations

import pytest

from surveys import (
    SKIPPED,
    Answers,
    Chosen,
    Dimension,
    NotOnPathError,
    Number,
    dimension_values,
    ending,
    find_by_name,
    library,
    next_page,
    offered_options,
    on_path,
    page_path,
    pipe,
    previous_page,
    signals,
)
from tests.unit.surveys.shelf import DAY, answered, document, question, selected, tiny, walks


@pytest.mark.parametrize(("name", "given", "asked"), walks())
def test_each_tiny_questionnaire_asks_what_its_walks_say(name, given, asked):
    survey = tiny(name)
    assert [page.name for page in page_path(survey, answered(survey, **given))] == asked


def test_an_answer_left_behind_on_a_skipped_page_is_not_sent_and_is_still_there_on_going_back():
    survey = tiny("left_behind")
    answers = answered(survey, a="no", b="yes", c="yes")
    assert list(on_path(survey, answers)) == ["q_a"]
    assert answers["q_b"] == Chosen(("o_yes",))
    back = answers.with_answer("q_a", Chosen(("o_yes",)))
    assert list(on_path(survey, back)) == ["q_a", "q_b", "q_c"]


def test_a_question_asked_and_not_answered_is_sent_as_skipped_and_one_not_asked_is_not_sent():
    survey = tiny("show_when")
    assert dict(on_path(survey, answered(survey, reported="no"))) == {
        "q_reported": Chosen(("o_no",)),
        "q_support": SKIPPED,
    }


def test_information_pages_are_on_the_path_and_send_nothing():
    survey = tiny("every_kind")
    assert "q_k_info" not in on_path(survey, Answers())


def test_an_option_that_an_earlier_answer_took_away_is_not_sent():
    survey = tiny("count_selected")
    answers = answered(survey, needs=["locks", "talk"], most="court")
    assert on_path(survey, answers)["q_most"] == SKIPPED
    offered = offered_options(survey, "q_most", answers)
    assert [o.value for o in offered] == ["locks", "talk"]


def test_the_path_ends_early_with_its_own_ending():
    survey = tiny("finish")
    assert ending(survey, answered(survey, affected="no")).outcome == "ineligible"
    assert ending(survey, answered(survey, affected="yes")) is None


def test_next_and_previous_follow_the_path_also_from_a_page_that_left_it():
    survey = tiny("show_when")
    answers = answered(survey, reported="no")
    assert next_page(survey, answers, None).name == "reported"
    assert next_page(survey, answers, "q_reported").name == "support"
    assert next_page(survey, answers, "q_officer").name == "support"
    assert next_page(survey, answers, "q_support") is None
    assert previous_page(survey, answers, "q_support").name == "reported"
    assert previous_page(survey, answers, "q_reported") is None
    with pytest.raises(NotOnPathError):
        next_page(survey, answers, "q_nowhere")


def test_signals_fire_for_answers_on_the_path_only():
    survey = tiny("signals")
    low = answered(survey, safe="s1", contact="yes")
    assert [(s.name, s.question) for s in signals(survey, low)] == [
        ("support_panel", "q_safe"),
        ("sg3", "q_safe"),
        ("contact_requested", "q_contact"),
    ]
    assert signals(survey, answered(survey, safe="s4")) == ()


def test_a_text_takes_in_the_answer_the_words_written_beside_it_or_the_words_instead():
    survey = tiny("piping")
    text = find_by_name(survey, "listened").text
    said = answered(survey, service="hub")
    assert pipe(text, survey, said).startswith("Did The Hub listen to you? The office wants")
    assert pipe(text, survey, Answers()).startswith("Did the service listen")
    written = Answers({"q_service": Chosen(("o_other",), (("o_other", "My  GP"),))})
    assert pipe(text, survey, written).startswith("Did My GP listen")


def test_a_long_answer_is_shortened_where_it_is_taken_in():
    survey = tiny("piping")
    long = Answers({"q_service": Chosen(("o_other",), (("o_other", "x" * 500),))})
    assert len(pipe("{{q_service}}", survey, long)) == 80


def test_a_rule_about_today_uses_the_day_the_answers_carry():
    survey = tiny("today")
    answers = answered(survey, day="2026-06-10")
    assert len(page_path(survey, answers)) == 2
    later = answers.on_day(DAY.replace(month=9))
    assert len(page_path(survey, later)) == 1
    assert len(page_path(survey, Answers(dict(answers)))) == 1  # no day: nothing is known of today


def test_a_rule_that_mentions_nothing_that_exists_does_not_stop_a_draft_from_being_walked():
    from surveys import load

    survey = load(document(question("a", show_when=selected("gone", "yes")), question("b")))
    assert [p.name for p in page_path(survey, Answers())] == ["b"]


def test_an_answer_of_the_wrong_kind_has_no_value_and_breaks_nothing():
    survey = tiny("compare_numbers")
    odd = Answers({"q_age": Chosen(("o_yes",))})
    assert [p.name for p in page_path(survey, odd)] == ["age", "not_forty"]


def test_answers_never_show_in_a_repr():
    assert "secret" not in repr(Answers({"q": Chosen(("secret",))}))


def test_answers_are_values():
    first = Answers({"q": Number(1)})
    assert first.with_answer("p", SKIPPED).without("p") == first
    assert hash(Answers()) == hash(Answers({}))


def test_the_narrower_question_decides_the_figures_filter():
    survey = library.get("victims_survey")
    both = answered(survey, crime_types=["fraud", "burglary_home"], area_happened="E07000178")
    assert dimension_values(survey, both) == {Dimension.AREA: "E07000178"}
    narrowed = answered(survey, crime_types=["fraud", "burglary_home"], crime_most="fraud")
    assert dimension_values(survey, narrowed) == {Dimension.CRIME_GROUP: "fraud_cyber"}

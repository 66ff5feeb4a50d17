"""Properties of every path, on surveys and answers made up by hypothesis.

Each was seen to fail on a planted bug: rules given all answers instead of those on the path; a
page shown again when a later answer makes its rule hold.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import Answers, Chosen, NoAnswer, NonAnswer, on_path, page_path, pages_of, signals
from tests.unit.surveys.test_explore import small_surveys

ANSWER = st.sampled_from(
    [Chosen(("o_yes",)), Chosen(("o_no",)), NoAnswer(NonAnswer.PREFER_NOT), None]
)


@st.composite
def answered_surveys(draw, *, looks_ahead=False):
    survey = draw(small_surveys(looks_ahead=looks_ahead))
    given = {q.id: a for q in survey.questions if (a := draw(ANSWER)) is not None}
    return survey, Answers(given)


@settings(max_examples=150)
@given(answered_surveys(looks_ahead=True))
def test_a_path_ends_and_goes_forward_only(made):
    survey, answers = made
    order = [page.id for page in pages_of(survey)]
    places = [order.index(page.id) for page in page_path(survey, answers)]
    assert places == sorted(set(places))


@settings(max_examples=150)
@given(answered_surveys(), st.data())
def test_answers_off_the_path_change_nothing(made, data):
    survey, answers = made
    path = page_path(survey, answers)
    sent = on_path(survey, answers)
    off = [page.id for page in pages_of(survey) if page not in path]
    changed = answers
    for question_id in off:
        other = data.draw(ANSWER)
        changed = (
            changed.without(question_id)
            if other is None
            else changed.with_answer(question_id, other)
        )
    assert page_path(survey, changed) == path
    assert on_path(survey, changed) == sent
    assert signals(survey, changed) == signals(survey, answers)


@settings(max_examples=150)
@given(answered_surveys())
def test_what_is_sent_leads_along_the_same_path_again(made):
    survey, answers = made
    sent = on_path(survey, answers)
    assert page_path(survey, sent) == page_path(survey, answers)
    assert on_path(survey, sent) == sent
    assert set(sent) == {page.id for page in page_path(survey, answers)}


@settings(max_examples=150)
@given(answered_surveys(), ANSWER)
def test_a_later_answer_never_changes_the_pages_before_it(made, answer):
    survey, answers = made
    path = page_path(survey, answers)
    last = path[-1]
    changed = answers.without(last.id)
    if answer is not None:
        changed = changed.with_answer(last.id, answer)
    assert page_path(survey, changed)[: len(path)] == path

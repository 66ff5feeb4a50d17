import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text import clauses, is_nil, sentences, tidy

ANYTHING = st.text(alphabet=st.characters(codec=None), max_size=60)


def _pieces(text, spans):
    return [text[span.start : span.end] for span in spans]


def test_plain_text_is_left_as_it_is():
    assert tidy("They came twice.\nThen nothing.").text == "They came twice.\nThen nothing."


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("she said ‘no’ — “never”", "she said 'no' — \"never\""),
        ("a\u00a0b\u200bc", "a bc"),
        ("nul\x00bell\x07", "nul bell "),
        ("broken \ud83d here", "broken \ufffd here"),
        ("e\u0301t\u0065\u0301", "ét\u00e9"),
        ("٠٧٧٠٠ ੫੬", "07700 56"),
        ("\uff21\uff22\uff11", "AB1"),
        ("", ""),
    ],
)
def test_odd_characters_become_plain_ones(raw, plain):
    assert tidy(raw).text == plain


def test_a_lone_surrogate_passes_and_the_result_can_be_written():
    assert tidy("\udfff\ud800x").text.encode() == "\ufffd\ufffdx".encode()


def test_spans_lead_back_to_the_words_they_came_from():
    raw = "I\u200bm e\u0301ven ‘Anna’"
    tidied = tidy(raw)
    start = tidied.text.index("Anna")
    assert raw[slice(*tidied.to_original(start, start + 4))] == "Anna"


@settings(max_examples=60)
@given(ANYTHING)
def test_the_way_back_covers_the_whole_text_and_never_turns(raw):
    tidied = tidy(raw)
    assert len(tidied.offsets) == len(tidied.text) + 1
    assert tidied.offsets[-1] == len(raw)
    assert list(tidied.offsets) == sorted(tidied.offsets)


@pytest.mark.parametrize(
    "text", ["n/a", "N/A.", "-", "...", "x", "no comment", "", "  ", "Dim byd"]
)
def test_an_answer_that_says_nothing_is_nil(text):
    assert is_nil(text)


@pytest.mark.parametrize(
    "text", ["no updates", "👍", "10", "Nothing happened for a year", "a" * 200]
)
def test_an_answer_that_says_something_is_not_nil(text):
    assert not is_nil(text)


def test_nothing_is_a_verdict_when_asked_what_went_well():
    assert not is_nil("Nothing", "What worked well for you?")
    assert is_nil("Nothing", "Is there anything else you would like to tell us?")


def test_sentences_end_at_stops_but_not_after_titles():
    text = "Dr. Shah rang. He was kind!\nNobody else did"
    assert _pieces(text, sentences(text)) == ["Dr. Shah rang.", "He was kind!", "Nobody else did"]


def test_clauses_are_cut_at_but_and_at_dashes():
    text = "She was kind, but nobody rang back - not once in a year; then silence fell"
    assert _pieces(text, clauses(text)) == [
        "She was kind",
        "but nobody rang back",
        "not once in a year",
        "then silence fell",
    ]


def test_a_clause_of_one_word_stays_with_its_neighbour():
    assert len(clauses("Brilliant - all of it")) == 1


@settings(max_examples=60)
@given(ANYTHING)
def test_clauses_lie_inside_the_text_in_order(raw):
    text = tidy(raw).text
    ends = [0]
    for span in clauses(text):
        assert ends[-1] <= span.start < span.end <= len(text)
        ends.append(span.end)

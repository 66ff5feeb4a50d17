"""A text on a lock screen says nothing to whoever reads over a shoulder."""

import pytest

from app.services.neutral import advise, length, says_stop

GOOD = "Hello, how are things? Three quick taps when it suits you: {link} Reply STOP to stop these."


def test_neutral_wording_passes() -> None:
    assert advise(GOOD) == []


@pytest.mark.parametrize(
    "word",
    [
        "police", "Victims'", "the court", "your trial", "crime", "DOMESTIC", "abuse", "stalking",
        "witness", "your case", "counsellor", "an offence", "ISVA", "robbery", "reported",
    ],
)  # fmt: skip
def test_a_word_that_says_what_it_is_about_is_named(word: str) -> None:
    advice = advise(GOOD.replace("things", word))
    assert len(advice) == 1
    assert word.split()[-1].lower().rstrip("'") in advice[0]


@pytest.mark.parametrize("word", ["Robin", "robust", "stop by", "carry on", "suits"])
def test_an_everyday_word_is_left_alone(word: str) -> None:
    assert advise(GOOD.replace("things", word)) == []


def test_names_placeholders_and_other_addresses_are_named() -> None:
    body = "Dear {name}, Victims First asks: www.example.org or {link} STOP"
    advice = " ".join(advise(body, own_names=("Victims First",)))
    assert "{name}" in advice
    assert "Victims First" in advice
    assert "other addresses" in advice


def test_a_text_without_a_way_to_stop_or_a_link_is_sent_back() -> None:
    advice = " ".join(advise("Hello"))
    assert "{link}" in advice
    assert "STOP" in advice


@pytest.mark.parametrize(
    ("body", "characters", "texts"),
    [
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 306, 306, 2),
        ("a" * 307, 307, 3),
        ("[" * 80, 160, 1),  # brackets count twice
        ("[" * 81, 162, 2),
        ("ż" * 70, 70, 1),  # Polish leaves the GSM set
        ("ż" * 71, 71, 2),
        ("ż" * 134, 134, 2),
        ("ż" * 135, 135, 3),
        ("😀" * 35, 70, 1),  # a pair of units each
    ],
)
def test_a_text_is_counted_as_it_is_billed(body: str, characters: int, texts: int) -> None:
    counted = length(body)
    assert (counted.characters, counted.texts) == (characters, texts)


@pytest.mark.parametrize(
    "words",
    ["STOP", "stop.", " Stop!! ", "please stop", "Stopall", "UNSUBSCRIBE", "End", "opt out pls",
     "Don’t text me", "no more of these", "I want to stop worrying"],
)  # fmt: skip
def test_a_reply_that_may_mean_stop_is_a_stop(words: str) -> None:
    assert says_stop(words)


@pytest.mark.parametrize("words", ["", "Yes", "ring me", "weekend is fine", "who is this?", "👍"])
def test_other_replies_are_none(words: str) -> None:
    assert not says_stop(words)

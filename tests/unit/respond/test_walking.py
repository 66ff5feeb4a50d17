"""Where a person stands, and where she goes next."""

import pytest

import surveys
from app.services import walking
from app.services.walking import SEND, State
from surveys import Chosen, Words
from tests.integration.respond.person import SMALL

SURVEY = surveys.load(SMALL)
NO = {"told": Chosen(("no",))}


def answers(**given: surveys.Answer) -> surveys.Answers:
    return surveys.Answers(given)


@pytest.mark.parametrize(
    ("given", "place", "expected"),
    [
        ({}, None, "told"),
        (NO, "told", "words"),
        ({"told": Chosen(("yes",))}, "told", "who"),
        (NO, "quote", SEND),
    ],
)
def test_the_next_stop_follows_the_path(
    given: dict[str, surveys.Answer], place: str | None, expected: str
):
    assert walking.stop_after(SURVEY, answers(**given), (), place) == expected


def test_what_was_answered_before_coming_back_by_code_is_no_stop():
    given = answers(**NO, words=Words("…"))
    assert walking.stop_after(SURVEY, given, ("told", "words"), None) == "quote"
    assert walking.stop_before(SURVEY, given, ("told", "words"), "quote") is None


def test_the_page_before_the_send_is_the_last_on_the_path():
    assert walking.stop_before(SURVEY, answers(**NO), (), SEND) == "quote"


def test_a_place_survives_being_written_down():
    state = State(raw={"values": ["a"]}, problems=("Choose one",)).moved_to("told")
    assert State.from_json(state.to_json()) == state


def test_a_place_written_by_a_later_version_is_still_read():
    assert State.from_json('{"at": "told", "not_known_yet": 1}').at == "told"


def test_moving_on_leaves_no_typed_words_behind():
    state = State(raw={"values": ["secret"]}, problems=("…",))
    assert "secret" not in state.moved_to("told").to_json()


def test_nothing_counts_as_answered_until_something_is():
    assert not walking.has_answered(answers(told=surveys.SKIPPED))
    assert walking.has_answered(answers(**NO))

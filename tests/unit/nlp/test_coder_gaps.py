"""Gaps and tone: what words say by themselves, which pairs are shown, how long people waited."""

import numpy as np
import pytest

from nlp.codebook import DEFAULT, load
from nlp.coder.choose import fit_choice, fit_weights
from nlp.coder.gap_signs import is_settled, speaks_of_waiting, words_of
from nlp.coder.gaps import GapScores, Habits, chosen_pairs, pair_inputs
from nlp.coder.lexicon import lean, outright, plainness

BOOK = load(DEFAULT)
PRAISE, BLAME, DONE, UNDONE = range(4)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("they told me everything", DONE),
        ("they never told me", UNDONE),
        ("they told me nothing", UNDONE),
        ("nobody came", UNDONE),
        ("someone came", DONE),
        ("I was told", DONE),
        ("they should have told me", UNDONE),
        ("a lift would have helped", UNDONE),
        ("the lift helped", PRAISE),
        ("no, they changed the lock", DONE),
        ("no one would change the lock", UNDONE),
        ("asked for a Welsh speaker and got an English one", UNDONE),
        ("asked for a Welsh speaker and got one", DONE),
        ("it stopped before I was ready", UNDONE),
        ("they stayed until I was ready", DONE),
        ("never had to pay", PRAISE),
        ("couldn't have asked for more", PRAISE),
        ("could have asked for more", BLAME),
        ("nobody made me feel silly", PRAISE),
        ("they made me feel silly", BLAME),
        ("treated like a nuisance", BLAME),
        ("treated like a human being", PRAISE),
        ("would never recommend it", BLAME),
        ("would recommend it", PRAISE),
        ("not too long", PRAISE),
        ("nothing but excuses", BLAME),
        ("never anything but civil", PRAISE),
        ("anything but kind", BLAME),
        ("lovely card, no visit", BLAME),
        ("I could not have coped without them", PRAISE),
        ("cannot leave the house without checking", BLAME),
        ("she let us know", DONE),
        ("they would not let me in", UNDONE),
        ("they let him go", BLAME),
        ("left to find out by myself", BLAME),
        ("could have been warmer", BLAME),
        ("could not have been warmer", PRAISE),
        ("too long", BLAME),
    ],
)
def test_a_turn_of_phrase_counts_for_the_side_it_takes(text: str, most: int) -> None:
    assert int(lean(text).argmax()) == most


def test_what_the_writer_did_is_not_what_a_service_did() -> None:
    assert lean("I rang")[DONE] == 0
    assert lean("she rang")[DONE] > 0


@pytest.mark.parametrize(
    ("text", "question", "verdict"),
    [
        ("Everything.", "What went well?", 1),
        ("Nothing at all", "What went well?", -1),
        ("All of it", "What could be better?", -1),
        ("Nothing", "What could be better?", 0),
        ("Everything", "How did it affect you?", 0),
        ("Everything was late", "What went well?", 0),
    ],
)
def test_everything_and_nothing_are_read_with_their_question(
    text: str, question: str, verdict: int
) -> None:
    assert outright(text, question) == verdict


def test_a_long_story_is_not_taken_at_its_words() -> None:
    assert plainness("they were kind") == 1.0
    assert plainness("word " * 40) == 0.0


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("They offered me a worker and I said no thank you.", True),
        ("I said no to the group but a counsellor never came.", False),
        ("I got the alarm, very happy with it.", True),
        ("I wanted a visit and they came.", True),
        ("I wanted a visit and they never came.", False),
        ("She explained to me how to claim.", True),
        ("They offered a move but we refused it.", True),
        ("I asked for a move and they refused it.", False),
        ("Still no alarm.", False),
    ],
)
def test_a_plain_no_or_a_plain_yes_settles_an_answer(text: str, settled: bool) -> None:
    assert is_settled(text) == settled


def test_a_wait_is_told_from_other_stretches_of_time() -> None:
    assert speaks_of_waiting("eleven months on the list")
    assert not speaks_of_waiting("six sessions over eleven weeks")


def test_words_point_to_their_need_and_barrier() -> None:
    found = words_of("eight months on the list for therapy", BOOK.needs, BOOK.barriers)
    assert found[BOOK.needs.index("counselling")] > 0
    assert found[len(BOOK.needs) + BOOK.barriers.index("waiting")] == 1.0
    assert found[BOOK.needs.index("interpreter_language")] == 0


def test_a_need_without_words_of_its_own_has_no_sign() -> None:
    assert words_of("anything at all", ["unheard_of"], ["never_seen"]).tolist() == [0.0, 0.0]


def test_another_pair_is_shown_only_where_it_pays() -> None:
    assert chosen_pairs(np.array([[0.9, 0.1], [0.0, 0.0]])) == [(0, 0)]
    assert chosen_pairs(np.array([[0.5, 0.4], [0.1, 0.0]])) == [(0, 0), (0, 1)]
    assert chosen_pairs(np.array([[0.6, 0.0], [0.4, 0.0]])) == [(0, 0), (1, 0)]
    rare = np.array([[0.3, 0.3, 0.2], [0.2, 0.0, 0.0]])
    assert chosen_pairs(rare) == [(0, 0), (0, 1), (0, 2)]


def test_need_and_barrier_that_meet_in_one_clause_score_higher() -> None:
    habits = Habits(np.zeros((2, 2)), np.zeros((2, 0)), np.zeros((2, 0)))
    rows = np.array([[0, 0, 0, 0, 0], [0, 1, 0, 1, 0], [0, 0, 1, 0, 1.0]])
    scores = GapScores(rows, np.zeros(12), np.zeros(0))
    inputs, clauses = pair_inputs(scores, np.zeros(4), habits)
    joint = inputs[..., 0]
    assert joint[0, 0] == joint[1, 1] > joint[0, 1]
    assert clauses[0, 0] == 0
    assert clauses[1, 1] == 1


def test_a_choice_learns_and_stays_near_its_start_where_nothing_is_known() -> None:
    inputs = np.array([[1.0, 0.0], [0.0, 1.0]] * 20)
    start = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    learned = fit_choice(inputs, np.array([0, 1] * 20), start)
    assert learned.logs(np.array([1.0, 0.0])).argmax() == 0
    assert np.exp(learned.logs(inputs)).sum(axis=1) == pytest.approx(1.0)
    prior = np.array([[2.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
    untaught = fit_choice(np.zeros((0, 2)), np.zeros(0, dtype=np.int64), prior)
    assert untaught.weights == pytest.approx(prior)


def test_weights_make_the_marked_alternative_likeliest() -> None:
    inputs = np.array([[[1.0, 0.0], [0.0, 1.0]]] * 10)
    marks = np.array([[True, False]] * 10)
    found = fit_weights(inputs, marks, np.zeros(2), 0.5)
    assert found[0] > found[1]
    assert fit_weights(inputs[:0], marks[:0], np.ones(2), 0.5).tolist() == [1.0, 1.0]

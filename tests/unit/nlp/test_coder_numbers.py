"""Features, ridge, calibration and durations: small facts that must not move."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp.coder.calibrate import (
    Platt,
    Rule,
    calibration_error,
    expected_f1,
    fit_platt,
    fit_rule,
    micro_f1,
)
from nlp.coder.ridge import Rows, fit
from nlp.coder.units import Unit, fit_space
from nlp.coder.words import fit_words, tokens
from nlp.durations import duration_days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("eleven months", 335),
        ("2 yrs", 730),
        ("waited a fortnight", 14),
        ("three and a half weeks", 24),
        ("a year and a half", 548),
        ("twenty-six weeks", 182),
        ("she is 14 years old", None),
        ("since March", None),
        ("two days a week", None),
        ("he got a six month sentence", None),
        ("they said 2 weeks for it, its been 6", 42),
        ("roughly eight weeks and it was twenty two.", 154),
        ("promised a call on the Monday. It's Thursday.", 3),
        ("there is a two-year limit on claiming", None),
        ("forty pounds an hour", None),
        ("", None),
    ],
)
def test_a_wait_is_read_in_days(text: str, days: int | None) -> None:
    assert duration_days(text) == days


@settings(max_examples=50)
@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_durations_or_words(text: str) -> None:
    found = duration_days(text)
    assert found is None or found >= 1
    assert isinstance(tokens(text), list)


def test_words_agree_with_scikit_learn() -> None:
    texts = [
        "the bus was late",
        "the bus was never late",
        "late late bus",
        "a kind driver",
        "the driver",
    ]
    split = [tokens(t) for t in texts]
    ours = fit_words(split, split)
    oracle = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\w+")
    theirs = oracle.fit(texts * 2).transform(texts).toarray()
    mine = ours.transform(split).toarray()[:, : ours.split]
    assert mine @ mine.T == pytest.approx(theirs @ theirs.T, abs=1e-5)


def test_a_word_fewer_than_three_people_used_is_not_stored() -> None:
    said = [tokens(t) for t in ["zebra came", "zebra", "police came", "police came", "police"]]
    terms = fit_words(said).terms
    assert "police" in terms
    assert not [t for t in terms if "zeb" in t]


def test_placeholders_of_personal_data_become_one_word() -> None:
    assert tokens("[person 1] rang [date of birth]") == [
        "hiddenperson",
        "rang",
        "hiddendateofbirth",
    ]


def test_phone_typing_is_read_as_its_words() -> None:
    assert tokens("wud of liked 2 no b4 11 weeks") == [
        "would",
        "of",
        "liked",
        "0",
        "no",
        "before",
        "0",
        "weeks",
    ]


def tiny_rows() -> Rows:
    said = [
        "the bus was late",
        "bus late again",
        "late bus",
        "rude driver",
        "driver was rude",
        "a rude man",
    ]
    wanted = np.array([[1, 0]] * 3 + [[0, 1]] * 3, dtype=float)
    return Rows([Unit(t) for t in said], wanted, np.ones(6), np.arange(6))


def test_a_ridge_head_learns_and_cross_fits_without_seeing_the_answer() -> None:
    rows = tiny_rows()
    space = fit_space([], list(rows.units), 0)
    fitted = fit(space, rows, rows.units, rows.groups, folds=6)
    scores = fitted.head.scores(space.rows([Unit("late bus again"), Unit("rude driver again")]))
    assert scores[0, 0] > scores[0, 1]
    assert scores[1, 1] > scores[1, 0]
    assert (fitted.held_out.argmax(axis=1) == rows.targets.argmax(axis=1)).all()


def test_training_twice_gives_the_same_numbers() -> None:
    rows = tiny_rows()
    heads = [fit(fit_space([], list(rows.units), 0), rows).head for _ in range(2)]
    assert np.array_equal(heads[0].words, heads[1].words)


def test_platt_recovers_the_chances_it_was_shown() -> None:
    draw = np.random.default_rng(1)
    z = draw.normal(size=(4000, 1))
    truth = draw.random(4000) < 1 / (1 + np.exp(-(2 * z[:, 0] - 1)))
    found = fit_platt(z, truth, Platt((0.0,), 0.0))
    assert (found.weights[0], found.bias) == pytest.approx((2, -1), abs=0.25)


def test_a_strong_prior_holds_platt_where_there_is_little_to_see() -> None:
    found = fit_platt(np.array([[1.0]]), np.array([1.0]), Platt((3.0,), -1.0), strength=1e6)
    assert (found.weights[0], found.bias) == pytest.approx((3, -1), abs=1e-3)


def test_an_answer_over_no_threshold_takes_its_best_theme_only_when_likely_enough() -> None:
    rule = Rule((0.5, 0.5), 0.3)
    decided = rule.decide(np.array([[0.6, 0.55], [0.4, 0.2], [0.2, 0.1]]))
    assert decided.tolist() == [[True, True], [True, False], [False, False]]


def test_thresholds_are_chosen_where_they_do_best() -> None:
    p = np.array([[0.9], [0.8], [0.45], [0.2], [0.1]] * 20)
    truth = np.array([[True], [True], [True], [False], [False]] * 20)
    assert micro_f1(fit_rule(p, truth).decide(p), truth) == 1.0


def test_confidence_is_the_f1_to_expect_drawn_towards_the_usual_one() -> None:
    p = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 0.0], [1.0, 1.0]])
    decided = np.array([[True, False], [True, False], [False, False], [True, True]])
    assert expected_f1(p, decided) == pytest.approx([5.2 / 6, 4.2 / 6, 0.8, 7.2 / 8])


def test_calibration_error_is_nothing_for_honest_chances_and_large_for_boasts() -> None:
    truth = [True, False] * 50
    assert calibration_error([0.5] * 100, truth) == pytest.approx(0, abs=1e-9)
    assert calibration_error([0.99] * 100, truth) == pytest.approx(0.49)

"""The map from evidence to chances: shared where little is known, a theme's own where much is."""

import json

import numpy as np

from nlp.coder.calibrate import COLD_FIRST, Platt, Rule
from nlp.coder.ridge import Head
from nlp.coder.stack import Stack, cross_fitted, fit_stack, plain_stack
from nlp.coder.themes import ThemeModel

PRIOR = Platt((3.0, 3.0, 0.5), -2.0)


def evidence(whole: np.ndarray) -> np.ndarray:
    return np.stack([whole, whole, np.zeros_like(whole)], axis=-1)


def test_before_anything_is_reviewed_the_map_is_the_one_set_by_hand() -> None:
    seen = evidence(np.random.default_rng(0).random((6, 3)))
    assert np.allclose(plain_stack(PRIOR, 3).apply(seen), PRIOR.apply(seen))
    nobody = fit_stack(seen[:0], np.zeros((0, 3), dtype=bool), PRIOR, 4.0)
    assert np.allclose(nobody.apply(seen), PRIOR.apply(seen))


def test_a_theme_that_is_right_less_often_than_it_sounds_gets_a_map_of_its_own() -> None:
    draw = np.random.default_rng(1)
    whole = draw.random((1200, 2))
    truth = draw.random((1200, 2)) < whole * np.array([1.0, 0.3])
    found = fit_stack(evidence(whole), truth, PRIOR, 4.0).apply(evidence(whole))
    assert np.abs(found.mean(axis=0) - truth.mean(axis=0)).max() < 0.02
    assert found[:, 0].mean() > 2 * found[:, 1].mean()


def test_a_theme_taken_for_its_neighbour_gives_way_to_it() -> None:
    draw = np.random.default_rng(2)
    real = draw.random(1500) < 0.4
    whole = np.stack([real + 0.0, np.where(real, 0.6, 0.6 * (draw.random(1500) < 0.4))], axis=1)
    truth = np.stack([real, ~real & (whole[:, 1] > 0)], axis=1)
    stack = fit_stack(evidence(whole), truth, PRIOR, 4.0)
    both, second = stack.apply(evidence(np.array([[1.0, 0.6], [0.0, 0.6]])))
    assert both[1] < 0.1
    assert second[1] > 0.8


def test_chances_of_an_answer_come_from_a_map_that_did_not_see_it() -> None:
    draw = np.random.default_rng(3)
    whole, truth = draw.random((40, 8)), draw.random((40, 8)) < 0.3  # nothing to be learned
    own = fit_stack(evidence(whole), truth, PRIOR, 4.0).apply(evidence(whole))
    others = cross_fitted(evidence(whole), truth, PRIOR, 4.0)
    assert own[truth].mean() - own[~truth].mean() > 0.05
    assert others[truth].mean() - others[~truth].mean() < 0.02


def test_a_map_is_read_back_as_it_was_and_one_theme_alone_will_do() -> None:
    whole = np.random.default_rng(4).random((30, 1))
    stack = fit_stack(evidence(whole), whole > 0.5, PRIOR, 4.0)
    back = Stack.from_dict(json.loads(json.dumps(stack.to_dict())))
    assert np.array_equal(back.apply(evidence(whole)), stack.apply(evidence(whole)))
    assert np.isfinite(stack.apply(evidence(whole))).all()


def test_a_coder_trained_before_themes_had_maps_of_their_own_still_reads() -> None:
    head = Head(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(2))
    stored = {
        "platt": [3.0, 3.0, 0.5, -2.0],
        "rule": Rule((0.4, 0.4), 0.1).to_dict(),
        "top": COLD_FIRST.to_dict(),
    }
    seen = evidence(np.array([[0.7, 0.1]]))
    assert np.allclose(ThemeModel.from_dict(head, stored).stack.apply(seen), PRIOR.apply(seen))

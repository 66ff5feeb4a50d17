"""Chances shown beside the first candidate: calibrated as they are shown."""

import json

import numpy as np

from nlp.coder.calibrate import First, calibration_error, fit_first
from nlp.coder.themes import correct_first


def test_the_first_candidate_is_calibrated_as_it_is_shown() -> None:
    draw = np.random.default_rng(5)
    sure = draw.uniform(0.05, 0.99, 4000)
    truth = np.zeros((4000, 2), dtype=bool)
    truth[:, 0] = draw.random(4000) < sure**2  # right less often than it sounds
    probabilities = np.stack([np.maximum(sure, 0.5), np.full(4000, 0.02)], axis=1)
    first = fit_first(probabilities[:3000], truth[:3000])
    shown = correct_first(probabilities[3000:], first)[:, 0]
    assert calibration_error(list(shown), list(truth[3000:, 0])) < 0.05
    assert calibration_error(list(probabilities[3000:, 0]), list(truth[3000:, 0])) > 0.15


def test_a_few_answers_make_no_steps_and_the_first_is_read_back_as_it_was() -> None:
    probabilities = np.array([[0.9, 0.2], [0.6, 0.5], [0.8, 0.1]])
    few = fit_first(probabilities, np.array([[True, False], [False, True], [True, False]]))
    assert few.steps == ((), ())
    many = fit_first(np.tile(probabilities, (200, 1)), np.tile(np.eye(3, 2, dtype=bool), (200, 1)))
    assert many.steps[0]
    assert First.from_dict(json.loads(json.dumps(many.to_dict()))) == many

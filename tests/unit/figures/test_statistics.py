"""Every test vector of domain.md 7, and the oracles where they overlap."""

import itertools
import math
import random

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    proportions_ztest,
)

from app.figures import comparing, control, distance, normal, weighting
from app.figures.intervals import newcombe, wilson
from app.figures.ppi import Sample, estimate, powered
from app.figures.rates import Dispositions, disposition
from tests.unit.figures import simulated


def near(value, digits=4):
    return pytest.approx(value, abs=0.5 * 10**-digits)


def test_response_rates_of_the_vector():
    cases = Dispositions(420, 60, 90, 330, 20, 80, e=0.92)
    assert cases.rr1 == near(0.4200)
    assert cases.rr2 == near(0.4800)
    assert cases.rr3 == near(0.4227)
    assert cases.rr5 == near(0.4565)
    assert cases.coop1 == near(0.7119)
    assert cases.con1 == near(0.5900)


@pytest.mark.parametrize(
    ("answered", "of", "words"),
    [(8, 10, "complete"), (5, 10, "partial"), (79, 100, "partial"), (4, 10, "break_off")],
)
def test_dispositions_by_share_of_core_items(answered, of, words):
    assert disposition(answered, of) == words


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (40, 100, 0.3094, 0.4980),
        (0, 20, 0.0000, 0.1611),
        (9, 12, 0.4677, 0.9111),
        (311, 778, 0.3659, 0.4346),
    ],
)
def test_wilson_of_the_vectors(k, n, low, high):
    interval = wilson(k, n)
    assert (interval.low, interval.high) == (near(low), near(high))
    oracle = proportion_confint(k, n, method="wilson")
    assert (interval.low, interval.high) == pytest.approx(oracle, abs=1e-6)


@pytest.mark.parametrize(("k", "n"), [(1, 0), (-1, 10), (11, 10)])
def test_wilson_refuses_what_is_no_share(k, n):
    with pytest.raises(ValueError, match="no interval"):
        wilson(k, n)


def test_effective_base_and_design_effect_of_the_vector():
    weights = np.array([0.5] * 40 + [1] * 40 + [2] * 20)
    assert weighting.effective(weights) == near(76.923, 3)
    assert weighting.design_effect(weights) == near(1.300, 3)


def test_raking_of_the_vector():
    sex = ["F"] * 70 + ["M"] * 30
    age = ["Y"] * 30 + ["O"] * 40 + ["Y"] * 10 + ["O"] * 20
    targets = {"sex": {"F": 0.5, "M": 0.5}, "age": {"Y": 0.3, "O": 0.7}}
    found = weighting.rake({"sex": sex, "age": age}, targets, np.ones(100))
    assert found[[0, 30, 70, 80]] == pytest.approx([0.5706, 0.8221, 1.2882, 1.8559], abs=5e-5)
    assert weighting.effective(found) == near(81.780, 3)


def test_weights_meet_the_margins_and_missing_people_keep_weight_one_on_theirs():
    people = {"crime": ["theft"] * 120 + ["violence"] * 60 + [""] * 20}
    found = weighting.weigh(people, {"crime": {"theft": 0.5, "violence": 0.5}})
    assert found.missing == {"crime": 20}
    assert found.values[:120].sum() == pytest.approx(found.values[120:180].sum())
    assert list(found.values[180:]) == [1.0] * 20


def test_small_margins_are_put_together():
    people = {"crime": ["theft"] * 150 + ["hate"] * 8 + ["fraud"] * 12}
    found = weighting.weigh(people, {"crime": {"theft": 0.8, "hate": 0.1, "fraud": 0.1}})
    assert found.collapsed == {"crime": ("fraud", "hate")}


def test_a_real_category_called_other_is_weighted_to_its_own_margin():
    values = ["a"] * 300 + ["other"] * 200 + ["x"] * 10 + ["y"] * 10
    margin = {"a": 500.0, "other": 400.0, "x": 50.0, "y": 50.0}
    found = weighting.weigh({"g": values}, {"g": margin})
    assert found.collapsed == {"g": ("x", "y")}
    mine = sum(w for w, v in zip(found.values, values, strict=True) if v == "other")
    assert mine / found.values.sum() == pytest.approx(0.4, abs=1e-4)


def test_a_single_small_category_joins_the_smallest_other():
    values = ["a"] * 300 + ["b"] * 290 + ["c"] * 3
    found = weighting.weigh({"g": values}, {"g": {"a": 500.0, "b": 500.0, "c": 100.0}})
    assert found.collapsed == {"g": ("c", "b")}
    assert len({round(w, 9) for w in found.values}) == 2  # three people weigh no more than others
    assert weighting.collapse(["a"] * 5, {"a": 1.0}) == (["a"] * 5, {"a": 1.0}, ())


def test_weighting_is_refused_when_it_would_do_harm():
    with pytest.raises(weighting.WeightingRefusedError, match="too few"):
        weighting.weigh({"crime": ["theft"] * 99}, {"crime": {"theft": 1.0}})
    people = {"crime": ["theft"] * 280 + ["violence"] * 20}
    with pytest.raises(weighting.WeightingRefusedError, match="design effect"):
        weighting.weigh(people, {"crime": {"theft": 0.01, "violence": 0.99}})


def test_raking_fails_loudly():
    with pytest.raises(weighting.RakingError, match="nobody"):
        weighting.rake({"a": ["x"] * 5}, {"a": {"x": 0.5, "y": 0.5}}, np.ones(5))
    impossible = {"a": {"x": 0.9, "y": 0.1}, "b": {"x": 0.1, "y": 0.9}}
    same = ["x"] * 5 + ["y"] * 5
    with pytest.raises(weighting.RakingError, match="settle"):
        weighting.rake({"a": same, "b": same}, impossible, np.ones(10))


def test_wave_on_wave_of_the_vector():
    found = comparing.two_shares(420, 778, 390, 812)
    assert found.value == near(0.0596)
    assert (found.interval.low, found.interval.high) == (near(0.0104), near(0.1083))
    assert found.z == near(2.374, 3)
    assert found.p == near(0.0176)
    assert found.p == pytest.approx(proportions_ztest([420, 390], [778, 812])[1])


def test_newcombe_agrees_with_statsmodels():
    chance = random.Random(5)  # noqa: S311 - test data
    for _ in range(50):
        n1, n2 = chance.randint(30, 400), chance.randint(30, 400)
        k1, k2 = chance.randint(0, n1), chance.randint(0, n2)
        low, high = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")
        mine = newcombe(k1, n1, k2, n2)
        assert (mine.low, mine.high) == pytest.approx((low, high), abs=1e-6)


def test_small_expectations_take_fishers_exact_test():
    found = comparing.two_shares(1, 40, 5, 35)
    assert found.z is None
    assert found.p == pytest.approx(stats.fisher_exact([[1, 39], [5, 30]])[1])


def test_fisher_agrees_with_scipy():
    chance = random.Random(6)  # noqa: S311 - test data
    for _ in range(60):
        a, b, c, d = (chance.randint(0, 14) for _ in range(4))
        if a + b and c + d:
            expected = stats.fisher_exact([[a, b], [c, d]])[1]
            assert comparing.fisher(a, a + b, c, c + d) == pytest.approx(expected, abs=1e-9)


def test_benjamini_hochberg_of_the_vector():
    ps = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]
    expected = [0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.1057, 0.216, 0.216, 0.216]
    found = comparing.adjusted(ps)
    assert found == pytest.approx(expected, abs=5e-5)
    assert sum(q <= 0.05 for q in found) == 2
    mixed = ps[::-1]
    oracle = multipletests(mixed, method="fdr_bh")[1]
    assert comparing.adjusted(mixed) == pytest.approx(list(oracle))


def test_mcnemar_of_the_vector():
    chi, p = comparing.mcnemar(30, 12)
    assert chi == near(6.881, 3)
    assert p == pytest.approx(stats.chi2.sf(chi, 1))
    assert comparing.mcnemar(0, 0) == (0.0, 1.0)


def test_wilcoxon_agrees_with_scipy():
    chance = random.Random(7)  # noqa: S311 - test data
    for _ in range(20):
        moves = [chance.randint(-5, 6) for _ in range(40)]
        w, p = comparing.wilcoxon(moves)
        oracle = stats.wilcoxon(moves, zero_method="wilcox", correction=False, method="asymptotic")
        assert (w, p) == pytest.approx((oracle.statistic, oracle.pvalue))
    assert comparing.wilcoxon([0, 0]) == (0.0, 1.0)


def test_wilcoxon_of_few_is_exact():
    chance = random.Random(8)  # noqa: S311 - test data
    for n in (1, 5, 6, 13, 25):
        moves = [size if chance.random() < 0.6 else -size for size in range(1, n + 1)]
        oracle = stats.wilcoxon(moves, method="exact")
        assert comparing.wilcoxon(moves) == pytest.approx((oracle.statistic, oracle.pvalue))
    tied = [2, 2, -2, 3, 5, 5, 0]
    ranks = [2, 2, 2, 4, 5.5, 5.5]
    sums = [sum(r for r, s in zip(ranks, signs, strict=True) if s)
            for signs in itertools.product((0, 1), repeat=6)]  # fmt: skip
    p = 2 * sum(total <= 2 for total in sums) / len(sums)
    assert comparing.wilcoxon(tied) == pytest.approx((2, p))
    assert comparing.wilcoxon([2] * 5)[1] > 0.05  # five of five is no proof


def test_welch_and_tails_agree_with_scipy():
    t, p = comparing.welch(6.2, 2.1, 40, 5.1, 2.6, 55)
    oracle = stats.ttest_ind_from_stats(6.2, 2.1, 40, 5.1, 2.6, 55, equal_var=False)
    assert (t, p) == pytest.approx((oracle.statistic, oracle.pvalue))
    for df in (1, 4.5, 30, 400):
        for t in (0.1, 1.0, 3.0, 8.0):
            assert normal.two_sided_t(t, df) == pytest.approx(2 * stats.t.sf(t, df), rel=1e-8)


@pytest.mark.parametrize(
    ("difference", "q", "bases", "shown"),
    [
        (0.05, 0.04, (100, 100), comparing.Arrow.UP),
        (-0.05, 0.05, (100, 30), comparing.Arrow.DOWN),
        (0.029, 0.001, (900, 900), comparing.Arrow.NONE),
        (0.05, 0.051, (100, 100), comparing.Arrow.NONE),
        (0.30, 0.001, (100, 29), comparing.Arrow.NONE),
    ],
)
def test_an_arrow_needs_a_clear_large_and_well_based_change(difference, q, bases, shown):
    assert comparing.arrow(difference, q, *bases) == shown


def test_reliable_change_of_the_vector():
    index = distance.reliable_change(4, 7, 2.2, 0.8)
    assert index == near(2.156, 3)
    assert distance.is_reliable(index)
    assert not distance.is_reliable(distance.reliable_change(4, 6, 2.2, 0.8))


def test_distance_travelled_says_missing_ends_and_ceilings():
    pairs = [(3, 6), (4, 5), (5, 2), (9, 9), (2, 8)]
    found = distance.distance(pairs, starts=8)
    assert found is not None
    assert (found.pairs, found.up, found.same, found.down) == (5, 2, 2, 1)
    assert found.missing_end == near(0.375)
    assert found.started_high == 1
    assert found.change == near(1.4)
    assert distance.distance([], starts=4) is None


def test_a_control_chart_is_silent_under_its_minimum_base_and_shows_what_stands_out():
    steady = [(20, 100)] * 11 + [(45, 100)]
    chart = control.control_chart(steady)
    assert [p.stands_out for p in chart if p][-1]
    assert control.control_chart([(5, 29)] * 12) == [None] * 12
    assert control.control_chart(steady[:5]) == [None] * 5
    mixed = control.control_chart([*steady, (20, 12), None])
    assert mixed[-2:] == [None, None]


def test_eight_on_one_side_stand_out():
    chart = control.control_chart([(18, 100)] * 4 + [(22, 100)] * 8)
    assert [bool(p and p.stands_out) for p in chart] == [False] * 11 + [True]


@pytest.mark.parametrize("share", [0.15, 0.4, 0.85])
def test_prediction_powered_shares_hold_the_truth_and_are_narrower(share):
    setting = simulated.Setting(share, found=0.85, spared=0.92, reviewed=300, rest=1500)
    run = simulated.run(setting, runs=1000, seed=11)
    assert 0.93 <= run.held <= 0.97
    assert run.width < run.plain_width


def test_a_machine_that_guesses_makes_no_interval_wider_than_people_alone():
    run = simulated.run(simulated.Setting(0.4, 0.5, 0.5, reviewed=300, rest=1500), 1000, seed=11)
    assert 0.93 <= run.held <= 0.97
    assert run.width <= run.plain_width * 1.001


def test_a_machine_that_never_erred_tells_nearly_as_much_as_if_all_had_been_read():
    found = powered(Sample(120, 0, 0, 180, 216, 540))
    assert found.share == pytest.approx(0.4)
    of_all = wilson(336, 840).width
    assert of_all <= found.interval.width < 1.02 * of_all  # it might err in what nobody read


@pytest.mark.parametrize(
    ("sample", "is_powered"),
    [
        (Sample(90, 10, 10, 190, 500, 1500), True),
        (Sample(60, 10, 10, 219, 500, 1500), False),  # 299 reviewed
        (Sample(30, 10, 10, 250, 200, 1500), False),  # a share under .15
        (Sample(90, 10, 10, 190, 0, 0), False),  # nothing left for the machine
    ],
)
def test_the_powered_estimate_is_used_only_where_it_can_be_trusted(sample, is_powered):
    found = estimate(sample)
    assert found.powered is is_powered
    if not is_powered:
        interval = wilson(sample.both + sample.human_only, sample.n)
        assert math.isclose(found.interval.low, interval.low)

"""The short run of the attack harness; the long one is in tests/bench/bench_figures.py."""

import pytest

from tests.unit.figures import attack


@pytest.fixture(scope="module")
def force():
    return attack.a_force(2000, seed=7)


@pytest.fixture(scope="module")
def release(force):
    return attack.released(force)


def test_no_difference_of_two_legal_pages_is_a_small_count(release):
    found = attack.differences(release)
    assert found.tried > 50_000
    assert found.learned == 0


def test_no_total_less_its_shown_parts_is_a_small_count(release):
    assert attack.sums(release).learned == 0


def test_no_small_count_is_pinned_down_by_all_totals_together(release):
    assert attack.bounds(release).learned == 0


def test_one_way_tables_stay_useful(release):
    hidden = attack.hidden_one_way(release)
    assert max(hidden.values()) <= 0.15, hidden


def test_without_secondary_suppression_every_attack_finds_something(force):
    open_ = attack.released(force, secondary=False)
    for kind in (attack.differences, attack.sums, attack.bounds):
        assert kind(open_).learned > 0

"""The short run of the attack harness; the long one is in tests/bench/bench_figures.py."""

import pytest

from tests.unit.figures import attack, forces


@pytest.fixture(scope="module")
def force():
    return forces.a_force(2000, seed=7)


@pytest.fixture(scope="module")
def release(force):
    return forces.released(force)


def test_no_difference_of_two_legal_pages_is_a_small_count(release):
    found = attack.differences(release)
    assert found.tried > 50_000
    assert found.learned == 0


def test_no_total_less_its_shown_parts_is_a_small_count(release):
    assert attack.sums(release).learned == 0


def test_no_small_count_is_pinned_down_by_all_totals_together(release):
    assert attack.bounds(release).learned == 0


def test_no_need_or_option_is_told_by_what_is_shown_of_it(release):
    assert attack.overlaps(release).learned == 0
    assert attack.options(release).learned == 0


def test_no_estimate_tells_a_small_count_of_the_sample():
    few = forces.a_force(900, seed=3, quarters=2, themes=6, read_share=0.8)
    estimated = forces.released(few, facets=1)
    assert set(estimated.about.reading.values()) == {"sample"}
    found = attack.estimates(estimated)
    assert found.given > 100
    assert found.learned == 0


def test_needs_and_options_are_not_hidden_wholesale(release):
    block, last = release.wide, len(release.periods) - 1
    shown = block.counts[last, 0]
    assert sum(shown[block.place[f"need:{need}"]] > 0 for need in attack.NEEDS) >= 3
    assert sum(shown[i] > 0 for name, i in block.place.items() if name.startswith("gap:")) >= 5
    assert sum(shown[i] > 0 for name, i in block.place.items() if name.startswith("both:")) >= 3


def test_one_way_tables_stay_useful(release):
    hidden = attack.hidden_one_way(release)
    assert max(hidden.values()) <= 0.15, hidden


def test_without_secondary_suppression_every_attack_finds_something(force):
    open_ = forces.released(force, secondary=False)
    for kind in attack.ATTACKS:
        assert kind(open_).learned > 0

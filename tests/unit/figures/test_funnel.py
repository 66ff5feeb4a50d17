"""The funnel hides what would tell of fewer than ten people, and what lies between two steps."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.figures.funnel import DEFINITIONS, safe_steps
from app.figures.suppress import Thresholds

NESTED = ("referred", "contactable", "contacted", "wants", "accepted", "started", "closed")


def counts(*nested: int) -> dict[str, int]:
    held = dict(zip(NESTED, nested, strict=True))
    held["unreachable"] = held["referred"] - held["contactable"]
    held["unwilling"] = (held["contacted"] - held["wants"]) // 2
    return held


def words(held: dict[str, int], limits: Thresholds | None = None) -> dict[str, str]:
    return {s.code: s.of_first.count_words for s in safe_steps(held, limits or Thresholds())}


def test_the_year_of_the_seeds_is_shown_in_full() -> None:
    shown = words(counts(22_000, 16_940, 16_940, 13_200, 8_000, 7_350, 7_120))
    assert shown["referred"] == "22,000"
    assert shown["unreachable"] == "5,060"
    assert shown["wants"] == "13,200"
    assert shown["accepted"] == "8,000"


def test_a_step_that_lost_fewer_than_ten_is_not_shown_beside_the_one_before() -> None:
    shown = words(counts(100, 95, 80, 60, 50, 40, 5))
    assert shown["contactable"] == "not shown"
    assert shown["unreachable"] == "fewer than 10"
    assert shown["contacted"] == "80"
    assert shown["closed"] == "fewer than 10"


def test_a_stricter_pack_withholds_more() -> None:
    held = counts(100, 60, 60, 40, 25, 15, 15)
    shown, stricter = words(held), words(held, Thresholds(20, 60, 100))
    assert shown["started"] == "15"
    assert stricter["started"] == "fewer than 20"
    share = {s.code: s.of_before.share for s in safe_steps(held, Thresholds(20, 60, 100))}
    assert share["contacted"] is not None
    assert share["accepted"] is None


@pytest.mark.parametrize("limit", [10, 20])
@given(nested=st.lists(st.integers(0, 200), min_size=7, max_size=7))
def test_no_two_steps_shown_lie_within_the_limit(limit: int, nested: list[int]) -> None:
    held = counts(*sorted(nested, reverse=True))
    steps = safe_steps(held, Thresholds(hide_below=limit))
    shown = [s.code for s in steps if s.of_first.count is not None]
    assert all(held[code] >= limit for code in shown)
    nested_shown = [held[c] for c in NESTED if c in shown]
    gaps = [a - b for a, b in itertools.pairwise(nested_shown)]
    assert all(gap == 0 or gap >= limit for gap in gaps)


def test_every_step_has_a_definition() -> None:
    assert all(d.words.endswith(".") for d in DEFINITIONS)

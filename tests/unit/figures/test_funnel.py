"""The funnel hides what would tell of fewer than ten people, and what lies between two steps."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.figures.funnel import DEFINITIONS, Step, decide, safe_steps
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
    assert shown["contacted"] == "fewer than 10, or not shown"  # equal steps would tell of a zero
    assert shown["accepted"] == "8,000"


def test_a_step_that_lost_fewer_than_ten_is_not_shown_beside_the_one_before() -> None:
    shown = words(counts(100, 95, 80, 60, 50, 40, 5))
    assert shown["contactable"] == "fewer than 10, or not shown"
    assert shown["unreachable"] == "fewer than 10, or not shown"
    assert shown["contacted"] == "80"
    assert shown["closed"] == "fewer than 10, or not shown"


def test_a_stricter_pack_withholds_more() -> None:
    held = counts(100, 80, 60, 40, 25, 15, 15)
    shown, stricter = words(held), words(held, Thresholds(20, 60, 100))
    assert shown["started"] == "15"
    assert stricter["started"] == "fewer than 20, or not shown"
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
    assert all(gap >= limit for gap in gaps)


def test_every_step_has_a_definition() -> None:
    assert all(d.words.endswith(".") for d in DEFINITIONS)


def test_shares_are_of_the_rounded_counts() -> None:
    for step in safe_steps(counts(163, 131, 118, 97, 82, 66, 41), Thresholds()):
        for cell in (step.of_first, step.of_before):
            if cell.share is not None and cell.base is not None:
                assert cell.count is not None
                assert (cell.count % 5, cell.base % 5) == (0, 0)
                assert cell.share == cell.count / cell.base


def _a_funnel(chance: random.Random, referred: int) -> dict[str, int]:
    nested = [referred]
    for low, high in ((0.7, 0.9), (0.7, 0.95), (0.5, 0.9), (0.7, 0.95), (0.7, 0.95), (0.4, 0.9)):
        nested.append(round(nested[-1] * chance.uniform(low, high)))
    return counts(*nested)


def test_no_hidden_quarter_or_service_is_told_by_the_rest() -> None:
    """A total less its shown parts leaves any hidden one at least five wide."""
    chance, narrow, told = random.Random(3), 0, 0  # noqa: S311 - made-up counts, not a secret
    for _ in range(40):
        taken = {
            (quarter, service, code): count
            for quarter in range(8000, 8004)
            for service in ("adult", "sv", "cyp")
            for code, count in _a_funnel(
                chance, chance.randint(1, 9) if chance.random() < 0.15 else chance.randint(60, 160)
            ).items()
        }
        found = decide(taken, Thresholds(), {}, 8003)
        year, quarters = found.periods[-1], found.periods[:-1]
        for who in ((), ("adult",), ("sv",), ("cyp",)):
            narrow += _narrow([found.steps(p, who) for p in quarters], found.steps(year, who))
        for period in found.periods:
            parts = [found.steps(period, (s,)) for s in ("adult", "sv", "cyp")]
            narrow += _narrow(parts, found.steps(period, ()))
        told += sum(s.of_first.count is not None for s in found.steps(year, ()))
    assert narrow == 0
    assert told > 200


def _narrow(parts: list[list[Step]], whole: list[Step]) -> int:
    """Return how many steps have one hidden part that whole and parts leave too little room."""
    found = 0
    for at, step in enumerate(whole):
        held = [part[at].of_first.count for part in parts]
        if step.of_first.count is None or held.count(None) != 1:
            continue
        left, slack = step.of_first.count - sum(c or 0 for c in held), 2 * len(held)
        found += min(left + slack, 9) - max(left - slack, 0) < 5
    return found


def test_whoever_answers_for_two_services_sees_what_both_show() -> None:
    sizes = {"adult": 152, "sv": 163, "cyp": 5, "other": 148}
    taken = {
        (8000, service, code): count
        for service, size in sizes.items()
        for code, count in _a_funnel(random.Random(1), size).items()  # noqa: S311 - made up
    }
    found = decide(taken, Thresholds(), {}, 8000)
    one, two, both = (
        found.steps(found.periods[0], who)[0].of_first.count
        for who in (("adult",), ("sv",), ("adult", "sv"))
    )
    assert (one, two, both) == (150, 165, 315)
    assert found.steps(found.periods[0], ("adult", "cyp"))[0].of_first.count is None
    assert found.steps(found.periods[0], ("nobody",))[0].of_first.count is None

"""T15, T16: what a program sends is set aside; people are not, whatever address they share."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.services.doubting import (
    ALIKE,
    NETWORK_ALLOWED,
    ONE_NETWORK,
    TOO_FAST,
    TRAPPED,
    Arrival,
    Doubts,
    likeness_of,
    network_of,
)
from tests.conftest import NOW

COLLECTOR = uuid4()


def an_arrival(seconds: float = 0, **changes: object) -> Arrival:
    values: dict[str, object] = {
        "response_id": uuid4(),
        "collector_id": COLLECTOR,
        "at": NOW + timedelta(seconds=seconds),
        "pace": 6.0,
        "likeness": None,
        "network": "",
    }
    return Arrival(**(values | changes))  # type: ignore[arg-type]


def set_aside(doubts: Doubts, arrivals: list[Arrival]) -> set[UUID]:
    found: set[UUID] = set()
    for arrival in arrivals:
        doubt = doubts.weigh(arrival)
        if doubt is not None:
            found |= {arrival.response_id, *doubt.earlier}
    return found


def test_t15_five_thousand_scripted_entries_are_all_set_aside_and_two_hundred_people_are_not():
    doubts = Doubts()
    program = [an_arrival(n * 0.2, pace=0.01, network="203.0.113.0/24") for n in range(5000)]
    # Two hundred in the same hour, forty of them behind the program's own network.
    people = [
        an_arrival(
            n * 5, pace=4.0 + n % 7, network="203.0.113.0/24" if n % 5 == 0 else f"net{n}",
            likeness=hash(("words", n)),
        )
        for n in range(200)
    ]  # fmt: skip
    everybody = sorted([*program, *people], key=lambda arrival: arrival.at)
    found = set_aside(doubts, everybody)
    assert {a.response_id for a in program} <= found
    assert not {a.response_id for a in people} & found


def test_t15_the_same_words_time_and_again_are_set_aside_however_slowly_they_are_sent():
    arrivals = [an_arrival(n * 60, likeness=7, network=f"net{n}") for n in range(20)]
    assert set_aside(Doubts(), arrivals) == {a.response_id for a in arrivals}
    assert Doubts().weigh(arrivals[0]) is None


def test_who_was_set_aside_or_let_in_again_is_not_set_aside_with_every_later_one():
    doubts = Doubts()
    found = [doubts.weigh(an_arrival(n, likeness=7)) for n in range(30)]
    assert all(doubt is not None for doubt in found[5:])
    # Five times over, in case the send that came upon them failed; then no more.
    assert found[9] is not None
    assert found[9].earlier
    assert [doubt.earlier for doubt in found[11:] if doubt] == [()] * 19


def test_t16_forty_people_behind_one_address_who_answer_quickly_all_count():
    arrivals = [an_arrival(n * 10, pace=1.5, network="192.0.2.0/24") for n in range(40)]
    assert set_aside(Doubts(), arrivals) == set()


def test_t16_far_too_many_brisk_ones_from_one_network_are_set_aside_from_there_on():
    doubts = Doubts()
    arrivals = [
        an_arrival(n, pace=2.0, network="192.0.2.0/24") for n in range(NETWORK_ALLOWED + 10)
    ]
    reasons = [doubts.weigh(arrival) for arrival in arrivals]
    assert reasons[:NETWORK_ALLOWED] == [None] * NETWORK_ALLOWED
    assert {d.reason for d in reasons[NETWORK_ALLOWED:] if d} == {ONE_NETWORK}
    assert all(d is not None and d.earlier == () for d in reasons[NETWORK_ALLOWED:])


def test_t16_a_box_that_people_do_not_see_is_enough_by_itself():
    doubt = Doubts().weigh(an_arrival(is_trapped=True))
    assert doubt is not None
    assert (doubt.reason, doubt.earlier) == (TRAPPED, ())


def test_what_is_counted_is_forgotten_after_an_hour():
    doubts = Doubts()
    for n in range(40):
        assert doubts.weigh(an_arrival(n * 900, pace=0.1)) is None


def test_the_first_reason_is_the_plainest():
    doubts = Doubts()
    found = [doubts.weigh(an_arrival(n, pace=0.1, likeness=1)) for n in range(8)]
    assert found[-1] is not None
    assert found[-1].reason == TOO_FAST != ALIKE


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"),
        ("unix:", ""),
        (None, ""),
    ],
)
def test_an_address_is_known_by_its_network_only(address: str | None, network: str):
    assert network_of(address) == network


def test_short_answers_are_never_compared():
    assert likeness_of(("fine",) * 4, count=4, letters=6) is None
    assert likeness_of(("fine",) * 4, count=4, letters=60) is not None

from datetime import date

import pytest

from app.figures import periods as p


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2026, 3, 31), "2025-26-q4"),
        (date(2026, 4, 1), "2026-27-q1"),
        (date(2026, 12, 31), "2026-27-q3"),
        (date(2027, 1, 1), "2026-27-q4"),
    ],
)
def test_quarters_run_from_april(day, key):
    assert p.quarter_key(p.quarter_of(day)) == key


def test_a_quarter_starts_and_ends_where_the_next_begins():
    number = p.quarter_of(date(2027, 2, 10))
    assert (p.quarter_start(number), p.quarter_end(number)) == (date(2027, 1, 1), date(2027, 3, 31))
    assert p.quarter_label(number) == "January to March 2027 (Q4)"


def test_only_complete_periods_are_offered():
    q = p.quarter_of(date(2026, 5, 1))
    offered = p.periods_of([q, q + 1, q + 2, q + 3], last=q + 1)
    assert [x.key for x in offered] == ["2026-27-q1", "2026-27-q2"]
    offered = p.periods_of([q, q + 1, q + 2, q + 3], last=q + 3)
    assert [x.key for x in offered][-1] == "2026-27"


def test_a_wave_is_offered_once_it_has_come_to_rest():
    march = p.quarter_of(date(2022, 3, 20))
    assert [x.kind for x in p.periods_of([march, march + 1], march + 2)] == ["quarter", "quarter"]
    whole = p.periods_of([march, march + 1], march + 3)[-1]
    assert whole.kind == "wave"
    assert whole.label == "All answers, January 2022 to June 2022"
    assert p.default_period(p.periods_of([march, march + 1], march + 3), march + 3) == whole


def test_two_names_for_the_same_people_become_one_period():
    q = p.quarter_of(date(2026, 5, 1))
    assert len(p.periods_of([q], q + 8)) == 1


def test_a_year_is_the_sum_of_its_quarters():
    q = p.quarter_of(date(2026, 5, 1))
    offered = p.periods_of(range(q, q + 4), q + 3)
    assert p.equations(offered) == [(4, (0, 1, 2, 3))]
    assert (4, 0) in p.nested(offered)

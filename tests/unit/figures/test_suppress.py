import numpy as np
import pytest

from app.figures.suppress import PUBLIC, STAFF, Showing, Status, Structure, Sum, protect

SHOWN, SMALL, PROTECTING = Status.SHOWN, Status.SMALL, Status.PROTECTING


def _line(counts, **structure):
    """Return the status of one row of nodes; the first is the sum of the others."""
    cube = np.array(counts, dtype=np.int64)[None, :, None]
    parts = Sum(0, tuple(range(1, len(counts))))
    made = Structure(base_of=(-1,), nodes=[parts], **structure)
    return [Status(s) for s in protect(cube, made)[0, :, 0]]


@pytest.mark.parametrize(
    ("base", "showing"),
    [
        (0, Showing.NOTHING),
        (9, Showing.NOTHING),
        (10, Showing.COUNT),
        (29, Showing.COUNT),
        (30, Showing.CAUTION),
        (49, Showing.CAUTION),
        (50, Showing.NORMAL),
    ],
)
def test_a_base_decides_what_may_be_said(base, showing):
    assert STAFF.showing(base) == showing


def test_limits_double_for_children_and_sexual_violence_in_public():
    assert PUBLIC.doubled().showing(19) == Showing.NOTHING
    assert PUBLIC.doubled().showing(59) == Showing.COUNT


@pytest.mark.parametrize(("count", "printed"), [(12, 10), (13, 15), (778, 780), (10, 10)])
def test_public_counts_are_rounded_to_five(count, printed):
    assert PUBLIC.rounded(count) == printed


def test_counts_of_nought_to_nine_are_fewer_than_ten():
    assert _line([300, 100, 100, 100])[0:4] == [SHOWN] * 4
    cube = np.array([0, 9, 10], dtype=np.int64)[None, :, None]
    assert list(protect(cube, Structure(base_of=(-1,)))[0, :, 0]) == [SMALL, SMALL, SHOWN]


def test_one_hidden_part_takes_the_next_smallest_with_it():
    assert _line([208, 100, 60, 40, 8]) == [SHOWN, SHOWN, SHOWN, PROTECTING, SMALL]


def test_hidden_parts_that_come_to_less_than_ten_take_another_with_them():
    assert _line([166, 100, 60, 4, 2]) == [SHOWN, SHOWN, PROTECTING, SMALL, SMALL]


def test_hidden_parts_near_their_ceiling_are_as_good_as_told():
    assert _line([117, 60, 40, 9, 8]) == [SHOWN, SHOWN, PROTECTING, SMALL, SMALL]


def test_a_hidden_total_is_not_the_sum_of_parts_all_shown():
    cube = np.array([100, 60, 40], dtype=np.int64)[None, :, None]
    given = np.array([True, False, False])[None, :, None]
    made = Structure(base_of=(-1,), nodes=[Sum(0, (1, 2))])
    assert list(protect(cube, made, given=given)[0, :, 0]) == [PROTECTING, SHOWN, PROTECTING]


def test_a_share_near_everyone_is_hidden_for_the_few_others():
    cube = np.array([[[100, 93]]], dtype=np.int64)
    assert list(protect(cube, Structure(base_of=(-1, 0)))[0, 0]) == [SHOWN, PROTECTING]


def test_no_period_less_another_is_a_small_count():
    cube = np.array([[[105]], [[98]]], dtype=np.int64)
    pairs = [(0, 0), (1, 1), (0, 1)]
    status = protect(cube, Structure(base_of=(-1,), period_pairs=pairs, node_pairs=[(0, 0)]))
    assert list(status[:, 0, 0]) == [SHOWN, PROTECTING]


def test_a_family_that_is_nearly_one_theme_is_hidden():
    cube = np.array([[[500, 104, 100]]], dtype=np.int64)
    made = Structure(base_of=(-1, 0, 0), inside=[(1, 2)])
    assert list(protect(cube, made)[0, 0]) == [SHOWN, PROTECTING, SHOWN]


def test_switched_off_the_difference_gives_the_small_count_away():
    cube = np.array([208, 100, 60, 40, 8], dtype=np.int64)[None, :, None]
    made = Structure(base_of=(-1,), nodes=[Sum(0, (1, 2, 3, 4))])
    status = protect(cube, made, secondary=False)[0, :, 0]
    shown = cube[0, :, 0][status == SHOWN]
    assert shown[0] - shown[1:].sum() == 8


def _rows(counts, **structure):
    """Return the status of each row of one cell; the first is the base of the others."""
    cube = np.array(counts, dtype=np.int64)[None, None, :]
    made = Structure(base_of=(-1, *[0] * (len(counts) - 1)), **structure)
    return [Status(s) for s in protect(cube, made)[0, 0]]


@pytest.mark.parametrize(
    ("need", "barriers", "status"),
    [
        (60, (16, 9, 40), PROTECTING),  # less the shown ones only four are left
        (30, (16, 9), PROTECTING),  # 14 are left where at most nine can be
        (80, (16, 40, 9, 9, 9), PROTECTING),  # 24 of at most 27: each is eight or nine
        (70, (16, 40, 5, 5, 4), SHOWN),  # 14 of at most 27
        (20, (9, 8, 7, 6), SHOWN),  # no barrier is shown, and each may be 0 to 9
    ],
)
def test_a_need_gives_way_where_the_rest_of_its_barriers_would_be_told(need, barriers, status):
    found = _rows([200, need, *barriers], unions=[Sum(1, tuple(range(2, 2 + len(barriers))))])
    assert found[1] is status


def test_two_needs_together_give_way_to_each_need_alone():
    both = [(1, 3), (2, 3)]
    assert _rows([200, 40, 60, 35], overlaps=both) == [SHOWN, SHOWN, SHOWN, PROTECTING]

"""Days to avoid: month first, and a day that cannot be is refused rather than never met."""

from datetime import date, timedelta

import pytest

from app.services.case_rows import CellError, avoid_cell, day_cell
from app.services.planning import CaseFacts, NotYet, _day_reasons


def avoided(cell: str, day: date) -> bool:
    case = CaseFacts(avoid=avoid_cell(cell))
    return NotYet.AVOID in _day_reasons(day, case, [], frozenset())


@pytest.mark.parametrize("cell", ["25-12", "14-02", "11-18;25-12"])
def test_a_day_written_first_is_refused_with_the_order_to_write_it_in(cell: str) -> None:
    with pytest.raises(CellError, match=r"month first, then the day: 25 December is 12-25"):
        avoid_cell(cell)


@pytest.mark.parametrize("cell", ["13-45", "02-30", "00-10", "04-31"])
def test_a_day_there_is_not_is_refused(cell: str) -> None:
    with pytest.raises(CellError, match="no such day"):
        avoid_cell(cell)


def test_a_leap_day_is_kept_in_every_year_from_the_day_before_to_the_day_after() -> None:
    for year in (2027, 2028):
        first = date(year, 2, 28)
        days = [first + timedelta(days=n) for n in range(-1, 4)]
        assert {d for d in days if avoided("02-29", d)} >= {date(year, 2, 28), date(year, 3, 1)}
        assert not avoided("02-29", date(year, 2, 27))
        assert not avoided("02-29", date(year, 3, 2))
    assert avoided("02-29", date(2028, 2, 29))


def test_a_day_kept_the_british_way_before_it_was_refused_still_holds() -> None:
    case = CaseFacts(avoid=("25-12", "03-04"))
    assert NotYet.AVOID in _day_reasons(date(2026, 12, 25), case, [], frozenset())
    assert NotYet.AVOID in _day_reasons(date(2027, 3, 4), case, [], frozenset())
    assert NotYet.AVOID not in _day_reasons(date(2027, 4, 3), case, [], frozenset())


@pytest.mark.parametrize(
    "cell",
    ["2026-03-31", "31/03/2026", "31.03.2026", "31 Mar 2026", "31/03/2026 00:00",
     "31/03/2026 00:00:00", "2026-03-31T00:00:00", "2026-03-31 00:00:00.000", " 2026-03-31 "],
)  # fmt: skip
def test_a_day_is_read_however_a_database_or_excel_prints_it(cell: str) -> None:
    assert day_cell(cell) == date(2026, 3, 31)


@pytest.mark.parametrize(
    "cell", ["2026-03-31T23:00:00Z", "03/31/2026", "31/03/26", "46112", "29/02/2026", "2026-13-01"]
)
def test_a_day_that_may_be_another_is_refused(cell: str) -> None:
    with pytest.raises(CellError, match="write the date like"):
        day_cell(cell)

"""A chart is offered only where there is something to draw."""

import pytest

from app.figures.tables import SafeCell, SafeRow, SafeTable
from app.results import charts

DRAWN = (charts.ranking, charts.over_time, charts.heat, charts.bars)


def a_table(*cells: SafeCell) -> SafeTable:
    rows = tuple(SafeRow(f"t{i}", f"Theme {i}", (cell,)) for i, cell in enumerate(cells))
    return SafeTable("Themes", ("",), rows, SafeCell(200, 200))


@pytest.mark.parametrize("draw", DRAWN)
@pytest.mark.parametrize("cells", [(), (SafeCell(base=200, why="fewer than 10"),)])
def test_nothing_is_drawn_of_a_table_that_shows_nothing(draw, cells):
    assert draw(a_table(*cells)) is None


@pytest.mark.parametrize("draw", DRAWN)
def test_what_is_shown_is_drawn(draw):
    assert draw(a_table(SafeCell(40, 200, 0.2), SafeCell(why="fewer than 10"))) is not None

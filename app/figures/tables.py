"""What leaves the gateway: cells and tables that hold nothing but what may be shown."""

from dataclasses import dataclass

from .intervals import Interval
from .suppress import Showing, Thresholds

FEW = "fewer than 10"
NOT_YET = "not yet"
NONE = "–"
HALF_A_PERCENT = 0.005


@dataclass(frozen=True, slots=True)
class SafeCell:
    """One figure: how many, of how many, and the share with its interval where allowed.

    `count` and `share` are None where withheld; `why` then says so in words.
    """

    count: int | None = None
    base: int | None = None
    share: float | None = None
    interval: Interval | None = None
    showing: Showing = Showing.NOTHING
    why: str = ""
    powered: bool = False
    share_base: int | None = None  # where the share rests on a sample of the base

    @property
    def count_words(self) -> str:
        """Return the count as printed."""
        return self.why if self.count is None else f"{self.count:,}"

    @property
    def base_words(self) -> str:
        """Return the base as printed."""
        return NONE if self.base is None else f"{self.base:,}"

    @property
    def share_words(self) -> str:
        """Return the share as printed, with a mark where its base calls for caution."""
        if self.share is None:
            return NONE
        mark = " (take care)" if self.showing is Showing.CAUTION else ""
        return f"{percent(self.share)}{mark}"

    @property
    def interval_words(self) -> str:
        """Return the interval as printed."""
        if self.interval is None:
            return NONE
        return f"{percent(self.interval.low)} to {percent(self.interval.high)}"


def percent(share: float) -> str:
    """Return a share as whole per cent, halves upwards; finer digits would claim too much."""
    if 0 < share < HALF_A_PERCENT:
        return "under 1%"
    return f"{int(100 * share + 0.5)}%"


FEW_CELL = SafeCell(why=FEW)


def few(limits: Thresholds) -> str:
    """Return how a count under the limit is said."""
    return f"fewer than {limits.hide_below}"


def few_cell(limits: Thresholds) -> SafeCell:
    """Return the cell of a count under the limit."""
    return SafeCell(why=few(limits))


def withheld(limits: Thresholds) -> str:
    """Return how a figure is said that is small, or that would tell a smaller one.

    The same words for both: a reader who knew that a hidden count is 10 or more could narrow the
    small ones beside it (decision 0041).
    """
    return f"{few(limits)}, or not shown"


def withheld_cell(limits: Thresholds) -> SafeCell:
    """Return the cell of a figure that is withheld, whichever way."""
    return SafeCell(why=withheld(limits))


@dataclass(frozen=True, slots=True)
class SafeRow:
    """A line of a table: a code, its name, and its cells in the order of the columns."""

    code: str
    label: str
    cells: tuple[SafeCell, ...]

    @property
    def cell(self) -> SafeCell:
        """Return the only, or first, cell."""
        return self.cells[0]


@dataclass(frozen=True, slots=True)
class SafeTable:
    """A safe table: what it is of, its columns and rows, and what is withheld and why."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[SafeRow, ...]
    base: SafeCell
    note: str = ""

    @property
    def withheld(self) -> int:
        """Return how many cells are not shown."""
        return sum(cell.count is None for row in self.rows for cell in row.cells)

    @property
    def size(self) -> int:
        """Return how many cells the table has."""
        return sum(len(row.cells) for row in self.rows)

"""The safe tables of which needs come together, as people wrote of them and ticked them."""

from collections.abc import Mapping, Sequence

from .codebook import Book, words
from .needs import NEEDS_ASKED
from .pages import View
from .questions import Question
from .tables import SafeCell, SafeRow, SafeTable


def co_occurrence(view: View, book: Book) -> SafeTable:
    """Return how often two needs are named by the same answer."""
    pairs = [r.removeprefix("pair:") for r in view.release.wide.rows if r.startswith("pair:")]
    cells = {pair: view.cell(f"pair:{pair}", "read") for pair in pairs}
    shown = {pair: cell for pair, cell in cells.items() if cell.count is not None}
    needs = [n for n in book.needs if any(n in pair.split("+") for pair in shown)]
    rows = tuple(
        SafeRow(
            one,
            words(one).capitalize(),
            tuple(_of_pair(view, cells, one, two) for two in needs),
        )
        for one in needs
    )
    columns = tuple(words(n).capitalize() for n in needs)
    return SafeTable("Needs named together", columns, rows, view.count("read"))


def chosen_together(view: View, questions: Sequence[Question]) -> SafeTable | None:
    """Return how many people ticked both of two needs; None where no survey question asks."""
    asked = next((q for q in questions if q.name == NEEDS_ASKED and not q.is_one_of), None)
    if asked is None or not view.release.has(f"asked:{asked.id}"):
        return None
    base, prefix = f"asked:{asked.id}", f"both:{asked.id}:"
    names = [r.removeprefix(prefix) for r in view.release.wide.rows if r.startswith(prefix)]
    cells = {name: view.cell(prefix + name, base) for name in names}
    shown = {o for name, cell in cells.items() if cell.count is not None for o in name.split("+")}
    options = [o for o in asked.options if o.id in shown]
    rows = tuple(
        SafeRow(one.id, one.label, tuple(_of_pair(view, cells, one.id, o.id) for o in options))
        for one in options
    )
    columns = tuple(o.label for o in options)
    return SafeTable("Needs people ticked together", columns, rows, view.count(base))


def _of_pair(view: View, cells: Mapping[str, SafeCell], one: str, two: str) -> SafeCell:
    if one == two:
        return SafeCell(why="–")
    return cells.get("+".join(sorted((one, two))), view.release.few)

"""The safe tables that pages, charts, files and reports are made of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .codebook import Book, words
from .control import control_chart
from .needs import NEEDS_ASKED
from .periods import Period, period_before
from .questions import Question, Reading, readings
from .release import Release
from .rows import option_row
from .suppress import Showing
from .tables import SafeCell, SafeRow, SafeTable, few


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: a release, one period and one legal set of facets."""

    release: Release
    period: Period
    node: int

    @property
    def facets(self) -> Mapping[str, str]:
        """Return the facets looked at."""
        return dict(self.release.lattice.nodes[self.node])

    def cell(self, row: str, base: str) -> SafeCell:
        """Return one figure of this view."""
        return self.release.cell(row, base, self.period, self.node)

    def count(self, row: str) -> SafeCell:
        """Return one base of this view."""
        return self.release.count(row, self.period, self.node)

    @property
    def reading(self) -> str:
        """Return what shares of written answers rest on here."""
        return self.release.about.reading.get(self.period.key, "counts")

    def at(self, facets: Mapping[str, str]) -> "View | None":
        """Return the same period under other facets, where they are legal."""
        node = self.release.lattice.find(facets)
        return None if node is None else replace(self, node=node)

    def during(self, period: Period) -> "View":
        """Return the same facets in another period."""
        return replace(self, period=period)

    def before(self) -> "View | None":
        """Return the same facets in the period of the same kind before this one."""
        earlier = period_before(self.release.periods, self.period)
        return None if earlier is None else self.during(earlier)


def _largest_first(rows: Iterable[SafeRow]) -> tuple[SafeRow, ...]:
    """Return rows by share, then count; withheld ones last, by name, so order tells nothing."""

    def order(row: SafeRow) -> tuple[bool, float, int, str]:
        cell = row.cell
        return (cell.count is None, -(cell.share or 0.0), -(cell.count or 0), row.label)

    return tuple(sorted(rows, key=order))


def theme_table(view: View, book: Book) -> SafeTable:
    """Return every theme with how many answers raise it, largest first."""
    rows = [SafeRow(t.id, t.label, (view.cell(f"theme:{t.id}", "read"),)) for t in book.themes]
    return SafeTable("What people raise", ("",), _largest_first(rows), view.count("read"))


def gap_table(view: View) -> SafeTable:
    """Return every need and barrier that people named together, largest first.

    Pairs of which nothing may be shown are left out: of the hundreds there could be, a list of
    hidden ones would tell which were named at all.
    """
    names = [r.removeprefix("gap:") for r in view.release.wide.rows if r.startswith("gap:")]
    rows = [SafeRow(n, gap_label(n), (view.cell(f"gap:{n}", "read"),)) for n in names]
    return SafeTable(
        "What people need and what gets in the way",
        ("",),
        _largest_first(row for row in rows if row.cell.count is not None),
        view.count("read"),
        f"Every other pair was named by {few(view.release.limits)} people, or is not shown to "
        "protect them.",
    )


def need_table(view: View, book: Book) -> SafeTable:
    """Return every need of which something may be shown, whatever got in its way."""
    rows = [
        SafeRow(n, words(n).capitalize(), (view.cell(f"need:{n}", "read"),)) for n in book.needs
    ]
    return SafeTable(
        "What people need, whatever got in the way",
        ("",),
        _largest_first(row for row in rows if row.cell.count is not None),
        view.count("read"),
        f"Every other need was named by {few(view.release.limits)} people, or is not shown: it "
        "would tell how few named what is not listed above.",
    )


def gap_label(code: str) -> str:
    """Return "need: barrier" as people say it; a need alone is whatever got in the way."""
    need, _, barrier = code.partition("|")
    return f"{words(need).capitalize()}: {words(barrier) if barrier else 'whatever got in the way'}"


def gap_matrix(view: View, book: Book) -> SafeTable:
    """Return needs by barriers; needs and barriers of which nothing can be shown are left out."""
    held = {row.code: row.cell for row in gap_table(view).rows if row.cell.count is not None}
    needs = [n for n in book.needs if any(code.startswith(f"{n}|") for code in held)]
    barriers = [b for b in book.barriers if any(code.endswith(f"|{b}") for code in held)]
    rows = [
        SafeRow(
            n,
            words(n).capitalize(),
            tuple(view.cell(f"gap:{n}|{b}", "read") for b in barriers),
        )
        for n in needs
    ]
    columns = tuple(words(b).capitalize() for b in barriers)
    return SafeTable("Needs by what gets in the way", columns, tuple(rows), view.count("read"))


def group_table(view: View, book: Book, dimension: str, name: Callable[[str], str]) -> SafeTable:
    """Return themes by the values of one dimension, or families where themes are too small.

    Rows collapse to families when more than half of the theme cells would be withheld
    (settled.md 32: rather the families than a field of hidden cells).
    """
    themes = _by_group(view, dimension, [(f"theme:{t.id}", t.label) for t in book.themes], name)
    if themes.size and themes.withheld * 2 <= themes.size:
        return themes
    families = [
        (_family_row(book, f), label) for f, label in book.families.items() if book.members(f)
    ]
    return replace(
        _without_empty(_by_group(view, dimension, families, name)),
        note="Themes are shown together in families, because single themes are too few here.",
    )


def _without_empty(table: SafeTable) -> SafeTable:
    """Return the table without columns and rows in which nothing may be shown."""
    shown = [
        i
        for i in range(len(table.columns))
        if any(row.cells[i].count is not None for row in table.rows)
    ]
    rows = [replace(row, cells=tuple(row.cells[i] for i in shown)) for row in table.rows]
    kept = tuple(row for row in rows if any(c.count is not None for c in row.cells))
    return replace(table, columns=tuple(table.columns[i] for i in shown), rows=kept)


def _family_row(book: Book, family: str) -> str:
    members = book.members(family)
    return f"family:{family}" if len(members) > 1 else f"theme:{members[0].id}"


def _by_group(
    view: View, dimension: str, rows: Sequence[tuple[str, str]], name: Callable[[str], str]
) -> SafeTable:
    views = _split(view, dimension)
    shown = [(value, one) for value, one in views if one.count("read").count is not None]
    return SafeTable(
        "What people raise, by group",
        tuple(name(value) for value, _ in shown),
        tuple(
            SafeRow(row, label, tuple(one.cell(row, "read") for _, one in shown))
            for row, label in rows
        ),
        view.count("read"),
    )


def _split(view: View, dimension: str) -> list[tuple[str, View]]:
    """Return the view under every value of one more dimension."""
    dim = view.release.lattice.dimension(dimension)
    if dim is None or dimension in view.facets:
        return []
    found = [(value, view.at({**view.facets, dimension: value})) for value in dim.values]
    return [(value, one) for value, one in found if one is not None]


def people_table(view: View, dimension: str, name: Callable[[str], str]) -> SafeTable:
    """Return how many people answered, by the values of one dimension."""
    whole = view.count("people")
    rows = [
        SafeRow(value, name(value), (_part_of(one.count("people"), whole),))
        for value, one in _split(view, dimension)
    ]
    return SafeTable("Who answered", ("",), tuple(rows), whole)


def _part_of(part: SafeCell, whole: SafeCell) -> SafeCell:
    """Return a count as a part of a whole; a composition of who answered has no interval."""
    if part.count is None or whole.count is None or whole.showing is Showing.COUNT:
        return replace(part, base=whole.count)
    return replace(part, base=whole.count, share=part.count / whole.count, showing=whole.showing)


def trend_table(view: View, row: str, base: str, label: str) -> SafeTable:
    """Return one figure over the complete quarters."""
    quarters = [p for p in view.release.periods if p.kind in {"quarter", "today"}]
    rows = [
        SafeRow(p.key, p.label, (view.during(p).cell(row, base),))
        for p in sorted(quarters, key=lambda p: p.quarters)
    ]
    return SafeTable(f"{label}, quarter by quarter", ("",), tuple(rows), view.count(base))


def option_table(view: View, question: Question) -> SafeTable:
    """Return what people chose at one question, in the order of the options."""
    base = f"asked:{question.id}"
    rows = [
        SafeRow(o.id, o.label, (view.cell(option_row(question.id, o.id), base),))
        for o in question.options
        if view.release.has(base)
    ]
    whole = view.count(base) if view.release.has(base) else SafeCell()
    return SafeTable(question.label, ("",), tuple(rows), whole)


def indicator_cells(view: View, questions: Sequence[Question]) -> list[tuple[Reading, SafeCell]]:
    """Return the indicators this survey asks for, with their figures."""
    return [
        (reading, view.cell(f"indicator:{reading.indicator.key}", f"asked:{reading.question.id}"))
        for reading in readings(questions)
        if view.release.has(f"indicator:{reading.indicator.key}")
    ]


def people_trend(view: View) -> SafeTable:
    """Return how many people answered, quarter by quarter."""
    quarters = [p for p in view.release.periods if p.kind in {"quarter", "today"}]
    rows = [
        SafeRow(p.key, p.label, (view.during(p).count("people"),))
        for p in sorted(quarters, key=lambda p: p.quarters)
    ]
    bare = [replace(row, cells=(replace(row.cell, base=None),)) for row in rows]
    return SafeTable("People heard, quarter by quarter", ("",), tuple(bare), view.count("people"))


def split_table(
    view: View, row: str, base: str, dimension: str, name: Callable[[str], str]
) -> SafeTable:
    """Return one figure under every value of a dimension; values with too few are left out."""
    rows = [
        SafeRow(value, name(value), (one.cell(row, base),))
        for value, one in _split(view, dimension)
        if one.count(base).count is not None
    ]
    return SafeTable("By group", ("",), tuple(rows), view.count(base))


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


def coverage_table(
    view: View,
    pair: tuple[str, str],
    names: tuple[Callable[[str], str], Callable[[str], str]],
) -> SafeTable:
    """Return how many people answered by two dimensions; nothing is left out of the table."""
    one, two = (view.release.lattice.dimension(name) for name in pair)
    values = two.values if two else ()
    rows = [
        SafeRow(a, names[0](a), tuple(_people_at(view, {pair[0]: a, pair[1]: b}) for b in values))
        for a in (one.values if one else ())
    ]
    columns = tuple(names[1](b) for b in values)
    return SafeTable("People heard, by two groups", columns, tuple(rows), view.count("people"))


def _people_at(view: View, facets: Mapping[str, str]) -> SafeCell:
    there = view.at(facets)
    return view.release.few if there is None else there.count("people")


def offer_gap(view: View) -> SafeCell | None:
    """Return who was never told of restorative justice, of those who wanted it."""
    return view.cell("rj:missed", "rj:wanted") if view.release.has("rj:wanted") else None


def standing_out(table: SafeTable) -> list[bool | None]:
    """Return for each period whether its share differs by more than chance; None if unknown."""
    chart = control_chart([_counted(row.cell) for row in table.rows])
    return [None if point is None else point.stands_out for point in chart]


def _counted(cell: SafeCell) -> tuple[int, int] | None:
    """Return the count and base a share rests on: the sample's, where it is from a sample."""
    base = cell.share_base or cell.base
    if cell.share is None or base is None:
        return None
    return round(cell.share * base), base


def largest_places(table: SafeTable) -> SafeTable:
    """Return the cells of a two-way table that may be shown as one list, the largest first.

    For tables that would be a field of hidden cells (settled.md 32).
    """
    rows = [
        SafeRow(f"{row.code}|{column}", f"{row.label}, {column}", (cell,))
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if cell.count is not None
    ]
    hidden = table.size - len(rows)
    note = f"In the other {hidden} places too few people were heard, or it is not shown."
    return SafeTable(table.title, ("",), _largest_first(rows), table.base, note)


def rights_table(view: View, questions: Sequence[Question]) -> SafeTable:
    """Return for each right of the Victims' Code who had it fully, of those it was due to."""
    rows = [
        SafeRow(q.id, q.label, (view.cell(option_row(q.id, o.id), f"due:{q.id}"),))
        for q in questions
        if view.release.has(f"due:{q.id}")
        for o in q.options
        if o.value == "fully"
    ]
    return SafeTable("Rights kept in full", ("",), tuple(rows), view.count("people"))


def agency_table(view: View, questions: Sequence[Question]) -> SafeTable | None:
    """Return which agencies were named where a right was not kept; None where nothing is asked.

    Rights of which nothing may be shown are left out.
    """
    by_name = {q.name: q for q in questions}
    named = [(q, by_name.get(f"{q.name}_agency")) for q in questions]
    held = [(q, a) for q, a in named if a is not None and view.release.has(f"asked:{a.id}")]
    if not held:
        return None
    options = held[0][1].options
    rows = [
        SafeRow(
            right.name,
            right.label,
            tuple(view.cell(option_row(a.id, o.id), f"asked:{a.id}") for o in a.options),
        )
        for right, a in held
        if len(a.options) == len(options)
    ]
    shown = tuple(r for r in rows if any(c.count is not None for c in r.cells))
    labels = tuple(o.label for o in options)
    return SafeTable("Agencies named, by right", labels, shown, view.count("people"))

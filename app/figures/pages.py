"""The safe tables that pages, charts, files and reports are made of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .codebook import Book, Theme, words
from .control import control_chart
from .periods import Period, period_before
from .release import Release
from .suppress import Showing
from .tables import SafeCell, SafeRow, SafeTable, few
from .valence import WAYS, said_row

NOT_ASKED = "not asked then"
MOST_CARRIED = 0.1  # of the answers read, taken over from an earlier version of the codebook


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

    def theme(self, book: Book, theme: Theme) -> SafeCell:
        """Return the figure of a theme; none where nobody was asked to look for it."""
        if self.asks(book, theme):
            return self.cell(f"theme:{theme.id}", "read")
        return SafeCell(base=self.count("read").base, why=NOT_ASKED)

    def asks(self, book: Book, theme: Theme) -> bool:
        """Return whether the answers of this period were read with this theme in mind.

        What was decided under an earlier version of the codebook counts as read here, but whoever
        decided had no such theme, or a wider one.
        """
        origin = book.origins.get(theme.id)
        if origin is None or origin.since is None or self.period.starts_on >= origin.since:
            return True
        totals = self.release.about.totals[self.period.key]
        return totals["carried"] <= MOST_CARRIED * totals["read"]

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
    rows = [SafeRow(t.id, t.label, (view.theme(book, t),)) for t in book.themes]
    return SafeTable("What people raise", ("",), _largest_first(rows), view.count("read"))


def said_table(view: View, themes: Sequence[Theme]) -> SafeTable:
    """Return how themes were said: as praise, as criticism, or as both or neither."""
    rows = [
        SafeRow(
            t.id,
            t.label,
            tuple(view.cell(said_row(t.id, way), f"theme:{t.id}") for way in WAYS),
        )
        for t in themes
    ]
    return SafeTable("How it was said", tuple(WAYS.values()), tuple(rows), view.count("read"))


def ways_table(view: View, theme: Theme) -> SafeTable:
    """Return how one theme was said, a way a row."""
    [row] = said_table(view, (theme,)).rows
    rows = [
        SafeRow(way, label, (cell,))
        for (way, label), cell in zip(WAYS.items(), row.cells, strict=True)
    ]
    return SafeTable("How it was said", ("",), tuple(rows), view.cell(f"theme:{theme.id}", "read"))


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
    asked = [(f"theme:{t.id}", t.label) for t in book.themes if view.asks(book, t)]
    themes = _by_group(view, dimension, asked, name)
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
    rows = [SafeRow(p.key, p.label, (view.during(p).cell(row, base),)) for p in _quarters(view)]
    return SafeTable(f"{label}, quarter by quarter", ("",), tuple(rows), view.count(base))


def theme_trend(view: View, book: Book, theme: Theme) -> SafeTable:
    """Return one theme over the complete quarters; one that was not asked about then has none."""
    rows = [SafeRow(p.key, p.label, (view.during(p).theme(book, theme),)) for p in _quarters(view)]
    title = f"{theme.label}, quarter by quarter"
    return SafeTable(title, ("",), tuple(rows), view.count("read"))


def _quarters(view: View) -> list[Period]:
    found = [p for p in view.release.periods if p.kind in {"quarter", "today"}]
    return sorted(found, key=lambda p: p.quarters)


def themes_before(view: View, book: Book) -> dict[str, SafeCell] | None:
    """Return the themes' figures in the period before, where they meant the same.

    None where there is no earlier period of the same kind.
    """
    earlier = view.before()
    if earlier is None:
        return None
    return {
        t.id: earlier.theme(book, t)
        for t in book.themes
        if view.asks(book, t) and earlier.asks(book, t)
    }


def people_trend(view: View) -> SafeTable:
    """Return how many people answered, quarter by quarter."""
    rows = [SafeRow(p.key, p.label, (view.during(p).count("people"),)) for p in _quarters(view)]
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

"""Workbooks: a star schema of safe figures for Excel and Power BI, and one table by itself.

One visible sheet a table, typed values, no formulas, nothing hidden (safety.md T21).
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from app.figures import answered, pages
from app.figures.pages import View
from app.figures.periods import quarter_key
from app.figures.tables import SafeCell, SafeRow, SafeTable

from .choosing import Choice
from .printing import COLUMNS, lines
from .wording import DIMENSION_LABELS

Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]
FACT = ("count", "base", "percent", "low", "high", "note")
WIDEST = 60  # letters
WHERE = ("period", "dimension", "value")
DATE = ("period", "label", "kind", "starts_on", "ends_on", "quarters")
DICTIONARY = (
    ("period", "Key of dim_date: a complete quarter or year (April to March), or a whole wave."),
    ("dimension", "What the figures are narrowed by; empty for everyone."),
    ("way", "How a theme was said: praise, criticism, or both (which here includes neither)."),
    ("value", "Key of dim_area, dim_service or dim_value."),
    (
        "count",
        "Answers (fact_theme, _said, _gap, _need) or people. Empty where withheld; see note.",
    ),
    ("base", "What the count is out of: answers read by a person, or people who answered."),
    (
        "percent",
        "Share in whole per cent. Empty where the base is under 30 or not at random.",
    ),
    ("low", "Lower end of the range the true share is likely to lie in (95 times out of 100)."),
    ("high", "Upper end of that range."),
    ("note", "Why a figure is withheld: fewer than 10 people, or protecting a smaller number."),
    ("as_at", "The last day whose answers are in these figures."),
)


def star(choice: Choice) -> bytes:
    """Return every safe figure of the release as a star schema."""
    return workbook(_star_sheets(choice))


def one_table(table: SafeTable) -> bytes:
    """Return one table as a workbook with one sheet."""
    rows = [[line[name] for name in COLUMNS] for line in lines(table)]
    return workbook([("table", COLUMNS, rows)])


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """Return sheets as bytes; text that looks like a formula stays text."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for name, header, rows in sheets:
        sheet = book.create_sheet(name)
        lines = [list(header), *(list(row) for row in rows)]
        sheet.freeze_panes = "A2"
        for i, width in enumerate(_widths(lines), start=1):
            sheet.column_dimensions[get_column_letter(i)].width = width
        for line in lines:
            cells = [WriteOnlyCell(sheet, value) for value in line]
            for cell in cells:
                if cell.data_type == "f":
                    cell.data_type = "s"
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _widths(lines: Sequence[Sequence[Any]]) -> list[int]:
    """Return how wide each column must be for its words to be read."""
    columns = zip(*lines, strict=True)
    return [min(WIDEST, 2 + max(len(str(v)) for v in c if v is not None)) for c in columns]


def _star_sheets(choice: Choice) -> Iterator[Sheet]:
    views = list(_views(choice))
    everyone = [view for view in views if not view.node]
    yield "fact_people", (*WHERE, *FACT), _people(views)
    yield "fact_theme", (*WHERE, "theme", *FACT), _themes(choice, views)
    yield "fact_said", (*WHERE, "theme", "way", *FACT), _said(choice, everyone)
    yield "fact_gap", (*WHERE, "need", "barrier", *FACT), _gaps(everyone)
    yield "fact_need", (*WHERE, "need", *FACT), _needs(choice, everyone)
    yield "fact_answer", (*WHERE, "question", "option", *FACT), _answers(choice, everyone)
    yield (
        "dim_date",
        ("period", "label", "kind", "starts_on", "ends_on", "quarters"),
        _dates(choice),
    )
    yield "dim_code", ("theme", "label", "family", "definition"), _codes(choice)
    yield (
        "dim_question",
        ("question", "name", "label", "kind"),
        [(q.id, q.name, q.label, q.kind) for q in choice.questions],
    )
    yield (
        "dim_option",
        ("question", "option", "value", "label"),
        [(q.id, o.id, o.value, o.label) for q in choice.questions for o in q.options],
    )
    for name in ("area", "service"):
        yield f"dim_{name}", (name, "label"), _values(choice, [name])
    rest = [d for d in DIMENSION_LABELS if d not in {"area", "service"}]
    yield "dim_value", ("dimension", "value", "label"), _values(choice, rest, named=True)
    yield "dictionary", ("column", "meaning"), [*DICTIONARY, ("data as at", str(_as_at(choice)))]


def _as_at(choice: Choice) -> str:
    day = choice.release.about.as_at
    return "now, not released" if day is None else day.isoformat()


def _views(choice: Choice) -> Iterator[View]:
    """Return every period with every filter of up to one facet that this person may see."""
    lattice = choice.release.lattice
    locked = (
        {}
        if choice.view is None
        else {name: value for name, value in choice.view.facets.items() if name in choice.locked}
    )
    for period in choice.release.periods:
        for node, facets in enumerate(lattice.nodes):
            held = dict(facets)
            free = len(facets) - len(locked)
            if all(held.get(n) == v for n, v in locked.items()) and free <= 1:
                yield View(choice.release, period, node)


def _where(view: View) -> tuple[str, str, str]:
    """Return period, dimension and value of a view; the last facet, where two are set."""
    name, value = next(reversed(list(view.facets.items())), ("", ""))
    return view.period.key, name, value


def _fact(cell: SafeCell) -> tuple[Any, ...]:
    table = SafeTable("", ("",), (SafeRow("", "", (cell,)),), cell)
    line = next(iter(lines(table)))
    return tuple(line[name] for name in FACT)


def _people(views: Iterable[View]) -> Iterator[Sequence[Any]]:
    for view in views:
        cell = view.count("people")
        yield (*_where(view), cell.count, None, None, None, None, cell.why)


def _themes(choice: Choice, views: Iterable[View]) -> Iterator[Sequence[Any]]:
    for view in views:
        for row in pages.theme_table(view, choice.book).rows:
            yield (*_where(view), row.code, *_fact(row.cell))


def _said(choice: Choice, views: Iterable[View]) -> Iterator[Sequence[Any]]:
    for view in views:
        for theme in choice.book.themes:
            for row in pages.ways_table(view, theme).rows:
                yield (*_where(view), theme.id, row.code, *_fact(row.cell))


def _gaps(views: Iterable[View]) -> Iterator[Sequence[Any]]:
    for view in views:
        for row in pages.gap_table(view).rows:
            need, _, barrier = row.code.partition("|")
            yield (*_where(view), need, barrier, *_fact(row.cell))


def _needs(choice: Choice, views: Iterable[View]) -> Iterator[Sequence[Any]]:
    for view in views:
        for row in pages.need_table(view, choice.book).rows:
            yield (*_where(view), row.code, *_fact(row.cell))


def _answers(choice: Choice, views: Iterable[View]) -> Iterator[Sequence[Any]]:
    for view in views:
        for question in choice.questions:
            for row in answered.option_table(view, question).rows:
                yield (*_where(view), question.id, row.code, *_fact(row.cell))


def _dates(choice: Choice) -> Iterator[Sequence[Any]]:
    for period in choice.release.periods:
        held = "; ".join(quarter_key(q) for q in period.quarters)
        yield (period.key, period.label, period.kind, period.starts_on, period.ends_on, held)


def _codes(choice: Choice) -> Iterator[Sequence[Any]]:
    for theme in choice.book.themes:
        yield theme.id, theme.label, choice.book.families[theme.family], theme.definition


def _values(
    choice: Choice, dimensions: Sequence[str], *, named: bool = False
) -> Iterator[Sequence[Any]]:
    for name in dimensions:
        dim = choice.release.lattice.dimension(name)
        for value in dim.values if dim and name not in choice.locked else ():
            label = choice.name(name, value)
            yield (name, value, label) if named else (value, label)

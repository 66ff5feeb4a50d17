"""The parts that reports share, each from one safe table of the gateway."""

from dataclasses import replace

from app.figures import answered, pages, pairings
from app.figures.blocks import HIDDEN
from app.figures.comparing import Arrow
from app.figures.periods import period_before
from app.figures.reference import Skew, skew_table
from app.figures.tables import SafeCell, SafeRow, SafeTable
from app.services.naming import DIMENSION_LABELS, day_words, period_words

from .claims import lower
from .gathering import Sources
from .snapshot import Ref
from .tables import Column, Table, beside, compact, frozen, grid, measures
from .writer import Writer

MOST_MOVED, MOST_MISSING, MOST_THEMES, MOST_GAPS, TREND = 3, 4, 10, 10, 5
WHO = ("age_band", "crime_group", "area", "channel")
PLAIN = (Column("People", "count"), Column("Share", "share"))


def opening(w: Writer, s: Sources) -> None:
    """Say who was heard, what they raised, what changed, the largest gap and who is missing."""
    people(w, s)
    themes = themes_table(w, s)
    if themes.rows and isinstance(themes.rows[0].cells[0], SafeCell):
        first = themes.rows[0]
        shown = first.cells[0]
        if isinstance(shown, SafeCell) and shown.count is not None:
            w.say("top_theme", Ref("themes", first.code))
        else:
            w.fixed("nothing_read")
    movements(w, s)
    gaps = gaps_table(w, s)
    if gaps.rows:
        w.say("gap", Ref("gaps", gaps.rows[0].code))


def people(w: Writer, s: Sources) -> None:
    """Say how many people were heard, and received less screened out for everyone."""
    count = s.view.count("people")
    rows = [("people", "People heard", count)]
    screened = s.view.release.about.totals[s.view.period.key]["screened"]
    if not s.view.node:
        hidden = screened == HIDDEN
        rows.append(
            ("screened", "Screened out", s.view.release.few if hidden else SafeCell(screened))
        )
    w.keep("people", "People heard", rows)
    w.say(
        "heard", Ref("people", "people"), lead=True, when=period_words(s.view.period), whom=s.whom
    )
    if not s.view.node:
        w.say("received", Ref("people", "people"), Ref("people", "screened"))


def themes_table(w: Writer, s: Sources) -> Table:
    """Return every theme with the period before beside it; kept once a report."""
    if "themes" in w.tables:
        return w.tables["themes"]
    columns = measures("Answers", "Answers read")
    table = frozen("themes", pages.theme_table(s.view, s.book), "Theme", columns)
    then = pages.themes_before(s.view, s.book)
    if then is not None:
        more = (Column("Before", "share", 1), Column("Change", "change"))
        table = beside(table, then, more)
    return w.hold(_weighted(s, table))


def _weighted(s: Sources, table: Table) -> Table:
    """Return the themes with the weighted share beside, where the release has one."""
    held = {r.code: s.view.release.weighted(f"theme:{r.code}", s.view.period) for r in table.rows}
    if s.view.node or all(cell.share is None for cell in held.values()):
        return table
    rows = tuple(replace(row, cells=(*row.cells, held[row.code])) for row in table.rows)
    at = len(rows[0].cells) - 1
    return replace(table, rows=rows, columns=(*table.columns, Column("Weighted", "share", at)))


def movements(w: Writer, s: Sources) -> None:
    """Say which themes clearly moved, or that none did."""
    table = themes_table(w, s)
    earlier = period_before(s.view.release.periods, s.view.period)
    if earlier is None or not table.rows:
        w.fixed("no_period")
        return
    w.say("changes", Ref("themes", table.rows[0].code), what="theme", before=earlier.label)
    pairs = zip(table.rows, table.moved(), strict=True)
    moved = [(row, change) for row, change in pairs if change.arrow is not Arrow.NONE]
    moved.sort(key=lambda pair: -abs(pair[1].points or 0))
    for row, _ in moved[:MOST_MOVED]:
        w.say("changed", Ref("themes", row.code))


def gaps_table(w: Writer, s: Sources) -> Table:
    """Return needs and barriers with the strength of their evidence."""
    if "gaps" in w.tables:
        return w.tables["gaps"]
    columns = (*measures("Answers", "Answers read"), Column("Evidence", "strength"))
    return w.hold(frozen("gaps", pages.gap_table(s.view), "Need: what got in the way", columns))


def voice(w: Writer, s: Sources) -> None:
    """Print themes, needs, and places for quotations."""
    themes, gaps = themes_table(w, s), gaps_table(w, s)
    reading(w, s)
    what = "Share of written answers that raise each theme"
    w.picture("themes", "ranking", what)
    w.table(themes.key, MOST_THEMES)
    ways(w, s)
    w.heading("What people needed, and what got in the way")
    if gaps.rows:
        w.table("gaps", MOST_GAPS)
    else:
        w.fixed("no_gaps")
    quotes(w, s)


def ways(w: Writer, s: Sources) -> None:
    """Print how themes were said: as praise, as criticism, or as both or neither."""
    named = [t for row in themes_table(w, s).rows if (t := s.book.theme(row.code))]
    table = pages.said_table(s.view, named)
    shown = tuple(row for row in table.rows if any(c.count is not None for c in row.cells))
    if shown:
        w.heading("How they said it")
        w.fixed("ways" if s.view.reading == "read" else "ways_counted")
        w.table(grid("ways", replace(table, rows=shown[:MOST_THEMES]), "Theme"))


def all_themes(w: Writer) -> None:
    """Print every theme that may be shown, and name the others, where only the first were."""
    if len(w.tables["themes"].rows) > MOST_THEMES:
        w.table(replace(compact(w.tables["themes"]), key="all_themes"))


def quotes(w: Writer, s: Sources) -> None:
    """Leave a place for quotations where some may be shown now."""
    if s.quotes:
        w.heading("In people's words")
        w.fixed("quotes")
        w.quotes([key for key, _ in s.quotes])


def reading(w: Writer, s: Sources) -> None:
    """Say how the written answers were read."""
    cells = [(row, row, s.view.count(row)) for row in ("written", "read", "sample")]
    w.keep("reading", "How answers were read", cells)
    refs = [Ref("reading", row) for row, _, _ in cells]
    w.say("reading", *refs, mode=s.view.reading)


def who(w: Writer, s: Sources) -> None:
    """Print who was heard, by every dimension this view can be split by."""
    for dimension in WHO:
        table = pages.people_table(s.view, dimension, s.name(dimension))
        if table.rows:
            label = DIMENSION_LABELS[dimension]
            title = f"Who was heard: {lower(label)}"
            w.table(compact(frozen(f"who_{dimension}", table, label, PLAIN, title=title)))


def characteristics(w: Writer, s: Sources, names: tuple[str, ...]) -> None:
    """Print what people said about themselves, question by question."""
    by_name = {q.name: q for q in s.questions}
    for name in names:
        if name in by_name and s.view.release.has(f"asked:{by_name[name].id}"):
            asked = by_name[name]
            table = answered.rolled_up(s.view, asked) or answered.option_table(s.view, asked)
            w.table(compact(frozen(f"asked_{name}", table, "Answer", PLAIN)))


def missing(w: Writer, s: Sources) -> None:
    """Print who is heard less than they are referred; for everyone together only."""
    if s.view.node:
        return
    rows: list[SafeRow] = []
    for margin in s.margins:
        table = pages.people_table(s.view, margin.dimension, s.name(margin.dimension))
        rows += [
            replace(row, code=f"{margin.dimension}:{row.code}")
            for row in skew_table(s.view, margin, table).rows
        ]
    if not rows:
        w.fixed("no_margin")
        return
    rows.sort(key=lambda row: Skew(*row.cells).points or 0)
    source = "; ".join(sorted({m.source for m in s.margins}))
    safe = SafeTable("Heard against referred", ("", ""), tuple(rows), s.view.count("people"))
    columns = (Column("Of people heard", "share", 0), Column("Of people referred", "share", 1))
    w.fixed("skews")
    skewed = frozen("skew", safe, "Group", columns, note=f"Referred: {source}.")
    kept = w.hold(compact(skewed))
    named = [r for r in rows if Skew(*r.cells).words == "Heard less"][:MOST_MISSING]
    for row in named:
        w.say("skew", Ref("skew", row.code, 0), Ref("skew", row.code, 1))
    w.picture("skew", "pairs", "Share of people heard beside share of people referred, by group")
    w.table(kept.key)


def indicators(w: Writer, s: Sources) -> None:
    """Print the headline indicators with the period before."""
    cells = answered.indicator_cells(s.view, s.questions)
    if not cells:
        w.fixed("no_indicators")
        return
    rows = [SafeRow(r.indicator.key, r.indicator.label, (cell,)) for r, cell in cells]
    safe = SafeTable("Headline indicators", ("",), tuple(rows), s.view.count("people"))
    table = frozen("indicators", safe, "Indicator", measures("People", "Who answered"))
    earlier = s.view.before()
    if earlier is not None:
        then = {r.indicator.key: c for r, c in answered.indicator_cells(earlier, s.questions)}
        table = beside(table, then, (Column("Before", "share", 1), Column("Change", "change")))
    w.hold(table)
    for row in table.rows:
        w.say("indicator", Ref("indicators", row.code))
    w.table("indicators")


def trend(w: Writer, s: Sources) -> None:
    """Print people heard over the last quarters."""
    table = pages.people_trend(s.view)
    if len(table.rows) > 1:
        last = SafeTable(table.title, ("",), table.rows[-TREND:], table.base)
        w.hold(frozen("trend", last, "Quarter", (Column("People heard", "count"),)))
        w.picture("trend", "bars", "People heard, quarter by quarter", "time")
        w.table("trend")


def option(w: Writer, s: Sources, name: str, draw: bool = False) -> bool:
    """Print what people chose at one question; return whether the survey asks it."""
    question = next((q for q in s.questions if q.name == name), None)
    if question is None or not s.view.release.has(f"asked:{question.id}"):
        return False
    key = f"asked_{name}"
    table = answered.option_table(s.view, question)
    w.hold(frozen(key, table, "Answer", measures("People", "Who answered")))
    if draw:
        w.picture(key, "ranking", question.label.rstrip("?."))
    w.table(key)
    return True


def method(w: Writer, s: Sources) -> None:
    """Print how the figures were made, what they cannot say, and how to read them."""
    about = s.view.release.about
    w.fixed("method")
    if {"open", "campaign", "poster"} & set(about.channels):
        w.fixed("no_rate")
    w.fixed("intervals")
    w.fixed("changes")
    w.fixed("small_numbers")
    weighted = about.weighted.get(s.view.period.key, {})
    if weighted.get("rows") and not s.view.node:  # only figures of everyone are
        w.fixed("weighted", source=str(weighted["source"]))
    else:
        w.fixed("unweighted")
    if about.coder:
        w.fixed("coder", coder=about.coder)
    else:
        w.fixed("no_coder")
    w.fixed("ledger")
    as_at = about.as_at
    w.fixed("frozen", as_at=day_words(as_at) if as_at else "")


def matrix(w: Writer, s: Sources) -> None:
    """Print needs named together, where any may be shown."""
    table = pairings.co_occurrence(s.view, s.book)
    if table.rows:
        w.table(grid("together", table, "Need"))

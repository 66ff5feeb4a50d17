"""The parts about services and agencies: demand, outcomes, rights, others' figures, the cascade."""

from app.clock import LONDON
from app.figures import answered
from app.figures.benchmarks import CASCADE_SOURCE, Cascade, beside
from app.figures.dropoff import funnel_table
from app.figures.funnel import funnels
from app.figures.periods import Period, quarter_key, quarter_label
from app.figures.rows import option_row
from app.figures.safeguarding import safeguarding_table
from app.figures.tables import SafeCell, SafeRow, SafeTable
from app.services.naming import period_words, value_label
from app.services.releasing import groups_of

from .gathering import Other, Sources
from .snapshot import Ref
from .tables import Cell, Column, Mean, Row, Table, frozen, grid
from .writer import Writer

QUARTERS = 5  # this one and the last four


def quarters_before(period: Period) -> list[Period]:
    """Return the last quarter of a period and the four before it, oldest first."""
    last = period.quarters[-1]
    numbers = range(last - QUARTERS + 1, last + 1)
    return [Period(quarter_key(n), quarter_label(n), "quarter", (n,)) for n in numbers]


def chain(s: Sources) -> frozenset[str]:
    """Return the service of a contract report with its supply chain; empty for all services."""
    code = s.order.service
    if not code:
        return frozenset()
    return frozenset({code, *(v.code for v in s.pack.services if v.lead == code)})


def demand(w: Writer, s: Sources) -> None:
    """Print how far the cases of the last five quarters came, and the published funnel."""
    quarters = quarters_before(s.view.period)
    limits = s.view.release.limits
    cases = funnels(
        s.session, s.now.astimezone(LONDON).date(), limits, groups_of(s.pack)["service"]
    )
    found = [cases.steps(q, chain(s)) for q in quarters]
    rows = tuple(
        Row(step.code, step.label, tuple(steps[i].of_first for steps in found))
        for i, step in enumerate(found[0])
    )
    columns = tuple(Column(_short(q), "count", i) for i, q in enumerate(quarters))
    title = "How far cases came, by the quarter they were referred in"
    note = "Rounded to 5. A case counts in every step it had reached when the last quarter ended."
    table = Table("demand", title, "Step", columns, rows, note)
    if table.is_withheld:
        w.fixed("no_cases")
    else:
        w.hold(table)
        last = Ref("demand", "referred", len(quarters) - 1)
        w.say("referred", last, when=period_words(quarters[-1]))
        w.table("demand")
    funnel(w, s)


def _short(period: Period) -> str:
    year, quarter = period.key.rsplit("-", 1)
    return f"{year} {quarter.upper()}"


def funnel(w: Writer, s: Sources) -> None:
    """Print the published referral funnel that fits best, each step with its own definition."""
    period = s.view.period
    table = None if s.view.node else funnel_table(s.session, period.starts_on, period.ends_on)
    if table is None:
        return
    columns = (Column("People", "count"), Column("Of the first step", "share"))
    rows = tuple(
        SafeRow(f"step{i}", row.code or row.label, row.cells) for i, row in enumerate(table.rows)
    )
    safe = SafeTable(table.title, table.columns, rows, table.base, f"Source: {table.note}.")
    w.table(frozen("funnel", safe, "Step", columns))


def supply(w: Writer, s: Sources) -> None:
    """Print who answered about each service of the supply chain."""
    parts = sorted(chain(s) - {s.order.service})
    dim = s.view.release.lattice.dimension("service")
    held = [c for c in parts if dim and c in dim.leaves]
    if not held:
        w.fixed("no_chain")
        return
    views = [(code, s.view.at({"service": code})) for code in held]
    rows = [
        SafeRow(c, value_label(s.pack, "service", c), (v.count("people"),)) for c, v in views if v
    ]
    safe = SafeTable("People heard, by sub-provider", ("",), tuple(rows), s.view.count("people"))
    w.table(frozen("chain", safe, "Sub-provider", (Column("People", "count"),)))


def safeguarding(w: Writer, s: Sources) -> None:
    """Print how many answers were passed to safeguarding; counts only."""
    services = chain(s)
    table = safeguarding_table(
        s.session, s.survey_ids, services, s.view.period, s.view.release.limits
    )
    w.fixed("safeguarding")
    w.hold(frozen("safeguarding", table, "How urgent", (Column("Answers", "count"),)))
    w.say("safeguarding", Ref("safeguarding", "all"))
    if not w.tables["safeguarding"].is_withheld:
        w.table("safeguarding")


OUTCOME = (
    Column("Pairs", "count", 0), Column("Start", "mean", 4), Column("End", "mean", 5),
    Column("Up 2+", "count", 1), Column("About same", "count", 2), Column("Down 2+", "count", 3),
)  # fmt: skip


def outcomes(w: Writer, s: Sources) -> None:
    """Print how far people came; the missing end forms always stand first."""
    rows = _outcome_rows(s)
    if not rows:
        w.fixed("no_outcomes")
        return
    w.hold(Table("outcomes", "Start and end of support (0 to 10)", "Outcome", OUTCOME, rows))
    first = Ref("outcomes", rows[0].code, 6), Ref("outcomes", rows[0].code, 0)
    w.say("missing_ends", *first)
    for row in rows:
        refs = [Ref("outcomes", row.code, at) for at in (0, 1, 3, 4, 5)]
        w.say("outcome", *refs, clear=str(row.cells[7]))
    w.table("outcomes")
    w.fixed("cause")


def _outcome_rows(s: Sources) -> tuple[Row, ...]:
    """Return the outcome lines of the period; of one service where the report is of one."""
    period = s.view.period.key
    views = [s.view, *(other.view for other in s.others)]
    lines = [line for v in views for line in v.release.about.outcomes.get(period, ())]
    wanted = chain(s) or {""}
    rows = []
    for i, line in enumerate(line for line in lines if line["service"] in wanted):
        count = line["pairs"]
        parts: list[Cell] = [SafeCell(count, count)]
        parts += [
            s.view.release.few if line[k] is None else SafeCell(line[k])
            for k in ("up", "same", "down")
        ]
        parts += [Mean(line.get(k)) for k in ("start", "end", "no_end")]
        parts.append("yes" if line.get("is_clear") else "no")
        rows.append(Row(f"outcome{i}", line["outcome"], tuple(parts)))
    return tuple(rows)


KEPT = (("fully", "Fully"), ("partly", "Partly"), ("no", "No"))


def _rights_source(s: Sources) -> Other | None:
    """Return the survey that asks about rights: this one, or another of the same period."""
    own = Other(s.survey, s.view, s.questions)
    found = (o for o in (own, *s.others) if answered.rights_table(o.view, o.questions).rows)
    return next(found, None)


def rights(w: Writer, s: Sources) -> None:
    """Print for each right who had it fully, partly or not, and which agencies were named."""
    source = _rights_source(s)
    if source is None:
        w.fixed("no_rights")
        return
    view = source.view
    asked = [q for q in source.questions if view.release.has(f"due:{q.id}")]
    rows = []
    for question in asked:
        by_value = {o.value: o for o in question.options}
        cells = [
            view.cell(option_row(question.id, by_value[value].id), f"due:{question.id}")
            for value, _ in KEPT
        ]
        rows.append(SafeRow(question.name, question.label, tuple(cells)))
    safe = SafeTable("Rights of the Victims' Code", ("", "", ""), tuple(rows), view.count("people"))
    columns = (
        Column("Due to", "base"), Column("Fully", "share"), Column("Likely range", "range"),
        Column("Partly", "short", 1), Column("No", "short", 2),
    )  # fmt: skip
    w.fixed("rights")
    w.hold(frozen("rights", safe, "Right", columns))
    shown = sorted(
        (r for r in rows if r.cells[0].share is not None), key=lambda r: r.cells[0].share or 0
    )
    if shown:
        w.say("right", Ref("rights", shown[-1].code), which="Kept most often")
        w.say("right", Ref("rights", shown[0].code), which="Kept least often")
    w.picture("rights", "ranking", "Share who had each right in full, of those it was due to")
    w.table("rights")
    _agencies(w, source)


def _agencies(w: Writer, source: Other) -> None:
    """Print which agencies were named where a right was not kept; only cells that may be shown."""
    safe = answered.agency_table(source.view, source.questions)
    if safe is None or not safe.rows:
        return
    w.fixed("agencies")
    w.table(grid("agencies", safe, "Right"))


def benchmarks(w: Writer, s: Sources) -> None:
    """Print figures from elsewhere beside our own."""
    found = beside(s.view, s.questions)
    if not found:
        return
    w.fixed("benchmarks")
    rows = tuple(
        Row(b.key, b.label, (own, b.words, f"{b.source}, {b.year}"))
        for b, own in ((one.benchmark, one.own) for one in found)
    )
    columns = (
        Column("Here", "shown", 0), Column("Likely range", "range", 0), Column("Base", "base", 0),
        Column("Elsewhere", "words", 1), Column("Source", "words", 2),
    )  # fmt: skip
    w.table(Table("benchmarks", "Figures from elsewhere beside our own", "Figure", columns, rows))


def cascade(w: Writer) -> None:
    """Print the need cascade, as a scenario."""
    steps = Cascade().steps()
    rows = tuple(Row(key, label, (SafeCell(n, n),)) for key, label, n in steps)
    w.fixed("cascade")
    table = Table(
        "cascade", "Need cascade: a scenario", "Step", (Column("People", "count"),), rows,
        note=f"Source: {CASCADE_SOURCE}.",
    )  # fmt: skip
    w.hold(table)
    w.say("cascade", Ref("cascade", "victims"), Ref("cascade", "unmet"))
    w.table("cascade")


def groups(w: Writer, s: Sources) -> None:
    """Print each type of crime with who was heard, every group listed even where nobody was."""
    dim = s.view.release.lattice.dimension("crime_group")
    values = [] if dim is None else list(dim.leaves)
    rows = [(v, s.view.at({**s.view.facets, "crime_group": v})) for v in values if v]
    lines = [
        SafeRow(v, value_label(s.pack, "crime_group", v), (one.count("people"),))
        for v, one in rows
        if one is not None
    ]
    lines += [
        SafeRow(v, label, (s.view.release.few,)) for v, label in UNHEARD.items() if v not in values
    ]
    w.fixed("groups")
    safe = SafeTable("People heard, by group with unmet need", ("",), tuple(lines), SafeCell())
    w.table(frozen("unmet", safe, "Group", (Column("People heard", "count"),)), bare=True)


UNHEARD = {
    "stalking_harassment": "Stalking and harassment",
    "fraud_cyber": "Fraud and online crime",
    "asb": "Anti-social behaviour",
    "exploitation": "Exploitation and modern slavery",
    "domestic_abuse": "Domestic abuse",
    "sexual": "Sexual offences",
    "hate": "Hate crime",
}

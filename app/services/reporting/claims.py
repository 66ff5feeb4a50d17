"""The rules that make every sentence of a report from cells of its frozen tables.

A rule gets cells and words, and nothing else; so any sentence can be made again later and
compared with what was printed. A withheld number is never in a cell, so it can be in no sentence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.figures.changes import Change
from app.figures.comparing import Arrow
from app.figures.reference import Skew
from app.figures.tables import NONE, SafeCell, SafeRow
from app.services.naming import strength

from .fixed import FIXED
from .snapshot import Claim, Ref
from .tables import Cell, Mean, Table, thaw

EDITION = 3  # of these rules and the fixed sentences: raise it with every change of a word


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule may look at."""

    tables: Mapping[str, Table]
    refs: Sequence[Ref]
    words: Mapping[str, str]

    def cell(self, at: int = 0) -> SafeCell:
        """Return a cell the claim rests on; empty where the table has no such row."""
        found = self._find(at)
        return found if isinstance(found, SafeCell) else SafeCell()

    def mean(self, at: int) -> Mean:
        """Return a mean the claim rests on."""
        found = self._find(at)
        return found if isinstance(found, Mean) else Mean()

    def _find(self, at: int) -> Cell:
        ref = self.refs[at]
        return self.tables[ref.table].row(ref.row).cells[ref.at]

    def label(self, at: int = 0) -> str:
        """Return the name of the row a cell stands in."""
        ref = self.refs[at]
        return self.tables[ref.table].row(ref.row).label

    def change(self, at: int = 0) -> Change:
        """Return how a row changed, tested together with every other row of its table."""
        ref = self.refs[at]
        table = self.tables[ref.table]
        place = next(i for i, row in enumerate(table.rows) if row.code == ref.row)
        return table.moved()[place]

    @property
    def table(self) -> Table:
        """Return the table of the first cell."""
        return self.tables[self.refs[0].table]


Rule = Callable[[Facts], str]


def lower(label: str) -> str:
    """Return a label inside a sentence; proper names and abbreviations keep their capitals."""
    keeps = label[:7] == "Victims" or label[1:2].isupper()
    return label if keeps else label[:1].lower() + label[1:]


def capital(words: str) -> str:
    """Return words at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def in_words(cell: SafeCell, of: str) -> str:
    """Return a figure inside a sentence: share with its range, count of base, or why not."""
    if cell.count is None:
        return cell.why
    if cell.share is None:
        return f"{cell.count_words} of {cell.base_words} {of.removeprefix('those ')}"
    range_ = f", likely {cell.interval_words}" if cell.interval else ""
    return f"{cell.share_words} of {of}{range_}"


def _heard(f: Facts) -> str:
    people = f.cell()
    whom = f" ({f.words['whom']})" if f.words.get("whom") else ""
    if people.count is None:
        return f"How many people answered{whom} {f.words['when']}: {people.why or NONE}."
    return f"{capital(people.count_words or NONE)} people answered{whom} {f.words['when']}."


def _received(f: Facts) -> str:
    people, screened = f.cell(0), f.cell(1)
    if people.count is None or screened.count is None:
        return ""
    return (
        f"{people.count + screened.count:,} answers came in; {screened.count:,} were from people "
        f"the questions were not for, and {people.count:,} are counted here."
    )


def _top_theme(f: Facts) -> str:
    return f"What they raised most was {lower(f.label())}: {in_words(f.cell(), 'answers read')}."


def _changed(f: Facts) -> str:
    """Say that a share rose or fell only where the tests allow it (domain.md 7.4)."""
    change, label = f.change(), f.label()
    if change.difference is None or change.before is None:
        return f"{label}: there is nothing earlier that can be compared."
    before, now = change.before.share_words, change.now.share_words
    if change.arrow is Arrow.NONE:
        return f"{label}: {now} now and {before} before; no clear change."
    way = "rose" if change.arrow is Arrow.UP else "fell"
    low, high = change.difference.interval.low, change.difference.interval.high
    span = sorted((abs(round(100 * low)), abs(round(100 * high))))
    return (
        f"{label} {way} from {before} to {now}, more than chance would explain "
        f"(likely by {span[0]} to {span[1]} points)."
    )


def _changes(f: Facts) -> str:
    """Say for a whole table how many of its figures clearly changed."""
    moved = f.table.moved()
    tested = [c for c in moved if c.difference is not None]
    clear = [c for c in tested if c.arrow is not Arrow.NONE]
    what = f.words["what"]
    if not tested:
        return f"No {what} can be compared with {f.words['before']}."
    if not clear:
        return (
            f"No {what} clearly changed against {f.words['before']}: every difference is within "
            f"what chance alone would give ({len(tested)} compared)."
        )
    return (
        f"Of the {len(tested)} {what}s compared with {f.words['before']}, {len(clear)} clearly "
        "changed, allowing for how many were compared at once."
    )


def _gap(f: Facts) -> str:
    cell = f.cell()
    return (
        f"The need most often unmet was {lower(f.label())} ({in_words(cell, 'answers read')}; "
        f"evidence: {lower(strength(cell))})."
    )


def _skew(f: Facts) -> str:
    skew = Skew(f.cell(0), f.cell(1))
    heard, referred = skew.heard.share_words, skew.referred.share_words
    return (
        f"{f.label()}: {heard} of the people heard and {referred} of the people referred "
        f"({lower(skew.words)})."
    )


def _indicator(f: Facts) -> str:
    cell = f.cell()
    if cell.count is None:
        return f"{f.label()}: {cell.why}."
    return f"{f.label()}: {in_words(cell, 'those who answered')}."


def _reading(f: Facts) -> str:
    written, read, drawn = f.cell(0), f.cell(1), f.cell(2)
    if written.count is None or read.count is None:
        return "Too few written answers were given, or read, to say more about how they were read."
    return FIXED["reading_" + f.words["mode"]].format(
        texts=written.count_words, read=read.count_words, drawn=drawn.count_words
    )


def _missing_ends(f: Facts) -> str:
    mean, pairs = f.mean(0), f.cell(1)
    if mean.value is None:
        return f"{capital(pairs.count_words)} people have both a start and an end form."
    return (
        f"{mean.value:.0f}% of those with a start form have no end form yet; "
        f"{pairs.count_words} people have both. People who leave without an end form are often "
        "the unhappier, so read every change below with that in mind."
    )


def _outcome(f: Facts) -> str:
    """Say how far people came, and never more than the test allows."""
    pairs, up, down = f.cell(0), f.cell(1), f.cell(2)
    start, end = f.mean(3), f.mean(4)
    moved = f"{up.count_words} went up by 2 or more, {down.count_words} went down by 2 or more."
    heads = f"“{f.label()}”: {pairs.count_words} people with both forms"
    if start.value is None or end.value is None:
        return f"{heads}; {moved}"
    if f.words["clear"] == "no":
        return f"{heads}; from {start.words} to {end.words} on average, no clear change."
    return (
        f"{heads}; from {start.words} to {end.words} on average, more than chance would explain. "
        f"{capital(moved)}"
    )


def _right(f: Facts) -> str:
    return f"{f.words['which']}: “{f.label()}” ({in_words(f.cell(), 'those it was due to')})."


def _benchmark(f: Facts) -> str:
    cell = f.cell()
    own = in_words(cell, "those who answered") if cell.base or cell.why else "not asked here"
    return f"{f.label()}: here {own}; {f.words['source']} found {f.words['theirs']}."


def _safeguarding(f: Facts) -> str:
    cell = f.cell()
    if cell.count is None:
        return "Fewer than 10 answers were passed to the safeguarding desk."
    return f"About {cell.count:,} answers were passed to the safeguarding desk (rounded to 5)."


def _referred(f: Facts) -> str:
    cell = f.cell()
    if cell.count is None:
        return f"Fewer than 10 cases were handed over as referred {f.words['when']}."
    return (
        f"About {cell.count:,} cases were handed over as referred {f.words['when']} (rounded to 5)."
    )


def _cascade(f: Facts) -> str:
    whole, unmet = f.cell(0), f.cell(1)
    return (
        f"As a scenario and not a measurement: of {whole.count_words} victims, "
        f"{unmet.count_words} would need specialist support and not get it."
    )


def _step(f: Facts) -> str:
    first, last = f.cell(0), f.cell(1)
    return (
        f"{f.words['source']}: {first.count_words} {lower(f.label(0))}, "
        f"{last.count_words} {lower(f.label(1))}. Each step has its own definition, so one is not "
        "the other less what fell away in between."
    )


def _picture(f: Facts) -> str:
    """Say what a picture shows, as one would to somebody who cannot see it."""
    rows = [row for row in thaw(f.table).rows if row.cells and row.cells[0].count is not None]
    if not rows:
        return f"{f.words['what']}. Nothing in it may be shown."
    what, rest = f.words["what"], "The table has every figure."
    if f.words.get("order") == "time":
        return f"{what}: {_value(rows[0])}; {_value(rows[-1])}. {rest}"
    if len(rows) == 1:
        return f"{what}: {_value(rows[0])}."
    shown = sorted(rows, key=lambda row: (-(row.cell.share or 0.0), -(row.cell.count or 0)))
    return f"{what}. Largest: {_value(shown[0])}. Smallest shown: {_value(shown[-1])}. {rest}"


def _value(row: SafeRow) -> str:
    cell = row.cell
    return f"{row.label}, {cell.share_words if cell.share is not None else cell.count_words}"


def _fixed(f: Facts) -> str:
    return FIXED[f.words["of"]].format(**{k: v for k, v in f.words.items() if k != "of"})


def _written(f: Facts) -> str:
    return f.words["words"]


RULES: Mapping[str, Rule] = {
    "heard": _heard,
    "received": _received,
    "top_theme": _top_theme,
    "changed": _changed,
    "changes": _changes,
    "gap": _gap,
    "skew": _skew,
    "indicator": _indicator,
    "reading": _reading,
    "missing_ends": _missing_ends,
    "outcome": _outcome,
    "right": _right,
    "benchmark": _benchmark,
    "safeguarding": _safeguarding,
    "referred": _referred,
    "cascade": _cascade,
    "step": _step,
    "picture": _picture,
    "fixed": _fixed,
    "written": _written,
}


def sentence(
    template: str, tables: Mapping[str, Table], refs: Sequence[Ref], words: Mapping[str, str]
) -> str:
    """Return the sentence a rule makes of these cells and words."""
    return RULES[template](Facts(tables, refs, words))


def recompute(claim: Claim, tables: Mapping[str, Table]) -> str:
    """Return the sentence of a claim, made afresh from its cells."""
    return sentence(claim.template, tables, claim.refs, claim.words)


def broken(tables: Mapping[str, Table], claims: Mapping[str, Claim]) -> list[str]:
    """Return the ids of the claims whose printed sentence is not what their cells say."""
    return [key for key, claim in claims.items() if recompute(claim, tables) != claim.text]

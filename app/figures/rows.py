"""Which rows a survey's figures have: bases, themes, families, gaps, options, indicators."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from .blocks import Links, Measure
from .codebook import Book
from .columns import Columns, Hits
from .cube import Counts, distinct
from .needs import NEEDS_ASKED, need_pairs, needs_of, overlaps_of, together, unions_of
from .questions import Question, readings
from .valence import WAYS, said_row, ways_of

Measures = list[Measure]


def deep_rows(
    columns: Columns, book: Book, *, with_machine: bool = False
) -> tuple[Measures, Links]:
    """Return people, answers written and read, themes and families: all read, and the sample.

    The machine's own counts are added for the engagement team only (settled.md 33).
    """
    read, drawn = np.nonzero(columns.texts.read)[0], np.nonzero(columns.texts.drawn)[0]
    people = np.arange(len(columns))
    themes = _known(columns.themes, tuple(t.id for t in book.themes))
    families = _families(themes, book)
    measures = [
        Measure(("people",), people, np.zeros_like(people), people),
        _text_base("written", np.arange(len(columns.texts)), columns),
        _text_base("read", read, columns),
        _text_base("sample", drawn, columns),
        _of_texts("theme", themes, columns, "read"),
        _of_texts("family", families, columns, "read"),
        _of_texts("drawn-theme", _among(themes, columns.texts.drawn), columns, "sample"),
        _of_texts("drawn-family", _among(families, columns.texts.drawn), columns, "sample"),
    ]
    if with_machine:
        coded = np.nonzero(columns.texts.coded)[0]
        machine = _known(columns.machine, themes.names)
        measures.append(_text_base("coded", coded, columns))
        measures.append(_of_texts("machine", machine, columns, "coded"))
    inside = [
        (f"{kind}family:{family}", f"{kind}theme:{t.id}")
        for kind in ("", "drawn-")
        for family in families.names
        for t in book.members(family)
    ]
    return measures, Links(inside=inside)


def wide_rows(
    columns: Columns, questions: Sequence[Question], book: Book
) -> tuple[Measures, Links]:
    """Return gaps, options, indicators, and how each theme was said."""
    drawn = np.nonzero(columns.texts.drawn)[0]
    read = np.nonzero(columns.texts.read)[0]
    needs, pairs = needs_of(columns.gaps), need_pairs(columns.gaps)
    measures = [
        _text_base("read", read, columns),
        _text_base("sample", drawn, columns),
        _of_texts("gap", columns.gaps, columns, "read"),
        _of_texts("drawn-gap", _among(columns.gaps, columns.texts.drawn), columns, "sample"),
        _of_texts("need", needs, columns, "read"),
        _of_texts("drawn-need", _among(needs, columns.texts.drawn), columns, "sample"),
        _of_texts("pair", pairs, columns, "read"),
    ]
    unions = [*unions_of(columns.gaps), *unions_of(columns.gaps, "drawn-")]
    overlaps = overlaps_of("need:", "pair:", pairs)
    sums: list[tuple[str, tuple[str, ...]]] = []
    how_said, splits = _how_said(columns, book)
    measures += how_said
    for question in questions:
        made, whole = _of_question(columns, question)
        measures += made
        if whole and question.is_one_of:
            sums.append(whole)
            rolled, parts = _rolled_up(columns, question, whole)
            measures += rolled
            sums += parts
        elif whole and question.name == NEEDS_ASKED:
            chosen = together(_chosen(columns, question))
            base, prefix = whole[0], f"both:{question.id}:"
            names = tuple(f"{prefix}{name}" for name in chosen.names)
            people = np.arange(len(columns))
            measures.append(Measure(names, chosen.unit, chosen.row, people, base))
            overlaps += overlaps_of(option_row(question.id, ""), prefix, chosen)
    wanted, chosen_by, missed = _wanted_but_not_told(columns, questions)
    measures += wanted
    sums += chosen_by
    overlaps += missed
    for rights, whole in _rights(columns, questions):
        measures += rights
        sums.append(whole)
    for indicator, union in _indicators(columns, questions):
        measures.append(indicator)
        sums.append(union)
    return measures, Links(sums=sums, overlaps=overlaps, unions=unions, splits=splits)


def _how_said(columns: Columns, book: Book) -> tuple[Measures, list[tuple[str, tuple[str, ...]]]]:
    """Return the themes again, each with the ways it was said, which add up to it."""
    themes = _known(columns.themes, tuple(t.id for t in book.themes))
    ways, owner = ways_of(columns.said, columns.texts.owner), columns.texts.owner
    place = {name.rpartition("|")[0]: i // len(WAYS) for i, name in enumerate(ways.names)}
    measures, splits = [_of_texts("theme", themes, columns, "read")], []
    for theme in [name for name in themes.names if name in place]:
        keep = ways.row // len(WAYS) == place[theme]
        names = tuple(said_row(theme, way) for way in WAYS)
        row = ways.row[keep] % len(WAYS)
        measures.append(Measure(names, ways.unit[keep], row, owner, f"theme:{theme}", True))
        splits.append((f"theme:{theme}", names))
    return measures, splits


def _rolled_up(
    columns: Columns, question: Question, whole: tuple[str, tuple[str, ...]]
) -> tuple[Measures, list[tuple[str, tuple[str, ...]]]]:
    """Return the groups of a question whose options are published in groups, and their sums."""
    groups = question.groups
    if not groups:
        return [], []
    base, held = whole
    hits, people = _chosen(columns, question), np.arange(len(columns))
    names = tuple(group_row(question.id, group) for group in groups)
    of_option = {o.id: list(groups).index(o.group) for o in question.options}
    row = np.array([of_option[name] for name in hits.names], dtype=np.int64)[hits.row]
    sums = [(base, names)]
    for group in groups:
        mine = {option_row(question.id, o.id) for o in question.options if o.group == group}
        sums.append((group_row(question.id, group), tuple(r for r in held if r in mine)))
    return [Measure(names, hits.unit, row, people, base)], sums


def _text_base(name: str, texts: Counts, columns: Columns) -> Measure:
    return Measure((name,), texts, np.zeros_like(texts), columns.texts.owner)


def _of_texts(kind: str, hits: Hits, columns: Columns, base: str) -> Measure:
    names = tuple(f"{kind}:{name}" for name in hits.names)
    return Measure(names, hits.unit, hits.row, columns.texts.owner, base)


def _among(hits: Hits, texts: np.typing.NDArray[np.bool_]) -> Hits:
    """Return the hits on some of the texts only."""
    keep = texts[hits.unit]
    return replace(hits, unit=hits.unit[keep], row=hits.row[keep])


def _known(hits: Hits, names: tuple[str, ...]) -> Hits:
    """Return the hits under the codebook's own order; codes it has dropped are left out."""
    place = {name: i for i, name in enumerate(names)}
    move = np.array([place.get(name, -1) for name in hits.names], dtype=np.int64)
    row = move[hits.row] if len(hits.row) else hits.row
    return Hits(hits.unit[row >= 0], row[row >= 0], names)


def _families(themes: Hits, book: Book) -> Hits:
    """Return each text's families once; a family of one theme is that theme and is left out."""
    names = tuple(f for f in book.families if len(book.members(f)) > 1)
    place = {name: i for i, name in enumerate(names)}
    of_theme = np.array([place.get(t.family, -1) for t in book.themes], dtype=np.int64)
    row = of_theme[themes.row] if len(themes.row) else themes.row
    unit, row = distinct(themes.unit[row >= 0], row[row >= 0], len(names))
    return Hits(unit, row, names)


def option_row(question: str, option: str) -> str:
    """Return the name of an option's row."""
    return f"option:{question}:{option}"


def group_row(question: str, group: str) -> str:
    """Return the name of the row of a group of options."""
    return f"group:{question}:{group}"


def _of_question(
    columns: Columns, question: Question
) -> tuple[Measures, tuple[str, tuple[str, ...]] | None]:
    """Return who answered a question and what they chose, and how that adds up."""
    hits = _chosen(columns, question)
    if not hits.names:
        return [], None
    people = np.arange(len(columns))
    base = f"asked:{question.id}"
    once = np.unique(hits.unit)
    rows = tuple(option_row(question.id, o) for o in hits.names)
    measures = [
        Measure((base,), once, np.zeros_like(once), people),
        Measure(rows, hits.unit, hits.row, people, base),
    ]
    return measures, (base, rows)


def _chosen(columns: Columns, question: Question) -> Hits:
    """Return the hits on one question's options, under the options that anyone chose."""
    prefix = f"{question.id}:"
    held = [i for i, name in enumerate(columns.choices.names) if name.startswith(prefix)]
    place = np.full(len(columns.choices.names) + 1, -1, dtype=np.int64)
    place[held] = np.arange(len(held))
    row = place[columns.choices.row]
    names = tuple(columns.choices.names[i].removeprefix(prefix) for i in held)
    return Hits(columns.choices.unit[row >= 0], row[row >= 0], names)


def _indicators(
    columns: Columns, questions: Sequence[Question]
) -> Iterator[tuple[Measure, tuple[str, tuple[str, ...]]]]:
    """Return each indicator as a row, and the options it is the sum of."""
    people = np.arange(len(columns))
    for reading in readings(questions):
        hits = _chosen(columns, reading.question)
        counting = [i for i, name in enumerate(hits.names) if name in reading.options]
        if not hits.names:
            continue
        unit = np.unique(hits.unit[np.isin(hits.row, counting)])
        name = f"indicator:{reading.indicator.key}"
        base = f"asked:{reading.question.id}"
        parts = tuple(option_row(reading.question.id, hits.names[i]) for i in counting)
        yield Measure((name,), unit, np.zeros_like(unit), people, base), (name, parts)


WANTED = frozenset({"yes", "took_part"})  # of "would you have wanted restorative justice?"
NOT_TOLD = frozenset({"no"})  # of "were you told about it?"


def _wanted_but_not_told(
    columns: Columns, questions: Sequence[Question]
) -> tuple[Measures, list[tuple[str, tuple[str, ...]]], list[tuple[str, str]]]:
    """Return who wanted restorative justice, and who of them says they were never told of it.

    Everybody who wanted it is in the base, so that it is the sum of two printed options: less a
    few who were not asked the rest, the difference would tell those few.
    """
    by_name = {q.name: q for q in questions}
    if not {"want_rj", "told_rj"} <= by_name.keys():
        return [], [], []
    want, told = by_name["want_rj"], by_name["told_rj"]
    wanted, not_told = _who_chose(columns, want, WANTED), _who_chose(columns, told, NOT_TOLD)
    missed, people = np.intersect1d(wanted, not_told), np.arange(len(columns))
    measures = [
        Measure(("rj:wanted",), wanted, np.zeros_like(wanted), people),
        Measure(("rj:missed",), missed, np.zeros_like(missed), people, "rj:wanted"),
    ]
    sums = [("rj:wanted", rows)] if (rows := _option_rows(columns, want, WANTED)) else []
    inside = [(row, "rj:missed") for row in _option_rows(columns, told, NOT_TOLD)]
    return measures, sums, inside


def _option_rows(columns: Columns, question: Question, values: frozenset[str]) -> tuple[str, ...]:
    """Return the rows of the options with these values that anybody chose."""
    ids = {o.id for o in question.options if o.value in values}
    return tuple(option_row(question.id, n) for n in _chosen(columns, question).names if n in ids)


def _who_chose(columns: Columns, question: Question, values: frozenset[str]) -> Counts:
    """Return the people who chose one of these values."""
    hits = _chosen(columns, question)
    ids = {o.id for o in question.options if o.value in values}
    rows = [i for i, name in enumerate(hits.names) if name in ids]
    people: Counts = np.unique(hits.unit[np.isin(hits.row, rows)])
    return people


KEPT = ("fully", "partly", "no")  # of a right; "not sure" and "not needed yet" stand apart


def _rights(
    columns: Columns, questions: Sequence[Question]
) -> Iterator[tuple[Measures, tuple[str, tuple[str, ...]]]]:
    """Return for each right whom it was due to: had it fully, partly or not (domain.md 3.6)."""
    people = np.arange(len(columns))
    for question in questions:
        ids = {o.value: o.id for o in question.options}
        if not question.name.startswith("right_") or not set(KEPT) <= ids.keys():
            continue
        due = _who_chose(columns, question, frozenset(KEPT))
        base = f"due:{question.id}"
        parts = _option_rows(columns, question, frozenset(KEPT))
        whole = Measure((base,), due, np.zeros_like(due), people, f"asked:{question.id}")
        if parts:
            yield [whole], (base, parts)

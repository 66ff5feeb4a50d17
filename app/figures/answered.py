"""The safe tables of what people chose at the survey's own questions."""

from collections.abc import Sequence

from .pages import View
from .questions import Question, Reading, readings
from .rows import group_row, option_row
from .tables import SafeCell, SafeRow, SafeTable


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


def rolled_up(view: View, question: Question) -> SafeTable | None:
    """Return a question's options in the groups they are published in; None for most."""
    base = f"asked:{question.id}"
    if not question.groups or not view.release.has(base):
        return None
    rows = [
        SafeRow(group, label, (view.cell(group_row(question.id, group), base),))
        for group, label in question.groups.items()
    ]
    words = f"{question.label} In {len(rows)} groups"
    return SafeTable(words, ("",), tuple(rows), view.count(base))


def indicator_cells(view: View, questions: Sequence[Question]) -> list[tuple[Reading, SafeCell]]:
    """Return the indicators this survey asks for, with their figures."""
    return [
        (reading, view.cell(f"indicator:{reading.indicator.key}", f"asked:{reading.question.id}"))
        for reading in readings(questions)
        if view.release.has(f"indicator:{reading.indicator.key}")
    ]


def offer_gap(view: View) -> SafeCell | None:
    """Return who was never told of restorative justice, of those who wanted it."""
    return view.cell("rj:missed", "rj:wanted") if view.release.has("rj:wanted") else None


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

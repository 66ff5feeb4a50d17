"""pyxform's tree of groups, repeats and loops laid out as one list of questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from surveys.exchange.report import Place, Report
from surveys.exchange.workbook import Workbook
from surveys.exchange.xlsform_types import CONTAINERS, Fate, fate

#: "Add another" is unrolled this many times when the form says how often.
MAX_TIMES = 5
_GENERATED = "reserved_name_for_field_list_labels_"


@dataclass(frozen=True, slots=True)
class Group:
    """A group around a question.

    Attributes:
        relevant: Its own rule, or "".
        times: For a repeat: which time this is, and the expression for how often, or None.
    """

    name: str
    label: Any
    relevant: str
    row: int | None
    times: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question of the form, out of its groups.

    Attributes:
        name: Variable name, unique in the form.
        plain: The name in the form, which references use.
        groups: The groups around it, outermost first.
        fill: For a loop: what %(label)s and %(name)s stand for.
    """

    name: str
    plain: str
    element: Mapping[str, Any]
    groups: tuple[Group, ...]
    row: int | None
    fate: Fate
    fill: Mapping[str, Any] | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the groups around it, with the number of the time for repeats."""
        return tuple(f"{g.name}#{g.times[0]}" if g.times else g.name for g in self.groups)


def flatten(workbook: Workbook, report: Report) -> list[Item]:
    """Return the questions of a form in order, with unique variable names."""
    found = list(_inside(workbook.form, (), None, workbook, report))
    return _named(found)


def _inside(
    parent: Mapping[str, Any],
    groups: tuple[Group, ...],
    fill: Mapping[str, Any] | None,
    workbook: Workbook,
    report: Report,
) -> Iterator[Item]:
    for element in parent.get("children", ()):
        name = str(element.get("name", ""))
        kind = str(element.get("type", ""))
        if name == "meta" and kind == "group":
            continue
        row = workbook.row_of(name)
        if kind in CONTAINERS:
            yield from _container(element, groups, fill, row, workbook, report)
        elif not _is_header_only(element, name):
            yield Item(name, name, element, groups, row, fate(kind), fill)
        else:
            place = Place("survey", row, workbook.header(row, "appearance"))
            report.mapped(place, "table", "The headings of a table: each row is a page of its own.")


def _container(
    element: Mapping[str, Any],
    groups: tuple[Group, ...],
    fill: Mapping[str, Any] | None,
    row: int | None,
    workbook: Workbook,
    report: Report,
) -> Iterator[Item]:
    kind, name = element["type"], str(element.get("name", ""))
    relevant = str((element.get("bind") or {}).get("relevant", "") or "")
    group = Group(name, element.get("label"), relevant, row)
    place = Place("survey", row)
    if kind == "loop":
        yield from _loop(element, (*groups, group), workbook, report, place)
        return
    if kind != "repeat":
        yield from _inside(element, (*groups, group), fill, workbook, report)
        return
    count = _count(element, workbook)
    times = _times(count)
    if not count:
        report.reported(place, "repeat", "“Add another” is not offered: it is asked once.")
    elif not _is_number(count):
        message = f"Asked up to {times} times, as often as {count} says."
        report.mapped(place, "repeat", message)
    for time in range(1, times + 1):
        again = replace(group, times=(time, count))
        yield from _inside(element, (*groups, again), fill, workbook, report)


def _count(element: Mapping[str, Any], workbook: Workbook) -> str:
    """Return how often a repeat is asked: a number, an expression, or "" where people decide.

    pyxform puts a fixed number into a calculation of its own, next to the repeat.
    """
    count = str((element.get("control") or {}).get("jr:count", "") or "").strip()
    name = count.removeprefix("${").removesuffix("}").strip()
    fixed = workbook.fixed.get(name, "") if count.startswith("${") else ""
    return fixed or count


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _times(count: str) -> int:
    if not count:
        return 1
    return min(int(count), MAX_TIMES) if _is_number(count) else MAX_TIMES


def _loop(
    element: Mapping[str, Any],
    groups: tuple[Group, ...],
    workbook: Workbook,
    report: Report,
    place: Place,
) -> Iterator[Item]:
    columns = element.get("columns") or ()
    report.mapped(place, "loop", f"Asked once for each of {len(columns)} answers.")
    for column in columns:
        inner = Group(str(column.get("name", "")), column.get("label"), "", place.row)
        yield from _inside(element, (*groups, inner), column, workbook, report)


def _is_header_only(element: Mapping[str, Any], name: str) -> bool:
    appearance = str((element.get("control") or {}).get("appearance", "")).split()
    return name.startswith(_GENERATED) or "label" in appearance


def _named(items: list[Item]) -> list[Item]:
    """Give every item a name of its own: its own name, else with its groups before it."""
    counts = Counter(item.plain.casefold() for item in items)
    taken: set[str] = set()
    named: list[Item] = []
    for item in items:
        name = item.plain
        later_time = any(group.times and group.times[0] > 1 for group in item.groups)
        loop = item.fill is not None
        if counts[item.plain.casefold()] > 1 and (later_time or loop or name.casefold() in taken):
            name = _longer(item)
        number = 2
        unique = name
        while unique.casefold() in taken:
            unique, number = f"{name}_{number}", number + 1
        taken.add(unique.casefold())
        named.append(replace(item, name=unique))
    return named


def _longer(item: Item) -> str:
    inner = item.groups[-1] if item.groups else None
    if inner is None:
        return item.plain
    if inner.times:
        return f"{item.plain}_{inner.times[0]}"
    return f"{inner.name}_{item.plain}"

"""One XLSForm question as one question of ours, before any rule is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from surveys.exchange.flatten import Item
from surveys.exchange.report import Place, Report
from surveys.exchange.workbook import Workbook, rows_of_list
from surveys.exchange.xlsform_texts import Texts
from surveys.exchange.xlsform_types import ASKED, TIMES, WHOLE
from surveys.ids import stable_id
from surveys.kinds import HAS_OPTIONS, TEXT, Kind

MAX_VALUE = 200
_DROPDOWN = frozenset({"minimal", "autocomplete", "autocomplete_chars", "search", "quickcompact"})
_YES = frozenset({"yes", "true", "true()"})


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """What rules need to know of a question (the `Asked` of xpath_rules)."""

    id: str
    kind: Kind
    option_ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """A question without its rules, and what rules need to know of it."""

    document: dict[str, Any]
    asked: KnownQuestion


def make_question(item: Item, workbook: Workbook, texts: Texts, report: Report) -> Made:
    """Return the question of one row; rules, label and hint are added later."""
    kind = _kind(item, report)
    identity = stable_id("q", workbook.stem, *item.path, item.name)
    document: dict[str, Any] = {"id": identity, "name": item.name[:120], "kind": kind.value}
    options: dict[str, str] = {}
    if kind in HAS_OPTIONS:
        document["options"] = _options(item, kind, identity, workbook, texts, report)
        options = {option["value"]: option["id"] for option in document["options"]}
    if kind in TEXT:
        # Help lines belong beside every box a person can write in; no other tool knows of them.
        document["support"] = True
    if kind is Kind.NUMBER and item.element.get("type") in WHOLE:
        document["whole"] = True
    if item.element.get("type") == "range":
        document |= _range(item, kind)
    if str((item.element.get("bind") or {}).get("required", "")).strip().lower() in _YES:
        document["required"] = True
    return Made(document, KnownQuestion(identity, kind, options))


def _kind(item: Item, report: Report) -> Kind:
    element = item.element
    type_name = str(element["type"])
    kind = ASKED[type_name]
    appearance = set(str((element.get("control") or {}).get("appearance", "")).split())
    place = Place("survey", item.row)
    if type_name in TIMES:
        report.mapped(place, f"type {type_name}", f"“{item.plain}” becomes a short text.")
    if type_name == "range":
        return _range_kind(item, report, place)
    if kind is Kind.SINGLE and appearance & _DROPDOWN:
        return Kind.DROPDOWN
    if kind is Kind.SHORT_TEXT:
        return _text_kind(item, appearance, report, place)
    if kind is Kind.CONSENT:
        report.mapped(
            place, f"type {type_name}", f"“{item.plain}” becomes consent with one answer."
        )
    return kind


def _text_kind(item: Item, appearance: set[str], report: Report, place: Place) -> Kind:
    bind = item.element.get("bind") or {}
    if str(bind.get("readonly", "")).strip().lower() in _YES:
        report.mapped(place, "read_only", f"“{item.plain}” becomes a page of information.")
        return Kind.INFO
    rows = (item.element.get("control") or {}).get("rows")
    return Kind.LONG_TEXT if "multiline" in appearance or rows else Kind.SHORT_TEXT


def _range_kind(item: Item, report: Report, place: Place) -> Kind:
    start, end, step = _range_ends(item)
    if [start, end, step] == [Decimal(0), Decimal(10), Decimal(1)]:
        return Kind.SCALE10
    if step not in {None, Decimal(1)}:
        report.reported(place, "range", f"“{item.plain}”: the step of {step} is not kept.")
    report.mapped(place, "range", f"“{item.plain}” becomes a number with its limits.")
    return Kind.NUMBER


def _range_ends(item: Item) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    found = item.element.get("parameters") or {}
    start, end, step = (_decimal(found.get(name)) for name in ("start", "end", "step"))
    return start, end, step


def _range(item: Item, kind: Kind) -> dict[str, Any]:
    start, end, step = _range_ends(item)
    if kind is Kind.SCALE10:
        return {}
    limits = {"minimum": str(start) if start is not None else None}
    limits["maximum"] = str(end) if end is not None else None
    whole = all(n is None or n == n.to_integral_value() for n in (start, end, step))
    return {name: value for name, value in limits.items() if value} | (
        {"whole": True} if whole else {}
    )


def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _options(
    item: Item, kind: Kind, identity: str, workbook: Workbook, texts: Texts, report: Report
) -> list[dict[str, Any]]:
    if kind is Kind.CONSENT:
        return [{"id": stable_id("o", identity, "OK"), "value": "OK", "text": {"en": "OK"}}]
    options: dict[str, dict[str, Any]] = {}
    for choice in _choices(item, workbook):
        value = str(choice.get("name", "")).strip()[:MAX_VALUE]
        if not value:
            continue
        text = texts.text(choice.get("label"), lambda _name: "…") or {texts.source: value}
        if value in options:
            place = Place("choices", None, "name")
            report.mapped(place, "allow_choice_duplicates", f"“{value}” is kept once.")
            continue
        options[value] = {"id": stable_id("o", identity, value), "value": value, "text": text}
        if choice.get("media"):
            report.reported(Place("choices"), "media", f"Media of “{value}” is left out.")
    return list(options.values())


def _choices(item: Item, workbook: Workbook) -> Sequence[Mapping[str, Any]]:
    choices = item.element.get("choices")
    if choices:
        return list(choices)
    name = str(item.element.get("itemset") or item.element.get("list_name") or "")
    listed = (workbook.form.get("choices") or {}).get(name)
    if listed:
        return list(listed)
    return [_external(row) for row in rows_of_list(workbook.external, name)]


def _external(row: Mapping[str, str]) -> dict[str, Any]:
    """A row of the external_choices sheet, whose labels pyxform leaves as they stand."""
    label: dict[str, str] = {}
    for heading, words in row.items():
        first, *rest = [part.strip() for part in str(heading).split(":") if part.strip()]
        if first.casefold() in {"label", "caption"} and words:
            label[rest[-1] if rest else "default"] = str(words)
    name = next((str(row[h]) for h in row if str(h).strip().casefold() in {"name", "value"}), "")
    return {"name": name, "label": label}

"""Everything else a row of an XLSForm may say, each with a line in the report."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from surveys.exchange.flatten import Item
from surveys.exchange.report import Place, Report
from surveys.exchange.workbook import Workbook

#: Keys of pyxform's elements that are read elsewhere or say nothing new.
_READ = frozenset(
    {
        "type", "name", "label", "hint", "bind", "control", "children", "choices", "itemset",
        "list_name", "choice_filter", "columns", "query", "parameters", "flat", "__row_number",
        "tags", "value",
    }
)  # fmt: skip
_NOTES: Mapping[str, str] = MappingProxyType(
    {
        "default": "Nothing is filled in before a person answers: it would lead them.",
        "media": "Pictures and sound are left out.",
        "guidance_hint": "Guidance for interviewers is left out.",
        "instance": "Attributes of the XForm are left out.",
        "trigger": "Calculations set off by other answers are left out.",
        "actions": "Actions of the XForm are left out.",
        "sms_field": "Settings for answers by SMS are left out.",
        "save_to": "Entities are not kept.",
    }
)
_BIND_READ = frozenset(
    {"relevant", "constraint", "jr:constraintMsg", "required", "type", "readonly"}
)
_BIND_NOTES: Mapping[str, str] = MappingProxyType(
    {
        "jr:requiredMsg": "Heard has its own words for a missing answer.",
        "calculate": "A question that is asked is not also computed.",
        "jr:preload": "Values from the device are not read.",
        "saveIncomplete": "Every page is saved in any case.",
        "jr:noAppErrorString": "Other apps are not opened.",
    }
)
_YES_NO = frozenset({"", "yes", "no", "true", "false", "true()", "false()"})


def note_rest(item: Item, workbook: Workbook, report: Report) -> None:
    """Add a line for each thing a row says that no question of ours holds."""
    element = item.element
    for key in element:
        if key not in _READ:
            message = _NOTES.get(key, "This column is not known and is left out.")
            _note(item, workbook, report, key, message)
    for key in element.get("bind") or {}:
        if key not in _BIND_READ:
            message = _BIND_NOTES.get(key, "This setting of the XForm is left out.")
            _note(item, workbook, report, key, message)
    _note_conditions(item, workbook, report)
    _note_control(item, workbook, report)


def _note_conditions(item: Item, workbook: Workbook, report: Report) -> None:
    bind = item.element.get("bind") or {}
    required = str(bind.get("required", "")).strip()
    if required.lower() not in _YES_NO:
        message = f"Required only if “{required}”: it is optional here."
        _note(item, workbook, report, "required", message)
    elif required.lower() in {"yes", "true", "true()"}:
        message = "Kept; a survey of victims may be published only without it."
        _note(item, workbook, report, "required", message)
    if bind.get("readonly") and item.element.get("type") not in {"text", "string", "note"}:
        _note(item, workbook, report, "read_only", "People may answer it.")


def _note_control(item: Item, workbook: Workbook, report: Report) -> None:
    for key, value in (item.element.get("control") or {}).items():
        if key == "appearance":
            message = f"“{value}” is not used: every question has one page and one look."
            _note(item, workbook, report, "appearance", message)
        elif key not in {"bodyless", "rows"}:
            _note(item, workbook, report, key, "This setting of the display is left out.")
    parameters = item.element.get("parameters") or {}
    for name in parameters:
        if item.element.get("type") != "range":
            message = f"“{name}” is left out."
            if name in {"randomize", "seed"}:
                message = "The order of answers is not mixed."
            _note(item, workbook, report, "parameters", message)


def _note(item: Item, workbook: Workbook, report: Report, key: str, message: str) -> None:
    column = workbook.header(item.row, key.split(":")[-1].lower(), key)
    report.reported(Place("survey", item.row, column), key, f"“{item.plain}”: {message}")

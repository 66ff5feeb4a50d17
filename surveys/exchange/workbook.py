"""An XLSForm file as pyxform reads it: its verdict, its elements, and where things stand."""

from __future__ import annotations

import dataclasses
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import get_xlsform
from pyxform.xls2xform import convert

from surveys.exchange.limits import MAX_ROWS
from surveys.exchange.report import Place, RefusedError, Report, refuse

#: pyxform recurses over groups; far more than any form has, far less than the stack.
MAX_NESTING = 64
_ROW = re.compile(r"\[row : (\d+)\]")
_SHEET = re.compile(r"(?:sheet[: ]+'?|the ')(survey|choices|settings|entities)'?", re.IGNORECASE)
_QUOTED = re.compile(r"['‘“\"]([^'‘’“”\"]{1,80})['’”\"]")
#: What helps, by words of pyxform's message.
_FIXES = (
    ("Unknown question type", "Use a type from the XLSForm list, such as text or select_one."),
    ("has not been included", "Copy the questions of the other form into this sheet."),
    ("Duplicate column header", "Rename or delete one of the two columns."),
    ("no name", "Fill in the name column."),
    ("Missing calculation", "Fill in the calculation column, or delete the row."),
    ("List name not in choices", "Add the list to the choices sheet, or correct its name."),
    ("Must be one of", "Save it again under its own ending."),
)
_NAME_HEADERS = ("name", "tag", "value")
_TYPE_HEADERS = ("type", "command")


@dataclass(slots=True)
class Workbook:
    """One accepted XLSForm.

    Attributes:
        form: pyxform's own tree of the form, with aliases resolved.
        survey, choices, external: Rows as read, for places and choice filters.
        stem: The file's name without ending.
    """

    form: Mapping[str, Any]
    survey: Sequence[Mapping[str, str]]
    choices: Sequence[Mapping[str, str]]
    external: Sequence[Mapping[str, str]]
    stem: str
    #: Calculations that are a plain number, by name.
    fixed: dict[str, str] = field(default_factory=dict)
    _rows: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, row in enumerate(self.survey, 2):
            name = _cell(row, _NAME_HEADERS)
            if name:
                self._rows.setdefault(name, []).append(number)
        self.fixed.update(_fixed(self.form))

    def row_of(self, name: str) -> int | None:
        """Return the next row of the survey sheet with this name; groups may share names."""
        rows = self._rows.get(name)
        if not rows:
            return None
        return rows.pop(0) if len(rows) > 1 else rows[0]

    def header(self, row: int | None, *wanted: str) -> str:
        """Return the heading under which a row has one of these columns, else the first wanted."""
        if row is not None and 0 <= row - 2 < len(self.survey):
            for heading in self.survey[row - 2]:
                plain = heading.casefold().replace(" ", "_")
                if any(plain == w or plain.startswith((f"{w}:", f"{w}::")) for w in wanted):
                    return heading
        return wanted[0]


def read_workbook(path: Path, report: Report) -> Workbook:
    """Return an XLSForm that pyxform accepts.

    Raises RefusedError with pyxform's reason and its place.  The file has passed `limits.look`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's remarks on Excel extensions
        definition: Any = None
        try:
            definition = get_xlsform(str(path))
            _look_at_rows(definition)
            read = dataclasses.asdict(definition)
            result = convert(dataclasses.asdict(definition))
        except RefusedError:
            raise
        except PyXFormError as error:
            raise _refused(str(error), definition) from None
        except RecursionError:
            raise refuse("groups", "Groups are nested too deep.") from None
        # pyxform lets errors of its own and of openpyxl and xlrd through; each means "no".
        except Exception as error:
            message = f"pyxform cannot read this file ({type(error).__name__}: {error})."
            raise refuse("pyxform", message) from None
    for warning in result.warnings:
        report.reported(_place(warning), "pyxform warning", warning)
    return Workbook(
        form=result._pyxform,
        survey=read.get("survey") or (),
        choices=read.get("choices") or (),
        external=read.get("external_choices") or (),
        stem=path.stem,
    )


def rows_of_list(rows: Sequence[Mapping[str, str]], list_name: str) -> Iterator[Mapping[str, str]]:
    """Yield the rows of one list of choices."""
    for row in rows:
        if _cell(row, ("list_name", "list name")) == list_name:
            yield row


def _look_at_rows(definition: Any) -> None:
    for sheet in ("survey", "choices", "external_choices"):
        rows = getattr(definition, sheet) or ()
        if len(rows) > MAX_ROWS:
            message = f"This sheet has more than {MAX_ROWS:,} rows."
            raise refuse("rows", message, Place(sheet))
    level = 0
    for number, row in enumerate(definition.survey or (), 2):
        kind = _cell(row, _TYPE_HEADERS).casefold()
        level += kind.startswith("begin") - kind.startswith("end")
        if level > MAX_NESTING:
            message = f"Groups are nested more than {MAX_NESTING} levels deep."
            raise refuse("groups", message, Place("survey", number))


def _fixed(element: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for child in element.get("children", ()):
        text = str((child.get("bind") or {}).get("calculate", "")).strip()
        if child.get("type") == "calculate" and text.isdecimal():
            yield str(child.get("name")), text
        yield from _fixed(child)


def _cell(row: Mapping[str, Any], headings: tuple[str, ...]) -> str:
    for heading, value in row.items():
        if value is not None and str(heading).strip().casefold() in headings:
            return str(value).strip()
    return ""


def _refused(message: str, definition: Any) -> RefusedError:
    place = _place(message)
    if place.row is None:
        place = _found(message, definition) or place
    words = message.strip() or "pyxform refuses this file."
    fix = next((fix for sign, fix in _FIXES if sign in words), "")
    return refuse("pyxform", f"{words} {fix}".strip(), place)


def _found(message: str, definition: Any) -> Place | None:
    """Return where something pyxform quotes stands, for the errors that name no row."""
    quoted = _QUOTED.findall(message)
    if "has not been included" in message:
        quoted.append("include")
    for sheet in ("survey", "choices", "settings"):
        place = _found_in(sheet, definition, quoted)
        if place is not None:
            return place
    if message.startswith("Duplicate column header: "):
        return Place("survey", 1, message.removeprefix("Duplicate column header: "))
    return None


def _found_in(sheet: str, definition: Any, quoted: list[str]) -> Place | None:
    for number, row in enumerate(getattr(definition, sheet, None) or (), 2):
        for heading, value in row.items():
            if str(value) in quoted:
                return Place(sheet, number, str(heading))
    known = [heading for heading in _headings(definition, sheet) if heading in quoted]
    return Place(sheet, 1, known[0]) if known else None


def _headings(definition: Any, sheet: str) -> list[str]:
    return [h for row in getattr(definition, f"{sheet}_header", None) or () for h in row]


def _place(message: str) -> Place:
    row, sheet = _ROW.search(message), _SHEET.search(message)
    name = sheet.group(1).lower() if sheet else "survey" if row else ""
    return Place(name, int(row.group(1)) if row else None)

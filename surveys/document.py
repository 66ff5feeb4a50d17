"""Reading and writing survey documents; nothing hostile gets as far as the models."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from surveys.model import Survey
from surveys.problems import Code, Problem, SurveyError

MAX_BYTES = 20_000_000
#: A rule 24 levels deep is 2 JSON levels a step; the rest of a document is under ten.
MAX_JSON_DEPTH = 64
MAX_PROBLEMS = 200
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')


def load(document: Mapping[str, Any] | str | bytes) -> Survey:
    """Return the survey a JSON document holds.

    Raises SurveyError with every problem of shape found: not UTF-8, not JSON, too large, nested
    too deep, a key given twice, a missing or unknown field, a value of the wrong type.  What the
    document *says* is looked at by `check`.
    """
    if isinstance(document, Mapping):
        document = _to_json(document)
    parsed = parse_json(document)
    try:
        return Survey.model_validate_json(json.dumps(parsed), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        raise SurveyError(_problems(details)) from None


def dump(survey: Survey) -> dict[str, Any]:
    """Return the survey as plain JSON values; `load(dump(s)) == s`, defaults left out."""
    dumped: dict[str, Any] = survey.model_dump(mode="json", exclude_defaults=True)
    return {"format": survey.format, **dumped, "languages": list(survey.languages)}


def dumps(survey: Survey) -> str:
    """Return the survey as indented JSON text ending in a newline."""
    return json.dumps(dump(survey), ensure_ascii=False, indent=1) + "\n"


def parse_json(document: str | bytes) -> Any:
    """Return the values in JSON text, refusing what a lenient parser lets through.

    Raises SurveyError for a wrong encoding, too large, too deep, a repeated key, NaN.
    """
    text = _decode(document)
    if len(text) > MAX_BYTES:
        _refuse(Code.TOO_LARGE, f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    _refuse_deep(text)
    try:
        return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except SurveyError:
        raise
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        _refuse(Code.NOT_JSON, f"This is not JSON: {error.msg}.", where)
    except ValueError as error:  # an integer of more digits than Python will convert
        _refuse(Code.NOT_JSON, f"This is not JSON we can read: {error}.")


def _to_json(document: Mapping[str, Any]) -> str:
    try:
        return json.dumps(document, allow_nan=False)
    except RecursionError:
        _refuse(Code.TOO_DEEP, f"The document is nested more than {MAX_JSON_DEPTH} levels deep.")
    except (TypeError, ValueError) as error:
        _refuse(Code.NOT_JSON, f"The document holds something JSON cannot: {error}.")


def _decode(document: str | bytes) -> str:
    if isinstance(document, str):
        return document.removeprefix("\ufeff")
    if len(document) > MAX_BYTES:
        _refuse(Code.TOO_LARGE, f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        return document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(Code.ENCODING, "The file is not UTF-8 text.", f"byte {error.start}")


def _refuse_deep(text: str) -> None:
    """Count brackets before parsing: a parser that recurses would run out of stack."""
    level = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        mark = found.group()
        if mark in "[{":
            level += 1
            if level > MAX_JSON_DEPTH:
                message = f"The document is nested more than {MAX_JSON_DEPTH} levels deep."
                _refuse(Code.TOO_DEEP, message, f"character {found.start() + 1}")
        elif mark in "]}":
            level -= 1


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                _refuse(Code.DUPLICATE_KEY, f"The key “{key[:80]}” is given twice.", key[:80])
            seen.add(key)
    return found


def _no_constant(name: str) -> NoReturn:
    _refuse(Code.NOT_JSON, f"{name} is not a JSON value.")


def _problems(details: list[ErrorDetails]) -> tuple[Problem, ...]:
    found = [Problem(Code.SHAPE, _place(detail["loc"]), f"{detail['msg']}.") for detail in details]
    if len(found) > MAX_PROBLEMS:
        more = len(found) - MAX_PROBLEMS
        found = [*found[:MAX_PROBLEMS], Problem(Code.SHAPE, "document", f"And {more} more.")]
    return tuple(found)


def _place(location: tuple[int | str, ...]) -> str:
    place = ""
    for part in location:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    return place or "document"


def _refuse(code: Code, message: str, where: str = "document") -> NoReturn:
    raise SurveyError((Problem(code, where, message),))

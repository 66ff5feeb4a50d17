"""Responses collected elsewhere, read into a survey by a mapping a person has looked at.

Columns that say who or where someone is (names, e-mail, IP address, position) are never read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from surveys.answers import Answer, Chosen, Day, Number, Words
from surveys.compiled import pages_of
from surveys.exchange.report import Place, Report
from surveys.exchange.responses import Response
from surveys.exchange.sheets import Sheet, Tool, read_sheet
from surveys.kinds import ONE_OF, SEVERAL_OF, TEXT, Kind
from surveys.model import Option, Question, Survey
from surveys.values import as_number

MAX_TEXT = 20_000
_WHO = re.compile(
    r"\b(ip ?address|e-?mail|recipient|first ?name|last ?name|full ?name|^name$|latitude|longitude"
    r"|location|phone|user ?agent|browser)\b",
    re.IGNORECASE,
)
_IDS = ("responseid", "response id", "id", "userid", "userno")
_DAYS = ("enddate", "end date", "completion time", "submitted", "date submitted", "recordeddate",
         "completed", "started", "startdate")  # fmt: skip
_BRITISH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_SPLIT = re.compile(r"\s*[;\n|]\s*")

#: From a heading to the id of a question; with "question/option" for one column of several.
Mapped = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in.

    Attributes:
        read: Rows looked at.  refused: Rows with nothing usable, with their lines in the report.
        mapping: The mapping used, to be shown and kept.
    """

    responses: tuple[Response, ...]
    read: int
    refused: int
    tool: Tool
    mapping: dict[str, str] = field(default_factory=dict)


class Use(StrEnum):
    """What a column is for, as its heading says."""

    WHO = "who"  # it can say who someone is: it is never read
    ID = "id"
    DAY = "day"
    ANSWER = "answer"


def use_of(heading: str) -> Use:
    """Return what a column is for; anything not known may hold answers."""
    if _WHO.search(heading):
        return Use.WHO
    plain = heading.strip().casefold()
    if plain in _IDS:
        return Use.ID
    return Use.DAY if plain in _DAYS else Use.ANSWER


def suggest_mapping(sheet: Sheet, survey: Survey) -> dict[str, str]:
    """Return a mapping by equal names or wording; a person completes it."""
    pages = [page for page in pages_of(survey) if page.kind is not Kind.INFO]
    found: dict[str, str] = {}
    for heading, title in zip(sheet.headings, sheet.titles, strict=False):
        if _WHO.search(heading):
            continue
        for page in pages:
            target = _target(page, heading, title)
            if target is not None:
                found[heading] = target
                break
    return found


def read_responses(
    path: Path, survey: Survey, report: Report, *, day: date, mapping: Mapped | None = None
) -> Imported:
    """Return the responses in a file; `day` stands where a row has none.

    A value that fits no answer is left out and listed with its line; the rest of the row stays.
    Reading the same file again gives the same response ids.  Raises RefusedError.
    """
    sheet = read_sheet(path, report)
    used = dict(mapping) if mapping is not None else suggest_mapping(sheet, survey)
    _report_columns(sheet, used, report)
    reader = _Rows(sheet, survey, used, report)
    responses = []
    for number, row in enumerate(sheet.rows, sheet.first_line):
        answers = reader.answers(row, number)
        if answers:
            responses.append(reader.response(row, number, answers, day))
        else:
            report.reported(Place("responses", number), "row", "Nothing in this row is mapped.")
    refused = len(sheet.rows) - len(responses)
    return Imported(tuple(responses), len(sheet.rows), refused, sheet.tool, used)


def _target(page: Question, heading: str, title: str) -> str | None:
    names = {_plain(page.name), _plain(page.text.in_("en"))}
    if _plain(heading) in names or _plain(title) in names:
        return page.id
    question, bar, answer = title.partition(" | ")
    if bar and page.kind in SEVERAL_OF and _plain(question) in names:
        option = _option(page, answer)
        return f"{page.id}/{option.id}" if option else None
    return None


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())


def _option(page: Question, text: str) -> Option | None:
    wanted = _plain(text)
    for option in page.options:
        if wanted in {_plain(option.value), _plain(option.text.in_("en"))}:
            return option
    return None


def _report_columns(sheet: Sheet, used: Mapped, report: Report) -> None:
    for heading in sheet.headings:
        place = Place("responses", 1, heading)
        if _WHO.search(heading) and heading not in used:
            report.reported(place, "column", "It can say who someone is: it is not read.")
        elif heading and heading not in used and heading.casefold() not in (*_IDS, *_DAYS):
            report.reported(place, "column", "It is mapped to no question.")


class _Rows:
    def __init__(self, sheet: Sheet, survey: Survey, used: Mapped, report: Report) -> None:
        self._survey = survey
        self._report = report
        pages = {page.id: page for page in pages_of(survey)}
        self._columns: list[tuple[int, str, Question, str]] = []
        for place, heading in enumerate(sheet.headings):
            question, _, option = used.get(heading, "").partition("/")
            if question in pages:
                self._columns.append((place, heading, pages[question], option))
        lowered = [heading.strip().casefold() for heading in sheet.headings]
        self._id_place = _first(lowered, _IDS)
        self._day_place = _first(lowered, _DAYS)

    def answers(self, row: tuple[str, ...], number: int) -> dict[str, Answer]:
        """Return the answers of one row; values that fit nothing are listed."""
        found: dict[str, Answer] = {}
        for place, heading, page, option in self._columns:
            text = row[place].strip() if place < len(row) else ""
            if not text:
                continue
            answer = self._ticked(found, page, option) if option else _answer(page, text)
            if answer is None:
                at = Place("responses", number, heading)
                self._report.reported(at, "value", "This value is not among the answers.")
            else:
                found[page.id] = answer
        return found

    def _ticked(self, found: Mapping[str, Answer], page: Question, option: str) -> Answer:
        before = found.get(page.id)
        chosen = before.options if isinstance(before, Chosen) else ()
        return Chosen((*chosen, option))

    def response(
        self, row: tuple[str, ...], number: int, answers: dict[str, Answer], day: date
    ) -> Response:
        """Return one response; its id is made from the other tool's id, or from the row."""
        own = row[self._id_place] if self._id_place is not None else f"{number}:{'|'.join(row)}"
        digest = hashlib.sha256(f"{self._survey.id}\x1f{own}".encode()).hexdigest()[:24]
        given = _day(row[self._day_place]) if self._day_place is not None else None
        meta = {"channel": "import"}
        return Response(digest, self._survey.version, given or day, answers, meta)


def _first(headings: list[str], wanted: tuple[str, ...]) -> int | None:
    return next((headings.index(name) for name in wanted if name in headings), None)


def _answer(page: Question, text: str) -> Answer | None:
    make = next((made for kinds, made in _MAKERS if page.kind in kinds), None)
    return make(page, text) if make else None


def _one(page: Question, text: str) -> Answer | None:
    option = _option(page, text)
    if option is not None:
        return Chosen((option.id,))
    other = next((o for o in page.options if o.write_in), None)
    return Chosen((other.id,), ((other.id, text[:500]),)) if other else None


def _several(page: Question, text: str) -> Answer | None:
    parts = [part for part in _SPLIT.split(text) if part]
    options = list(_options(page, parts))
    if len(options) != len(parts):  # Qualtrics joins with commas, which answers may hold too
        options = list(_options(page, list(_by_comma(page, text))))
    return Chosen(tuple(dict.fromkeys(options))) if options else None


def _options(page: Question, parts: list[str]) -> Iterator[str]:
    for part in parts:
        option = _option(page, part)
        if option is not None:
            yield option.id


def _by_comma(page: Question, text: str) -> Iterator[str]:
    """Yield answers joined with commas, the longest that fits first."""
    pieces = text.split(",")
    start = 0
    while start < len(pieces):
        for end in range(len(pieces), start, -1):
            candidate = ",".join(pieces[start:end])
            if _option(page, candidate) is not None:
                yield candidate
                start = end
                break
        else:
            start += 1


def _number(_page: Question, text: str) -> Answer | None:
    value = as_number(text.replace(",", ""))
    return Number(Decimal(value)) if value is not None else None


def _date(_page: Question, text: str) -> Answer | None:
    day = _day(text)
    return Day(day) if day else None


def _words(_page: Question, text: str) -> Answer | None:
    return Words(text[:MAX_TEXT])


def _day(text: str) -> date | None:
    british = _BRITISH.match(text.strip())
    try:
        if british:
            day, month, year = map(int, british.groups())
            return date(year, month, day)
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


_MAKERS: tuple[tuple[frozenset[Kind], Callable[[Question, str], Answer | None]], ...] = (
    (ONE_OF, _one),
    (SEVERAL_OF, _several),
    (TEXT, _words),
    (frozenset({Kind.NUMBER, Kind.SCALE10}), _number),
    (frozenset({Kind.DATE}), _date),
)

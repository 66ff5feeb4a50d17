"""The columns of the hand-over (domain §6.3) and what makes a row usable. Pure."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from app.packs import Pack

TRUE = {"1", "y", "yes", "true", "t"}
FALSE = {"0", "n", "no", "false", "f"}
DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d %B %Y")
OUTCOMES = {"reached", "not_reached", "wrong_details", "unsafe", "declined"}
CHANNELS = {"sms", "email", "none"}
MAX_KEY = 80
MOST_DIGITS = 3
YEARLY = re.compile(r"(\d\d)-(\d\d)", re.ASCII)
LEAP_YEAR = 2024
GARBLED = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
NO_TEXT = "this cell holds characters that are no text; write it anew"
MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?Z?$")  # as databases print a day
# No cell is quoted, and 25-12 meant as 25 December would never have come.
DAY_FIRST = (
    "write a day of every year with the month first, then the day: 25 December is 12-25; "
    "this one reads as the British day-month"
)
NO_DAY = "there is no such day: write the month first, then the day, like 12-25 for 25 December"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why one row, or one cell of it, could not be used. Never quotes the cell's content."""

    line: int
    column: str
    message: str


class CellError(ValueError):
    """A cell cannot be what its column says; the message tells what would do."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as the case system tells it."""

    case_key: str
    service: str | None
    provider: str | None
    sub_provider: str | None
    offence_group: str | None
    flags: tuple[str, ...]
    role: str | None
    area: str | None
    age_band: str | None
    referral_source: str | None
    referral_date: date | None
    contact_outcome: str | None
    contact_attempts: int | None
    wants_support: bool | None
    accepted_on: date | None
    started_on: date | None
    stage: str | None
    stage_date: date | None
    next_date: date | None
    trial_date: date | None
    avoid_dates: tuple[str, ...]
    safe_channel: str | None
    safe_times: tuple[tuple[str, str], ...]
    shared_device: bool
    shared_address: bool
    is_vulnerable: bool
    on_hold: bool
    do_not_contact: bool
    language: str
    format_need: str | None
    consent_check_in: bool
    consent_link: bool
    consent_after_closure: bool
    worker: str | None
    supervisor: str | None
    closed_on: date | None
    closure_reason: str | None

    @property
    def row_hash(self) -> str:
        """Return a fingerprint: the same row sent again changes nothing."""
        text = json.dumps(asdict(self), default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def text_cell(cell: str) -> str | None:
    """Return the words, or None for an empty cell."""
    return cell.strip()[:120] or None


def code_cell(cell: str) -> str | None:
    """Return a code: lower case, underscores for spaces."""
    words = cell.strip().lower().replace(" ", "_").replace("-", "_")
    return words[:40] or None


def day_cell(cell: str) -> date | None:
    """Return a day written the ISO or the British way; raise CellError."""
    words = cell.strip()
    if not words:
        return None
    words = MIDNIGHT.sub("", words)
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(words, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise CellError("write the date like 2026-03-31 or 31/03/2026")


def yes_no_cell(cell: str) -> bool:
    """Return yes or no, where empty is no; raise CellError."""
    answer = maybe_cell(cell)
    return bool(answer)


def maybe_cell(cell: str) -> bool | None:
    """Return yes, no, or None for an empty cell; raise CellError."""
    words = cell.strip().lower()
    if not words:
        return None
    if words in TRUE | FALSE:
        return words in TRUE
    raise CellError("write yes or no")


def list_cell(cell: str) -> tuple[str, ...]:
    """Return the parts of a list written with semicolons."""
    return tuple(part.strip() for part in cell.replace("|", ";").split(";") if part.strip())


def avoid_cell(cell: str) -> tuple[str, ...]:
    """Return days to avoid: a day, or MM-DD for every year; raise CellError."""
    days = []
    for part in list_cell(cell):
        yearly = YEARLY.fullmatch(part)
        if yearly and not _is_day_of_year(yearly[1], yearly[2]):
            raise CellError(DAY_FIRST if _is_day_of_year(yearly[2], yearly[1]) else NO_DAY)
        days.append(part if yearly else str(day_cell(part)))
    return tuple(days)


def _is_day_of_year(month: str, day: str) -> bool:
    try:
        date(LEAP_YEAR, int(month), int(day))
    except ValueError:
        return False
    return True


def times_cell(cell: str) -> tuple[tuple[str, str], ...]:
    """Return spans like "09:00-12:00; 14:00-16:00"; raise CellError."""
    spans = []
    for part in list_cell(cell):
        opens, _, closes = part.replace("–", "-").partition("-")
        try:
            start, end = time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())
        except ValueError as error:
            raise CellError("write times like 09:00-12:00") from error
        if start >= end:
            raise CellError("let each span end after it starts")
        spans.append((f"{start:%H:%M}", f"{end:%H:%M}"))
    return tuple(spans)


def channel_cell(cell: str) -> str | None:
    """Return the channel that is safe, "none" where none is; raise CellError."""
    code = code_cell(cell)
    if code is None or code in CHANNELS:
        return code
    raise CellError("write sms, email or none")


def count_cell(cell: str) -> int | None:
    """Return a small number, as Excel may write it; raise CellError."""
    words = cell.strip().removesuffix(".0")
    if not words:
        return None
    if words.isascii() and words.isdigit() and len(words) <= MOST_DIGITS:
        return int(words)
    raise CellError("write how often somebody tried, as a number")


def outcome_cell(cell: str) -> str | None:
    """Return a contact outcome; raise CellError."""
    code = code_cell(cell)
    if code is None or code in OUTCOMES:
        return code
    raise CellError("write one of " + ", ".join(sorted(OUTCOMES)))


# Column in the file, field of CaseRow, reader. Vendors' spellings go into COLUMN_NAMES.
CELLS: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
    ("service", "service", code_cell),
    ("provider", "provider", code_cell),
    ("sub_provider", "sub_provider", code_cell),
    ("offence_group", "offence_group", code_cell),
    ("flags", "flags", list_cell),
    ("role", "role", code_cell),
    ("area", "area", text_cell),
    ("age_band", "age_band", text_cell),
    ("referral_source", "referral_source", code_cell),
    ("referral_date", "referral_date", day_cell),
    ("contact_outcome", "contact_outcome", outcome_cell),
    ("contact_attempts", "contact_attempts", count_cell),
    ("wants_support", "wants_support", maybe_cell),
    ("accepted_date", "accepted_on", day_cell),
    ("start_date", "started_on", day_cell),
    ("stage", "stage", code_cell),
    ("stage_date", "stage_date", day_cell),
    ("next_date", "next_date", day_cell),
    ("trial_date", "trial_date", day_cell),
    ("avoid_dates", "avoid_dates", avoid_cell),
    ("safe_channel", "safe_channel", channel_cell),
    ("safe_times", "safe_times", times_cell),
    ("shared_device", "shared_device", yes_no_cell),
    ("shared_address", "shared_address", yes_no_cell),
    ("vulnerable", "is_vulnerable", yes_no_cell),
    ("on_hold", "on_hold", yes_no_cell),
    ("do_not_contact", "do_not_contact", yes_no_cell),
    ("language", "language", lambda cell: (code_cell(cell) or "en")[:12]),
    ("format_need", "format_need", text_cell),
    ("consent_checkin", "consent_check_in", yes_no_cell),
    ("consent_link", "consent_link", yes_no_cell),
    ("consent_after_closure", "consent_after_closure", yes_no_cell),
    ("worker", "worker", text_cell),
    ("supervisor", "supervisor", text_cell),
    ("closed_date", "closed_on", day_cell),
    ("closure_reason", "closure_reason", code_cell),
)
COLUMNS = frozenset(column for column, _, _ in CELLS) | {"case_key"}
# Without these nobody can say that a message is safe: a new case whose row lacks one is held.
GUARDS = ("do_not_contact", "shared_device", "shared_address", "avoid_dates", "trial_date")


def read_case(
    line: int, values: Mapping[str, str], pack: Pack
) -> tuple[CaseRow | None, list[RowProblem]]:
    """Return the case in a row, or None with every reason it cannot be used."""
    problems = garbled_cells(line, values)
    key = values.get("case_key", "").strip()
    if not key or len(key) > MAX_KEY:
        problems.append(RowProblem(line, "case_key", "give each case a key of 1 to 80 characters"))
    fields: dict[str, Any] = {"case_key": key}
    for column, field, read in CELLS:
        try:
            fields[field] = read(values.get(column, ""))
        except CellError as error:
            problems.append(RowProblem(line, column, str(error)))
    if not problems:
        problems += _unknown_codes(line, fields, pack)
    return (None, problems) if problems else (CaseRow(**fields), [])


def garbled_cells(line: int, values: Mapping[str, str]) -> list[RowProblem]:
    """Return the cells that no database can keep: one of them would stop all rows beside it."""
    return [RowProblem(line, c, NO_TEXT) for c, cell in values.items() if GARBLED.search(cell)]


def fields_given(present: Iterable[str]) -> frozenset[str]:
    """Return the fields that a row with these columns says anything about."""
    columns = set(present)
    return frozenset(field for column, field, _ in CELLS if column in columns)


def unknown_columns(columns: Iterable[str]) -> list[str]:
    """Return columns of a file that Heard has no use for: said, and not stored."""
    return sorted(set(columns) - COLUMNS)


def _unknown_codes(line: int, fields: Mapping[str, Any], pack: Pack) -> list[RowProblem]:
    services = {service.code for service in pack.services}
    areas = {area.code for area in pack.areas}
    problems = []
    if fields["service"] and fields["service"] not in services:
        problems.append(RowProblem(line, "service", "this service is not in the area pack"))
    if fields["area"] and fields["area"] not in areas:
        problems.append(RowProblem(line, "area", "this area code is not in the area pack"))
    return problems

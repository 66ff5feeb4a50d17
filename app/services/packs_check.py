"""Everything that is wrong with an area pack, said at once and in words. Pure."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from app.models import Role
from app.packs import Line, Pack, dump_pack, load_pack
from app.services.neutral import advise_name

MOST_BYTES = 512 * 1024
LINE_AGE = timedelta(days=365)  # a number nobody has checked for a year may ring at a stranger's
HOLIDAYS_AHEAD = timedelta(days=90)
CONTRAST = 4.5  # WCAG 2.2, 1.4.3
LINEAR_FROM = 0.04045
DIGITS_OF_A_LINE = 3
# Answers on paper go where it says: one without a postcode is not finished.
POSTCODE_LAST = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\.?\s*$", re.IGNORECASE)
MOST_ADDRESS = 300
STAND_IN = "durham"
# What would do, by pydantic's kind of mistake.
WANTED = {
    "missing": "it is missing",
    "extra_forbidden": "Heard knows no such part; check how it is spelt",
    "greater_than_equal": "write {ge} or more",
    "int_type": "write a whole number",
    "int_parsing": "write a whole number",
    "string_type": "write words between quotation marks",
    "string_pattern_mismatch": "it is not written as in the packs that ship with Heard",
    "date_parsing": "write the day like 2026-03-31",
    "date_from_datetime_parsing": "write the day like 2026-03-31",
    "time_parsing": "write the time like 09:00",
    "bool_parsing": "write true or false",
    "tuple_type": "write a list between [ and ]",
    "model_type": "write its parts between { and }",
}


def check_pack(data: bytes, *, today: date) -> tuple[Pack | None, list[str]]:
    """Return the pack in a file and everything that is wrong with it; either may be all there is.

    A pack with problems is never to be used, however few there are.
    """
    if len(data) > MOST_BYTES:
        return None, ["The file is too large to be an area pack."]
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None, [
            "The file is not JSON. Save it as UTF-8 text that begins with { and try again."
        ]
    if not isinstance(document, dict):
        return None, ["The file holds no pack: it has to begin with { and name each part."]
    try:
        pack = Pack.model_validate_json(json.dumps(document))
    except ValidationError as error:
        return None, _said(error) + _repeated_names(data) + _of_the_rest(document, error, today)
    return pack, [*_repeated_names(data), *list_problems(pack, today=today)]


def list_problems(pack: Pack, *, today: date) -> list[str]:
    """Return what is wrong with a pack whose parts are each what they should be."""
    checks: Iterable[Callable[[Pack, date], Iterator[str]]] = (
        _codes, _parents, _leads, _lines, _hours, _addresses, _colours, _names, _roles,
    )  # fmt: skip
    return [problem for check in checks for problem in check(pack, today)]


def old_lines(pack: Pack, *, today: date, after: timedelta) -> list[Line]:
    """Return the help lines nobody has checked for so long."""
    return [line for line in pack.lines if today - line.checked_on > after]


def _said(error: ValidationError) -> list[str]:
    """Return pydantic's findings as sentences that name the place and never quote the value."""
    return [f"{_where(found['loc'])}: {_wanted(found)}." for found in error.errors()]


def _wanted(found: Any) -> str:
    wanted: str = WANTED.get(found["type"], found["msg"].removeprefix("Value error, "))
    return wanted.format(**found.get("ctx", {}))


def _of_the_rest(document: dict[str, Any], error: ValidationError, today: date) -> list[str]:
    """Return what is wrong with the parts that can be read, for one mistake hides no other.

    A part that cannot be read is left out where it is one of many, else a shipped one stands in.
    """
    rest, whole = dict(document), dump_pack(load_pack(STAND_IN))
    places = {tuple(found["loc"][:2]) for found in error.errors()}
    for place in sorted(places, key=str, reverse=True):
        name, row = str(place[0]), place[-1]
        part = rest.get(name)
        if isinstance(part, list) and isinstance(row, int):
            rest[name] = [one for one in part if one is not document[name][row]]
        else:
            rest[name] = whole.get(name)
    try:
        return list_problems(
            Pack.model_validate({k: v for k, v in rest.items() if k in whole}), today=today
        )
    except ValidationError:
        return []


def _where(place: Sequence[str | int]) -> str:
    words = [f"{part + 1}" if isinstance(part, int) else str(part) for part in place]
    return " ".join(words) or "The file"


def _repeated_names(data: bytes) -> list[str]:
    """Return parts that stand in the file twice: JSON would quietly keep the last."""
    found: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> Mapping[str, Any]:
        found.extend(name for name, n in Counter(name for name, _ in items).items() if n > 1)
        return dict(items)

    json.loads(data.decode("utf-8-sig"), object_pairs_hook=pairs)
    return [f"{name}: stands in the same part twice. Keep one." for name in dict.fromkeys(found)]


def _codes(pack: Pack, _today: date) -> Iterator[str]:
    for kind, rows in (
        ("areas", (*pack.areas, *pack.counties)),
        ("services", pack.services),
    ):
        counted = Counter(row.code for row in rows)
        yield from (
            f"{kind}: the code {c} stands there {n} times." for c, n in counted.items() if n > 1
        )
        if not rows:
            yield f"{kind}: name at least one."
    for area in (*pack.areas, *pack.counties):
        if area.valid_from and area.valid_to and area.valid_to < area.valid_from:
            yield f"areas: {area.code} ends before it begins."


def _parents(pack: Pack, _today: date) -> Iterator[str]:
    counties = {county.code for county in pack.counties}
    for area in pack.areas:
        if area.parent and area.parent not in counties:
            yield f"areas: {area.code} lies in {area.parent}, which is not among the counties."
    used = {area.parent for area in pack.areas}
    yield from (f"counties: {code} has no area in it." for code in sorted(counties - used))
    yield from (f"counties: {c.code} cannot lie in another." for c in pack.counties if c.parent)


def _leads(pack: Pack, _today: date) -> Iterator[str]:
    leads = {service.code: service.lead for service in pack.services}
    for code, lead in leads.items():
        if lead and lead not in leads:
            yield f"services: {code} has the lead {lead}, which is no service."
        elif lead and leads[lead]:
            yield f"services: {code} has the lead {lead}, which has a lead itself."
        elif lead == code:
            yield f"services: {code} leads itself."


def _lines(pack: Pack, today: date) -> Iterator[str]:
    if not any(line.urgent for line in pack.lines):
        yield "lines: mark the emergency line as urgent; every page shows it first."
    for line in pack.lines:
        if sum(c.isdigit() for c in line.number) < DIGITS_OF_A_LINE:
            yield f"lines: {line.name} has no number that can be rung."
        if line.checked_on > today:
            yield f"lines: {line.name} was checked on a day that has not come yet."
        elif today - line.checked_on > LINE_AGE:
            yield f"lines: {line.name} was last checked over a year ago. Ring it again."


def _hours(pack: Pack, today: date) -> Iterator[str]:
    hours = pack.staffed_hours
    if not hours.days or not set(hours.days) <= set(range(7)):
        yield "staffed_hours: days are numbers from 0 (Monday) to 6 (Sunday)."
    if hours.opens >= hours.closes:
        yield "staffed_hours: closes has to be later than opens."
    if not any(today <= day for day in hours.bank_holidays):
        yield "staffed_hours: name the coming bank holidays; nothing is sent on them."
    elif max(hours.bank_holidays) < today + HOLIDAYS_AHEAD:
        yield "staffed_hours: name the bank holidays of at least the next three months."


def _addresses(pack: Pack, _today: date) -> Iterator[str]:
    exit_to = urlsplit(pack.exit_url)
    if exit_to.scheme != "https" or not exit_to.hostname:
        yield "exit_url: give an address that begins with https://."
    for name in ("contact_email", "privacy_contact"):
        local, _, domain = getattr(pack, name).partition("@")
        if not local or "." not in domain or " " in domain:
            yield f"{name}: give an e-mail address."
    if pack.return_address and not POSTCODE_LAST.search(pack.return_address):
        yield "return_address: end it with a postcode, or leave it empty: paper is handed back."
    if len(pack.return_address) > MOST_ADDRESS:
        yield f"return_address: use at most {MOST_ADDRESS} letters."


def _colours(pack: Pack, _today: date) -> Iterator[str]:
    for name in ("main", "accent"):
        ratio = contrast(getattr(pack.brand, name), "#ffffff")
        if ratio < CONTRAST:
            yield f"brand: {name} has a contrast of {ratio:.1f} to white; it needs {CONTRAST}."


def _names(pack: Pack, _today: date) -> Iterator[str]:
    for name in ("body_name", "body_short", "public_name", "support_name", "panel_name"):
        if not getattr(pack, name).strip():
            yield f"{name}: is empty."
    yield from (f"public_name: {words}" for words in advise_name(pack.public_name))


def _roles(pack: Pack, _today: date) -> Iterator[str]:
    known = {role.value for role in Role}
    yield from (f"roles: there is no role {role}." for role in pack.roles if role not in known)
    yield from (
        f"roles: {role} has no name." for role, name in pack.roles.items() if not name.strip()
    )


def contrast(one: str, two: str) -> float:
    """Return the contrast of two colours like "#1d4d5c", from 1 to 21.

    Source: WCAG 2.2, definitions of relative luminance and contrast ratio.
    """
    dark, light = sorted((_luminance(one), _luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        p / 12.92 if p <= LINEAR_FROM else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

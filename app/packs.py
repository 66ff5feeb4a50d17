"""Area packs: names, areas, services, lines, brand and thresholds of one body, as data."""

import json
from collections.abc import Mapping
from datetime import date, time
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

PACKS = Path(__file__).resolve().parent.parent / "packs"
COMPLAINT_DAYS = 730  # kept after the answer: as long as answers are, domain §8
PATTERN_KEY = r"^[a-z][a-z0-9-]{1,39}$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Area(_Part):
    """An area with its ONS code; membership is effective-dated because areas change."""

    code: str
    name: str
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class Service(_Part):
    """A support service; `lead` names the service that holds its contract."""

    code: str
    name: str
    lot: str | None = None
    lead: str | None = None


class Line(_Part):
    """A support line as printed on every public page."""

    name: str
    number: str
    hours: str
    checked_on: date
    note: str = ""
    urgent: bool = False


class Hours(_Part):
    """The hours in which somebody watches the safeguarding desk, in London time."""

    days: tuple[int, ...] = (0, 1, 2, 3, 4)  # Monday is 0
    opens: time = time(9)
    closes: time = time(17)
    bank_holidays: tuple[date, ...] = ()


class Brand(_Part):
    """Colours; pairs under 4.5:1 are refused where a pack is loaded."""

    main: str = Field(pattern=r"^#[0-9a-f]{6}$")
    accent: str = Field(pattern=r"^#[0-9a-f]{6}$")


class Thresholds(_Part):
    """Small-number rules of settled.md 32: a pack may be stricter, never laxer."""

    hide_below: int = Field(10, ge=10)
    percent_from: int = Field(30, ge=30)
    normal_from: int = Field(50, ge=50)
    round_public_to: int = Field(5, ge=5)


class Pack(_Part):
    """One body's configuration."""

    key: str = Field(pattern=PATTERN_KEY)
    body_name: str
    body_short: str
    public_name: str  # what victims' pages are called; says nothing of crime or police
    support_name: str  # the support service people may have heard of
    panel_name: str
    contact_email: str
    return_address: str = ""  # where paper answers are posted; empty: handed back
    privacy_contact: str
    exit_url: str
    complaint_days: int = Field(COMPLAINT_DAYS, ge=30)
    areas: tuple[Area, ...]
    counties: tuple[Area, ...] = ()  # parents that figures roll up to; never an answer themselves
    services: tuple[Service, ...]
    lines: tuple[Line, ...]
    brand: Brand
    former: Mapping[str, str] = {}  # codes of earlier packs, by name: old cases still carry them
    roles: Mapping[str, str] = {}  # what the body calls a role, where it has its own word
    staffed_hours: Hours = Hours()
    thresholds: Thresholds = Thresholds()

    def area_name(self, code: str) -> str:
        """Return the area's name, that of an earlier pack, or the code itself."""
        places = (*self.areas, *self.counties)
        return next((a.name for a in places if a.code == code), self.former.get(code, code))

    def service_name(self, code: str) -> str:
        """Return the service's name, that of an earlier pack, or its code."""
        return next((s.name for s in self.services if s.code == code), self.former.get(code, code))

    def role_name(self, role: str) -> str:
        """Return what the body calls a role, in the middle of a sentence."""
        return self.roles.get(role) or role.replace("_", " ")


def with_former(pack: Pack, before: Pack) -> Pack:
    """Return a pack that remembers the names of codes which the one before it had and it has not.

    Cases and answers from then keep their codes, and a code tells nobody what it stands for.
    """
    former = {**before.former, **_names_by_code(before), **pack.former}
    listed = _names_by_code(pack)
    kept = {code: name for code, name in former.items() if code not in listed}
    return pack.model_copy(update={"former": kept})


def _names_by_code(pack: Pack) -> dict[str, str]:
    places = {place.code: place.name for place in (*pack.areas, *pack.counties)}
    return places | {service.code: service.name for service in pack.services}


@lru_cache(maxsize=8)
def load_pack(key: str) -> Pack:
    """Return a shipped pack by its key, or the pack in a file whose name ends with .json.

    Raise FileNotFoundError, json.JSONDecodeError or pydantic.ValidationError.
    """
    path = Path(key) if key.endswith(".json") else PACKS / f"{key}.json"
    return Pack.model_validate_json(path.read_text(encoding="utf-8"))


def dump_pack(pack: Pack) -> dict[str, object]:
    """Return a pack as the document it is kept as."""
    document: dict[str, object] = json.loads(pack.model_dump_json())
    return document

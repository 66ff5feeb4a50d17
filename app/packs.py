"""Area packs: names, areas, services, lines, brand and thresholds of one body, as data."""

import json
from datetime import date, time
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

PACKS = Path(__file__).resolve().parent.parent / "packs"


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
    """Small-number rules of settled.md 32. Never below five, whatever a pack says."""

    hide_below: int = Field(10, ge=5)
    percent_from: int = Field(30, ge=10)
    normal_from: int = Field(50, ge=30)
    round_public_to: int = Field(5, ge=5)


class Pack(_Part):
    """One body's configuration."""

    key: str
    body_name: str
    body_short: str
    public_name: str  # what victims' pages are called; says nothing of crime or police
    support_name: str  # the support service people may have heard of
    panel_name: str
    contact_email: str
    privacy_contact: str
    exit_url: str
    areas: tuple[Area, ...]
    services: tuple[Service, ...]
    lines: tuple[Line, ...]
    brand: Brand
    staffed_hours: Hours = Hours()
    thresholds: Thresholds = Thresholds()

    def area_name(self, code: str) -> str:
        """Return the area's name, or the code itself for an area the pack no longer lists."""
        return next((a.name for a in self.areas if a.code == code), code)

    def service_name(self, code: str) -> str:
        """Return the service's name, or its code."""
        return next((s.name for s in self.services if s.code == code), code)


@lru_cache(maxsize=8)
def load_pack(key: str) -> Pack:
    """Return a shipped pack; raise FileNotFoundError or pydantic.ValidationError."""
    document = json.loads((PACKS / f"{key}.json").read_text(encoding="utf-8"))
    return Pack.model_validate(document)

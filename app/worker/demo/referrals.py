"""The seeds' year of referrals, case by case and made up: 22,000, of whom about 8,000 accepted."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.store import cases
from app.worker.demo.local import Local
from app.worker.demo.references import FUNNEL_YEAR, SHARES

REFERRALS = 22_000
# How many of them came to each end; together 40% were lost before they could want support (S12).
# Which part of the 40% could not be reached, and which no longer wanted, no source says.
UNREACHED, UNWILLING, NOT_TAKEN_ON = 5_060, 3_740, 5_200
ACCEPTED, STARTED, CLOSED = 8_000, 7_350, 7_120
OUTCOMES = ("not_reached", "not_reached", "wrong_details", "unsafe")
SERVICES = ("adult", "cyp", "sv", "counselling", "hub")
Fields = dict[str, Any]


def write_referrals(session: Session, local: Local, *, now: datetime) -> None:
    """Write the year's cases in bulk; none of them has agreed to be asked anything."""
    cases.add_cases(session, list(_rows(Random(2018), local, now)))  # noqa: S311 - the same each time


def _rows(chance: Random, local: Local, now: datetime) -> Iterator[Fields]:
    ends = list(_ends(chance, local))
    chance.shuffle(ends)
    days = (FUNNEL_YEAR[1] - FUNNEL_YEAR[0]).days + 1
    areas = chance.choices(list(local.areas), weights=list(local.areas.values()), k=REFERRALS)
    crimes = SHARES["crime_group"]
    groups = chance.choices(list(crimes), weights=list(crimes.values()), k=REFERRALS)
    for number, end in enumerate(ends):
        day = FUNNEL_YEAR[0] + timedelta(days=number * days // REFERRALS)
        key = local.case_key(f"18-{number:05d}")
        yield _blank(now) | {
            "id": UUID(int=chance.getrandbits(128), version=4),
            "case_key": key,
            "row_hash": hashlib.sha256(key.encode()).hexdigest(),
            "area": areas[number],
            "offence_group": groups[number],
            "referral_date": day,
            **_dated(end, day),
        }


def _ends(chance: Random, local: Local) -> Iterator[Fields]:
    """Yield what became of each case; days are counted from the referral."""
    yield from ({"contact_outcome": chance.choice(OUTCOMES)} for _ in range(UNREACHED))
    unwilling = {"contact_outcome": "declined", "wants_support": False}
    yield from (unwilling for _ in range(UNWILLING))
    wants = {"contact_outcome": "reached", "wants_support": True}
    yield from (wants for _ in range(NOT_TAKEN_ON))
    for number in range(ACCEPTED):
        end: Fields = wants | {"service": local.service(chance.choice(SERVICES)), "accepted_on": 3}
        if number < STARTED:
            end |= {"started_on": 3 + chance.randrange(30)}
        if number < CLOSED:
            end |= {"closed_on": 60 + chance.randrange(120), "closure_reason": "planned"}
        yield end


def _dated(end: Fields, referred: date) -> Fields:
    return {k: referred + timedelta(days=v) if k.endswith("_on") else v for k, v in end.items()}


def _blank(now: datetime) -> Fields:
    """Return every column a case may have, empty; so that all rows go in by one statement."""
    return {
        "service": None, "wants_support": None, "contact_outcome": None, "accepted_on": None,
        "started_on": None, "closed_on": None, "closure_reason": None, "flags": [],
        "avoid_dates": [], "language": "en", "is_synthetic": True, "changed_at": now,
        "referral_source": "police", "role": "victim",
    }  # fmt: skip

"""A made-up year of cases, hand-overs and stops, lived through by moving the clock.

Every message that leaves is held against the rules of domain §6.3 as they are written there, on
facts kept here, not on what the scheduler knows.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import Channel, MessageTemplate
from app.packs import load_pack
from app.services import contacts, handover, outbound, stops
from app.services.outbound import Outgoing, SenderDownError, SenderRefusedError
from tests.builders import a_collector, a_survey

PACK = load_pack("thames-valley")
PEPPER = "pepper"
START = date(2026, 11, 2)
FORMS = {rule.form for rule in outbound.RULES.values() if rule.form}
STAGES = tuple(handover.STAGE_TOUCHPOINTS)
BODY = "Hello, how are things? {link} Reply STOP to stop these."


@dataclass
class Life:
    """What is true of one person today."""

    key: str
    address: str
    row: dict[str, Any]
    safe_until: date
    safe_times: tuple[time, time] | None
    stopped: bool = False
    sent: list[datetime] = field(default_factory=list)


@dataclass
class Year:
    """What a year brought: how many were sent, and every rule that was broken."""

    sent: int = 0
    handed_over: int = 0
    stopped: int = 0
    broken: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)


class Watching:
    """A sender that knows the rules, is down now and then, and refuses now and then."""

    def __init__(self, lives: dict[str, Life], year: Year, chance: Random) -> None:
        self.lives, self.year, self.chance = lives, year, chance
        self.now = datetime.min.replace(tzinfo=UTC)

    def send(self, message: Outgoing) -> None:
        """Take a message, unless today is one of those days."""
        fate = self.chance.random()
        if fate < 0.05:
            raise SenderDownError
        if fate < 0.06:
            raise SenderRefusedError
        life = self.lives[message.address]
        self.year.broken += [f"{life.key} {self.now}: {why}" for why in wrongs(life, self.now)]
        token = message.body.split("/s/")[1].split()[0]
        if token in self.year.links:
            self.year.broken.append(f"{life.key}: the same link twice")
        self.year.links.add(token)
        life.sent.append(self.now)
        self.year.sent += 1


def wrongs(life: Life, now: datetime) -> list[str]:
    """Return every rule that a message to this person at this moment breaks."""
    local, row = now.astimezone(LONDON), life.row
    day, hour = local.date(), local.time()
    trial = row["trial_date"]
    closed = row["closed_date"] is not None and row["closed_date"] <= day
    rules = {
        "quiet hours": not time(9) <= hour < time(20),
        "bank holiday": day in PACK.staffed_hours.bank_holidays,
        "no consent": row["consent_checkin"] != "yes",
        "do not contact": row["do_not_contact"] == "yes",
        "on hold": row["on_hold"] == "yes",
        "shared": "yes" in (row["shared_device"], row["shared_address"]),
        "not reached": row["contact_outcome"] != "reached",
        "stopped": life.stopped,
        "not safe any more": life.safe_until < day,
        "outside the safe hours": life.safe_times is not None
        and not life.safe_times[0] <= hour < life.safe_times[1],
        "trial": trial is not None and 0 <= (trial - day).days <= 3,
        "day to avoid": f"{day:%m-%d}" in row["avoid_dates"]
        or day.isoformat() in row["avoid_dates"],
        "closed": closed and row["consent_after_closure"] != "yes",
        "within 14 days": any((day - s.astimezone(LONDON).date()).days < 14 for s in life.sent),
    }
    return [name for name, is_broken in rules.items() if is_broken]


def simulate(
    session: Session, *, people: int, seed: int, every: int = 1, steps: int = 1, days: int = 365
) -> Year:
    """Live through a year with that many people: every so many days, `steps` rounds of work."""
    chance, year = Random(seed), Year()  # noqa: S311 - the same year for a seed
    _prepare(session)
    lives = [_life(number, chance) for number in range(people)]
    sender = Watching({life.address: life for life in lives}, year, chance)
    for number in range(0, days, every):
        day = START + timedelta(days=number)
        morning = datetime.combine(day, time(6), UTC)
        _hand_over(
            session, [x for x in lives if number == 0 or _changed(x, day, chance, every)], morning
        )
        year.handed_over += 1
        for hour in sorted(chance.choices(range(24), k=steps)):
            now = datetime.combine(day, time(hour, chance.randrange(60)), UTC)
            sender.now = now
            outbound.note_missed(session, hours=PACK.staffed_hours, now=now)
            outbound.prepare_due(session, pack=PACK, public_url="https://x.example", now=now)
            _somebody_stops(session, lives, now, chance, year)
            outbound.send_due(session, sender, pack=PACK, now=now)
    return year


def _prepare(session: Session) -> None:
    for form in sorted(FORMS):
        survey = a_survey(session, "checkin_adult", is_check_in=True)
        survey.slug = form
        a_collector(session, survey, Channel.PERSONAL)
    session.add(
        MessageTemplate(
            key="check_in",
            channel="sms",
            language="en",
            body=BODY,
            approved_at=datetime.combine(START, time(6), UTC),
        )
    )
    session.commit()


def _life(number: int, chance: Random) -> Life:
    opens = chance.choice([None, None, 7, 11, 18])
    times = None if opens is None else (time(opens), time(opens + chance.choice([2, 4])))
    row: dict[str, Any] = {
        "service": "sv", "contact_outcome": chance.choice(["reached"] * 6 + ["not_reached"]),
        "stage": None, "stage_date": None, "trial_date": None, "closed_date": None,
        "avoid_dates": [(START + timedelta(days=chance.randrange(365))).strftime("%m-%d")],
        "consent_checkin": "yes", "consent_after_closure": chance.choice(["yes", "no"]),
        "shared_device": "no", "shared_address": "no", "do_not_contact": "no", "on_hold": "no",
    }  # fmt: skip
    until = START + timedelta(days=chance.randrange(30, 400))
    return Life(f"K{number}", f"+447700{number:06d}", row, until, times)


def _changed(life: Life, day: date, chance: Random, every: int) -> bool:
    """Let something happen in a case, now and then; return whether anything did."""
    if chance.random() > 0.04 * every:
        return False
    row = life.row
    row["contact_outcome"] = "reached" if chance.random() < 0.9 else "declined"
    row["stage"], row["stage_date"] = chance.choice(STAGES), day - timedelta(chance.randrange(5))
    if chance.random() < 0.3:
        row["trial_date"] = day + timedelta(days=chance.randrange(40))
    for name in ("shared_device", "do_not_contact", "on_hold"):
        row[name] = "yes" if chance.random() < 0.05 else "no"
    row["consent_checkin"] = "no" if chance.random() < 0.05 else "yes"
    if chance.random() < 0.04:
        row["closed_date"] = day
    if chance.random() < 0.1:
        life.safe_until = day + timedelta(days=chance.randrange(60, 300))
    return True


def _hand_over(session: Session, lives: list[Life], now: datetime) -> None:
    if not lives:
        return
    columns = list(lives[0].row)
    lines = [",".join(["case_key", *columns])]
    lines += [",".join([x.key, *(_cell(x.row[c]) for c in columns)]) for x in lives]
    data = "\n".join(lines).encode()
    handover.take_cases(session, data, "c.csv", pack=PACK, how="api", by=None, now=now)
    found = ["case_key,channel,address,safe_times,safe_checked_on,safe_until"]
    for life in lives:
        times = life.safe_times
        span = f"{times[0]:%H:%M}-{times[1]:%H:%M}" if times else ""
        found.append(f"{life.key},sms,{life.address},{span},2026-11-01,{life.safe_until}")
    data = "\n".join(found).encode()
    contacts.take_contacts(session, data, "k.csv", pepper=PEPPER, how="api", by=None, now=now)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return ";".join(value) if isinstance(value, list) else str(value)


def _somebody_stops(
    session: Session, lives: list[Life], now: datetime, chance: Random, year: Year
) -> None:
    if chance.random() > 0.02:
        return
    life = chance.choice(lives)
    life.stopped = True
    year.stopped += 1
    stops.stop(
        session, case_key=None, address=life.address, pepper=PEPPER, how="reply", by=None, now=now
    )

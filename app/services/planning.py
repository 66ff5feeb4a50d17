"""Whether, when and why a check-in is sent. Pure: facts in, a decision in words out.

Source: domain §6.3 and settled.md 25. When a fact is missing, the answer is no: a message that
was not sent harms nobody.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from app.clock import LONDON

OPENS, CLOSES = time(9), time(20)  # quiet hours 20:00-09:00
DAYS_BETWEEN = 14  # one request per 14 days over all forms
DAYS_BETWEEN_LESS_OFTEN = 42
DAYS_BEFORE_TRIAL = 3
MONTHS = 12
LEAP_DAY = "02-29"
BESIDE_LEAP_DAY = frozenset({"02-28", "03-01"})
MOST_TRIES = 3
DAYS_TO_SEND = 21  # after that the moment has passed, and the touchpoint expires


class Never(StrEnum):
    """Why nothing is sent for this touchpoint at all, in the words staff read."""

    NO_REQUEST = "nothing is sent at this point: a person speaks to them first"
    DO_NOT_CONTACT = "the case says not to contact them"
    STOPPED = "they asked us to stop"
    OPTED_OUT = "this address asked us to stop"
    NO_CONSENT = "they have not agreed to check-ins"
    NOT_REACHED_YET = "no one has spoken to them yet"
    NOT_FOUND = "three tries did not reach them: a person decides whether to try once more"
    ON_HOLD = "their supervisor holds messages"
    HELD = "the newest row about them could not be used, or does not say all that keeps them safe"
    NO_ADDRESS = "there is no address on file"
    NOT_MARKED_SAFE = "the address is not marked safe"
    SAFETY_EXPIRED = "it has to be asked again whether the address is safe"
    NO_SAFE_CHANNEL = "the case says that this channel is not safe, or that none is"
    SHARED = "the phone or address is shared"
    CLOSED = "the case is closed, and they have not agreed to hear from us after that"
    MOVED_ON = "the case does not stand there any more"
    VULNERABLE = "a person speaks to them instead"
    EXPIRED = "there was no safe day to send it within three weeks"


STOPS = frozenset({Never.STOPPED, Never.OPTED_OUT})
OF_THE_ADDRESS = frozenset(
    {Never.NO_ADDRESS, Never.NOT_MARKED_SAFE, Never.SAFETY_EXPIRED, Never.NO_SAFE_CHANNEL}
)


class NotYet(StrEnum):
    """Why a day or hour is passed over."""

    RECENT_REQUEST = "another request went out less than 14 days before"
    TRIAL = "the trial is on that day or within the next 3 days"
    AVOID = "it is a day to avoid"
    BANK_HOLIDAY = "it is a bank holiday"
    HOURS = "it is outside the hours that are allowed and safe"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one kind of touchpoint calls for."""

    form: str | None  # a library questionnaire; None sends no survey
    after_days: int
    after_closure: bool = False
    skip_vulnerable: bool = False
    needs_contact: bool = True
    again: bool = False  # asked anew, as long after each request
    stage: str | None = None  # only while the case stands there


RULES: Mapping[str, Rule] = {
    "referral": Rule(None, 0),  # no survey before human contact
    "not_reached": Rule(None, 0),  # a task: a person says once that help is still there
    "contact_made": Rule("checkin_adult", 7),
    "support_start": Rule("outcomes_start", 0),
    "during_support": Rule("checkin_adult", 35, again=True),  # every 4 to 6 weeks
    "investigation_update": Rule("checkin_adult_informed", 5),
    "waiting_for_court": Rule("checkin_court", 30, again=True, stage="waiting_for_court"),
    "court_date_changed": Rule("checkin_court", 3),
    "trial_done": Rule("checkin_court", 7, skip_vulnerable=True),
    "outcome": Rule("victims_code", 14),
    "rj_offer": Rule("victims_code", 14),
    "closure": Rule("outcomes_end", 0, after_closure=True),
    "after_closure": Rule("checkin_adult", 90, after_closure=True),
}


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the case system says that the guards need."""

    consent: bool = False
    consent_after_closure: bool = False
    contact_outcome: str | None = None
    contact_attempts: int = 0
    do_not_contact: bool = False
    stopped: bool = False
    on_hold: bool = False
    held: bool = False
    shared: bool = False
    vulnerable: bool = False
    closed_on: date | None = None
    trial_date: date | None = None
    avoid: tuple[str, ...] = ()  # ISO days, or MM-DD for every year
    less_often: bool = False
    stage: str | None = None
    safe_channel: str | None = None  # "none", or the only one that is safe
    safe_times: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What is known of how a person may be reached."""

    has_address: bool = False
    channel: str = ""
    marked_safe: bool = False
    safe_until: date | None = None
    safe_times: tuple[tuple[time, time], ...] = ()
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a message goes, when, and every reason that was met on the way."""

    at: datetime | None
    never: tuple[Never, ...] = ()
    passed_over: tuple[NotYet, ...] = field(default=())

    @property
    def sends(self) -> bool:
        """Whether a message goes out at all."""
        return self.at is not None


def decide(
    kind: str,
    day: date,
    case: CaseFacts,
    contact: ContactFacts,
    *,
    sent_on: Sequence[date],
    bank_holidays: frozenset[date],
    now: datetime,
) -> Decision:
    """Return whether and when a touchpoint of `kind` on `day` leads to a message.

    `sent_on` holds the days of every request to this person, over all forms.
    """
    rule = RULES[kind]
    never = tuple(_blocks(rule, case, contact, now))
    if never:
        return Decision(None, never)
    first = day + timedelta(days=rule.after_days)
    last = first + timedelta(days=DAYS_TO_SEND)
    passed: dict[NotYet, None] = {}
    for candidate in _days(max(first, now.astimezone(LONDON).date()), last):
        reasons = list(_day_reasons(candidate, case, sent_on, bank_holidays))
        moment = None if reasons else _first_moment(candidate, case, contact, now)
        if moment is not None:
            return _unless_safety_ends(moment, contact, tuple(passed))
        passed.update(dict.fromkeys(reasons or [NotYet.HOURS]))
    return Decision(None, (Never.EXPIRED,), tuple(passed))


def is_not_found(contact_outcome: str | None, attempts: int | None) -> bool:
    """Return whether people tried in vain so often that nothing more is sent by itself."""
    return contact_outcome == "not_reached" and (attempts or 0) >= MOST_TRIES


def blocks_by_hand(case: CaseFacts, contact: ContactFacts, now: datetime) -> tuple[str, ...]:
    """Return why a link should not be passed on by hand today, in the words staff read.

    Whoever passes it on chooses the way, so nothing is said of the address.
    """
    rule = Rule(form="by hand", after_days=0, after_closure=True, needs_contact=False)
    never = (why for why in _blocks(rule, case, contact, now) if why not in OF_THE_ADDRESS)
    today = now.astimezone(LONDON).date()
    return (*never, *_day_reasons(today, case, (), frozenset()))


def explain(decision: Decision) -> list[str]:
    """Return the decision in the sentences the scheduler page prints."""
    if decision.at is None:
        return [f"Will not be sent: {'; '.join(decision.never)}."]
    when = decision.at.astimezone(LONDON)
    words = [f"Will be sent on {when:%A %-d %B %Y} at {when:%H:%M} or soon after."]
    return words + [f"Earlier days were passed over: {why}." for why in decision.passed_over]


def _blocks(rule: Rule, case: CaseFacts, contact: ContactFacts, now: datetime) -> Iterator[Never]:
    if rule.form is None:
        yield Never.NO_REQUEST  # and whatever else holds is of no matter
        return
    today = now.astimezone(LONDON).date()
    closed = case.closed_on is not None and case.closed_on <= today
    found = {
        Never.DO_NOT_CONTACT: case.do_not_contact,
        Never.STOPPED: case.stopped,
        Never.OPTED_OUT: contact.opted_out,
        Never.NO_CONSENT: not case.consent,
        Never.NOT_REACHED_YET: rule.needs_contact and case.contact_outcome != "reached",
        Never.NOT_FOUND: is_not_found(case.contact_outcome, case.contact_attempts),
        Never.ON_HOLD: case.on_hold,
        Never.HELD: case.held,
        Never.NO_ADDRESS: not contact.has_address,
        Never.NOT_MARKED_SAFE: not contact.marked_safe,
        Never.SAFETY_EXPIRED: contact.safe_until is None or contact.safe_until < today,
        Never.NO_SAFE_CHANNEL: case.safe_channel not in (None, contact.channel),
        Never.SHARED: case.shared,
        Never.CLOSED: closed and not (rule.after_closure and case.consent_after_closure),
        Never.MOVED_ON: rule.stage not in (None, case.stage),
        Never.VULNERABLE: rule.skip_vulnerable and case.vulnerable,
    }
    yield from (reason for reason, holds in found.items() if holds)


def _day_reasons(
    day: date, case: CaseFacts, sent_on: Sequence[date], bank_holidays: frozenset[date]
) -> Iterator[NotYet]:
    gap = DAYS_BETWEEN_LESS_OFTEN if case.less_often else DAYS_BETWEEN
    if any(abs((day - sent).days) < gap for sent in sent_on):
        yield NotYet.RECENT_REQUEST
    until_trial = (case.trial_date - day).days if case.trial_date else None
    if until_trial is not None and 0 <= until_trial <= DAYS_BEFORE_TRIAL:
        yield NotYet.TRIAL
    if _is_avoided(day, case.avoid):
        yield NotYet.AVOID
    if day in bank_holidays:
        yield NotYet.BANK_HOLIDAY


def _is_avoided(day: date, avoid: Sequence[str]) -> bool:
    """Return whether a day is one to avoid; around 29 February in every year."""
    yearly = f"{day:%m-%d}"
    if day.isoformat() in avoid or yearly in avoid:
        return True
    if LEAP_DAY in avoid and yearly in BESIDE_LEAP_DAY:
        return True
    # Kept before 25-12 was refused: no month has that number, so it can mean one day only.
    return day.day > MONTHS and f"{day:%d-%m}" in avoid


def _first_moment(
    day: date, case: CaseFacts, contact: ContactFacts, now: datetime
) -> datetime | None:
    """Return the first allowed and safe moment of a day that is not over yet."""
    whole_day = ((OPENS, CLOSES),)
    spans = [
        (max(one[0], other[0], OPENS), min(one[1], other[1], CLOSES))
        for one in contact.safe_times or whole_day
        for other in case.safe_times or whole_day
    ]
    for opens, closes in sorted(spans):
        start = datetime.combine(day, opens, LONDON).astimezone(UTC)
        end = datetime.combine(day, closes, LONDON).astimezone(UTC)
        moment = max(start, now)
        if moment < end:
            return moment
    return None


def _unless_safety_ends(
    moment: datetime, contact: ContactFacts, passed: tuple[NotYet, ...]
) -> Decision:
    """Refuse a day by which nobody can say any more that the address is safe."""
    day = moment.astimezone(LONDON).date()
    if contact.safe_until is not None and day > contact.safe_until:
        return Decision(None, (Never.SAFETY_EXPIRED,), passed)
    return Decision(moment, (), passed)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))

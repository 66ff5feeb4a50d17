"""Staffed hours: when a duty falls due. All sums in London time, results in UTC."""

from datetime import UTC, date, datetime, timedelta

from app.clock import LONDON
from app.models import Tier
from app.packs import Hours

# Source: domain §4.4. SG1 within an hour of staffed time; SG2 by the end of the same working
# day; SG3 by the end of the next one; SG4 within three.
URGENT_HOURS = 1
WORKING_DAYS = {Tier.SG2: 0, Tier.SG3: 1, Tier.SG4: 3}


def due_at(tier: Tier, raised_at: datetime, hours: Hours) -> datetime:
    """Return when a flag of this tier, raised now, has to have been acted on."""
    if tier is Tier.SG1:
        return add_staffed_hours(raised_at, URGENT_HOURS, hours)
    return end_of_working_day(raised_at, WORKING_DAYS[tier], hours)


def is_staffed(at: datetime, hours: Hours) -> bool:
    """Return whether somebody watches the desk at this moment."""
    local = at.astimezone(LONDON)
    return is_working_day(local.date(), hours) and hours.opens <= local.time() < hours.closes


def add_staffed_hours(start: datetime, count: float, hours: Hours) -> datetime:
    """Return the moment `count` staffed hours after `start`."""
    left = timedelta(hours=count)
    opens, closes = _next_span(start, hours)
    while closes - opens < left:
        left -= closes - opens
        opens, closes = _next_span(closes, hours)
    return (opens + left).astimezone(UTC)


def end_of_working_day(start: datetime, days_later: int, hours: Hours) -> datetime:
    """Return closing time `days_later` working days after the first staffed moment."""
    _, closes = _next_span(start, hours)
    for _ in range(days_later):
        _, closes = _next_span(closes, hours)
    return closes.astimezone(UTC)


def _next_span(after: datetime, hours: Hours) -> tuple[datetime, datetime]:
    """Return the rest of the present staffed span, or the whole of the next one."""
    # Compared in UTC: subtracting two London times ignores the change of the clocks.
    day = after.astimezone(LONDON).date()
    while True:
        if is_working_day(day, hours):
            opens = datetime.combine(day, hours.opens, LONDON).astimezone(UTC)
            closes = datetime.combine(day, hours.closes, LONDON).astimezone(UTC)
            if after < closes:
                return max(opens, after.astimezone(UTC)), closes
        day += timedelta(days=1)


def is_working_day(day: date, hours: Hours) -> bool:
    """Return whether anybody watches the desk on this day."""
    return day.weekday() in hours.days and day not in hours.bank_holidays

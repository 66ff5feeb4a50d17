"""The only place that reads the clock. Views and commands read it and pass the time on."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_shift = timedelta()


def utc_now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC) + _shift  # noqa: TID251 - this is the one place


def london_today() -> date:
    """Return today's date where our respondents live; what "today" means in rules."""
    return utc_now().astimezone(LONDON).date()


def london_words(at: datetime) -> str:
    """Return a moment as people in the office say it."""
    return f"{at.astimezone(LONDON):%-d %B %Y, %H:%M}"


def london_time(at: datetime) -> str:
    """Return the time of day as the clock in the office shows it."""
    return f"{at.astimezone(LONDON):%H:%M}"


def shift_clock(by: timedelta) -> None:
    """Move this process's clock; for tests and rehearsals."""
    global _shift
    _shift = by

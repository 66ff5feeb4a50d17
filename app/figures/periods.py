"""Complete periods: financial quarters and years (April to March), and waves of a survey.

Figures that leave the engagement team change only with complete periods (settled.md 32), so a
period is offered once it is over, and never changes its members afterwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

MONTHS = ("April to June", "July to September", "October to December", "January to March")
WAVE_UP_TO = 4  # quarters; an older survey opens with its last quarter
REST = 2  # complete quarters without an answer after which a wave is over


def quarter_of(day: date) -> int:
    """Return the number of a day's quarter: financial year * 4 + 0..3."""
    year, month = (day.year, day.month) if day.month > 3 else (day.year - 1, day.month + 12)
    return year * 4 + (month - 4) // 3


def quarter_start(number: int) -> date:
    """Return a quarter's first day."""
    year, place = divmod(number, 4)
    return date(year + 1, 1, 1) if place == 3 else date(year, 4 + 3 * place, 1)


def quarter_end(number: int) -> date:
    """Return a quarter's last day."""
    return quarter_start(number + 1) - timedelta(days=1)


def last_complete(today: date) -> int:
    """Return the quarter that was the last to end before today."""
    return quarter_of(today) - 1


def quarter_key(number: int) -> str:
    """Return a quarter's address, such as 2026-27-q2."""
    return f"{year_key(number // 4)}-q{number % 4 + 1}"


def year_key(year: int) -> str:
    """Return a financial year's address, such as 2026-27."""
    return f"{year}-{(year + 1) % 100:02d}"


def quarter_label(number: int) -> str:
    """Return a quarter in words."""
    return f"{MONTHS[number % 4]} {quarter_start(number).year} (Q{number % 4 + 1})"


@dataclass(frozen=True, slots=True)
class Period:
    """A complete period; `quarters` are those in which the survey had an answer."""

    key: str
    label: str
    kind: str  # quarter | year | wave | today
    quarters: tuple[int, ...]

    @property
    def starts_on(self) -> date:
        """Return the first day of its first quarter."""
        return quarter_start(self.quarters[0])

    @property
    def ends_on(self) -> date:
        """Return the last day of its last quarter."""
        return quarter_end(self.quarters[-1])


def periods_of(quarters: Iterable[int], last: int) -> tuple[Period, ...]:
    """Return the periods to offer, given the quarters with answers and the last complete one.

    Periods with the same members are one period: two names for one set of people would make
    every difference between them zero, and every rule about differences void.
    """
    held = sorted({q for q in quarters if q <= last})
    periods = [Period(quarter_key(q), quarter_label(q), "quarter", (q,)) for q in held]
    periods += [p for p in (*_years(held, last), *_waves(held, last)) if len(p.quarters) > 1]
    seen: dict[tuple[int, ...], Period] = {}
    for period in periods:
        seen.setdefault(period.quarters, period)
    return tuple(seen.values())


def _years(held: Sequence[int], last: int) -> list[Period]:
    years = sorted({q // 4 for q in held if q // 4 * 4 + 3 <= last})
    return [
        Period(
            year_key(y),
            f"April {y} to March {y + 1}",
            "year",
            tuple(q for q in held if q // 4 == y),
        )
        for y in years
    ]


def _waves(held: Sequence[int], last: int) -> list[Period]:
    runs: list[list[int]] = [[q] for q in held[:1]]
    for before, here in pairwise(held):
        if here - before > REST:
            runs.append([])
        runs[-1].append(here)
    return [_wave(run) for run in runs if last - run[-1] >= REST]


def _wave(run: Sequence[int]) -> Period:
    first, final = quarter_start(run[0]), quarter_end(run[-1])
    label = f"All answers, {first:%B %Y} to {final:%B %Y}"
    return Period(f"{quarter_key(run[0])}-to-{quarter_key(run[-1])}", label, "wave", tuple(run))


def default_period(periods: Sequence[Period], last: int) -> Period | None:
    """Return what page one opens with: a whole wave that is over, else the last quarter."""
    if not periods:
        return None
    newest = max(p.quarters[-1] for p in periods)
    ending = [p for p in periods if p.quarters[-1] == newest]
    if last - newest >= REST:
        return max(ending, key=lambda p: len(p.quarters) if len(p.quarters) <= WAVE_UP_TO else 0)
    return next(p for p in ending if len(p.quarters) == 1)


def period_before(periods: Sequence[Period], period: Period) -> Period | None:
    """Return the period of the same kind that came before."""
    earlier = [p for p in periods if p.kind == period.kind and p.quarters[-1] < period.quarters[0]]
    return max(earlier, key=lambda p: p.quarters[-1], default=None)


def equations(periods: Sequence[Period]) -> list[tuple[int, tuple[int, ...]]]:
    """Return which period is the sum of which others, by position."""
    place = {p.quarters: i for i, p in enumerate(periods)}
    found: list[tuple[int, tuple[int, ...]]] = []
    for i, period in enumerate(periods):
        if len(period.quarters) > 1:
            found.append((i, tuple(place[(q,)] for q in period.quarters)))
            covered = _by_years(period, periods)
            if covered and len(covered) < len(period.quarters):
                found.append((i, tuple(place[c] for c in covered)))
    return found


def _by_years(period: Period, periods: Sequence[Period]) -> list[tuple[int, ...]]:
    """Return the period as whole years and the quarters left over; empty where no year fits."""
    inside = [
        p.quarters for p in periods if p.kind == "year" and set(p.quarters) < set(period.quarters)
    ]
    taken = {q for quarters in inside for q in quarters}
    return [*inside, *((q,) for q in period.quarters if q not in taken)] if inside else []


def nested(periods: Sequence[Period]) -> list[tuple[int, int]]:
    """Return the pairs (wider, narrower) of periods, each period with itself first."""
    sets = [frozenset(p.quarters) for p in periods]
    return [
        (i, j) for j, within in enumerate(sets) for i, wide in enumerate(sets) if within <= wide
    ]

"""The scheduler: what is sent, what never is, each rule by an example."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.services.planning import (
    CaseFacts,
    ContactFacts,
    Decision,
    Never,
    NotYet,
    decide,
)

CASE = CaseFacts(consent=True, contact_outcome="reached")
SAFE = ContactFacts(has_address=True, marked_safe=True, safe_until=date(2027, 6, 1))
DAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 9, 8, 0, tzinfo=UTC)  # seven days on, before nine
NONE: frozenset[date] = frozenset()


def plan(
    case: CaseFacts = CASE,
    contact: ContactFacts = SAFE,
    kind: str = "contact_made",
    day: date = DAY,
    now: datetime = NOW,
    sent_on: tuple[date, ...] = (),
    holidays: frozenset[date] = NONE,
) -> Decision:
    return decide(kind, day, case, contact, sent_on=sent_on, bank_holidays=holidays, now=now)


def test_a_check_in_goes_seven_days_after_contact_when_quiet_hours_end() -> None:
    assert plan().at == datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "goes_on", "why"),
    [
        ({"sent_on": (date(2026, 11, 1),)}, date(2026, 11, 15), NotYet.RECENT_REQUEST),
        ({"case": replace(CASE, trial_date=date(2026, 11, 11))}, date(2026, 11, 12), NotYet.TRIAL),
        ({"case": replace(CASE, avoid=("11-09",))}, date(2026, 11, 10), NotYet.AVOID),
        ({"holidays": frozenset({date(2026, 11, 9)})}, date(2026, 11, 10), NotYet.BANK_HOLIDAY),
        (
            {"contact": replace(SAFE, safe_times=((time(7), time(8, 30)),))},
            None,
            NotYet.HOURS,
        ),
    ],
)
def test_a_day_that_is_not_right_is_passed_over(
    changes: dict[str, object], goes_on: date | None, why: NotYet
) -> None:
    decision = plan(**changes)  # type: ignore[arg-type]
    assert (decision.at.date() if decision.at else None) == goes_on
    assert why in decision.passed_over


def test_less_often_means_six_weeks_between_requests() -> None:
    sent = (date(2026, 10, 20),)
    assert plan(sent_on=sent).sends
    often = plan(replace(CASE, less_often=True), sent_on=sent)
    assert often.at is None


def test_after_an_outage_at_night_nothing_goes_before_morning() -> None:
    late = datetime(2026, 11, 9, 21, 30, tzinfo=UTC)
    assert plan(now=late).at == datetime(2026, 11, 10, 9, 0, tzinfo=UTC)


def test_a_moment_that_has_passed_is_not_made_up_for() -> None:
    decision = plan(now=NOW + timedelta(days=60))
    assert decision.never == (Never.EXPIRED,)

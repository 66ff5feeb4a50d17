"""When duties fall due: staffed hours, weekends, bank holidays, changes of the clocks."""

from datetime import UTC, date, datetime

import pytest

from app.models import Tier
from app.packs import Hours
from app.services.duty import add_staffed_hours, due_at, is_staffed

HOURS = Hours(bank_holidays=(date(2026, 12, 25), date(2026, 12, 28)))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("tier", "raised", "due"),
    [
        (Tier.SG1, "2026-11-18T10:00", "2026-11-18T11:00"),
        (Tier.SG1, "2026-11-18T16:30", "2026-11-19T09:30"),  # half an hour left today
        (Tier.SG1, "2026-11-20T22:00", "2026-11-23T10:00"),  # a Friday night
        (Tier.SG1, "2026-12-24T16:30", "2026-12-29T09:30"),  # Christmas
        (Tier.SG2, "2026-11-18T10:00", "2026-11-18T17:00"),
        (Tier.SG2, "2026-11-18T18:00", "2026-11-19T17:00"),
        (Tier.SG3, "2026-11-20T10:00", "2026-11-23T17:00"),
        (Tier.SG4, "2026-11-18T10:00", "2026-11-23T17:00"),
        (Tier.SG1, "2026-07-15T08:00", "2026-07-15T09:00"),  # 9:00 in London in summer
    ],
)
def test_each_tier_has_its_time_to_act(tier: Tier, raised: str, due: str) -> None:
    assert due_at(tier, utc(raised), HOURS) == utc(due)


def test_the_desk_is_staffed_on_working_days_between_nine_and_five() -> None:
    assert is_staffed(utc("2026-11-18T09:00"), HOURS)
    assert not is_staffed(utc("2026-11-18T17:00"), HOURS)
    assert not is_staffed(utc("2026-11-21T12:00"), HOURS)
    assert not is_staffed(utc("2026-12-25T12:00"), HOURS)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-27T16:30", "2026-03-30T08:30"),  # over the start of summer time
        ("2026-10-23T15:30", "2026-10-26T09:30"),  # over its end
    ],
)
def test_a_staffed_hour_is_an_hour_over_a_change_of_the_clocks(start: str, end: str) -> None:
    assert add_staffed_hours(utc(start), 1, HOURS) == utc(end)

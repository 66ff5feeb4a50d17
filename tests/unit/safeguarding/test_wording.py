"""What the desk says of time, tiers and hours."""

from datetime import UTC, datetime, timedelta

import pytest

from app.models import FlagStatus, Tier
from app.packs import Hours
from app.safeguarding.rota import hours_words
from app.safeguarding.wording import (
    STATUS_WORDS,
    TIER_ACTS,
    TIER_NAMES,
    TIER_TONES,
    closed_words,
    due_words,
)

NOW = datetime(2026, 7, 15, 10, 0, tzinfo=UTC)  # 11:00 in London


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ("2026-07-15T11:00", "by 12:00 today"),
        ("2026-07-16T16:00", "by 17:00 tomorrow"),
        ("2026-07-20T16:00", "by 17:00 on Monday 20 July"),
        ("2026-07-15T09:59:30", "1 minute late"),
        ("2026-07-15T08:00", "2 hours late"),
        ("2026-07-12T10:00", "3 days late"),
    ],
)
def test_time_to_act_is_said_in_london_time(due: str, words: str) -> None:
    assert due_words(datetime.fromisoformat(due).replace(tzinfo=UTC), NOW) == words


def test_every_tier_and_status_has_its_words() -> None:
    for table in (TIER_NAMES, TIER_TONES, TIER_ACTS):
        assert set(table) == set(Tier)
    assert set(STATUS_WORDS) == set(FlagStatus)


def test_staffed_hours_are_said_plainly() -> None:
    assert hours_words(Hours()) == "Monday to Friday, 09:00 to 17:00, not on bank holidays"
    assert hours_words(Hours(days=(0, 2))).startswith("Monday, Wednesday, 09:00")


@pytest.mark.parametrize(
    ("closed", "said"),
    [
        (None, ""),
        (NOW - timedelta(hours=1), "Closed 15 July 2026, 10:00"),
        (NOW + timedelta(hours=3), "Closed 15 July 2026, 14:00, 3 hours late"),
    ],
)
def test_what_is_closed_no_longer_grows_later(closed, said):
    assert closed_words(closed, NOW) == said

"""Contact details: an address is used only where there is no doubt whose it is."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ContactDetail, OptOut
from app.services import contacts, fingerprints, stops

HEADING = "case_key,channel,address,safe_checked_on,safe_until"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def take(session: Session, now: datetime, *lines: str) -> contacts.ContactReport:
    data = "\n".join([HEADING, *lines]).encode()
    return contacts.take_contacts(
        session, data, "k.csv", pepper="pepper", how="upload", by=None, now=now
    )


def row(key: str, address: str) -> str:
    return f"{key},sms,{address},2026-11-01,2027-03-01"


def test_a_case_with_two_different_addresses_in_one_file_gets_neither(
    session: Session, now: datetime
) -> None:
    report = take(
        session,
        now,
        row("K1", "07700 900123"),
        row("K1", "07700 900999"),
        row("K2", "07700 900555"),
    )
    assert session.scalars(select(ContactDetail.case_key)).all() == ["K2"]
    assert (report.read, report.stored, report.refused) == (3, 1, 2)
    assert [problem.column for problem in report.problems] == ["case_key"]


def test_an_address_that_became_doubtful_is_no_longer_used(session: Session, now: datetime) -> None:
    take(session, now, row("K1", "07700 900123"))
    take(session, now, row("K1", "07700 900123"), row("K1", "07700 900999"))
    session.expire_all()
    detail = session.scalars(select(ContactDetail)).one()
    assert (detail.address, detail.marked_safe) == (
        None,
        False,
    )  # at once
    take(session, now, row("K1", "07700 900999"))
    assert (detail.address, detail.marked_safe) == ("+447700900999", True)


def test_of_somebody_who_wants_no_messages_no_address_is_kept(
    session: Session, now: datetime
) -> None:
    take(session, now, row("K1", "07700 900123"))
    take(session, now, "K1,none,07700 900123,,")
    assert session.scalars(select(ContactDetail)).one().address is None


@pytest.mark.parametrize(
    "written",
    [
        "07700900123", "7700900123", "07700 900-123", "(07700) 900123", "+44 (0)7700 900123",
        "0044 7700 900123", "447700900123", "+447700900123",
    ],
)  # fmt: skip
def test_a_number_is_one_number_however_it_is_written(
    session: Session, now: datetime, written: str
) -> None:
    """Excel takes the 0 away; what a stop comes from is 447700900123."""
    take(session, now, row("K1", written))
    detail = session.scalars(select(ContactDetail)).one()
    assert detail.address == "+447700900123"
    assert detail.address_hash == stops.address_hash("pepper", "447700900123")


@pytest.mark.parametrize(
    ("written", "kept"),
    [("+33 6 12 34 56 78", "+33612345678"), ("0033612345678", "+33612345678")],
)
def test_a_number_from_abroad_stays_what_it_is(
    session: Session, now: datetime, written: str, kept: str
) -> None:
    take(session, now, row("K1", written))
    assert session.scalars(select(ContactDetail)).one().address == kept


def test_a_stop_takes_the_address_away_and_holds_for_the_next_one(
    session: Session, now: datetime
) -> None:
    take(session, now, row("K1", "07700 900123"), row("K2", "07700 900123"))
    stops.stop(
        session, case_key=None, address="07700900123", pepper="pepper", how="reply", by=None,
        now=now,
    )  # fmt: skip
    session.expire_all()
    assert [d.address for d in session.scalars(select(ContactDetail))] == [None, None]
    take(session, now, row("K1", "07700 900123"), row("K2", "07700 900555"))
    details = session.scalars(select(ContactDetail)).all()
    assert [(d.address, d.marked_safe) for d in details] == [(None, False)] * 2
    assert {key for key in session.scalars(select(OptOut.case_key)) if key} == {"K1", "K2"}


def test_a_stop_outlives_the_key_that_signs_cookies(session: Session) -> None:
    one = fingerprints.pepper(session, "first secret key")
    assert fingerprints.pepper(session, "second secret key") == one != "first secret key"


def test_stops_from_before_the_fingerprints_had_a_secret_of_their_own_are_still_matched(
    session: Session, now: datetime
) -> None:
    stops.stop(
        session, case_key=None, address="07700900123", pepper="old", how="reply", by=None, now=now
    )
    assert fingerprints.pepper(session, "old") == "old"
    assert fingerprints.pepper(session, "changed") == "old"


def test_the_same_row_twice_is_one_row_and_not_a_refusal(session: Session, now: datetime) -> None:
    report = take(session, now, row("K1", "07700 900123"), row("K1", "07700 900123"))
    assert (report.stored, report.refused) == (1, 0)


def test_a_stop_just_after_midnight_in_london_carries_that_day(session: Session) -> None:
    at = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight on 2 July in London
    stops.stop(session, case_key="K1", address=None, pepper="pepper", how="staff", by=None, now=at)
    assert session.scalars(select(OptOut.opted_out_on)).one() == date(2026, 7, 2)

"""Contact details: an address is used only where there is no doubt whose it is."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ContactDetail, OptOut
from app.services import contacts

HEADING = "case_key,channel,address,safe_checked_on,safe_until"


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
    detail = session.scalars(select(ContactDetail)).one()
    assert not detail.marked_safe


def test_the_same_row_twice_is_one_row_and_not_a_refusal(session: Session, now: datetime) -> None:
    report = take(session, now, row("K1", "07700 900123"), row("K1", "07700 900123"))
    assert (report.stored, report.refused) == (1, 0)


def test_a_stop_just_after_midnight_in_london_carries_that_day(session: Session) -> None:
    at = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight on 2 July in London
    contacts.stop(
        session, case_key="K1", address=None, pepper="pepper", how="staff", by=None, now=at
    )
    assert session.scalars(select(OptOut.opted_out_on)).one() == date(2026, 7, 2)

"""What cannot be used holds the case: a row may have said "do not contact" beside its mistake."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, ContactDetail, Message, Touchpoint
from app.services import contacts, handover
from app.services.json_rows import read_json
from app.services.outbound import plan_touchpoint, prepare_due, send_due
from app.services.planning import Never
from app.services.tabular import TableError
from tests.integration.outreach.sending import (
    CONTACTS,
    PACK,
    PEPPER,
    Box,
    a_check_in,
    a_due_case,
    approved_wording,
)

GUARDS = "do_not_contact,shared_device,shared_address,avoid_dates,trial_date"
HEADING = f"case_key,service,contact_outcome,stage_date,consent_checkin,{GUARDS}"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def due(session: Session, now: datetime) -> datetime:
    a_due_case(session, now)
    return now


def tell(session: Session, now: datetime, text: str, **how: object) -> handover.Report:
    return handover.take_cases(
        session, text.encode(), "c.csv", pack=PACK, how="upload", by=None, now=now,
        **how,  # type: ignore[arg-type]
    )  # fmt: skip


def tell_contacts(session: Session, now: datetime, text: str) -> contacts.ContactReport:
    return contacts.take_contacts(
        session, text.encode(), "k.csv", pepper=PEPPER, how="upload", by=None, now=now
    )


def row(now: datetime, guards: str = ",,,,", more: str = "") -> str:
    return f"K1,sv,reached,{(now - timedelta(days=7)).date()},yes,{guards}{more}\n"


def sent(session: Session, now: datetime) -> list[str]:
    box = Box()
    prepare_due(session, pack=PACK, public_url="https://x.example", now=now)
    send_due(session, box, pack=PACK, now=now)
    return [message.address for message in box.got]


def the_case(session: Session) -> Case:
    return session.scalars(select(Case).execution_options(populate_existing=True)).one()


def test_a_refused_row_holds_its_case_until_a_good_one_comes(
    session: Session, due: datetime
) -> None:
    report = tell(session, due, f"{HEADING},area\n{row(due, 'yes,,,,', ',E99999999')}")
    assert (report.refused, report.held) == (1, 1)
    assert any("held until a good row comes" in problem.message for problem in report.problems)
    assert the_case(session).held_on == due.date()
    assert sent(session, due) == []
    assert tell(session, due, f"{HEADING}\n{row(due)}").held == 0
    assert the_case(session).held_on is None
    assert sent(session, due) == ["+447700900123"]


def test_a_good_row_beside_one_that_cannot_be_read_is_not_taken(
    session: Session, due: datetime
) -> None:
    report = tell(session, due, f"{HEADING}\n{row(due, 'maybe,,,,')}{row(due)}")
    assert (report.stored, report.refused, report.held) == (0, 2, 1)
    assert sent(session, due) == []


def test_two_different_rows_hold_their_case(session: Session, due: datetime) -> None:
    assert tell(session, due, f"{HEADING}\n{row(due, 'yes,,,,')}{row(due)}").held == 1
    assert sent(session, due) == []


def test_a_refused_address_leaves_the_old_one_unused(session: Session, due: datetime) -> None:
    bad = "K1,sms,07700 900 999 (new),,2026-11-17,2026-12-01\n"
    report = tell_contacts(session, due, CONTACTS.format(rows=bad))
    assert (report.refused, report.held) == (1, 1)
    assert sent(session, due) == []
    tell_contacts(session, due, CONTACTS.format(rows=bad.replace(" (new)", "")))
    assert sent(session, due) == ["+447700900999"]


def test_a_column_that_is_not_there_keeps_what_was_stored(session: Session, due: datetime) -> None:
    tell(session, due, f"{HEADING}\n{row(due, 'yes,yes,yes,11-18,2027-01-05')}")
    day = (due - timedelta(days=7)).date()
    tell(session, due, f"case_key,service,stage,stage_date\nK1,sv,in_support,{day}\n")
    case = the_case(session)
    assert case.stage == "in_support"
    assert (case.do_not_contact, case.shared_device, case.shared_address) == (True, True, True)
    assert (case.avoid_dates, case.trial_date) == (["11-18"], date(2027, 1, 5))
    assert case.consent_check_in
    assert case.held_on is None


def test_a_key_left_out_of_json_keeps_what_was_stored_and_an_empty_one_does_not(
    session: Session, due: datetime
) -> None:
    tell(session, due, f"{HEADING}\n{row(due, 'yes,yes,,11-18,')}")
    tell(session, due, '[{"case_key": "K1", "shared_device": null}]', read=read_json)
    case = the_case(session)
    assert (case.do_not_contact, case.shared_device) == (True, False)
    assert case.avoid_dates == ["11-18"]


def test_a_row_that_ends_too_early_does_not_empty_the_rest(session: Session, due: datetime) -> None:
    tell(session, due, f"{HEADING}\n{row(due, 'yes,yes,,,')}")
    tell(session, due, f"{HEADING}\nK1,sv,declined\n")
    case = the_case(session)
    assert (case.contact_outcome, case.do_not_contact) == ("declined", True)


def test_a_new_case_without_the_guards_is_kept_and_held(session: Session, now: datetime) -> None:
    a_check_in(session)
    approved_wording(session, now)
    day = (now - timedelta(days=7)).date()
    heading = "case_key,service,contact_outcome,stage_date,consent_checkin,do_not_contact"
    report = tell(session, now, f"{heading}\nK1,sv,reached,{day},yes,no\n")
    assert (report.stored, report.held) == (1, 1)
    assert "shared_device" in report.missing_columns
    assert "do_not_contact" not in report.missing_columns
    safe = "K1,sms,07700900123,,2026-11-01,2027-12-01\n"
    tell_contacts(session, now, CONTACTS.format(rows=safe))
    assert sent(session, now) == []
    tell(session, now, f"{HEADING}\n{row(now)}")
    assert sent(session, now) == ["+447700900123"]


def test_a_new_address_is_not_safe_because_the_old_one_was(session: Session, due: datetime) -> None:
    tell_contacts(session, due, "case_key,channel,address\nK1,sms,07700 900999\n")
    detail = session.scalars(select(ContactDetail)).one()
    assert not detail.marked_safe
    assert sent(session, due) == []


def test_safe_times_stay_when_a_file_does_not_name_them(session: Session, due: datetime) -> None:
    tell_contacts(
        session, due, CONTACTS.format(rows="K1,sms,07700 900123,18:00-19:00,2026-11-01,2027-12-01")
    )
    tell_contacts(session, due, "case_key,channel,address\nK1,sms,07700 900123\n")
    detail = session.scalars(select(ContactDetail)).one()
    assert (detail.marked_safe, detail.safe_times) == (True, [["18:00", "19:00"]])


@pytest.mark.parametrize(
    ("columns", "cells", "at", "count"),
    [
        ("safe_channel,safe_times", "none,", 10, 0),
        ("safe_channel,safe_times", "email,", 10, 0),
        ("safe_channel,safe_times", "sms,", 10, 1),
        ("safe_channel,safe_times", ",18:00-19:00", 10, 0),
        ("safe_channel,safe_times", ",18:00-19:00", 18, 1),
    ],
)
def test_what_the_case_system_says_of_safe_ways_narrows_what_the_contact_file_allows(
    session: Session, due: datetime, columns: str, cells: str, at: int, count: int
) -> None:
    report = tell(session, due, f"{HEADING},{columns}\n{row(due, ',,,,', ',' + cells)}")
    assert report.ignored_columns == ()
    assert len(sent(session, due.replace(hour=at))) == count


def test_a_quotation_mark_left_open_takes_nothing_and_says_on_which_line(
    session: Session, due: datetime
) -> None:
    rows = 'K1,sv,reached,,"yes,no\nK2,sv,reached,,yes,yes\nK3,sv,reached,,yes,yes\n'
    with pytest.raises(TableError, match="line 2"):
        tell(session, due, f"{HEADING}\n{rows}")
    with pytest.raises(TableError, match="line 3"):
        tell(session, due, f'{HEADING}\n{row(due)}K2,"sv\nK3,sv",reached\n')
    assert session.scalars(select(Case.case_key)).all() == ["K1"]


def test_a_row_longer_than_its_heading_is_refused_by_its_line(
    session: Session, due: datetime
) -> None:
    report = tell(session, due, f"{HEADING}\n{row(due, ',,,,', ',no')}")
    assert (report.refused, report.held) == (1, 1)
    assert "more cells than the heading" in report.problems[0].message
    report2 = tell_contacts(session, due, CONTACTS.format(rows="K1,sms,07700900123,,,,no\n"))
    assert (report2.refused, report2.held) == (1, 1)


def test_the_wrong_kind_of_file_is_refused(session: Session, due: datetime) -> None:
    with pytest.raises(TableError, match="looks like a file of contact details"):
        tell(session, due, CONTACTS.format(rows="K1,sms,07700900123,,,\n"))
    with pytest.raises(TableError, match="no channel column"):
        tell_contacts(session, due, f"{HEADING}\n{row(due)}")
    assert session.scalars(select(ContactDetail.address_hash)).one()


def test_a_moved_trial_counts_from_the_day_it_was_told(session: Session, now: datetime) -> None:
    def told(trial: str, outcome: str, at: datetime) -> None:
        cells = f"K1,sv,{outcome},2026-06-01,yes,,,,,{trial},waiting_for_court"
        tell(session, at, f"{HEADING},stage\n{cells}\n")

    told("2027-02-01", "not_reached", now - timedelta(days=60))
    told("2027-05-01", "reached", now)
    told("2027-09-01", "reached", now + timedelta(days=30))
    found = session.execute(select(Touchpoint.kind, Touchpoint.day)).all()
    days = sorted(day for kind, day in found if kind == "court_date_changed")
    assert days == [now.date(), (now + timedelta(days=30)).date()]
    assert [day for kind, day in found if kind == "contact_made"] == [now.date()]


def test_two_moments_due_together_become_one_message_now_and_one_later(
    session: Session, due: datetime
) -> None:
    case = the_case(session)
    second = Touchpoint(case_id=case.id, kind="contact_made", day=(due - timedelta(days=8)).date())
    session.add(second)
    session.commit()
    assert prepare_due(session, pack=PACK, public_url="https://x.example", now=due) == 1
    assert len(sent(session, due)) == 1
    assert session.scalars(select(Message.state)).all() == ["sent"]
    later = due + timedelta(days=14)
    assert len(sent(session, later)) == 1


def test_a_held_case_says_so(session: Session, due: datetime) -> None:
    case = the_case(session)
    case.held_on = due.date()
    touchpoint = session.scalars(select(Touchpoint)).one()
    decision = plan_touchpoint(session, touchpoint, case, pack=PACK, now=due)
    assert decision.never == (Never.HELD,)


def test_lines_are_counted_as_people_count_them(session: Session, now: datetime) -> None:
    report = tell(session, now, f"{HEADING}\n\nK1,nosuch,,,,,,,,\n")
    assert report.problems[0].line == 3


@pytest.mark.parametrize("garbled", ["\0", "\x1b", "\x7f"])
def test_a_cell_that_is_no_text_refuses_its_row_and_no_other(
    session: Session, now: datetime, garbled: str
) -> None:
    """PostgreSQL keeps no NUL: the whole hand-over would fail for one of them."""
    found = tell(session, now, f"case_key,worker\nK1,Jo\nK2,J{garbled}o\n{garbled},Jo\n")
    assert (found.stored, found.refused) == (1, 2)
    assert [problem.column for problem in found.problems] == ["worker", "case_key"]
    rows = f"K1,email,a@b.c{garbled},,,\nK2,email,a@b.c,,,\n"
    report = tell_contacts(session, now, CONTACTS.format(rows=rows))
    assert (report.stored, report.refused) == (1, 1)

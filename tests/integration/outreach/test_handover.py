"""Cases from the case system: idempotent, and nothing unusable passes in silence."""

from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Case, Touchpoint
from app.packs import load_pack
from app.services.handover import Report, take_cases
from app.services.tabular import TableError

PACK = load_pack("thames-valley")
HEADING = "case_key,service,area,contact_outcome,stage,stage_date,trial_date,closed_date,worker"


def take(session: Session, now: datetime, *lines: str, heading: str = HEADING) -> Report:
    data = "\n".join([heading, *lines]).encode()
    return take_cases(session, data, "cases.csv", pack=PACK, how="upload", by=None, now=now)


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_same_file_twice_is_the_same_cases_once(session: Session, now: datetime) -> None:
    lines = [f"K{n},sv,E07000178,reached,in_support,2026-11-02,,,Ana" for n in range(50)]
    first = take(session, now, *lines)
    again = take(session, now, *lines)
    assert (first.stored, again.stored, again.unchanged) == (50, 0, 50)
    assert count(session, Case) == 50
    assert count(session, Touchpoint) == 100  # contact made, and in support


def test_a_changed_row_changes_its_case_and_notes_what_happened(
    session: Session, now: datetime
) -> None:
    take(session, now, "K1,sv,,reached,waiting_for_court,2026-11-02,2027-01-11,,Ana")
    take(session, now, "K1,sv,,reached,waiting_for_court,2026-11-16,2027-03-01,,Ana")
    case = session.scalars(select(Case).execution_options(populate_existing=True)).one()
    assert case.trial_date == date(2027, 3, 1)
    kinds = set(session.scalars(select(Touchpoint.kind)))
    assert kinds == {"contact_made", "waiting_for_court", "court_date_changed"}


def test_one_bad_row_is_named_and_the_rest_go_through(session: Session, now: datetime) -> None:
    report = take(
        session,
        now,
        "K1,sv,,reached,,,,,",
        "K2,nosuch,,reached,,,,,",
        "K3,sv,,reached,,31st of March,,,",
        ",sv,,reached,,,,,",
    )
    assert report.stored == 1
    assert report.refused == 3
    assert [(p.line, p.column) for p in report.problems] == [
        (3, "service"),
        (4, "stage_date"),
        (5, "case_key"),
    ]


def test_one_key_with_two_different_rows_is_nobodys_truth(session: Session, now: datetime) -> None:
    report = take(session, now, "K1,sv,,reached,,,,,Ana", "K2,sv,,,,,,,", "K1,sv,,declined,,,,,Ana")
    assert list(session.scalars(select(Case.case_key))) == ["K2"]
    assert "lines 2 and 4" in report.problems[0].message


def test_the_same_row_twice_in_one_file_is_one_row(session: Session, now: datetime) -> None:
    report = take(session, now, "K1,sv,,,,,,,", "K1,sv,,,,,,,")
    assert (report.read, report.stored, report.refused) == (1, 1, 0)


def test_a_problem_never_repeats_what_a_cell_held(session: Session, now: datetime) -> None:
    report = take(session, now, "K1,sv,,reached,,my husband is outside,,,")
    assert "husband" not in str(report.problems)


def test_a_column_heard_has_no_use_for_is_said_and_not_stored(
    session: Session, now: datetime
) -> None:
    report = take(session, now, "K1,Mary", heading="case_key,victim_name")
    assert report.ignored_columns == ("victim_name",)
    assert not any("Mary" in str(v) for v in vars(session.scalars(select(Case)).one()).values())


def test_a_file_without_keys_is_refused(session: Session, now: datetime) -> None:
    with pytest.raises(TableError, match="case_key"):
        take(session, now, "sv", heading="service")
    assert count(session, Case) == 0

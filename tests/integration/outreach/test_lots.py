"""A large hand-over is stored lot by lot: nobody's answer waits for the whole of it."""

from datetime import datetime
from itertools import pairwise

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.models import Case, ContactDetail
from app.services import contacts, handover, tabular
from app.store import cases
from tests.integration.outreach.sending import CONTACTS, NEW_CASES, PACK

ROWS = 7


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture(autouse=True)
def _small_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "ROWS_AT_ONCE", 3)


def tell(session: Session, now: datetime) -> handover.Report:
    rows = "".join(f"K{n},sv,reached,,yes,,,,,\n" for n in range(ROWS))
    data = NEW_CASES.format(rows=rows + "K9,nowhere,reached,,yes,,,,,\n").encode()
    return handover.take_cases(session, data, "c.csv", pack=PACK, how="api", by=None, now=now)


def tell_contacts(session: Session, now: datetime) -> contacts.ContactReport:
    rows = "".join(f"K{n},sms,0770090012{n},,,\n" for n in range(ROWS))
    data = CONTACTS.format(rows=rows).encode()
    return contacts.take_contacts(
        session, data, "k.csv", pepper="pepper", how="api", by=None, now=now
    )


@pytest.mark.parametrize(("take", "kind"), [(tell, Case), (tell_contacts, ContactDetail)])
def test_no_commit_holds_more_than_a_lot(
    session: Session, now: datetime, take: object, kind: type
) -> None:
    seen = [0]

    @event.listens_for(session, "before_commit")
    def _count(of: Session) -> None:
        of.flush()
        seen.append(of.scalar(select(func.count()).select_from(kind)) or 0)

    take(session, now)  # type: ignore[operator]
    assert seen[-1] == ROWS
    assert max(later - earlier for earlier, later in pairwise(seen)) <= 3


def test_cut_short_it_is_simply_sent_again(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, calls = cases.add_cases, []

    def break_off(*given: object) -> None:
        calls.append(given)
        if len(calls) == 2:
            raise ConnectionError
        whole(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(cases, "add_cases", break_off)
        with pytest.raises(ConnectionError):
            tell(session, now)
    session.rollback()
    assert cases.count_cases(session) == 3
    report = tell(session, now)
    assert (report.stored, report.unchanged, report.refused) == (ROWS - 3, 3, 1)
    assert cases.count_cases(session) == ROWS

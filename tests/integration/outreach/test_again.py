"""What is asked every few weeks, and what the newest row takes back."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Channel, Touchpoint
from app.services import handover
from app.services.contacts import take_contacts
from app.services.outbound import prepare_due, send_due
from tests.builders import a_collector, a_survey
from tests.integration.outreach.sending import CONTACTS, PACK, PEPPER, Box, approved_wording

EVERY = 5  # days between looks: all that is asked for here falls on one
GUARDS = "do_not_contact,shared_device,shared_address,avoid_dates,trial_date"
HEADING = f"case_key,service,contact_outcome,stage,stage_date,closed_date,consent_checkin,{GUARDS}"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def office(session: Session, now: datetime) -> None:
    for form in ("checkin_adult", "checkin_court"):
        survey = a_survey(session, "checkin_adult", is_check_in=True)
        survey.slug = form
        a_collector(session, survey, Channel.PERSONAL)
    approved_wording(session, now)
    data = CONTACTS.format(rows="K1,sms,07700 900123,,2026-11-01,2027-12-01\n").encode()
    take_contacts(session, data, "k.csv", pepper=PEPPER, how="api", by=None, now=now)


def tell(session: Session, at: datetime, stage: str, day: date | str, closed: str = "") -> None:
    data = f"{HEADING}\nK1,sv,reached,{stage},{day},{closed},yes,,,,,\n".encode()
    handover.take_cases(session, data, "c.csv", pack=PACK, how="api", by=None, now=at)
    session.expire_all()


def live(session: Session, start: datetime, days: int) -> list[int]:
    """Return on which days something was sent."""
    box, sent = Box(), []
    for n in range(0, days, EVERY):
        at = (start + timedelta(days=n)).replace(hour=11)
        prepare_due(session, pack=PACK, public_url="https://x.example", now=at)
        if send_due(session, box, pack=PACK, now=at).sent:
            sent.append(n)
    return sent


def open_moments(session: Session) -> set[tuple[str, date]]:
    rows = session.scalars(select(Touchpoint).where(Touchpoint.settled_on.is_(None)))
    return {(row.kind, row.day) for row in rows}


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("stage", "every"), [("in_support", 35), ("waiting_for_court", 30), ("investigation", None)]
)
def test_support_and_waiting_are_asked_about_every_few_weeks(
    session: Session, now: datetime, stage: str, every: int | None
) -> None:
    tell(session, now, "", "")  # reached, so that the first contact is over and done with
    session.query(Touchpoint).delete()
    tell(session, now, stage, now.date())
    sent = live(session, now, 110)
    assert sent[1:] == ([] if every is None else [sent[0] + every, sent[0] + 2 * every])


@pytest.mark.usefixtures("office")
def test_told_of_again_and_again_it_is_asked_no_more_often(session: Session, now: datetime) -> None:
    sent = []
    for n in range(0, 120, 10):  # each session of support moves the day of the stage
        tell(session, now + timedelta(days=n), "in_support", (now + timedelta(days=n)).date())
        sent += [n + day for day in live(session, now + timedelta(days=n), 10)]
    gaps = [later - earlier for earlier, later in pairwise(sent[1:])]
    assert len(gaps) >= 1
    assert min(gaps) >= 35


@pytest.mark.usefixtures("office")
def test_nobody_who_waits_no_longer_is_asked_how_waiting_is(
    session: Session, now: datetime
) -> None:
    tell(session, now, "waiting_for_court", now.date())
    tell(session, now + timedelta(days=20), "other", (now + timedelta(days=20)).date())
    live(session, now + timedelta(days=20), 30)
    moment = session.scalars(select(Touchpoint).where(Touchpoint.kind == "waiting_for_court")).one()
    assert moment.outcome == "moved_on"


def test_a_trial_put_off_and_a_case_opened_again_leave_nothing_behind(
    session: Session, now: datetime
) -> None:
    soon, later = now.date() + timedelta(days=20), now.date() + timedelta(days=90)
    tell(session, now, "trial", soon)
    tell(session, now, "trial", later)
    assert {day for kind, day in open_moments(session) if kind == "trial_done"} == {later}
    tell(session, now, "trial", later, closed=str(now.date()))
    assert {"closure", "after_closure"} <= {kind for kind, _ in open_moments(session)}
    tell(session, now, "trial", later)
    assert not {"closure", "after_closure"} & {kind for kind, _ in open_moments(session)}

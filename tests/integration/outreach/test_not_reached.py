"""Three tries that reached nobody: a person decides, and nothing more is sent by itself."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.guards import Role
from app.models import Case, Message, Task
from app.services import facts, handover
from app.services.outbound import prepare_due, send_due
from app.services.planning import Never
from tests.client import LookingClient
from tests.integration.outreach.sending import PACK, Box, a_due_case

GUARDS = "do_not_contact,shared_device,shared_address,avoid_dates,trial_date"
HEADING = f"case_key,service,contact_outcome,contact_attempts,consent_checkin,{GUARDS}"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def tell(session: Session, now: datetime, outcome: str, attempts: str) -> handover.Report:
    data = f"{HEADING}\nK1,sv,{outcome},{attempts},yes,,,,,\n".encode()
    return handover.take_cases(session, data, "c.csv", pack=PACK, how="api", by=None, now=now)


def tasks(session: Session) -> list[tuple[str, str | None, str | None]]:
    return [(task.kind, task.case_key, task.service) for task in session.scalars(select(Task))]


def test_the_third_try_is_one_task_however_often_it_is_told(
    session: Session, now: datetime
) -> None:
    for attempts in ("1", "2", "3", "3", "4.0"):
        tell(session, now, "not_reached", attempts)
        assert tasks(session) == [("not_reached", "K1", "sv")] * (attempts > "2")
    tell(session, now, "reached", "4")
    assert len(tasks(session)) == 1


def test_a_message_that_waits_is_dropped_and_a_link_by_hand_is_warned_of(
    session: Session, now: datetime
) -> None:
    a_due_case(session, now)
    prepare_due(session, pack=PACK, public_url="https://x.example", now=now)
    tell(session, now, "not_reached", "3")
    session.expire_all()
    box = Box()
    send_due(session, box, pack=PACK, now=now)
    assert (box.got, session.scalars(select(Message.state)).all()) == ([], ["dropped"])
    assert Never.NOT_FOUND in facts.blocks_by_hand(session, "K1", now=now)
    tell(session, now + timedelta(days=1), "reached", "3")
    session.expire_all()
    assert Never.NOT_FOUND not in facts.blocks_by_hand(session, "K1", now=now)


def test_the_task_says_what_is_to_be_decided(
    session: Session, now: datetime, sign_in: Callable[..., LookingClient]
) -> None:
    tell(session, now, "not_reached", "3")
    task = session.scalars(select(Task)).one()
    page = sign_in(Role.CASEWORKER, services=("sv",)).get(f"/tasks/{task.id}").text
    assert "Not reached three times" in page
    assert "only on a phone or address marked safe" in page


@pytest.mark.parametrize("attempts", ["often", "-1", "3.5", "9999"])
def test_a_count_that_is_none_is_refused_by_name(
    session: Session, now: datetime, attempts: str
) -> None:
    report = tell(session, now, "not_reached", attempts)
    assert [problem.column for problem in report.problems] == ["contact_attempts"]
    assert session.scalars(select(Case)).all() == []

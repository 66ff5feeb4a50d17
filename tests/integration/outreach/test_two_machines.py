"""Two machines that send: one person is asked once, however their turns fall. PostgreSQL alone."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.models import Case, Message, OptOut
from app.services import stops
from app.services.handover import take_cases
from app.services.outbound import Outgoing, prepare_due
from app.store.alone import alone
from app.worker.upkeep import check_in_chore
from tests.integration.outreach.sending import (
    CASES,
    PACK,
    PEPPER,
    Box,
    a_check_in,
    a_due_case,
    approved_wording,
    some_cases,
)

URL = "https://x.example"


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


def both(engine: Engine, act: object) -> None:
    """Do something in two threads at once, each with a session of its own."""
    ready = threading.Barrier(2)
    failed: list[BaseException] = []

    def run() -> None:
        with sessionmaker(engine, expire_on_commit=False)() as session:
            ready.wait()
            try:
                act(session)  # type: ignore[operator]
            except BaseException as error:
                failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_two_workers_at_once_ask_one_person_with_two_cases_once(
    session: Session, engine: Engine, now: datetime
) -> None:
    a_check_in(session)
    approved_wording(session, now)
    some_cases(session, now, [("K1", "sms", "07700 900123"), ("K2", "sms", "+44 7700 900123")])
    session.close()
    box = Box()
    chore = check_in_chore(PACK, public_url=URL, sender=box, secret_key=PEPPER)
    for minute in range(3):
        both(engine, lambda own, m=minute: chore.act(own, now + timedelta(minutes=m)))
    assert len(box.got) == 1


def test_while_one_sends_the_other_leaves_it_and_a_dead_one_lets_go(
    session: Session, engine: Engine, now: datetime
) -> None:
    a_due_case(session, now)
    box = Box()
    chore = check_in_chore(PACK, public_url=URL, sender=box, secret_key=PEPPER)
    with sessionmaker(engine)() as other, alone(other, "check-ins") as is_theirs:
        assert is_theirs
        chore.act(session, now)
        assert box.got == []
    chore.act(session, now)
    assert len(box.got) == 1


def test_a_stop_while_the_message_is_being_sent_is_kept_and_the_next_never_goes(
    session: Session, engine: Engine, now: datetime
) -> None:
    a_due_case(session, now)
    session.close()

    class Stopped(Box):
        def send(self, message: Outgoing) -> None:
            super().send(message)
            with sessionmaker(engine)() as own:
                stops.stop(
                    own, case_key=None, address="07700900123", pepper=PEPPER, how="reply",
                    by=None, now=now,
                )  # fmt: skip

    box = Stopped()
    chore = check_in_chore(PACK, public_url=URL, sender=box, secret_key=PEPPER)
    for days in range(60):
        chore.act(session, now + timedelta(days=days))
    assert len(box.got) == 1
    assert session.scalars(select(Message.state)).all() == ["sent"]


def test_a_stop_that_comes_on_two_ways_at_once_is_kept_once_and_fails_nobody(
    session: Session, engine: Engine, now: datetime
) -> None:
    a_due_case(session, now)
    prepare_due(session, pack=PACK, public_url=URL, now=now)
    session.close()
    both(engine, lambda own: stops.stop(
        own, case_key="K1", address=None, pepper=PEPPER, how="link", by=None, now=now
    ))  # fmt: skip
    assert session.scalars(select(OptOut.case_key)).all() == ["K1"]
    assert session.scalars(select(Message.state)).all() == ["dropped"]


def test_a_file_handed_over_twice_at_once_is_its_cases_once(
    session: Session, engine: Engine, now: datetime
) -> None:
    day = now.date()
    data = CASES.format(rows="".join(f"K{n},sv,reached,{day},yes\n" for n in range(50))).encode()
    both(engine, lambda own: take_cases(
        own, data, "c.csv", pack=PACK, how="api", by=None, now=now
    ))  # fmt: skip
    assert len(session.scalars(select(Case.case_key)).all()) == 50

"""Sending: once, never late, never against a guard, and a server that is down loses nothing."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.models import (
    Case,
    Collector,
    Message,
    MessageTemplate,
    PersonalLink,
    Task,
    Touchpoint,
)
from app.services import outbound, stops
from app.services.handover import take_cases
from app.services.links import issue_link
from app.services.outbound import (
    Outgoing,
    SenderDownError,
    SenderRefusedError,
    SenderUnsureError,
    note_missed,
    prepare_due,
    send_due,
    send_message,
)
from app.store import outreach
from tests.integration.outreach.sending import (
    PACK,
    PEPPER,
    Box,
    a_check_in,
    a_due_case,
    approved_wording,
    some_cases,
)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def due(session: Session, now: datetime) -> datetime:
    """Return the moment a check-in is due for one safe case with approved wording."""
    a_due_case(session, now)
    return now


def run(session: Session, box: Box, now: datetime) -> None:
    prepare_due(session, pack=PACK, public_url="https://x.example", now=now)
    send_due(session, box, pack=PACK, now=now)


class Slow(Box):
    """Takes nine seconds a message, by a clock of its own."""

    passed = 0.0

    def send(self, message: Outgoing) -> None:
        self.passed += 9
        super().send(message)


def test_a_slow_sender_carries_nothing_past_the_hour_and_lets_answers_be_read(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_check_in(session)
    approved_wording(session, now)
    some_cases(session, now, [(f"K{n}", "sms", f"07700 9001{n:02}") for n in range(9)])
    evening = now.replace(hour=19, minute=59, second=45)
    slow = Slow()
    monkeypatch.setattr("app.services.outbound.monotonic", lambda: slow.passed)
    prepare_due(session, pack=PACK, public_url="https://x.example", now=evening)
    sent = send_due(session, slow, pack=PACK, now=evening)
    assert (sent.sent, len(slow.got)) == (2, 2)  # at 20:00:03 the third may not go any more
    assert slow.passed < outbound.RUN_SECONDS


def test_a_run_of_sending_ends_after_a_while(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_check_in(session)
    approved_wording(session, now)
    some_cases(session, now, [(f"K{n}", "sms", f"07700 9001{n:02}") for n in range(9)])
    slow = Slow()
    monkeypatch.setattr("app.services.outbound.monotonic", lambda: slow.passed)
    run(session, slow, now)
    assert len(slow.got) == 3  # begun after 0, 9 and 18 seconds
    run(session, slow, now)
    assert len(slow.got) == 6


def the_message(session: Session) -> Message:
    return session.scalars(select(Message).execution_options(populate_existing=True)).one()


def test_a_due_check_in_is_sent_once_with_its_own_link(
    session: Session, box: Box, due: datetime
) -> None:
    for minutes in range(5):
        run(session, box, due + timedelta(minutes=minutes))
    (message,) = box.got
    assert message.address == "+447700900123"
    assert "https://x.example/s/" in message.body
    token = message.body.split("/s/")[1].split()[0]
    link = session.scalars(select(PersonalLink)).one()
    assert token not in link.token_hash
    assert link.case_key == "K1"


def test_after_sending_the_words_and_the_link_are_not_kept(
    session: Session, box: Box, due: datetime
) -> None:
    run(session, box, due)
    message = the_message(session)
    assert (message.state, message.body_sealed) == ("sent", None)


def test_a_server_that_is_down_for_ten_minutes_loses_nothing_and_doubles_nothing(
    session: Session, box: Box, due: datetime
) -> None:
    box.error = SenderDownError()
    for minutes in range(10):
        run(session, box, due + timedelta(minutes=minutes))
    assert box.got == []
    box.error = None
    for minutes in range(10, 20):
        run(session, box, due + timedelta(minutes=minutes))
    assert len(box.got) == 1


def test_after_an_outage_into_the_night_nothing_goes_before_morning(
    session: Session, box: Box, due: datetime
) -> None:
    box.error = SenderDownError()
    run(session, box, due)
    box.error = None
    night = due.replace(hour=21)
    run(session, box, night)
    assert box.got == []
    run(session, box, night + timedelta(hours=12, minutes=1))
    assert len(box.got) == 1


def test_nothing_goes_after_expiry(session: Session, box: Box, due: datetime) -> None:
    box.error = SenderDownError()
    run(session, box, due)
    box.error = None
    run(session, box, due + timedelta(days=4))
    assert box.got == []
    assert the_message(session).state == "dropped"


def test_a_stop_word_between_writing_and_sending_is_honoured(
    session: Session, box: Box, due: datetime
) -> None:
    prepare_due(session, pack=PACK, public_url="https://x.example", now=due)
    stops.stop(
        session,
        case_key=None,
        address="+44 7700 900123",
        pepper=PEPPER,
        how="reply",
        by=None,
        now=due,
    )
    send_due(session, box, pack=PACK, now=due)
    assert box.got == []
    assert the_message(session).state == "dropped"


@pytest.mark.parametrize("said", ["stopped_on", "sealed_on"])
def test_stop_or_not_me_on_a_link_ends_all_messages_to_that_person(
    session: Session, box: Box, due: datetime, said: str
) -> None:
    run(session, box, due)
    link = session.scalars(select(PersonalLink)).one()
    setattr(link, said, due.date())
    touchpoint = session.scalars(select(Touchpoint)).one()
    session.add(Touchpoint(case_id=touchpoint.case_id, kind="contact_made", day=date(2026, 12, 1)))
    session.commit()
    run(session, box, due + timedelta(days=22))
    assert len(box.got) == 1


def test_a_message_whose_end_nobody_knows_is_never_tried_again(
    session: Session, box: Box, due: datetime
) -> None:
    class Killed(BaseException):
        pass

    box.error = Killed()  # type: ignore[assignment]  # the process dies while it hands over
    with pytest.raises(Killed):
        run(session, box, due)
    session.rollback()
    box.error = None
    run(session, box, due + timedelta(minutes=10))
    assert box.got == []
    assert the_message(session).state == "sending"


def test_two_workers_that_saw_the_same_message_send_it_once(
    session: Session, engine: Engine, box: Box, due: datetime
) -> None:
    prepare_due(session, pack=PACK, public_url="https://x.example", now=due)

    class Slow(Box):
        def send(self, message: Outgoing) -> None:
            super().send(message)
            with sessionmaker(engine, expire_on_commit=False)() as other:
                send_due(other, box, pack=PACK, now=due)

    slow = Slow()
    stale = outreach.list_due_messages(session, now=due, limit=1)  # read before the other began
    with sessionmaker(engine, expire_on_commit=False)() as first:
        send_due(first, slow, pack=PACK, now=due)
    assert send_message(session, box, stale[0], pack=PACK, now=due) == "taken"
    assert (len(slow.got), len(box.got)) == (1, 0)


def test_what_changed_in_the_case_since_it_was_read_is_asked_again_before_sending(
    session: Session, engine: Engine, box: Box, due: datetime
) -> None:
    prepare_due(session, pack=PACK, public_url="https://x.example", now=due)
    read_before = session.scalars(select(Case)).one()
    with sessionmaker(engine)() as other:
        other.scalars(select(Case)).one().do_not_contact = True
        other.commit()
    send_due(session, box, pack=PACK, now=due)
    assert read_before.do_not_contact
    assert box.got == []


def test_a_message_that_cannot_be_read_holds_up_no_other(
    session: Session, box: Box, due: datetime
) -> None:
    some_cases(session, due, [("K1", "sms", "07700 900123"), ("K2", "sms", "07700 900124")])
    prepare_due(session, pack=PACK, public_url="https://x.example", now=due)
    first = session.scalars(select(Message).order_by(Message.not_before)).first()
    assert first is not None
    session.execute(update(Message).where(Message.id == first.id).values(body_sealed=b"spoilt"))
    session.commit()
    send_due(session, box, pack=PACK, now=due)
    assert len(box.got) == 1
    states = session.scalars(
        select(Message.state).order_by(Message.state).execution_options(populate_existing=True)
    ).all()
    assert states == ["dropped", "sent"]


def test_hundreds_who_may_not_be_asked_do_not_hold_up_the_one_who_may(
    session: Session, box: Box, due: datetime
) -> None:
    day = (due - timedelta(days=8)).date()
    rows = "".join(f"N{i},sv,reached,{day},{'yes' if i % 2 else 'no'}\n" for i in range(60))
    header = "case_key,service,contact_outcome,stage_date,consent_checkin\n"
    take_cases(
        session, (header + rows).encode(), "c.csv", pack=PACK, how="upload", by=None, now=due
    )
    prepare_due(session, pack=PACK, public_url="https://x.example", now=due, limit=7)
    send_due(session, box, pack=PACK, now=due)
    assert [message.address for message in box.got] == ["+447700900123"]


@pytest.mark.parametrize(("days", "sent"), [(13, 0), (14, 1)])
def test_a_link_issued_by_hand_is_a_request_as_well(
    session: Session, box: Box, due: datetime, days: int, sent: int
) -> None:
    collector = session.scalars(select(Collector)).one()
    issue_link(
        session, collector, case_key="K1", context={}, by=None, now=due - timedelta(days=days)
    )
    run(session, box, due)
    assert len(box.got) == sent


def test_what_nobody_knows_the_end_of_is_left_and_counts_as_a_request(
    session: Session, box: Box, due: datetime
) -> None:
    box.error = SenderUnsureError()
    run(session, box, due)
    assert the_message(session).state == "sending"
    box.error = None
    touchpoint = session.scalars(select(Touchpoint)).one()
    session.add(Touchpoint(case_id=touchpoint.case_id, kind="contact_made", day=due.date()))
    session.commit()
    run(session, box, due + timedelta(days=8))
    assert box.got == []
    run(session, box, due + timedelta(days=14))
    assert len(box.got) == 1


def test_a_check_in_left_unanswered_for_a_week_is_a_task_once(
    session: Session, box: Box, due: datetime
) -> None:
    run(session, box, due)
    hours = PACK.staffed_hours
    assert note_missed(session, hours=hours, now=due + timedelta(days=6)) == 0
    assert note_missed(session, hours=hours, now=due + timedelta(days=7)) == 1
    assert note_missed(session, hours=hours, now=due + timedelta(days=8)) == 0
    task = session.scalars(select(Task)).one()
    assert (task.kind, task.case_key, task.service) == ("missed", "K1", "sv")


@pytest.mark.parametrize("said", ["spent_on", "stopped_on", "sealed_on"])
def test_who_answered_or_said_stop_has_missed_nothing(
    session: Session, box: Box, due: datetime, said: str
) -> None:
    run(session, box, due)
    setattr(session.scalars(select(PersonalLink)).one(), said, due.date())
    session.commit()
    assert note_missed(session, hours=PACK.staffed_hours, now=due + timedelta(days=9)) == 0


def test_what_the_sender_refuses_is_not_tried_again(
    session: Session, box: Box, due: datetime
) -> None:
    box.error = SenderRefusedError()
    run(session, box, due)
    box.error = None
    run(session, box, due + timedelta(minutes=10))
    assert box.got == []


def test_without_approved_wording_nothing_is_sent(
    session: Session, box: Box, due: datetime
) -> None:
    session.scalars(select(MessageTemplate)).one().approved_at = None
    session.commit()
    run(session, box, due)
    assert box.got == []


def test_the_address_is_nowhere_in_the_open(
    session: Session, box: Box, due: datetime, read_everything: Callable[[], str]
) -> None:
    prepare_due(session, pack=PACK, public_url="https://x.example", now=due)
    assert "900123" not in read_everything()
    run(session, box, due)
    assert "900123" not in read_everything()

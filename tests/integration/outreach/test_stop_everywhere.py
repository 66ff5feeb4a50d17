"""Stop on any channel is stop on all of them, before the worker's next minute."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app import create_app
from app.clock import shift_clock, utc_now
from app.config import Config, Face
from app.guards import Role
from app.models import Message, OptOut
from app.services import stops
from app.services.handover import take_cases
from app.services.outbound import prepare_due
from app.services.planning import RULES
from app.services.stopping import stop_token
from app.worker.upkeep import CHECK_INS_EVERY, check_in_chore
from tests.client import LookingClient
from tests.integration.outreach.sending import (
    CASES,
    PACK,
    PEPPER,
    Box,
    a_check_in,
    approved_wording,
    some_cases,
)
from tests.integration.respond.person import Person

TOKEN = "notify-shows-this"
PHONE = "07700 900123"


@dataclass
class Office:
    """An installation with one person who was sent her first check-in."""

    session: Session
    public: LookingClient
    staff: LookingClient
    sent: Any  # the first message, that has gone
    now: datetime

    @property
    def token(self) -> str:
        return str(self.sent.body.split("/s/")[1].split()[0])


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def office(
    session: Session,
    engine: Engine,
    make_config: Callable[..., Config],
    sign_in: Callable[..., LookingClient],
    now: datetime,
) -> Iterator[Office]:
    shift_clock(now - utc_now())
    config = make_config(face=Face.PUBLIC, notify_callback_token=TOKEN, secret_key=PEPPER)
    app: Flask = create_app(config, engine)
    app.test_client_class = LookingClient
    app.config["WTF_CSRF_ENABLED"] = False  # a browser's part, tested elsewhere
    public = app.test_client()
    assert isinstance(public, LookingClient)
    a_check_in(session)
    approved_wording(session, now)
    some_cases(session, now, [("K1", "sms", PHONE)])
    box = Box()
    check_in_chore(PACK, public_url="https://x.example", sender=box, secret_key=PEPPER).act(
        session, now
    )
    yield Office(session, public, sign_in(Role.OUTREACH), box.got[0], now)
    shift_clock(timedelta())


def by_tapping_stop(office: Office) -> None:
    Person(office.public).open(office.token).press("stop_asking")


def by_saying_it_was_not_me(office: Office) -> None:
    office.public.get(f"/s/{office.token}")
    office.public.post(f"/s/{office.token}", data={"act": "not_me"})


def by_answering_the_text(office: Office) -> None:
    body = {"source_number": "447700900123", "message": "Stop pls", "id": "1"}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert office.public.post("/notify/text", json=body, headers=headers).status_code == 204


def by_the_mail_programs_unsubscribe(office: Office) -> None:
    token = stop_token(PEPPER, office.sent.reference)
    office.public.post(f"/stop/{token}", data={"List-Unsubscribe": "One-Click"})


def by_telling_a_colleague(office: Office) -> None:
    """On the phone, or in a mail that the office reads."""
    office.staff.post("/handover/case/K1")


def by_the_hand_over_file(office: Office) -> None:
    day = (office.now - timedelta(days=7)).date()
    heading, row = CASES.format(rows=f"K1,sv,reached,{day},yes").split("\n")[:2]
    file = (io.BytesIO(f"{heading},do_not_contact\n{row},yes\n".encode()), "c.csv")
    page = office.staff.post(
        "/handover/", data={"kind": "cases", "file": file}, content_type="multipart/form-data"
    )
    assert "Every row could be used" in page.text


WAYS = [
    by_tapping_stop,
    by_saying_it_was_not_me,
    by_answering_the_text,
    by_the_mail_programs_unsubscribe,
    by_telling_a_colleague,
    by_the_hand_over_file,
]


@pytest.mark.parametrize("way", WAYS)
def test_a_stop_ends_every_message_before_the_next_minute(
    office: Office, way: Callable[[Office], None]
) -> None:
    """The next check-in is written already, and waits to be sent."""
    session, url = office.session, "https://x.example"
    later = office.now + timedelta(days=RULES["during_support"].after_days)
    row = f"K1,sv,reached,{office.now.date()},yes,in_support"
    heading, _ = CASES.split("\n")
    take_cases(
        session, f"{heading},stage\n{row}\n".encode(), "c.csv", pack=PACK, how="upload", by=None,
        now=office.now,
    )  # fmt: skip
    assert prepare_due(session, pack=PACK, public_url=url, now=later) == 1

    way(office)

    box = Box()
    chore = check_in_chore(PACK, public_url=url, sender=box, secret_key=PEPPER)
    for minutes in range(1, 4):
        chore.act(session, later + minutes * CHECK_INS_EVERY)
    for days in range(1, 120, 7):
        chore.act(session, later + timedelta(days=days))
    assert box.got == []
    assert timedelta(minutes=1) >= CHECK_INS_EVERY
    states = session.scalars(select(Message.state).order_by(Message.sent_on)).all()
    assert sorted(states) == ["dropped", "sent"]
    assert "Will be sent" not in office.staff.get("/handover/case/K1").text


@pytest.mark.parametrize("way", [by_tapping_stop, by_answering_the_text, by_telling_a_colleague])
def test_a_stop_holds_for_another_case_with_the_same_number(
    office: Office, way: Callable[[Office], None]
) -> None:
    way(office)
    later = office.now + timedelta(days=40)
    some_cases(office.session, later, [("K2", "sms", "+44 7700 900123")])
    box = Box()
    chore = check_in_chore(PACK, public_url="https://x.example", sender=box, secret_key=PEPPER)
    for days in range(21):
        chore.act(office.session, later + timedelta(days=days))
    assert box.got == []


def test_the_same_stop_twice_in_one_moment_is_kept_once(session: Session, now: datetime) -> None:
    for how in ("reply", "link"):
        stops._opt_out(session, None, "fingerprint", how, now.date())
    assert [row.how for row in session.scalars(select(OptOut))] == ["reply"]

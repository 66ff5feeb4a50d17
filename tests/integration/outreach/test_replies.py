"""A stop word is honoured on every channel at once; whatever else is written reaches a person."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import create_app
from app.config import Config, Face
from app.guards import Role
from app.models import ContactDetail, Flag, Job, Message, OptOut, Response, Task
from app.packs import load_pack
from app.services import fingerprints
from app.services.contacts import take_contacts
from app.services.outbound import Outgoing, SenderUnsureError, prepare_due, send_due
from app.services.stopping import find_reference, stop_token
from app.store import machine, outreach, responses
from app.worker.upkeep import check_in_chore
from tests.client import LookingClient
from tests.integration.outreach.sending import CONTACTS, PEPPER, Box, a_due_case

TOKEN = "notify-shows-this"
PACK = load_pack("thames-valley")


@pytest.fixture
def answering(
    make_config: Callable[..., Config], engine: Any, session: Session, now: datetime
) -> Iterator[LookingClient]:
    """Return the public face of an installation that Notify may call, with one message due."""
    a_due_case(session, now)
    config = make_config(face=Face.PUBLIC, notify_callback_token=TOKEN, secret_key=PEPPER)
    app: Flask = create_app(config, engine)
    app.test_client_class = LookingClient
    client = app.test_client()
    assert isinstance(client, LookingClient)
    return client


def call(client: LookingClient, path: str, body: Any, token: str = TOKEN) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return client.post(f"/notify/{path}", json=body, headers=headers).status_code


def reply(
    client: LookingClient, words: str, number: str = "447700900123", reply_id: str = ""
) -> int:
    body = {"source_number": number, "message": words, "id": reply_id or str(uuid4())}
    return call(client, "text", body)


def send(session: Session, now: datetime, box: Box | None = None) -> list[Outgoing]:
    box = box or Box()
    prepare_due(session, pack=PACK, public_url="https://x.example", now=now)
    send_due(session, box, pack=PACK, now=now)
    return box.got


@pytest.mark.parametrize(
    "words", ["STOP", " stop.", "Please stop texting me", "Unsubscribe", "leave me ALONE", "Stop!!"]
)
def test_a_stop_in_a_reply_stops_what_waits_and_all_that_would_come(
    answering: LookingClient, session: Session, now: datetime, words: str
) -> None:
    prepare_due(session, pack=PACK, public_url="https://x.example", now=now)
    assert reply(answering, words) == 204
    session.expire_all()
    assert send(session, now + timedelta(minutes=1)) == []
    assert session.scalars(select(OptOut)).one().how == "reply"
    assert session.scalars(select(Message)).one().state == "dropped"
    assert session.scalars(select(Task)).all() == []


def test_anything_else_is_a_task_for_the_worker_sealed_and_stops_nothing(
    answering: LookingClient,
    session: Session,
    now: datetime,
    read_everything: Callable[[], str],
    sign_in: Callable[..., LookingClient],
) -> None:
    assert reply(answering, "can somebody ring me, I am scared") == 204
    task = session.scalars(select(Task)).one()
    assert (task.kind, task.case_key, task.service) == ("reply", "K1", "sv")
    assert "scared" not in read_everything()
    assert len(send(session, now)) == 1
    page = sign_in(Role.CASEWORKER, services=("sv",)).get(f"/tasks/{task.id}")
    assert "I am scared" in page.text


def test_a_stop_in_a_call_for_help_stops_our_messages_and_reaches_a_person(
    answering: LookingClient, session: Session, now: datetime
) -> None:
    assert reply(answering, "he will not stop, please help") == 204
    assert session.scalars(select(Task)).one().note == "he will not stop, please help"
    assert send(session, now) == []


def test_a_reply_that_notify_sends_again_is_one_task(
    answering: LookingClient, session: Session
) -> None:
    for _ in range(2):
        assert reply(answering, "can somebody ring me", reply_id="one") == 204
    assert len(session.scalars(select(Task)).all()) == 1
    reply(answering, "can somebody ring me", reply_id="two")
    assert len(session.scalars(select(Task)).all()) == 2


def test_a_reply_is_read_for_risk_and_staff_can_tell_safeguarding(
    answering: LookingClient,
    session: Session,
    now: datetime,
    sign_in: Callable[..., LookingClient],
) -> None:
    send(session, now)
    reply(answering, "he is here")
    kept = session.scalars(select(Response)).one()
    assert (kept.quarantined, kept.eligible, kept.disposition) == ("reply", False, "reply")
    jobs = session.scalars(select(Job.subject_id).where(Job.kind == "code_response")).all()
    assert jobs == [kept.id]
    assert [text.body for text in machine.list_texts(session, [kept.id])] == ["he is here"]

    task = session.scalars(select(Task)).one()
    worker = sign_in(Role.CASEWORKER, services=("sv",))
    assert "Tell safeguarding" in worker.get(f"/tasks/{task.id}").text
    worker.post(f"/tasks/{task.id}/raise", data={"tier": "SG1", "reason": "He is in the house."})
    flag = session.scalars(select(Flag)).one()
    assert (flag.tier, flag.response_id) == ("SG1", kept.id)
    page = sign_in(Role.SAFEGUARDING_LEAD).get(f"/safeguarding/flags/{flag.id}")
    assert page.status_code == 200
    assert "A text sent back to our message" in page.text


def test_a_reply_is_no_answer_and_is_never_let_in_as_one(
    answering: LookingClient, session: Session, now: datetime
) -> None:
    send(session, now)
    reply(answering, "can somebody ring me")
    kept = session.scalars(select(Response)).one()
    assert responses.count_quarantined(session, kept.survey_id) == {}
    assert responses.change_quarantine(session, kept.survey_id, "reply", None) == 0
    assert kept.link_id is not None
    responses.quarantine_of_link(session, kept.link_id, "not_me")
    session.refresh(kept)
    assert kept.quarantined == "reply"


def test_a_receipt_is_the_end_of_a_message_whose_end_nobody_knew(
    answering: LookingClient, session: Session, now: datetime
) -> None:
    box = Box()
    box.error = SenderUnsureError()
    send(session, now, box)
    message = session.scalars(select(Message)).one()
    assert message.state == "sending"
    body = {"reference": str(message.id), "status": "permanent-failure"}
    assert call(answering, "delivery", body) == 204
    session.expire_all()
    assert (message.state, message.body_sealed) == ("sent", None)
    contact = outreach.find_contact(session, "K1")
    assert contact is not None
    assert (contact.address, contact.marked_safe) == (None, False)


def test_a_number_nobody_knows_leaves_nothing_but_a_stop(
    answering: LookingClient, session: Session, read_everything: Callable[[], str]
) -> None:
    assert reply(answering, "who is this", number="447700900999") == 204
    assert session.scalars(select(Task)).all() == []
    assert reply(answering, "STOP", number="447700900999") == 204
    assert session.scalars(select(OptOut)).one().case_key is None
    assert "900999" not in read_everything()


@pytest.mark.parametrize(
    ("path", "token", "body", "status"),
    [
        ("text", "wrong", {"message": "STOP"}, 403),
        ("text", "", {"message": "STOP"}, 403),
        ("delivery", "wrong", {"reference": "x"}, 403),
        ("text", TOKEN, ["STOP"], 400),
        ("text", TOKEN, {"message": 5, "source_number": None}, 204),
    ],
)
def test_only_whoever_shows_the_token_is_listened_to(
    answering: LookingClient, session: Session, path: str, token: str, body: Any, status: int
) -> None:
    assert call(answering, path, body, token) == status
    assert session.scalars(select(OptOut)).all() == []


def test_without_a_token_in_the_settings_nobody_is_listened_to(public: LookingClient) -> None:
    assert call(public, "text", {"message": "STOP"}, "") == 404


def test_a_receipt_is_kept_once_and_a_number_that_is_gone_is_no_longer_safe(
    answering: LookingClient, session: Session, now: datetime
) -> None:
    (sent,) = send(session, now)
    for status in ("delivered", "permanent-failure", "permanent-failure"):
        body = {"reference": sent.reference, "status": status}
        assert call(answering, "delivery", body) == 204
    session.expire_all()
    assert session.scalars(select(Message)).one().delivery == "permanent-failure"
    contact = outreach.find_contact(session, "K1")
    assert contact is not None
    assert (contact.address, contact.marked_safe) == (None, False)
    assert call(answering, "delivery", {"reference": "nobody", "status": "delivered"}) == 204


def test_the_one_click_link_of_a_mail_stops_everything_and_opening_it_nothing(
    answering: LookingClient, session: Session, now: datetime
) -> None:
    (sent,) = send(session, now)
    token = stop_token(PEPPER, sent.reference)
    page = answering.get(f"/stop/{token}")
    assert page.status_code == 200
    assert session.scalars(select(OptOut)).all() == []

    done = answering.post(f"/stop/{token}", data={"List-Unsubscribe": "One-Click"})

    assert done.headers["Location"] == "/stopped"
    assert session.scalars(select(OptOut)).one().how == "link"
    assert "Nothing more will come" in answering.get("/stopped").text


@pytest.mark.usefixtures("answering")
@pytest.mark.parametrize("key_then", [PEPPER, "another key"])
def test_a_stop_link_lives_as_long_as_its_message_whatever_becomes_of_the_secret_key(
    make_config: Callable[..., Config],
    engine: Any,
    session: Session,
    now: datetime,
    key_then: str,
) -> None:
    box = Box()
    chore = check_in_chore(PACK, public_url="https://x.example", sender=box, secret_key=PEPPER)
    chore.act(session, now)
    later = create_app(make_config(face=Face.PUBLIC, secret_key=key_then), engine).test_client()
    assert later.post(box.got[0].stop_url.removeprefix("https://x.example")).status_code == 303
    assert session.scalars(select(OptOut)).one().how == "link"


def test_a_link_from_before_the_secret_was_kept_apart_still_stops(
    answering: LookingClient, session: Session, now: datetime
) -> None:
    (sent,) = send(session, now)
    session.execute(update(ContactDetail).values(address_hash=None))
    assert fingerprints.pepper(session, PEPPER) != PEPPER
    answering.post(f"/stop/{stop_token(PEPPER, sent.reference)}")
    assert session.scalars(select(OptOut)).one().case_key == "K1"


def another_end(token: str) -> str:
    return token[:-1] + ("1" if token.endswith("0") else "0")


@pytest.mark.parametrize("spoil", [another_end, lambda t: "x" + t[1:], lambda _t: "é"])
def test_a_link_we_did_not_write_does_nothing_and_says_the_same(
    answering: LookingClient,
    session: Session,
    now: datetime,
    spoil: Callable[[str], str],
) -> None:
    (sent,) = send(session, now)
    token = spoil(stop_token(PEPPER, sent.reference))
    assert answering.post(f"/stop/{token}").headers["Location"] == "/stopped"
    assert session.scalars(select(OptOut)).all() == []


def test_a_link_proves_which_message_it_came_with() -> None:
    message = "0b8d6b0e-6f53-4c59-a1f0-3c2a6b9f7a11"
    assert str(find_reference("s", stop_token("s", message))) == message
    assert find_reference("other", stop_token("s", message)) is None


@pytest.mark.parametrize(
    ("number", "asked_again", "is_safe"),
    [("07700900123", 0, False), ("07700900123", 1, True), ("07700900999", 0, True)],
)
def test_the_next_nights_file_does_not_make_an_address_safe_that_came_back_as_gone(
    answering: LookingClient,
    session: Session,
    now: datetime,
    number: str,
    asked_again: int,
    is_safe: bool,
) -> None:
    """Only somebody who asked again since, or another address, does."""
    (sent,) = send(session, now)
    call(answering, "delivery", {"reference": sent.reference, "status": "permanent-failure"})
    session.expire_all()
    checked = (now + timedelta(days=asked_again)).date()
    file = CONTACTS.format(rows=f"K1,sms,{number},,{checked},2027-12-01\n").encode()
    take_contacts(
        session, file, "k.csv", pepper=PEPPER, how="api", by=None, now=now + timedelta(days=1)
    )
    contact = outreach.find_contact(session, "K1")
    assert contact is not None
    assert contact.marked_safe == is_safe

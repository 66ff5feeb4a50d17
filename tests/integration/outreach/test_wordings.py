"""Nothing is sent that two people have not seen, or that would say what it is about."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.guards import Role
from app.models import MessageTemplate
from app.packs import load_pack
from app.services import wordings
from app.services.wordings import NotASecondPersonError, Words, advise
from app.store import outreach
from tests.builders import an_actor
from tests.client import LookingClient

PACK = load_pack("thames-valley")
GOOD = "Hello, how are things? {link} Reply STOP to stop these."
URL = "https://views.example.org"


def words(body: str = GOOD, **more: str) -> Words:
    values = {"kind": "check_in", "channel": "sms", "language": "en", "subject": ""} | more
    return Words(body=body, **values)


def form(body: str = GOOD, **more: str) -> dict[str, str]:
    return {"kind": "check_in", "channel": "sms", "language": "en", "body": body} | more


def in_use(session: Session) -> MessageTemplate | None:
    return outreach.find_approved_template(session, "check_in", "sms", "en")


def test_one_writes_another_lets_it_out_and_only_then_it_is_in_use(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    writer, approver = sign_in(Role.OUTREACH), sign_in(Role.APPROVER)
    address = writer.post("/messages/new", data=form()).headers["Location"]
    assert in_use(session) is None

    page = approver.get(address).text
    assert re.search(r"\d+ characters with its link, one text, all in the short alphabet", page)
    assert "Its link works for 14 days" in page
    approver.post(f"{address}/approve")

    found = in_use(session)
    assert found is not None
    assert (found.body, found.approved_by) == (GOOD, approver.staff.id)
    assert "Sam Okafor" in approver.get("/messages/").text
    assert approver.get(address).status_code == 404


def test_a_new_draft_leaves_what_is_in_use_until_it_is_let_out(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    writer, approver = sign_in(Role.OUTREACH), sign_in(Role.APPROVER)
    first = writer.post("/messages/new", data=form()).headers["Location"]
    approver.post(f"{first}/approve")
    other = "Hi, is today all right? {link} Reply STOP to stop these."
    second = writer.post("/messages/new", data=form(other)).headers["Location"]

    session.expire_all()
    found = in_use(session)
    assert found is not None
    assert found.body == GOOD
    approver.post(f"{second}/discard")
    assert len(session.scalars(select(MessageTemplate)).all()) == 1


def test_nobody_lets_out_what_they_wrote_themselves(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    both = sign_in(Role.OUTREACH, Role.APPROVER)
    address = both.post("/messages/new", data=form()).headers["Location"]
    assert "Let it out" not in both.get(address).text
    assert "you wrote it" in both.post(f"{address}/approve").text
    assert in_use(session) is None
    assert sign_in(Role.OUTREACH).post(f"{address}/approve").status_code == 403


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Your victim survey {link} Reply STOP", "Leave out “victim”"),
        ("Victims First asks {link} Reply STOP", "Leave out “Victims First”"),
        ("How are things? Reply STOP", "Put {link} in once"),
        ("How are things? {link}", "Say how to stop"),
        ("How are you, {name}? {link} STOP", "Leave out {name}"),
        ("How are things? " * 8 + "{link} Reply STOP", "it takes 2 texts"),
        ("Jak się masz dziś? Napisz {link} STOP", "it takes 2 texts because of ęś"),
    ],
)
def test_the_linter_refuses_and_says_what_to_change(
    sign_in: Callable[..., LookingClient], session: Session, body: str, said: str
) -> None:
    page = sign_in(Role.OUTREACH).post("/messages/new", data=form(body)).text
    assert said in page.replace("&#39;", "'")
    assert session.scalars(select(MessageTemplate)).all() == []


def test_an_email_needs_a_subject_that_gives_nothing_away() -> None:
    email: Any = {"channel": "email"}
    assert advise(words(subject="How are things?", **email), pack=PACK, public_url=URL) == []
    for subject in ("", "Police survey", "From Victims First"):
        assert advise(words(subject=subject, **email), pack=PACK, public_url=URL)


def test_a_name_that_a_new_pack_brings_is_refused_when_it_is_to_be_let_out(
    session: Session, now: Any
) -> None:
    draft = wordings.write(
        session, words("Mill Lane asks: {link} STOP"), pack=PACK, public_url=URL,
        by=an_actor(session, Role.OUTREACH), now=now,
    )  # fmt: skip
    pack = PACK.model_copy(update={"support_name": "Mill Lane"})
    approver = an_actor(session, Role.APPROVER)
    with pytest.raises(wordings.WordingRefusedError):
        wordings.approve(session, draft.id, pack=pack, public_url=URL, by=approver, now=now)


def test_an_approver_without_the_role_is_no_second_person(session: Session, now: Any) -> None:
    draft = wordings.write(
        session, words(), pack=PACK, public_url=URL, by=an_actor(session, Role.OUTREACH), now=now
    )
    with pytest.raises(NotASecondPersonError):
        wordings.approve(
            session, draft.id, pack=PACK, public_url=URL, by=an_actor(session, Role.ANALYST),
            now=now,
        )  # fmt: skip

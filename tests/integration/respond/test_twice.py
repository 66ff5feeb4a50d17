"""Double taps, two tabs, a reply that got lost: stored once, thanked every time (F2, F3)."""

import re
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models import Answer, AnswerText, ContactRequest, Response
from app.packs import Hours
from app.services import drafts, sending
from surveys import RawAnswer, Words
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import Person, count

TABS = 8


@pytest.mark.usefixtures("survey")
def test_f3_eight_sends_at_once_store_one_response_and_all_get_the_thank_you(
    person: Person, public_app: Flask, session: Session
):
    person.begin(OPEN).answer("no").answer("Only once, please")
    secret, pages, gate = person.secret, [], threading.Barrier(TABS)

    def tab() -> None:
        browser = public_app.test_client()
        browser.set_cookie("visit", secret)
        gate.wait()
        browser.post("/", data={"act": "stop", "question": "quote"})
        pages.append(browser.get("/").text)

    tabs = [threading.Thread(target=tab) for _ in range(TABS)]
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join()
    assert len(pages) == TABS
    assert all("Thank you" in page for page in pages)
    assert count(session, Response) == 1
    assert count(session, Answer) == 3


@pytest.mark.parametrize(
    ("act", "more"), [("words", {"q_q_sn2k2zsj": "Once"}), ("ask_contact", {})]
)
def test_two_taps_at_once_after_the_send_count_once_and_frighten_nobody(
    person: Person, link: Callable[..., str], public_app: Flask, session: Session, act: str,
    more: dict[str, str],
):  # fmt: skip
    person.begin(link())
    for tap in ("o_k38cbsph", "o_35n48pj4", "o_5m546q3f", "o_mk5jngvh"):
        person.tap(tap)
    if act == "ask_contact":
        person.press("no_words")
    pages: list[int] = []
    gate = threading.Barrier(2)

    def tab() -> None:
        browser = public_app.test_client()
        browser.set_cookie("visit", person.secret)
        gate.wait()
        pages.append(browser.post("/", data={"act": act, **more}).status_code)

    tabs = [threading.Thread(target=tab) for _ in range(2)]
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join()
    assert pages == [303, 303]
    assert count(session, AnswerText if act == "words" else ContactRequest) == 1


@pytest.mark.usefixtures("survey")
def test_the_same_page_from_two_tabs_keeps_the_later_answer(person: Person, session: Session):
    person.begin(OPEN)
    person.post({"question": "told", "q_told": "yes"})
    person.post({"question": "told", "q_told": "no"})
    person.press("stop")
    assert session.scalars(select(Answer.option_id).where(Answer.question_id == "told")).all() == [
        "no"
    ]


def test_f3_a_check_in_sent_twice_by_a_double_tap_is_one_response(
    person: Person, link: Callable[..., str], session: Session
):
    person.begin(link())
    for tap in ("o_rfqcpv8x", "o_35n48pj4", "o_5m546q3f", "o_mk5jngvh"):
        person.tap(tap)
    person.post({"question": "q_kxpqm92g", "q_q_kxpqm92g": "o_mk5jngvh"})
    assert count(session, Response) == 1
    assert "anything you want to say" in person.heading


@pytest.mark.usefixtures("survey")
def test_two_tabs_that_answer_at_once_lose_neither_answer(
    person: Person, public_app: Flask, session: Session
):
    person.begin(OPEN).answer("no").answer("Words of the first tab")
    secret, gate = person.secret, threading.Barrier(TABS)
    posts = [{"act": "next", "question": "told", "q_told": "prefer_not", "seen": ""}] * (TABS // 2)
    posts += [{"act": "next", "question": "quote", "q_quote": "quote_yes", "seen": ""}] * (
        TABS // 2
    )

    def tab(fields: dict[str, str]) -> None:
        browser = public_app.test_client()
        browser.set_cookie("visit", secret)
        gate.wait()
        browser.post("/", data=fields)

    tabs = [threading.Thread(target=tab, args=(fields,)) for fields in posts]
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join()
    person.press("send")
    assert session.scalars(select(Response.quote_consent)).one() is True
    assert [text.body for text in session.scalars(select(AnswerText))] == ["Words of the first tab"]


@pytest.mark.usefixtures("survey")
def test_a_save_between_reading_and_writing_is_not_written_over(session: Session, person: Person):
    person.begin(OPEN).answer("no")
    now = utc_now()
    stale = drafts.find(session, person.secret, now=now)
    assert stale is not None
    person.answer("Written in the other tab")
    with pytest.raises(drafts.DraftMovedError):
        drafts.answer(session, stale, "told", RawAnswer(values=("yes",)), now=now)
    with pytest.raises(drafts.DraftMovedError):
        sending.submit(session, stale, secret=person.secret, hours=Hours(), now=now)
    fresh = drafts.find(session, person.secret, now=now)
    assert fresh is not None
    assert fresh.answers.get("words") == Words("Written in the other tab")
    assert count(session, Response) == 0


@pytest.mark.usefixtures("survey")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"q_words": ""}, "First words"),
        ({"q_words": "First words"}, "First words"),
        ({"q_words": "Other words"}, "First words\n\nOther words"),
        ({"act": "skip"}, "First words"),
    ],
)
def test_r15_a_page_from_before_never_takes_words_away_that_it_did_not_show(
    person: Person, session: Session, typed: dict[str, str], kept: str
):
    person.begin(OPEN).answer("no")
    page = person.look().text
    assert 'name="seen" value=""' in page
    person.post({"question": "words", "q_words": "First words", "seen": ""})
    person.post({"question": "words", "seen": "", **typed})
    person.press("stop")
    assert [text.body for text in session.scalars(select(AnswerText))] == [kept]


@pytest.mark.usefixtures("survey")
def test_words_seen_again_on_the_page_can_be_changed_and_taken_away(
    person: Person, session: Session
):
    person.begin(OPEN).answer("no").answer("First words")
    person.press("back")
    found = re.search(r'name="seen" value="([0-9a-f]{16})"', person.look().text)
    assert found is not None
    person.post({"question": "words", "q_words": "Better words", "seen": found[1]})
    person.press("stop")
    assert [text.body for text in session.scalars(select(AnswerText))] == ["Better words"]

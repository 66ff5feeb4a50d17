"""Double taps, two tabs, a reply that got lost: stored once, thanked every time (F2, F3)."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Answer, Response
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import Person, count

TABS = 8


@pytest.mark.usefixtures("survey")
def test_eight_sends_at_once_store_one_response_and_all_get_the_thank_you(
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


@pytest.mark.usefixtures("survey")
def test_the_same_page_from_two_tabs_keeps_the_later_answer(person: Person, session: Session):
    person.begin(OPEN)
    person.post({"question": "told", "q_told": "yes"})
    person.post({"question": "told", "q_told": "no"})
    person.press("stop")
    assert session.scalars(select(Answer.option_id).where(Answer.question_id == "told")).all() == [
        "no"
    ]


def test_a_check_in_sent_twice_by_a_double_tap_is_one_response(
    person: Person, link: Callable[..., str], session: Session
):
    person.begin(link())
    for tap in ("o_rfqcpv8x", "o_35n48pj4", "o_5m546q3f", "o_mk5jngvh"):
        person.tap(tap)
    person.post({"question": "q_kxpqm92g", "q_q_kxpqm92g": "o_mk5jngvh"})
    assert count(session, Response) == 1
    assert "anything you want to say" in person.heading

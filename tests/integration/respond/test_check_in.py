"""Four taps after Start; low answers and "contact me" reach somebody; anonymity holds."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Answer,
    AnswerText,
    Channel,
    ContactRequest,
    Flag,
    Job,
    PersonalLink,
    Response,
    Task,
)
from app.services import links, retention
from tests.builders import NOW, a_collector, a_survey
from tests.integration.respond.person import CANARY, Person, count

WELL, SAFE, KNOWS, NO_CONTACT = "o_rfqcpv8x", "o_35n48pj4", "o_5m546q3f", "o_mk5jngvh"
NOT_MANAGING, NOT_SAFE, AS_SOON_AS = "o_k38cbsph", "o_7434bvv7", "o_9ct34t2j"


def tap_all(person: Person, token: str, *taps: str) -> Person:
    person.begin(token)
    for tap in taps:
        person.tap(tap)
    return person


def test_four_taps_after_start_and_the_answers_are_stored(
    person: Person, link: Callable[..., str], session: Session
):
    tap_all(person, link(service="adult"), WELL, SAFE, KNOWS, NO_CONTACT)
    response = session.scalars(select(Response)).one()
    assert (response.disposition, response.service, response.link_id is not None) == (
        "complete",
        "adult",
        True,
    )
    assert count(session, Flag) == 0
    assert count(session, Task) == 0
    assert person.heading == "Is there anything you want to say?"


def test_words_after_the_taps_are_added_and_go_to_the_coder(
    person: Person, link: Callable[..., str], session: Session
):
    tap_all(person, link(), WELL, SAFE, KNOWS, NO_CONTACT)
    assert count(session, Job) == 0
    assert person.post({"act": "words", "q_q_sn2k2zsj": CANARY}).heading == "Thank you"
    assert session.scalars(select(AnswerText)).one().body == CANARY
    assert session.scalars(select(Job)).one().kind == "code_response"


def test_leaving_the_box_empty_is_an_answer_too(
    person: Person, link: Callable[..., str], session: Session
):
    tap_all(person, link(), WELL, SAFE, KNOWS, NO_CONTACT).press("no_words")
    assert person.heading == "Thank you"
    states = {a.question_id: a.state for a in session.scalars(select(Answer))}
    assert states["q_sn2k2zsj"] == "skipped"


def test_feeling_unsafe_raises_a_flag_without_the_coder(
    person: Person, link: Callable[..., str], session: Session
):
    person.begin(link()).tap(WELL).tap(NOT_SAFE)
    assert "<details" in person.look().text
    assert 'hd-help" open>' in person.look().text
    person.tap(KNOWS).tap(NO_CONTACT)
    flag = session.scalars(select(Flag)).one()
    assert (flag.tier, flag.source) == ("SG3", "answer")


def test_as_soon_as_possible_becomes_a_task_and_asks_for_a_safe_way(
    person: Person, link: Callable[..., str], session: Session
):
    tap_all(person, link(service="adult"), WELL, SAFE, KNOWS, AS_SOON_AS)
    assert person.heading == "How can we reach you safely?"
    task = session.scalars(select(Task)).one()
    assert (task.kind, task.service, task.case_key) == ("contact", "adult", "case-1")
    person.post({"act": "how", "way": "text", "reach": CANARY, "times": "mornings"})
    request = session.scalars(select(ContactRequest)).one()
    assert json.loads(request.details or "") == {
        "way": "text",
        "reach": CANARY,
        "times": ["mornings"],
        "message": "no",
        "safe_for": "month",
    }
    assert CANARY.encode() not in (request.details_sealed or b"")
    assert request.safe_until is not None
    assert person.heading == "Is there anything you want to say?"


@pytest.mark.parametrize(
    ("way", "words"), [("text", "Enter a phone number"), ("email", "Enter an email address")]
)
def test_a_way_that_needs_a_number_asks_for_it_and_loses_nothing(
    person: Person, link: Callable[..., str], session: Session, way: str, words: str
):
    tap_all(person, link(), WELL, SAFE, KNOWS, AS_SOON_AS)
    person.post({"act": "how", "way": way, "reach": " ", "times": ["evenings"], "message": "yes"})
    page = person.look().text
    assert person.heading == "How can we reach you safely?"
    assert f"{words}, or choose another way" in page
    for kept in (f'value="{way}"', 'value="evenings"', 'name="message" value="yes"'):
        assert f"{kept} checked" in page
    person.post({"act": "how", "way": way, "reach": CANARY, "times": ["evenings"]})
    assert person.heading == "Is there anything you want to say?"
    kept = json.loads(session.scalars(select(ContactRequest)).one().details or "")
    assert (kept["way"], kept["reach"], "waits" in kept) == (way, CANARY, False)


def test_a_way_through_a_worker_needs_no_number(person: Person, link: Callable[..., str]):
    tap_all(person, link(), WELL, SAFE, KNOWS, AS_SOON_AS)
    person.post({"act": "how", "way": "worker"})
    assert person.heading == "Is there anything you want to say?"


def test_r21_how_to_reach_somebody_is_never_among_the_answers(
    person: Person, link: Callable[..., str], session: Session
):
    tap_all(person, link(), WELL, SAFE, KNOWS, AS_SOON_AS)
    person.post({"act": "how", "way": "text", "reach": CANARY}).press("no_words")
    assert count(session, AnswerText) == 0


def test_not_saying_how_still_leaves_the_task(
    person: Person, link: Callable[..., str], session: Session
):
    tap_all(person, link(), WELL, SAFE, KNOWS, AS_SOON_AS).press("no_how")
    assert person.heading == "Is there anything you want to say?"
    assert count(session, Task) == 1


def test_the_lowest_answer_twice_running_raises_a_task_though_no_contact_was_asked(
    link: Callable[..., str], another: Callable[[], Person], session: Session
):
    for _ in range(2):
        assert count(session, Task) == 0
        tap_all(another(), link(), NOT_MANAGING, SAFE, KNOWS, NO_CONTACT)
    assert session.scalars(select(Task)).one().kind == "low_check_in"


def test_a_low_answer_is_offered_contact_once_it_is_sent(
    person: Person, link: Callable[..., str], session: Session
):
    tap_all(person, link(), NOT_MANAGING, SAFE, KNOWS, NO_CONTACT).press("no_words")
    assert "Would you like someone to be in touch" in person.look().text
    person.press("ask_contact")
    assert person.heading == "How can we reach you safely?"
    task = session.scalars(select(Task)).one()
    assert (task.kind, task.case_key) == ("contact", "case-1")  # whom to ring, and who is kept out


def test_a_withdrawal_leaves_a_flag_with_its_case_so_that_a_seal_still_holds(
    person: Person, link: Callable[..., str], session: Session
):
    for danger in (True, False):
        token = link(f"case-{danger}")
        tap_all(person, token, WELL, NOT_SAFE if danger else SAFE, KNOWS, NO_CONTACT)
        person.press("no_words")
        kept = session.scalars(select(Response).where(Response.withdrawn_on.is_(None))).one()
        words = person.code
        person.press("finish").post({"act": "take_back", "words": words})
        session.refresh(kept)
        assert kept.withdrawn_on
        assert (kept.link_id is not None) is danger


def test_t14_an_anonymous_survey_keeps_nothing_that_leads_from_the_answers_to_the_link(
    person: Person, session: Session
):
    survey = a_survey(session, "checkin_adult", is_check_in=True, mode="anonymous")
    personal = a_collector(session, survey, Channel.PERSONAL)
    token = links.issue_link(session, personal, case_key="c", context={}, by=None, now=NOW)
    tap_all(person, token, NOT_MANAGING, NOT_SAFE, KNOWS, AS_SOON_AS).press("no_words")
    response = session.scalars(select(Response)).one()
    link = session.scalars(select(PersonalLink)).one()
    assert response.link_id is None
    assert link.spent_on == response.received_on.replace(day=1)
    assert not {str(link.id), link.token_hash} & {response.submission_key, response.withdraw_key}
    for kind in (ContactRequest, Task, Flag):
        assert count(session, kind) == 0
    assert 'value="ask_contact"' not in person.look().text


@pytest.mark.parametrize("act", ["words", "how", "ask_contact"])
def test_an_act_that_does_not_belong_to_the_page_changes_nothing(
    person: Person, link: Callable[..., str], session: Session, act: str
):
    tap_all(person, link(), WELL, SAFE, KNOWS, NO_CONTACT).press("no_words")
    person.post({"act": act, "q_q_sn2k2zsj": CANARY, "reach": CANARY})
    assert person.heading == "Thank you"
    assert count(session, AnswerText) == 0
    assert count(session, ContactRequest) == 0


def test_an_anonymous_survey_leads_to_a_form_that_is_joined_to_nothing(
    person: Person, session: Session
):
    survey = a_survey(session, "checkin_adult", is_check_in=True, mode="anonymous")
    personal = a_collector(session, survey, Channel.PERSONAL)
    token = links.issue_link(session, personal, case_key="c", context={}, by=None, now=NOW)
    tap_all(person, token, WELL, SAFE, KNOWS, NO_CONTACT).press("no_words")
    assert 'href="/contact"' in person.look().text
    person.browser.get("/contact")
    person.browser.post("/contact", data={"way": "text", "reach": CANARY, "times": "mornings"})
    assert person.heading == "Somebody will be in touch"
    task = session.scalars(select(Task)).one()
    assert (task.kind, task.response_id, task.case_key) == ("contact", None, None)
    assert task.note is None  # notes are read by all who see the task
    request = session.scalars(select(ContactRequest)).one()
    assert (request.response_id, request.task_id) == (None, task.id)
    assert json.loads(request.details or "")["reach"] == CANARY
    assert CANARY.encode() not in (request.details_sealed or b"")
    assert request.safe_until == request.asked_on + timedelta(days=30)


def test_r21_a_number_left_beside_no_answers_goes_when_it_is_safe_no_longer(
    person: Person, session: Session
):
    person.browser.post("/contact", data={"reach": CANARY, "safe_for": "week"})
    request = session.scalars(select(ContactRequest)).one()
    assert request.safe_until is not None
    for days, is_kept in ((0, True), (1, False)):
        day = datetime.combine(request.safe_until, time(12), UTC) + timedelta(days=days)
        retention.purge(session, now=day)
        session.refresh(request)
        assert (request.details is not None) is is_kept


def test_the_form_says_what_it_needs(person: Person, session: Session):
    said = {"way": "call", "times": ["mornings", "evenings"], "safe_for": "week"}
    page = person.browser.post("/contact", data=said).text
    assert "Enter a phone number or an email address" in page
    ticked = set(re.findall(r'value="(\w+)" checked', page))
    assert ticked == {"call", "mornings", "evenings", "no", "week"}  # nothing she chose is lost
    assert count(session, Task) == 0


def test_a_program_that_fills_in_every_box_is_thanked_and_not_heard(
    person: Person, session: Session
):
    person.browser.post("/contact", data={"reach": "07700 900123", "website": "spam"})
    assert person.heading == "Somebody will be in touch"
    assert count(session, Task) == 0

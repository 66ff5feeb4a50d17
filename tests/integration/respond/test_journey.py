"""A person answers: what she is asked and shown, and what is kept of it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import shift_clock, utc_now
from app.models import Answer, AnswerText, AuditEvent, Draft, Quote, Response, Survey
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import CANARY, Person, count, finish

pytestmark = pytest.mark.usefixtures("survey")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: these tests are about pages."""
    return sqlite_url


def test_what_was_written_is_sealed_in_the_database(person: Person, session: Session):
    person.begin(OPEN).answer("no").answer(CANARY)
    draft = session.scalars(select(Draft)).one()
    assert CANARY.encode() not in (draft.answers_sealed or b"")
    assert CANARY in (draft.answers or "")


def test_r13_stop_and_send_is_offered_after_the_first_answer_and_not_before(person: Person):
    assert "Stop here and send" not in person.begin(OPEN).look().text
    assert "Stop here and send" in person.answer("no").look().text


def test_r9_skip_is_a_button_of_the_same_size_as_continue(person: Person):
    page = person.begin(OPEN).look().text
    main, skip = page.index(">Continue</button>"), page.index(">Skip</button>")
    assert page.rindex('<div class="hd-actions">', 0, main) == page.rindex(
        '<div class="hd-actions">', 0, skip
    )
    kinds = [
        re.search(rf'class="([^"]+)"[^>]*>{words}</button>', page) for words in ("Continue", "Skip")
    ]
    assert all(kind and "govuk-button" in kind[1].split() for kind in kinds)


def test_r15_back_keeps_what_is_on_the_page_and_shows_what_was_answered(person: Person):
    person.begin(OPEN).answer("no").press("back", q_words="Not finished yet")
    assert 'value="no" checked' in person.look().text
    assert "Not finished yet" in person.answer("no").look().text


def test_r16_words_that_are_too_long_come_back_with_what_to_do_and_nothing_lost(person: Person):
    long = "word " * 60
    page = person.begin(OPEN).answer("no").answer(long).look().text
    assert "Use 200 letters or fewer" in page
    assert long.strip() in page
    assert 'href="#f"' in page
    assert "data-focus" in page


def test_each_page_is_saved_as_it_is_sent(person: Person, session: Session):
    person.begin(OPEN)
    for saved, value in ((1, "yes"), (2, "friend"), (3, "Some words")):
        person.answer(value)
        draft = session.scalars(select(Draft).execution_options(populate_existing=True)).one()
        assert (draft.answers or "").count('"options"') + (draft.answers or "").count(
            '"text"'
        ) == saved


def test_a_page_sent_again_after_the_send_changes_nothing(person: Person, session: Session):
    finish(person.begin(OPEN))
    person.post({"question": "told", "q_told": "yes"})
    assert person.heading == "Thank you"
    assert count(session, Answer) == 3


def test_r18_the_thank_you_shows_nothing_that_was_written(person: Person):
    page = finish(person.begin(OPEN)).look().text
    assert CANARY not in page
    assert "We read everything." in page
    assert "What happens next" in page
    assert 'href="tel:999"' in page
    assert "data-exit" in page


def test_t2_no_answer_is_in_an_address_a_cookie_or_the_audit_trail(
    person: Person, session: Session
):
    finish(person.begin(OPEN))
    assert CANARY not in str(person.browser._cookies)
    trail = " ".join(str(e.detail) + e.object_id for e in session.scalars(select(AuditEvent)))
    assert CANARY not in trail


def test_r2_leaving_deletes_an_unsent_draft_and_the_cookie(person: Person, session: Session):
    person.begin(OPEN).answer("no").answer(CANARY)
    page = person.browser.post("/leave")
    assert 'content="0; url=https://www.bbc.co.uk/weather"' in page.text
    assert person.secret == ""
    assert count(session, Draft) == 0
    assert "Nothing is open" in person.look().text


def test_leaving_works_for_somebody_who_has_begun_nothing(person: Person):
    assert person.browser.post("/leave").status_code == 200


def test_a_draft_with_a_code_outlives_leaving_and_the_old_cookie_opens_nothing(
    person: Person, session: Session
):
    person.begin(OPEN).answer("no").press("code")
    code, old = person.code, person.secret
    person.browser.post("/leave")
    person.browser.set_cookie("visit", old)
    assert "Nothing is open" in person.look().text
    assert count(session, Draft) == 1
    assert len(code.split()) == 6


def test_t5_who_came_back_by_code_is_not_shown_an_earlier_answer_by_asking_for_its_page(
    person: Person, another: Callable[[], Person]
):
    person.begin(OPEN).answer("no").answer(CANARY).press("code")
    elsewhere = another().post({"act": "resume", "words": person.code})
    elsewhere.post({"act": "back", "question": "words"})
    elsewhere.post({"act": "next", "question": "words", "q_words": "overwritten"})
    assert CANARY not in elsewhere.look().text
    elsewhere.post({"act": "send"})
    assert elsewhere.heading == "Thank you"


def test_t17_words_that_open_nothing_are_answered_kindly(person: Person):
    person.look()
    page = person.post({"act": "resume", "words": "one two three four five six"}).look().text
    assert "Check the six words" in page


def test_only_a_key_made_from_the_words_is_stored(person: Person, session: Session):
    person.begin(OPEN).answer("no").press("code")
    words = person.code
    draft = session.scalars(select(Draft)).one()
    assert draft.code_key
    assert len(draft.code_key) == 64
    for value in (draft.code_key, draft.state or "", draft.answers or "", person.secret):
        assert words.split()[0] not in value


def test_an_unsent_draft_can_be_taken_back_too(
    person: Person, another: Callable[[], Person], session: Session
):
    person.begin(OPEN).answer("no").press("code")
    another().post({"act": "take_back", "words": person.code})
    assert count(session, Draft) == 0


def test_r20_quoting_is_off_unless_chosen_and_can_be_taken_back(person: Person, session: Session):
    code = finish(person.begin(OPEN)).code
    assert session.scalars(select(Response.quote_consent)).one()
    text = session.scalars(select(AnswerText)).one()
    session.add(Quote(text_id=text.id, start=0, end=4, words="Some", proposed_at=utc_now()))
    session.commit()
    person.press("finish").post({"act": "stop_quotes", "words": code})
    session.rollback()
    assert not session.scalars(select(Response.quote_consent)).one()
    assert count(session, AnswerText) == 1
    assert count(session, Quote) == 0


def test_r20_nobody_is_quoted_who_skipped_that_question(person: Person, session: Session):
    person.begin(OPEN).press("skip").press("skip").press("skip").press("send")
    assert not session.scalars(select(Response.quote_consent)).one()


def test_r14_after_half_an_hour_a_page_is_still_stored_and_nothing_is_shown(
    person: Person, session: Session
):
    person.begin(OPEN).answer("no")
    try:
        shift_clock(timedelta(minutes=31))
        assert person.heading == "This page was closed to keep it private"
        person.post({"question": "words", "q_words": CANARY})
        assert person.heading == "This page was closed to keep it private"
        assert CANARY not in person.look().text
        person.press("send")
    finally:
        shift_clock(timedelta())
    assert [text.body for text in session.scalars(select(AnswerText))] == [CANARY]


def test_after_half_an_hour_the_code_opens_what_it_was_taken_for(person: Person):
    person.begin(OPEN).answer("no").press("code")
    code = person.code
    try:
        shift_clock(timedelta(minutes=31))
        assert "type your six words" in person.look().text
        person.post({"act": "resume", "words": code})
        assert person.heading == "What could have been better?"
    finally:
        shift_clock(timedelta())


def test_without_a_code_one_begins_afresh_after_half_an_hour(person: Person, session: Session):
    person.begin(OPEN).answer("no")
    try:
        shift_clock(timedelta(minutes=31))
        person.post({"act": "afresh"})
        assert person.heading == "A few questions"
    finally:
        shift_clock(timedelta())
    assert count(session, Draft) == 1


def test_after_that_day_nothing_is_stored_and_the_page_says_so(
    person: Person, survey: Survey, session: Session
):
    person.begin(OPEN).answer("no")
    survey.closed_at = utc_now() - timedelta(hours=25)
    session.commit()
    assert person.press("stop").heading == "This has closed"
    assert count(session, Response) == 0
    assert count(session, Draft) == 0


def test_who_comes_back_by_code_too_late_is_told_before_the_questions(
    person: Person, another: Callable[[], Person], survey: Survey, session: Session
):
    words = person.begin(OPEN).answer("no").press("code").code
    survey.closed_at = utc_now() - timedelta(hours=25)
    session.commit()
    late = another().post({"act": "resume", "words": words})
    assert late.heading == "This has closed"
    assert count(session, Draft) == 0


def test_a_form_without_a_token_of_ours_is_refused(public_app: Flask, person: Person):
    public_app.config["WTF_CSRF_ENABLED"] = True
    assert person.browser.post("/", data={"act": "send"}).status_code == 400


def test_leaving_needs_no_token(public_app: Flask, person: Person):
    public_app.config["WTF_CSRF_ENABLED"] = True
    assert person.browser.post("/leave").status_code == 200

"""Drafts that save themselves: after a pause, before leaving, with two people and no network."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.models import Role, Survey
from app.services import designing
from tests.browser.desk import Desk
from tests.builders import a_survey

pytestmark = pytest.mark.browser
QUESTION = "How safe do you feel right now?"


@pytest.fixture
def survey(session: Session) -> Survey:
    """Return a published check-in."""
    return a_survey(session, "checkin_adult")


@pytest.fixture
def open_question(at_desk: Callable[..., Desk], survey: Survey) -> Callable[[], Page]:
    """Return a function that seats one more designer at the first question with answers."""
    found = next(
        q for q in designing.surveys.load(survey.versions[0].document).questions if q.options
    )

    def opened() -> Page:
        page = at_desk(Role.DESIGNER, script=True).page
        page.goto(f"/design/{survey.id}/questions/{found.id}")
        return page

    return opened


def saved(page: Page, words: str | re.Pattern[str] = re.compile(r"^Saved \d\d:\d\d$")) -> None:
    """Wait until the page says that it saved, or what it says instead."""
    expect(page.get_by_role("status")).to_have_text(words)


def texts(session: Session, survey: Survey) -> list[str]:
    session.rollback()
    draft = designing.find_working(session, survey.id).survey
    question = next(q for q in draft.questions if q.options)
    return [question.text.in_("en"), *(o.text.in_("en") for o in question.live_options)]


def test_words_are_saved_after_a_pause_and_before_leaving(
    open_question: Callable[[], Page], session: Session, survey: Survey
) -> None:
    page = open_question()
    page.fill("#text", QUESTION)
    saved(page)
    assert texts(session, survey)[0] == QUESTION
    page.fill("#new-option-0", "Very")
    page.locator("#new-option-1").focus()
    saved(page)
    page.wait_for_function("document.querySelectorAll('[data-known-as]').length === 3")
    page.locator("#new-option-0").fill("Very safe")
    page.get_by_role("link", name="All questions").click()
    page.get_by_role("heading", name="Questions", exact=True).wait_for()
    found = texts(session, survey)
    assert [words for words in found if words.startswith("Very")] == ["Very safe"]


def test_a_half_written_answer_waits_until_she_goes_on(
    open_question: Callable[[], Page], session: Session, survey: Survey
) -> None:
    page = open_question()
    page.fill("#text", QUESTION)
    page.locator("#new-option-0").press_sequentially("Ver")
    saved(page)
    assert "Ver" not in texts(session, survey)
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("Saved.").wait_for()
    assert texts(session, survey).count("Ver") == 1


def test_it_stops_when_somebody_else_was_first_and_keeps_the_words(
    open_question: Callable[[], Page], session: Session, survey: Survey
) -> None:
    hers, theirs = open_question(), open_question()
    theirs.fill("#text", "Do you feel safe?")
    saved(theirs)
    hers.fill("#text", QUESTION)
    saved(hers, re.compile("saved first.*Press Save to see both texts", re.DOTALL))
    assert texts(session, survey)[0] == "Do you feel safe?"
    assert hers.input_value("#text") == QUESTION
    hers.get_by_role("button", name="Save", exact=True).last.click()
    hers.get_by_role("heading", name="Somebody else saved first").wait_for()
    hers.get_by_role("button", name="Put my words in their place").click()
    hers.get_by_text("Saved.").wait_for()
    assert texts(session, survey)[0] == QUESTION


def test_a_cut_network_keeps_the_words_and_saves_them_when_it_is_back(
    open_question: Callable[[], Page], session: Session, survey: Survey
) -> None:
    page = open_question()
    page.context.set_offline(True)
    page.fill("#text", QUESTION)
    saved(page, re.compile("There is no connection. Your words are still on this page"))
    page.context.set_offline(False)
    saved(page)
    assert texts(session, survey)[0] == QUESTION


def test_a_closed_page_sends_the_last_words_on_its_way_out(
    open_question: Callable[[], Page], session: Session, survey: Survey
) -> None:
    page = open_question()
    page.fill("#text", QUESTION)
    page.goto("/design/")
    page.get_by_role("heading", name="Surveys").wait_for()
    page.wait_for_timeout(300)
    assert texts(session, survey)[0] == QUESTION

"""Answering without script, by keyboard alone, and in every shape of screen."""

import json
from collections.abc import Callable
from itertools import chain

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Response
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_every_page import every_page, pages_after_a_check_in
from tests.browser.victim import press, see
from tests.integration.respond.person import SMALL

pytestmark = pytest.mark.browser
MAX_PAGES = 60


def given_the_promise_is_read(page: Page, link: str) -> None:
    page.goto(link)
    press(page, "begin")
    expect(page.get_by_role("heading", name="How to leave")).to_be_visible()
    press(page, "start")


def when_every_page_is_answered_somehow(page: Page) -> list[str]:
    """Answer whatever is asked until the send, and return what was asked."""
    asked = []
    for _ in range(MAX_PAGES):
        if page.locator("button[value=send]").count():
            return asked
        asked.append(page.locator("h1").inner_text())
        if page.locator("button[value=skip_part]").count():
            press(page, "carry_on")
        else:
            answer_anything(page)
            press(page, "next")
    raise AssertionError("the survey has no end")


def answer_anything(page: Page) -> None:
    if page.locator("input[type=radio]").count():
        # Not "under 11", which ends the survey; and the first answer asks most.
        is_age = "How old" in page.locator("h1").inner_text()
        page.locator("input[type=radio]").nth(4 if is_age else 0).check()
    elif page.locator("input[type=checkbox]").count():
        page.locator("input[type=checkbox]").first.check()
    elif page.locator("select").count():
        page.locator("select").select_option(index=1)
    elif page.locator("textarea").count():
        page.locator("textarea").fill("Nobody rang me back for three weeks.")


def test_r26_the_victims_survey_is_answered_on_a_phone_without_script(
    browse: Callable[..., Page], open_link: Callable[..., str], session: Session
):
    page = browse(script=False, viewport=PHONE)
    given_the_promise_is_read(page, open_link("victims_survey"))
    asked = when_every_page_is_answered_somehow(page)
    press(page, "send")
    see(page, "Thank you")
    assert len(asked) > 20
    response = session.scalars(select(Response)).one()
    assert response.disposition == "complete"
    assert {text.body for text in response.texts} >= {"Nobody rang me back for three weeks."}


def test_r26_a_journey_needs_nothing_but_a_keyboard(
    browse: Callable[..., Page], open_link: Callable[..., str], session: Session
):
    page = browse(viewport=DESK)
    page.goto(open_link(SMALL))

    def tab_to(words: str) -> None:
        for _ in range(25):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText") == words:
                return
        raise AssertionError(f"no way to {words!r} by keyboard")

    tab_to("Go on")
    page.keyboard.press("Enter")
    see(page, "A few questions")
    tab_to("Start")
    page.keyboard.press("Enter")
    see(page, "Did you tell anyone?")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    tab_to("Continue")
    page.keyboard.press("Enter")
    see(page, "What could have been better?")
    page.keyboard.press("Tab")
    page.keyboard.type("By keyboard")
    tab_to("Stop here and send")
    page.keyboard.press("Enter")
    see(page, "Thank you")
    response = session.scalars(select(Response)).one()
    assert {a.option_id for a in response.answers} == {"no", None}
    assert [text.body for text in response.texts] == ["By keyboard"]


def test_enter_in_a_box_goes_on_and_never_back(
    browse: Callable[..., Page], open_link: Callable[..., str]
):
    page = browse()
    given_the_promise_is_read(page, open_link("victims_survey"))
    page.locator("input[type=radio]").first.check()
    page.keyboard.press("Enter")
    see(page, "How old are you?")


def test_r9_skip_is_drawn_as_large_as_continue(
    browse: Callable[..., Page], open_link: Callable[..., str]
):
    page = browse()
    given_the_promise_is_read(page, open_link(SMALL))
    see(page, "Did you tell anyone?")
    boxes = [page.get_by_role("button", name=name).bounding_box() for name in ("Continue", "Skip")]
    continues, skips = boxes
    assert continues
    assert skips
    assert abs(continues["height"] - skips["height"]) <= 2
    assert skips["width"] >= 0.9 * continues["width"]


def test_after_a_step_the_new_question_has_the_focus(
    browse: Callable[..., Page], open_link: Callable[..., str]
):
    page = browse()
    given_the_promise_is_read(page, open_link(SMALL))
    see(page, "Did you tell anyone?")
    focused = page.evaluate("document.activeElement.innerText")
    assert focused == "Did you tell anyone?"


def test_r26_no_page_scrolls_sideways_at_four_times_the_size(
    browse: Callable[..., Page], open_link: Callable[..., str]
):
    page = browse(viewport={"width": 320, "height": 256})  # 1280 by 1024 at 400%
    check_in = open_link("checkin_adult", is_check_in=True)
    for name in chain(every_page(page, open_link), pages_after_a_check_in(page, check_in)):
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, f"{name} is {wide} wide"


VOICES = """voices => {
    window.spoken = [];
    const speech = new EventTarget();
    speech.getVoices = () => voices;
    speech.cancel = () => window.spoken.push('hush');
    speech.speak = words => window.spoken.push([words.voice.name, words.text]);
    Object.defineProperty(window, 'speechSynthesis', {value: speech});
    window.SpeechSynthesisUtterance = function (text) { this.text = text; };
}"""


@pytest.mark.parametrize("is_local", [True, False], ids=["own-voice", "voice-from-elsewhere"])
def test_a_page_is_read_aloud_by_a_voice_of_the_device_or_not_at_all(
    is_local: bool, browse: Callable[..., Page], open_link: Callable[..., str]
):
    page = browse()
    voice = {"name": "Own", "lang": "en-GB", "localService": is_local}
    page.add_init_script(f"({VOICES})([{json.dumps(voice)}])")
    given_the_promise_is_read(page, open_link(SMALL))
    see(page, "Did you tell anyone?")
    button = page.get_by_role("button", name="Read aloud")
    expect(button).to_have_count(int(is_local))
    if is_local:
        button.click()
        name, words = page.evaluate("spoken.at(-1)")
        assert name == "Own"
        assert "Did you tell anyone?" in words

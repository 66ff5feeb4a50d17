"""T1: one tap, and five presses of Back never show a question or a typed word."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Draft
from tests.browser.conftest import Site
from tests.browser.victim import CANARIES, QUESTIONS, answer_first, begin, press, see, write
from tests.integration.respond.person import SMALL

pytestmark = pytest.mark.browser
EXIT = "Exit this page"


def never(_route: Route) -> None:
    """Leave a request without an answer for ever."""


def backs_after_leaving(page: Page) -> list[str]:
    """Return what each of five presses of Back shows; without script, read from outside."""
    pages = []
    for _ in range(5):
        page.go_back(wait_until="commit")  # a page kept whole fires no load
        page.wait_for_timeout(200)
        values = [field.input_value() for field in page.locator("input,textarea").all()]
        pages.append(page.content() + " ".join(values))
    return pages


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_t1_r3_five_presses_of_back_after_leaving_show_no_question_and_no_typed_word(
    script: bool,
    browse: Callable[..., Page],
    public_site: Site,
    open_link: Callable[..., str],
    session: Session,
):
    page = browse(script=script)
    page.goto(public_site.neutral.url)
    begin(page, public_site.url + open_link(SMALL))
    answer_first(page)
    write(page)
    page.get_by_role("button", name=EXIT).click()
    see(page, "Sunny spells")
    for shown in backs_after_leaving(page):
        assert not [word for word in (*CANARIES, *QUESTIONS) if word in shown]
    assert set(public_site.neutral.referers) == {""}
    session.rollback()
    assert session.scalars(select(Draft)).all() == []


def test_t1_with_script_a_whole_journey_is_one_entry_of_the_history(
    browse: Callable[..., Page], public_site: Site, open_link: Callable[..., str]
):
    page = browse()
    page.goto(public_site.neutral.url)
    before = page.evaluate("history.length")
    begin(page, public_site.url + open_link(SMALL))
    answer_first(page)
    write(page)
    press(page, "next")
    see(page, "May we quote you?")
    press(page, "skip")
    press(page, "send")
    see(page, "Thank you")
    assert page.evaluate("history.length") <= before + 1
    assert page.url == f"{public_site.url}/"
    page.go_back(wait_until="commit")
    see(page, "Sunny spells")


def test_r2_the_screen_is_blank_within_a_third_of_a_second_of_the_tap(
    browse: Callable[..., Page], open_link: Callable[..., str], public_site: Site
):
    page = browse()
    begin(page, open_link(SMALL))
    # The neutral site takes its time: only what we do ourselves is measured.
    page.route(public_site.neutral.url, never)
    took = page.evaluate(
        """() => {
            const start = performance.now();
            document.querySelector('[data-exit] button').click();
            return [performance.now() - start, document.documentElement.childNodes.length];
        }"""
    )
    assert took[1] == 0
    assert took[0] < 300


def test_r2_leaving_works_while_a_page_is_still_being_sent(
    browse: Callable[..., Page], open_link: Callable[..., str]
):
    page = browse()
    begin(page, open_link(SMALL))
    answer_first(page)
    write(page)
    page.route("**/", never)
    press(page, "next")
    page.get_by_role("button", name=EXIT).click()
    see(page, "Sunny spells")


def test_r2_pressing_shift_three_times_leaves(
    browse: Callable[..., Page], open_link: Callable[..., str]
):
    page = browse()
    begin(page, open_link(SMALL))
    for _ in range(3):
        page.keyboard.press("Shift")
    see(page, "Sunny spells")


def test_r1_exit_is_on_screen_on_every_page_with_the_keyboard_open_and_after_scrolling(
    browse: Callable[..., Page], open_link: Callable[..., str]
):
    page = browse(viewport={"width": 320, "height": 284})

    def is_in_reach() -> None:
        for place in ("0", "document.documentElement.scrollHeight"):
            page.evaluate(f"scrollTo(0, {place})")
            way_out = page.get_by_role("button", name=EXIT)
            expect(way_out).to_be_in_viewport(ratio=1)
            box = way_out.bounding_box()
            assert box
            middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
            on_top = "([x, y]) => document.elementFromPoint(x, y).closest('[data-exit]') !== null"
            assert page.evaluate(on_top, middle), "something covers the way out"
            assert box["height"] >= 44
        assert page.title() == "Your views"

    link = open_link(SMALL)
    for path in ("/", link, "/no/such/page"):
        page.goto(path)
        is_in_reach()
    begin(page, link)
    is_in_reach()
    press(page, "skip")
    see(page, "What could have been better?")
    page.locator("textarea").focus()
    is_in_reach()
    page.locator("textarea").fill("x" * 300)
    press(page, "next")
    expect(page.locator("[role=alert]")).to_be_focused()
    is_in_reach()
    press(page, "skip")
    see(page, "May we quote you?")
    press(page, "code")
    see(page, "Your six words")
    is_in_reach()
    press(page, "carry_on")
    press(page, "skip")
    see(page, "That was the last question")
    is_in_reach()
    press(page, "send")
    see(page, "Thank you")
    is_in_reach()

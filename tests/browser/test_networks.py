"""F4, F5: a slow, broken or missing network loses no words and is told in words."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Response
from tests.browser.victim import WORDS, answer_first, begin, press, see, write
from tests.integration.respond.person import SMALL

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browse: Callable[..., Page], open_link: Callable[..., str]) -> Page:
    """Return a page with words typed and not yet sent."""
    page = browse()
    begin(page, open_link(SMALL))
    answer_first(page)
    write(page)
    return page


def test_f5_without_a_connection_the_words_stay_on_the_screen_and_can_be_sent_later(page: Page):
    page.context.set_offline(True)
    press(page, "next")
    expect(page.get_by_role("status")).to_contain_text("You are not connected")
    assert page.locator("textarea").input_value() == WORDS
    page.context.set_offline(False)
    press(page, "next")
    see(page, "May we quote you?")


def test_f4_an_error_of_ours_leaves_the_words_where_they_are(page: Page):
    page.route("**/", lambda route: route.fulfill(status=503, body="<h1>Sorry</h1>"))
    press(page, "next")
    expect(page.get_by_role("status")).to_contain_text("Your words are still on this screen")
    assert page.locator("textarea").input_value() == WORDS
    page.unroute("**/")
    press(page, "next")
    see(page, "May we quote you?")


def test_f4_after_five_seconds_the_wait_is_explained(page: Page):
    page.clock.install()
    page.route("**/", lambda _route: None)
    press(page, "next")
    expect(page.get_by_role("status")).to_be_empty()
    page.clock.run_for(5_100)
    expect(page.get_by_role("status")).to_contain_text("Still sending. Keep this open")


def test_f3_a_second_tap_while_a_page_is_being_sent_sends_nothing_twice(page: Page):
    sent: list[str] = []

    def slowly(route: Route) -> None:
        sent.append(route.request.method)
        page.wait_for_timeout(200)
        route.continue_()

    page.route("**/", slowly)
    page.evaluate(
        "() => { const next = document.querySelector('[value=next]'); next.click(); next.click(); }"
    )
    see(page, "May we quote you?")
    assert sent.count("POST") == 1


def test_f2_f4_a_reply_that_got_lost_is_made_good_by_sending_again(page: Page, session: Session):
    press(page, "next")
    see(page, "May we quote you?")
    press(page, "skip")
    see(page, "That was the last question")
    lost: list[int] = []

    def lose_the_first_reply(route: Route) -> None:
        reply = route.fetch(max_redirects=0)  # it did reach us, and was stored
        if lost:
            route.continue_()
            return
        lost.append(reply.status)
        route.abort("connectionreset")

    page.route("**/", lose_the_first_reply)
    press(page, "send")
    expect(page.get_by_role("status")).to_contain_text("Please try again")
    page.unroute("**/")
    press(page, "send")
    see(page, "Thank you")
    assert lost == [303]
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Response)) == 1

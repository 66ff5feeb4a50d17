"""The pages beside a journey: what the law asks for, errors, codes, children, Easy Read.

Each is looked at once at every size: axe at WCAG 2.2 AA, no sideways scrolling at 400%, and
everything on it reached by Tab alone with the focus in sight.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import abort
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from app.catalogues import EASY_READ, catalogue
from app.clock import shift_clock
from app.guards import Audience, audience
from app.models import Channel, Role
from tests.browser.conftest import DESK, PHONE, Site
from tests.browser.desk import Desk
from tests.browser.test_every_page import AXE, RUN, TAGS, kinds
from tests.browser.victim import press, see
from tests.builders import (
    a_collector,
    a_reviewed_language,
    a_survey,
    in_language,
    surveys_document,
)
from tests.integration.respond.person import SMALL
from tests.integration.respond.test_easy_read import approved
from tests.integration.respond.test_happened import a_gap

pytestmark = pytest.mark.browser
ZOOMED = {"width": 320, "height": 256}  # 1280 by 1024 at 400%
# What Tab stops at: one of a row of radios, and nothing that nobody sees.
STOPS = """() => {
    const all = [...document.querySelectorAll(
        'a[href], button, input:not([type=hidden]), textarea, select, summary')];
    const seen = all.filter(e => e.checkVisibility() && !e.disabled);
    const rows = new Set();
    window.stops = seen.filter(e => {
        if (e.type !== 'radio') return true;
        return !rows.has(e.name) && rows.add(e.name);
    });
    document.activeElement.blur();
    scrollTo(0, 0);
    return window.stops.length;
}"""
REACHED = """() => {
    const e = document.activeElement;
    const at = window.stops.findIndex(s => s === e || (s.type === 'radio' && s.name === e.name));
    const box = e.getBoundingClientRect();
    return [at, box.bottom > 0 && box.top < innerHeight];
}"""


def by_tab(page: Page) -> list[str]:
    """Return what on the page no Tab leads to, or leads to without its being on screen."""
    count = page.evaluate(STOPS)
    reached, unseen = set(), []
    for _ in range(count + 2):
        page.keyboard.press("Tab")
        at, is_on_screen = page.evaluate(REACHED)
        reached.add(at)
        if at >= 0 and not is_on_screen:
            unseen.append(f"{at} has the focus off the screen")
    missed = sorted(set(range(count)) - reached)
    words = "i => (window.stops[i].innerText || window.stops[i].name)"
    return [*unseen, *(f"no way to {page.evaluate(words, place)!r}" for place in missed)]


def faults(page: Page) -> list[str]:
    """Return everything that is wrong with the page shown, at any size or by keyboard."""
    found = []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for viewport in (DESK, PHONE, ZOOMED):
        page.set_viewport_size(viewport)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > viewport["width"]:
            found.append(f"{wide} wide at {viewport['width']}")
        if viewport is not ZOOMED:
            found += page.evaluate(RUN, TAGS)
    return found + by_tab(page)


def beside_a_journey(page: Page, open_link: Callable[..., str], tag: str) -> Iterator[str]:
    """Yield pages of codes, of the law and of a journey left alone."""
    say = catalogue(tag).gettext
    link = open_link(SMALL if tag == "en" else in_language(SMALL, tag))
    page.goto(link)
    if tag == "en":
        press(page, "begin")
    else:
        page.locator(f"button[name=language][value={tag}]").click()
    see(page, "A few questions")
    press(page, "start")
    see(page, "Did you tell anyone?")
    shift_clock(timedelta(minutes=31))
    page.goto("/")
    yield "locked"
    shift_clock(timedelta())
    page.goto("/")
    page.locator("input[type=radio]").nth(1).check()
    press(page, "next")
    page.locator("textarea, input[type=checkbox]").first.wait_for()
    press(page, "stop")
    see(page, say("Thank you"))
    words = page.locator(".hd-code").inner_text()
    press(page, "finish")
    see(page, say("You can close this page now"))
    page.goto("/")
    page.locator("#words").fill("no such words at all")
    press(page, "take_back")
    page.locator("[role=alert]").wait_for()
    yield "unknown words"
    page.locator("#words").fill(words)
    press(page, "take_back")
    see(page, say("Your answers have been taken back"))
    yield "taken back"
    page.goto("/s/nobody-issued-this")
    press(page, "begin")
    see(page, say("This link is not open"))
    yield "not open"
    page.goto("/about")
    page.get_by_role("button", name=say("Send"), exact=True).click()
    page.locator("[role=alert]").wait_for()
    yield "complaint without words"
    page.locator("#words").fill("You asked twice.")
    page.get_by_role("button", name=say("Send"), exact=True).click()
    page.locator(".govuk-inset-text[role=status]").wait_for()
    yield "complaint received"
    page.goto("/contact")
    page.get_by_role("button", name=say("Send"), exact=True).click()
    page.locator("[role=alert]").wait_for()
    yield "contact form without a way"
    page.goto(link)
    press(page, "not_me")
    see(page, say("Thank you for telling us"))
    yield "not mine"
    if tag != "en":
        page.goto(open_link(SMALL))
        page.locator(f"button[name=language][value={tag}]").click()
        page.locator("main .govuk-inset-text summary").click()
        yield "not in her language yet"


@audience(Audience.PUBLIC)
def broken(status: int) -> None:
    """Fail as asked."""
    abort(status)


@pytest.mark.parametrize("tag", ["en", "ur"])
def test_r26_no_page_beside_a_journey_has_a_fault_at_any_size_or_by_keyboard(
    tag: str,
    browse: Callable[..., Page],
    public_site: Site,
    open_link: Callable[..., str],
    session: Session,
):
    public_site.app.add_url_rule("/broken/<int:status>", view_func=broken)
    if tag != "en":
        a_reviewed_language(session, tag)
    page = browse(bypass_csp=True)  # for axe itself
    found = {name: faults(page) for name in beside_a_journey(page, open_link, tag)}
    survey = a_survey(session, SMALL)
    a_gap(session, survey, "We waited too long.")
    for path in (f"/happened/{survey.id}", "/what-we-did", "/broken/429", "/broken/503"):
        page.goto(path)
        found[path] = faults(page)
    assert page.locator(f"html[lang={tag}]").count() == 1
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_r26_posters_and_the_typing_in_of_paper_have_no_fault(
    at_desk: Callable[..., Desk], session: Session
):
    a_reviewed_language(session, "ur")
    survey = a_survey(session, in_language(kinds(), "ur"))
    poster = a_collector(session, survey, Channel.POSTER)
    paper = a_collector(session, survey, Channel.PAPER)
    page = at_desk(Role.DESIGNER, Role.ANALYST, script=True).page
    found = {}
    for path in (
        f"/design/ways-in/{poster.id}/poster",
        f"/design/ways-in/{poster.id}/poster?language=ur",
        "/paper/",
        f"/paper/{paper.id}",
    ):
        answer = page.goto(path)
        assert answer
        assert answer.ok, path
        found[path] = faults(page)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def whole(page: Page, link: str) -> Iterator[str]:
    """Yield each page of a form on which every question may be passed over."""
    page.goto(link)
    press(page, "begin")
    page.locator("button[value=start]").first.wait_for()
    yield "promise"
    press(page, "start")
    for number in range(20):
        page.wait_for_function("!document.querySelector('button[value=start]')")
        heading = page.locator("h1").inner_text()
        yield f"{number} {heading}"
        if page.locator("button[value=finish]").count():
            return
        pressed = ("no_words", "send", "no_how", "skip", "next")
        act = next(a for a in pressed if page.locator(f"button[value={a}]").count())
        if act == "next":
            page.locator("form [name^=q_]").first.click()
        else:
            press(page, act)
        page.wait_for_function("was => document.querySelector('h1').innerText !== was", arg=heading)


# Ages 5 to 7 have the pages of 8 to 10, with fewer faces; 16 to 18 those of an adult.
CHILDREN = ["checkin_child_8_10", "checkin_young_11_15"]


@pytest.mark.parametrize("name", CHILDREN)
def test_r24_no_page_of_a_childs_form_has_a_fault_at_any_size_or_by_keyboard(
    name: str, browse: Callable[..., Page], session: Session
):
    survey = a_survey(session, name, is_check_in=True)
    a_collector(session, survey, Channel.FACILITATOR, token="tablet")
    page = browse(bypass_csp=True)
    found = {shown: faults(page) for shown in whole(page, "/s/tablet")}
    assert len(found) > 4
    assert {shown: wrong for shown, wrong in found.items() if wrong} == {}


def test_r26_easy_read_has_no_fault_at_any_size_or_by_keyboard(
    browse: Callable[..., Page], open_link: Callable[..., str]
):
    document: Any = approved(surveys_document("checkin_adult"))
    for name in document["names"].values():
        name[EASY_READ] = name["en"]
    document["languages"] = ["en", EASY_READ]
    page = browse(bypass_csp=True)
    page.goto(open_link(document, is_check_in=True))
    press(page, "begin")
    page.locator(f"button[name=language][value={EASY_READ}]").click()
    page.locator("body.hd-easy").wait_for()
    found = {"promise": faults(page)}
    press(page, "start")
    for number in range(4):
        if number in {0, 2}:  # faces, then signs
            found[f"tap {number}"] = faults(page)
        heading = page.locator("h1").inner_text()
        page.locator("form button[name^=q_]").first.click()
        page.wait_for_function("was => document.querySelector('h1').innerText !== was", arg=heading)
    found["after the taps"] = faults(page)
    assert {shown: wrong for shown, wrong in found.items() if wrong} == {}

"""axe-core at WCAG 2.2 AA on every public page and every kind of question."""

import json
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from app.catalogues import catalogue
from tests.browser.conftest import DESK, PHONE
from tests.browser.victim import press, see
from tests.builders import a_reviewed_language, in_language
from tests.integration.respond.test_every_kind import DOCUMENT, GIVEN

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async tags => (await axe.run(document, {runOnly: {type: 'tag', values: tags}}))
    .violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`)"""


def kinds() -> dict[str, Any]:
    """Return the questionnaire with every kind of question, a tap page and a sensitive part."""
    document: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    for question in document["questions"]:
        if question["kind"] in {"short_text", "long_text"}:
            question["support"] = True
        if question["id"] == "q_k_scale5":
            question["presentation"] = "tap"
        if question["id"] == "q_k_date":
            question["sensitive"] = True
            question["non_answers"] = ["prefer_not"]
    return document


def every_page(page: Page, open_link: Callable[..., str], tag: str = "en") -> Iterator[str]:
    """Yield the name of each page while the browser shows it."""
    say = catalogue(tag).gettext
    link = open_link(kinds() if tag == "en" else in_language(kinds(), tag))
    page.goto("/no/such/page")
    yield "error"
    page.goto("/")
    yield "resting"
    page.goto(link)
    yield "welcome"
    if tag == "en":
        press(page, "begin")
    else:
        page.locator(f"button[name=language][value={tag}]").click()
    see(page, "A few questions")
    yield "promise"
    press(page, "start")
    asks(page, "q_k_info")
    for question in GIVEN:
        if page.locator("button[value=skip_part]").count():
            yield "ahead"
            press(page, "carry_on")
            asks(page, question)
        heading = page.locator("h1").inner_text()
        page.locator("details.hd-help").evaluate("help => help.open = true")
        yield question
        if question == "q_k_number":
            yield from _with_a_problem(page)
        act = "next" if question == "q_k_info" else "skip"
        press(page, act)
        page.wait_for_function("was => document.querySelector('h1').innerText !== was", arg=heading)
        if question == "q_k_single":
            press(page, "code")
            see(page, say("Your six words"))
            yield "code"
            press(page, "carry_on")
            asks(page, "q_k_multiple")
    see(page, say("That was the last question"))
    yield "send"
    press(page, "send")
    see(page, say("Thank you"))
    yield "thanks"
    press(page, "finish")
    see(page, say("You can close this page now"))
    yield "finished"
    page.goto("/no/such/page")
    yield "error after the journey"
    page.goto("/about")
    see(page, say("About these pages"))
    yield "about these pages"


def pages_after_a_check_in(page: Page, link: str) -> Iterator[str]:
    """Yield the pages that only a check-in has."""
    page.goto(link)
    press(page, "begin")
    see(page, "A quick check-in")
    yield "check-in promise"
    press(page, "start")
    for heading, tap in (
        ("How are you managing", "Not managing"),
        ("How safe do you feel", "Quite safe"),
        ("Do you know what is happening", "Yes"),
        ("Would you like someone", "Yes, this week"),
    ):
        see(page, heading)
        yield f"tap {heading}"
        page.get_by_role("button", name=tap, exact=True).click()
    see(page, "How can we reach you safely?")
    yield "contact"
    page.locator("#way-text").check()
    press(page, "how")
    page.locator("[role=alert]").wait_for()
    yield "contact without a number"
    press(page, "no_how")
    see(page, "Is there anything you want to say?")
    yield "words"
    press(page, "no_words")
    see(page, "Thank you")
    yield "check-in thanks"
    page.goto("/contact")
    yield "separate contact form"


def asks(page: Page, question: str) -> None:
    """Wait until this question is asked."""
    page.locator(f"input[name=question][value={question}]").wait_for(state="attached")


def _with_a_problem(page: Page) -> Iterator[str]:
    page.locator("input[name=q_q_k_number]").fill("many")
    press(page, "next")
    page.locator("[role=alert]").wait_for()
    yield "problem"


def test_r26_no_page_in_urdu_has_anything_that_axe_would_change(
    browse: Callable[..., Page], open_link: Callable[..., str], session: Session
):
    a_reviewed_language(session, "ur")
    page = browse(bypass_csp=True)
    axe = AXE.read_text(encoding="utf-8")
    found = {}
    for name in every_page(page, open_link, "ur"):
        page.evaluate(axe)
        for viewport in (DESK, PHONE):
            page.set_viewport_size(viewport)
            if problems := page.evaluate(RUN, TAGS):
                found[name, viewport["width"]] = problems
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{name} is {wide} px too wide"
        if name in {"promise", "q_k_single", "thanks"}:
            assert page.locator("html[lang=ur][dir=rtl]").count() == 1
    assert found == {}


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_r26_no_page_has_anything_that_axe_would_change(
    viewport: dict[str, int], browse: Callable[..., Page], open_link: Callable[..., str]
):
    page = browse(viewport=viewport, bypass_csp=True)  # for axe itself
    axe = AXE.read_text(encoding="utf-8")
    found = {}
    check_in = open_link("checkin_adult", is_check_in=True)
    shown = chain(every_page(page, open_link), pages_after_a_check_in(page, check_in))
    for name in shown:
        page.evaluate(axe)
        if problems := page.evaluate(RUN, TAGS):
            found[name] = problems
    assert found == {}


def test_axe_would_see_a_fault(browse: Callable[..., Page], open_link: Callable[..., str]):
    page = browse(bypass_csp=True)
    next(every_page(page, open_link))
    page.evaluate("document.querySelector('.hd-exit').textContent = ''")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert any(problem.startswith("button-name") for problem in page.evaluate(RUN, TAGS))

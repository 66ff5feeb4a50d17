"""Each feature of the survey engine on a phone, in a browser that runs no script."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

import surveys
from app.clock import shift_clock
from surveys import Kind, Question
from tests.browser.conftest import PHONE
from tests.browser.victim import press, see
from tests.builders import a_collector, a_survey
from tests.integration.respond import tiny
from tests.integration.respond.tiny import Walk

pytestmark = pytest.mark.browser
# Of each, the walk that stores and gives most.
CHOSEN = {
    walk.name: walk for walk in sorted(tiny.walks(), key=lambda w: (len(w.sent), len(w.given)))
}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    tiny.set_clock()
    yield
    shift_clock(timedelta())


def when_she_walks(page: Page, walk: Walk) -> list[str]:
    """Answer as the walk says with taps and keys, Skip the rest; return what was asked."""
    survey = walk.survey
    asked: list[str] = []
    while page.locator("input[name=question]").count():
        question = surveys.find_question(survey, page.locator("input[name=question]").input_value())
        assert question is not None
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        asked.append(question.name)
        given = walk.sent.get(question.name)
        answer(page, question, given)
    return asked


def answer(page: Page, question: Question, given: Any) -> None:
    """Answer one page with one submit."""
    if given in (None, {"code": "skipped"}):
        press(page, "next" if question.kind is Kind.INFO else "skip")
    elif question.presentation is surveys.Presentation.TAP:
        [value] = tiny.fields(question, given)[f"q_{question.id}"]
        page.locator(f"button[value='{value}']").click()
    else:
        fill_in(page, question, given)
        press(page, "next")


def fill_in(page: Page, question: Question, given: Any) -> None:
    """Fill in what a browser posts for this answer, finding each field by its name."""
    for name, values in tiny.fields(question, given).items():
        for value in values if isinstance(values, list) else [values]:
            field = page.locator(f"[name='{name}']")
            if field.first.get_attribute("type") in {"radio", "checkbox"}:
                page.locator(f"[name='{name}'][value='{value}']").check()
            elif question.kind in {Kind.DROPDOWN, Kind.AREA}:
                field.select_option(value)
            else:
                field.fill(value)


def test_every_feature_is_answered_on_a_phone_without_script(
    browse: Callable[..., Page], session: Session
):
    page = browse(script=False, viewport=PHONE)
    for walk in CHOSEN.values():
        row = a_survey(session, tiny.document(walk.name))
        page.goto(f"/s/{a_collector(session, row).token}")
        press(page, "begin")
        press(page, "start")
        assert when_she_walks(page, walk) == walk.asked, walk.name
        press(page, "send")
        see(page, "Thank you")
        assert tiny.stored(session, row, walk.survey) == walk.sent, walk.name

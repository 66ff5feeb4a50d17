"""From a phone to the panel: one answer is followed through every part of Heard."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.clock import shift_clock, utc_now
from app.config import Config, Face
from app.guards import Role
from app.models import Channel, Review, ReviewCode, Survey
from app.packs import load_pack
from app.worker.codebooks import adopt_default
from app.worker.engine import build_registry
from app.worker.loop import work_once
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_answering import answer_anything, given_the_promise_is_read
from tests.browser.victim import press, see
from tests.builders import NOW, a_collector, a_response, a_staff_session, a_survey

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
NEXT_QUARTER = datetime(2027, 1, 5, 10, 0, tzinfo=UTC)
MISSING = "q_9ff2wkvw"  # "What support was missing…"
THEME, LABEL = "kept_informed", "Kept informed"
ALREADY = 60  # reviewed answers that raise the theme: the cell is above every threshold

COMPLAINT = "I had to chase for news every single week, nobody ever kept me informed about my case."
DANGER = "He is outside my house right now with a knife and he says he will kill me tonight."


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """Let the test take place on one known day, whatever the machine's calendar says."""
    set_clock(NOW)
    yield
    shift_clock(timedelta())


def set_clock(to: datetime) -> None:
    shift_clock(timedelta())
    shift_clock(to - utc_now())


def given_a_survey_many_have_answered(session: Session) -> tuple[Survey, str]:
    book = adopt_default(session, now=NOW)
    survey = a_survey(session, codebook_id=book.id)
    for _ in range(ALREADY):
        response = a_response(session, survey, texts={MISSING: "Nobody told us anything."})
        review = Review(
            text_id=response.texts[0].id,
            codebook_id=book.id,
            reviewer_key="import",
            drawn="import",
            reviewed_at=NOW,
        )
        review.codes = [ReviewCode(theme=THEME, polarity="negative", origin="import")]
        session.add(review)
    session.commit()
    collector = a_collector(session, survey, Channel.OPEN)
    return survey, f"/s/{collector.token}"


def when_somebody_answers(page: Page, link: str, words: str) -> None:
    given_the_promise_is_read(page, link)
    for _ in range(60):
        if page.locator("button[value=send]").count():
            break
        if page.locator("button[value=skip_part]").count():
            press(page, "carry_on")
            continue
        answer_anything(page)
        if page.locator("textarea").count():
            page.locator("textarea").fill(words or "")
            words = ""
        press(page, "next")
    press(page, "send")
    see(page, "Thank you")


def when_the_worker_has_read_everything(engine: Engine) -> None:
    registry = build_registry(
        load_pack("thames-valley"), instance=ROOT / "instance", staff_url="http://localhost"
    )
    sessions = sessionmaker(engine, expire_on_commit=False)
    for _ in range(50):
        if not work_once(sessions, registry, utc_now()):
            return
    raise AssertionError("the worker never came to an end")


@pytest.fixture
def staff_page(
    make_config: Callable[..., Config],
    engine: Engine,
    serve: Callable[..., str],
    chromium: Browser,
    session: Session,
) -> Iterator[Callable[[Role], Page]]:
    """Return a maker of pages signed in under a role."""
    url = serve(create_app(make_config(face=Face.STAFF), engine))
    contexts = []

    def signed_in(role: Role) -> Page:
        _, secret = a_staff_session(session, role)
        context = chromium.new_context(base_url=url, viewport=DESK)
        context.add_cookies([{"name": "staff", "value": secret, "url": url}])
        contexts.append(context)
        return context.new_page()

    yield signed_in
    for context in contexts:
        context.close()


def then_an_analyst_accepts_the_suggestion(page: Page) -> None:
    page.goto("/coding/next?order=newest")
    for _ in range(5):
        if page.get_by_text("chase for news").count():
            break
        page.goto(page.locator("[data-skip]").get_attribute("href") or "/coding/")
    expect(page.locator(".hd-answer")).to_contain_text("chase for news")
    expect(page.get_by_text("Suggestion, not reviewed")).to_be_visible()
    keep = page.locator(f"input[name=keep][value={THEME}]")
    expect(keep).to_have_count(1)
    for other in page.locator("input[name=keep], input[name=gap]").all():
        if other.get_attribute("value") == THEME:
            other.check()
        elif other.is_checked():
            other.uncheck()
    with page.expect_navigation():
        page.locator("button[name=act][value=save]").click()
    assert page.locator(".govuk-error-summary").count() == 0


def test_one_answer_goes_from_a_phone_to_the_commissioners_figures(
    browse: Callable[..., Page],
    staff_page: Callable[[Role], Page],
    session: Session,
    engine: Engine,
):
    survey, link = given_a_survey_many_have_answered(session)
    when_somebody_answers(browse(script=False, viewport=PHONE), link, COMPLAINT)
    when_the_worker_has_read_everything(engine)

    then_an_analyst_accepts_the_suggestion(staff_page(Role.ANALYST))
    review = session.scalars(select(Review).where(Review.reviewer_key != "import")).one()
    assert [code.theme for code in review.codes] == [THEME]

    set_clock(NEXT_QUARTER)
    commissioner = staff_page(Role.COMMISSIONER)
    commissioner.goto(f"/results/{survey.slug}/themes")
    row = commissioner.locator("tr", has_text=LABEL).first
    expect(row).to_contain_text(str(ALREADY + 1))
    assert "chase for news" not in commissioner.content()


def test_somebody_in_danger_now_reaches_the_safeguarding_desk(
    browse: Callable[..., Page],
    staff_page: Callable[[Role], Page],
    session: Session,
    engine: Engine,
):
    _, link = given_a_survey_many_have_answered(session)
    when_somebody_answers(browse(script=False, viewport=PHONE), link, DANGER)
    when_the_worker_has_read_everything(engine)

    desk = staff_page(Role.SAFEGUARDING_LEAD)
    desk.goto("/safeguarding/")
    expect(desk.locator("main")).to_contain_text("SG1")

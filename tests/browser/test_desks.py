"""The coding desk in a real browser: by keyboard alone, with the mouse, without a connection."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from statsmodels.stats.inter_rater import cohens_kappa

from app.config import Config
from app.models import AnswerText, Review, ReviewCode, Role, Survey
from tests.browser.conftest import DESK
from tests.builders import a_staff_session
from tests.integration.coding.builders import WORDS, a_coded_survey, a_coding, a_text

pytestmark = pytest.mark.browser

MANY, TWICE = 30, 10


@pytest.fixture
def desk(make_config: Callable[..., Config], engine: object, serve: Callable[[object], str]) -> str:
    """Return the address of the running staff face."""
    from app import create_app

    return serve(create_app(make_config(), engine))  # type: ignore[arg-type]


def signed_in(chromium: Browser, desk: str, session: Session) -> Iterator[Page]:
    """Yield a browser in which an analyst is signed in."""
    _, secret = a_staff_session(session, Role.ANALYST)
    context = chromium.new_context(base_url=desk, viewport=DESK)
    context.add_cookies([{"name": "staff", "value": secret, "url": desk}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


@pytest.fixture
def page(chromium: Browser, desk: str, session: Session) -> Iterator[Page]:
    """Return an analyst's browser."""
    yield from signed_in(chromium, desk, session)


@pytest.fixture
def second(chromium: Browser, desk: str, session: Session) -> Iterator[Page]:
    """Return another analyst's browser."""
    yield from signed_in(chromium, desk, session)


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_coded_survey(session)


def a_coded_text(session: Session, survey: Survey) -> AnswerText:
    text = a_text(session, survey)
    a_coding(session, text, themes=(("waiting", "negative"), ("kept_informed", "negative")))
    return text


def text_in(address: str) -> str:
    """Return the text a page of the desk is about."""
    return urlsplit(address).path.rpartition("/")[2]


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Review)) or 0


def code_thirty(page: Page) -> dict[str, int]:
    """Code thirty answers in the random order by keyboard; return which number each text had."""
    numbers: dict[str, int] = {}
    page.goto("/coding/next?order=random")
    for number in range(1, MANY + 1):
        page.wait_for_selector("#words:focus")  # the answer has the focus when it opens
        before = page.url
        numbers[text_in(before)] = number
        if number % 3 == 0:
            page.keyboard.press("a")  # accepts all
        else:
            page.keyboard.press("1")
            page.keyboard.press("Shift+Digit1")  # negative to mixed
            page.keyboard.press("s")
        page.wait_for_url(lambda url, before=before: url != before)
        if number == 20:
            assert "A moment to look up" in page.content()
            page.locator("text=Go on when you are ready").focus()
            page.keyboard.press("Enter")
    page.wait_for_selector("text=Nothing more waits")
    return numbers


def code_blind(page: Page, numbers: dict[str, int]) -> list[tuple[bool, bool]]:
    """Code what was drawn as the second person; return who of the two saw waiting in each."""
    pairs = []
    page.get_by_role("button", name="Code as the second person").focus()
    page.keyboard.press("Enter")
    for _ in range(TWICE):
        page.wait_for_selector("#words:focus")
        assert page.locator("mark, .hd-badge").count() == 0  # nothing of the first or the machine
        before = page.url
        number = numbers[text_in(before)]
        sees = number % 3 == 0 if number % 4 else number % 8 == 0
        page.focus("#theme-0")
        page.keyboard.type("Waiting" if sees else "Kept")
        page.keyboard.press("Escape")
        page.keyboard.press("s")
        page.wait_for_url(lambda url, before=before: url != before)
        pairs.append((number % 3 == 0, sees))
    return pairs


def test_thirty_answers_are_coded_by_keyboard_alone_and_ten_by_a_second_person(
    page: Page, second: Page, session: Session, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.doubling.secrets.randbelow", lambda _: 6)
    for _ in range(MANY):
        a_coded_text(session, survey)
    numbers = code_thirty(page)
    assert count(session) == MANY
    polarities = session.scalars(
        select(ReviewCode.polarity).where(ReviewCode.theme == "kept_informed")
    )
    assert sorted(polarities) == ["mixed"] * 20 + ["negative"] * 10

    page.goto(f"/coding/agreement/{survey.id}")
    page.fill("#size", str(TWICE))
    page.get_by_role("button", name="Draw them").click()
    page.wait_for_selector(f"text=0 of {TWICE} answers drawn")
    second.goto(f"/coding/agreement/{survey.id}")
    pairs = code_blind(second, numbers)
    second.wait_for_selector(f"text={TWICE} of {TWICE} answers drawn")
    row = second.locator("tr", has_text="Waiting for support").first.inner_text()
    table = [[pairs.count((a, b)) for b in (True, False)] for a in (True, False)]
    assert table[0][0]
    assert table[0][1] + table[1][0]  # they differ somewhere
    assert f"{cohens_kappa(np.array(table)).kappa:.2f} (" in row
    ones, values = sum(a + b for a, b in pairs), 2 * TWICE
    differ = 2 * sum(a != b for a, b in pairs)
    alpha = 1 - (values - 1) * differ / (2 * ones * (values - ones))  # Krippendorff 2011
    assert f"{alpha:.2f} (" in row


def test_words_selected_with_the_mouse_carry_an_added_theme(
    page: Page, session: Session, survey: Survey
) -> None:
    text = a_coded_text(session, survey)
    page.goto(f"/coding/answers/{text.id}?order=newest")
    page.evaluate(
        """() => {
        const piece = [...document.querySelectorAll("#words [data-start]")].pop();
        const range = document.createRange();
        const at = piece.textContent.indexOf("nobody told her");
        range.setStart(piece.firstChild, at);
        range.setEnd(piece.firstChild, at + "nobody told her".length);
        document.getSelection().addRange(range);
        piece.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
    }"""
    )
    assert page.input_value("#words-0") == "nobody told her"
    page.select_option("#theme-0", "digital")
    page.click("[data-save]")
    page.wait_for_url("**/coding/next**")
    session.rollback()
    code = session.scalars(select(ReviewCode).where(ReviewCode.theme == "digital")).one()
    assert WORDS[code.start : code.end] == "nobody told her"


def test_a_lost_connection_loses_nothing_and_the_save_goes_through_later(
    page: Page, session: Session, survey: Survey
) -> None:
    text = a_coded_text(session, survey)
    page.goto(f"/coding/answers/{text.id}?order=newest")
    page.fill("#note", "Not to be lost.")
    page.check("#keep-1")
    page.context.set_offline(True)
    page.click("[data-save]")
    page.wait_for_selector("text=There is no connection. Nothing is lost")
    assert page.input_value("#note") == "Not to be lost."
    assert count(session) == 0
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.context.set_offline(False)
    page.wait_for_url("**/coding/next**")
    assert count(session) == 1


def test_signed_out_in_the_middle_the_page_stays_and_says_so(
    page: Page, session: Session, survey: Survey
) -> None:
    text = a_coded_text(session, survey)
    page.goto(f"/coding/answers/{text.id}?order=newest")
    page.fill("#note", "Not to be lost.")
    page.check("#keep-1")
    page.context.clear_cookies(name="staff")
    page.click("[data-save]")
    page.wait_for_selector("text=You were signed out")
    assert page.input_value("#note") == "Not to be lost."
    assert count(session) == 0


def test_what_is_half_done_is_there_again_after_the_laptop_was_closed(
    page: Page, session: Session, survey: Survey
) -> None:
    text = a_coded_text(session, survey)
    page.goto(f"/coding/answers/{text.id}?order=newest")
    page.keyboard.press("1")
    page.wait_for_selector("text=Half done, kept at")
    page.fill("#note", "Written a moment before.")
    page.goto("about:blank")  # at once: the last words go on the way out
    other = page.context.new_page()
    other.goto("/coding/")
    other.wait_for_selector("text=Half done: nothing of it counts")
    other.goto(f"/coding/answers/{text.id}?order=newest")
    assert other.is_checked("#keep-1")
    assert other.input_value("#note") == "Written a moment before."
    assert count(session) == 0

    page.goto(f"/coding/answers/{text.id}?order=newest")  # the same in two tabs
    other.fill("#note", "Later.")
    other.wait_for_selector("text=Half done, kept at")
    page.fill("#note", "Earlier.")
    page.wait_for_selector("text=in another tab")
    other.click("[data-save]")
    other.wait_for_url("**/coding/next**")
    assert count(session) == 1

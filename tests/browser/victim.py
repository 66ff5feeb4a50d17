"""Steps of somebody answering in a real browser."""

from playwright.sync_api import Page, expect

from tests.integration.respond.person import SMALL

CANARIES = tuple(
    f"zq{word}canary"
    for word in (
        "apple", "basil", "cedar", "delta", "ember", "fjord",
        "grove", "heron", "islet", "jetty", "knoll", "larch",
    )
)  # fmt: skip
WORDS = " ".join(CANARIES)
QUESTIONS = [question["text"]["en"] for question in SMALL["questions"]]


def press(page: Page, act: str) -> None:
    """Press the first button of that act."""
    page.locator(f"button[name=act][value={act}]").first.click()


def see(page: Page, heading: str) -> None:
    """Wait until the page has this heading."""
    expect(page.locator("h1")).to_contain_text(heading)


def begin(page: Page, link: str) -> None:
    """Open a link, read the promise, press Start."""
    page.goto(link)
    press(page, "begin")
    see(page, "A few questions")
    press(page, "start")
    see(page, "Did you tell anyone?")


def answer_first(page: Page) -> None:
    """Answer the first question of the small survey."""
    page.get_by_label("No", exact=True).check()
    press(page, "next")
    see(page, "What could have been better?")


def write(page: Page) -> None:
    """Type words into the box and send nothing yet."""
    page.locator("textarea").fill(WORDS)


def shown(page: Page) -> str:
    """Return all that a person could read on the page: text and what is in its fields."""
    fields = page.evaluate(
        "[...document.querySelectorAll('input,textarea')].map(field => field.value).join(' ')"
    )
    return f"{page.content()} {fields}"

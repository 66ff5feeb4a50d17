"""Take pictures of a running Heard's pages on a phone and a laptop, to be looked at by a person.

`python -m deploy.look FOLDER [PUBLIC_LINK]` signs in by one click, as each demonstration role,
and follows the menu and every link from there, one page of each kind; DEMO=1 only.
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

SIZES = {"phone": (360, 740), "laptop": (1280, 800)}
STAFF = "http://localhost:8001"
IDS = re.compile(
    r"/(?:[0-9a-f-]{32,36}|[a-z]_[a-z0-9]+|\d+)(?=/|$)|(?<=/results)/(?!what-we-did)[^/]+"
    r"|(?<=/themes)/[^/]+"
)
FILES = re.compile(
    r"\.(csv|xlsx|json|pdf|docx|svg|png|yml|zip)(\?|$)|/(download|pdf|docx|word|sign-out)(\?|$)"
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def main() -> None:
    """Write one picture a page and size."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for size in SIZES:
            look_as_staff(browser, size, folder)
            for link in sys.argv[2:]:
                look_as_respondent(browser, size, folder, link)
        browser.close()


def look_as_staff(browser: Browser, size: str, folder: Path) -> None:
    """Sign in under each demonstration account and picture every page of its menu."""
    seen: set[str] = set()
    page = _page(browser, size)
    page.goto(f"{STAFF}/sign-in")
    _picture(page, folder, f"{size}-sign-in")
    for place in range(page.locator("form[action*='/sign-in/demo/'] button").count()):
        page = _page(browser, size)
        page.goto(f"{STAFF}/sign-in")
        page.locator("form[action*='/sign-in/demo/'] button").nth(place).click()
        _follow(page, size, folder, seen)
        page.context.close()


def _follow(page: Page, size: str, folder: Path, seen: set[str]) -> None:
    """Picture each kind of page that can be reached from here by links alone."""
    page.goto(f"{STAFF}/")
    waiting = ["/", *_links(page)]
    while waiting:
        address = waiting.pop(0)
        if _kind(address) in seen:
            continue
        seen.add(_kind(address))
        answer = page.goto(f"{STAFF}{address}")
        if answer and answer.ok and "html" in answer.headers.get("content-type", ""):
            _picture(page, folder, f"{size}-{_name(_kind(address))}")
            waiting += _links(page)


def look_as_respondent(browser: Browser, size: str, folder: Path, link: str) -> None:
    """Walk a journey by its first button and picture each page."""
    page = _page(browser, size)
    page.goto(link)
    for step in range(12):
        _picture(page, folder, f"{size}-{_name(link)}-{step:02d}")
        button = page.locator("main form button:not([value=leave])").first
        if button.count() == 0:
            break
        button.click()
    page.context.close()


def _links(page: Page) -> list[str]:
    hrefs = page.eval_on_selector_all("a[href]", "links => links.map(l => l.getAttribute('href'))")
    pages = (str(href).partition("#")[0] for href in hrefs)
    return [href for href in pages if href.startswith("/") and not FILES.search(href)]


def _kind(address: str) -> str:
    """Return an address without what only tells one row from the next."""
    path = address.partition("?")[0]
    return IDS.sub("/one", path)


def _page(browser: Browser, size: str) -> Page:
    width, height = SIZES[size]
    return browser.new_context(viewport={"width": width, "height": height}).new_page()


def _picture(page: Page, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def _name(address: str) -> str:
    return re.sub(r"\W+", "-", address.split("//")[-1]).strip("-")[:60] or "home"


if __name__ == "__main__":
    main()

"""T2, T6: nothing of what was typed stays on the device, and nobody else is told."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser.conftest import CHROMIUM, NOT_ITS_DEFAULTS, Site, sandbox
from tests.browser.victim import CANARIES, answer_first, begin, press, see, write
from tests.integration.respond.person import SMALL

pytestmark = pytest.mark.browser

STORED = """async () => JSON.stringify([
    {...localStorage}, {...sessionStorage}, document.cookie,
    await caches.keys(), (await indexedDB.databases()).map(found => found.name),
    (await navigator.serviceWorker.getRegistrations()).length,
])"""


def half_done(page: Page, link: str) -> None:
    begin(page, link)
    answer_first(page)
    write(page)


def finished(page: Page, link: str) -> None:
    half_done(page, link)
    press(page, "next")
    see(page, "May we quote you?")
    press(page, "skip")
    press(page, "send")
    see(page, "Thank you")


@pytest.mark.parametrize("journey", [half_done, finished])
def test_t2_neither_storage_nor_disk_cache_nor_history_holds_a_typed_word(
    journey: Callable[[Page, str], None],
    playwright: Playwright,
    public_site: Site,
    open_link: Callable[..., str],
    tmp_path: Path,
):
    profile = tmp_path / "profile"
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=CHROMIUM,
        args=sandbox(),
        ignore_default_args=NOT_ITS_DEFAULTS,
        base_url=public_site.url,
    )
    page = context.pages[0]
    journey(page, open_link(SMALL))
    assert page.evaluate(STORED) == '[{},{},"",[],[],0]'
    page.get_by_role("button", name="Exit this page").click()
    see(page, "Sunny spells")
    context.close()
    held = [path for path in profile.rglob("*") if path.is_file()]
    assert held
    for path in held:
        content = path.read_bytes()
        for word in CANARIES:
            assert word.encode() not in content, path.relative_to(profile)
            assert word.encode("utf-16-le") not in content, path.relative_to(profile)


def test_t6_r7_a_whole_journey_speaks_to_one_host(
    browse: Callable[..., Page], public_site: Site, open_link: Callable[..., str]
):
    page = browse()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    finished(page, public_site.url + open_link(SMALL))
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
    assert hosts == {urlsplit(public_site.url).netloc}
    assert not [word for word in CANARIES for url in asked if word in url]


def test_r27_the_first_page_is_two_requests_and_fits_the_budget(
    browse: Callable[..., Page], public_site: Site, open_link: Callable[..., str]
):
    page = browse()
    sizes: list[int] = []

    def weigh(response: object) -> None:
        size = response.request.sizes()  # type: ignore[attr-defined]  # playwright's Response
        sizes.append(size["responseBodySize"] + size["responseHeadersSize"])

    page.on("response", weigh)
    page.goto(public_site.url + open_link(SMALL), wait_until="networkidle")
    page.wait_for_timeout(300)
    assert len(sizes) == 2
    assert sum(sizes) < 14_000

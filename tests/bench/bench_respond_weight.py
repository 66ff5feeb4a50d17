"""Weight of the respondent's pages over the wire, and first paint on a slow phone.

The profile is the one the peers were measured in: 400 kbit/s, 400 ms there and back, a processor
four times slower. A bare form of the same run is the yardstick.
`python tests/bench/bench_respond_weight.py [times]`; needs Chromium.
"""

import shutil
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402 - after the path is set

from tests.bench.bench_respond import installed  # noqa: E402
from tests.bench.load import gunicorn  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 4
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
FLOORS = {
    "first page kB": 20.0,
    "first page requests": 3,
    "heaviest later page kB": 6.0,
    "first paint s": 1.5,
}


@dataclass
class Wire:
    """What came over the wire, page by page."""

    page: Page
    sizes: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen, with the phone's network and processor."""
        client = self.page.context.new_cdp_session(self.page)
        client.send("Network.enable")
        client.send("Network.emulateNetworkConditions", SLOW)
        client.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        client.on(
            "Network.loadingFinished", lambda event: self.sizes.append(event["encodedDataLength"])
        )

    def taken(self) -> tuple[float, int]:
        """Return kilobytes and requests since the last time."""
        found = sum(self.sizes) / 1000, len([size for size in self.sizes if size])
        self.sizes.clear()
        return found


def first_paint(browser: Browser, url: str) -> tuple[float, float, int]:
    """Return seconds to the first paint with an empty cache, and what was loaded for it."""
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        wire = Wire(context.new_page())
        wire.page.goto(url, wait_until="load")
        wire.page.wait_for_timeout(600)
        return wire.page.evaluate(PAINTED) / 1000, *wire.taken()


def heaviest_later_page(browser: Browser, url: str) -> float:
    """Return the kilobytes of the heaviest step after the first page, replies to posts included."""
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        wire = Wire(context.new_page())
        wire.page.goto(url, wait_until="load")
        wire.page.wait_for_timeout(600)
        wire.taken()
        weights = []
        for button in ("Go on", "Start", *["Skip"] * 12):
            with wire.page.expect_response(lambda reply: reply.request.method == "GET"):
                wire.page.get_by_role("button", name=button, exact=True).first.click()
            wire.page.wait_for_timeout(500)
            weights.append(wire.taken()[0])
        return max(weights)


def main(times: int) -> None:
    """Measure and print; exit 1 beyond a floor."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp())
        stack.callback(shutil.rmtree, folder)
        url, bare_url = f"sqlite:///{folder}/heard.db", f"sqlite:///{folder}/bare.db"
        one = stack.enter_context(installed("sqlite_full", url, bare_url, folder))
        heard = stack.enter_context(gunicorn("wsgi:app", 8221, **one.settings))
        bare = stack.enter_context(gunicorn("tests.bench.bare:app", 8222))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        stack.callback(browser.close)
        pairs = [
            (first_paint(browser, f"{heard.url}/s/bench"), first_paint(browser, f"{bare.url}/form"))
            for _ in range(times)
        ]
        measured = {
            "first page kB": statistics.median(mine[1] for mine, _ in pairs),
            "first page requests": statistics.median(mine[2] for mine, _ in pairs),
            "heaviest later page kB": heaviest_later_page(browser, f"{heard.url}/s/bench"),
            "first paint s": statistics.median(mine[0] for mine, _ in pairs),
            "first paint of the bare form s": statistics.median(other[0] for _, other in pairs),
        }
    for name, value in measured.items():
        print(f"{name:32}{value:8.2f}")
    beyond = [name for name, most in FLOORS.items() if measured[name] > most]
    sys.exit(f"beyond the floor: {', '.join(beyond)}" if beyond else 0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)

"""T1 in Firefox, over WebDriver BiDi: five presses of Back after leaving show nothing."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Site
from tests.browser.victim import QUESTIONS
from tests.integration.respond.person import CANARY, SMALL
from tests.services import needed

pytestmark = pytest.mark.browser

DRIVER = Path(__file__).with_name("firefox.mjs")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_t1_five_presses_of_back_after_leaving_show_nothing_in_firefox(
    script: bool, public_site: Site, open_link: Callable[..., str]
):
    firefox = shutil.which("firefox-esr") or shutil.which("firefox")
    if firefox is None:
        needed("Firefox", "apt-get install firefox-esr")
    task = {
        "binary": firefox,
        "site": public_site.url,
        "link": open_link(SMALL),
        "neutral": public_site.neutral.url,
        "script": script,
        "words": CANARY,
    }
    ran = subprocess.run(
        ["node", DRIVER, json.dumps(task)],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    backs = json.loads(ran.stdout.splitlines()[-1])["backs"]
    assert len(backs) == 5
    for shown in backs:
        assert not shown.startswith("unreadable"), shown
        assert not [word for word in (CANARY, *QUESTIONS) if word in shown]
    assert set(public_site.neutral.referers) == {""}

"""A test client that looks at every page it fetches, as a careful person would."""

import re
from typing import Any

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HTML = "{http://www.w3.org/1999/xhtml}"


class LookingClient(FlaskClient):
    """Checks each HTML page: it parses, has one h1, a title, unique ids and nonces."""

    staff: Any = None

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Fetch a page and look at it."""
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data and response.status_code != 302:
            look_at(response)
        return response


def look_at(response: TestResponse) -> None:
    """Raise AssertionError for a page that no person should be sent."""
    page = response.get_data(as_text=True)
    parser = html5lib.HTMLParser(namespaceHTMLElements=True)
    tree = parser.parse(page)
    assert not parser.errors, f"broken HTML: {parser.errors[:3]}"
    headings = list(tree.iter(f"{HTML}h1"))
    assert len(headings) == 1, f"{len(headings)} h1 on the page"
    titles = [t for t in tree.iter(f"{HTML}title") if (t.text or "").strip()]
    assert titles, "no title"
    ids = [e.get("id") for e in tree.iter() if isinstance(e.tag, str) and e.get("id")]
    assert len(ids) == len(set(ids)), f"ids twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    nonce = re.search(r"'nonce-([^']+)'", response.headers.get("Content-Security-Policy", ""))
    for script in tree.iter(f"{HTML}script"):
        if script.get("type") in {None, "module", "text/javascript"}:
            assert nonce, "a script without a nonce in the policy"
            assert script.get("nonce") == nonce[1], "a script without this page's nonce"
    for element in tree.iter():
        if isinstance(element.tag, str):
            assert not element.get("style"), f"inline style on {element.tag}"
            assert not any(n.startswith("on") for n in element.attrib), f"inline handler {element}"

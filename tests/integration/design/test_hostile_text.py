"""Hostile text in every box of every form of the desk: kept or refused, always escaped."""

import html
import io
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.models import Role
from app.services import approving
from app.services.approving import Assurance
from app.services.editing import clean
from tests.builders import NOW, a_collector, a_survey, an_actor
from tests.client import LookingClient

from .conftest import draft_of

HOSTILE = (
    '<script>alert(1)</script> "><img src=x onerror=alert(1)> {{how_safe|that}} {{7*7}} {% raw %}',
    "__proto__",
    "x" * 500,
    "\u202eback\u202c\u200f a\x00b\x07c 👩\u200d👩\u200d👧 “smart” – it’s",
)
LEADING = "Why didn’t you report the crime, and how did the police and the court treat you?"
TYPED = {None, "text", "search", "email", "number", "date"}
#: Every form of the desk, and whether what was typed is to be seen afterwards.
FORMS = {
    "beginning": [
        ("/design/new", True), ("/design/import", False), ("/design/incident", False),
        ("{s}/copy", True),
    ],
    "around": [("{s}/about", True), ("{s}/sections", True), ("{s}/bank", False)],
    "questions": [("{s}/questions/new", True), ("{s}/questions/{q}", True)],
    "rules": [
        ("{s}/questions/{later}/rule/add?about={number}", False),
        ("{s}/questions/{later}/reactions/signal?about={number}", False),
        ("{s}/questions/{q}/reactions/end?about={q}", False),
        ("{s}/questions/{q}/reactions/check?about={q}", False),
    ],
    "languages": [
        ("{s}/languages", False), ("{s}/languages/ur/{q}", True),
        ("/design/our-own-words/pl", False),
    ],
    "approval": [
        ("{s}/checks", False), ("{other}/approval", False),
        ("/design/requests/{request}", False),
    ],
    "ways in": [
        ("{s}/ways-in/new", False), ("/design/ways-in/{collector}", True), ("{s}/monitor", False),
    ],
}  # fmt: skip
BARE = {"{s}/bank", "{s}/languages"}  # lists to choose from


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: what PostgreSQL refuses (NUL) is taken out before either sees it."""
    return sqlite_url


@pytest.fixture
def person(sign_in: Callable[..., LookingClient]) -> LookingClient:
    """Return the browser of somebody who may do everything at the desk."""
    return sign_in(Role.DESIGNER, Role.APPROVER)


@pytest.fixture
def places(session: Session, person: LookingClient) -> dict[str, Any]:
    """Return what addresses are made of: a survey with a request, a way in and a language."""
    survey = a_survey(session, "checkin_adult")
    mina = an_actor(session, Role.DESIGNER)
    asked = approving.ask(
        session, survey.id, Assurance("Nothing names anybody at all.", "", True),
        revision=0, by=mina, now=NOW,
    )  # fmt: skip
    person.post(f"/design/{survey.id}/languages", data={"language": "ur"})
    base = f"/design/{survey.id}"
    number = person.post(
        f"{base}/questions/new", data={"text": "How often?", "kind": "number", "after": ""}
    ).location.rpartition("/")[2]
    later = person.post(
        f"{base}/questions/new", data={"text": LEADING, "kind": "long_text", "after": ""}
    ).location.rpartition("/")[2]
    other = a_survey(session)
    first = next(q for q in draft_of(session, survey.id).questions if q.options)
    collector = a_collector(session, survey)
    return {
        "s": base, "q": first.id, "later": later, "number": number,
        "request": asked.id, "other": f"/design/{other.id}", "collector": collector.id,
    }  # fmt: skip


@pytest.mark.parametrize("part", FORMS)
def test_hostile_text_is_kept_or_refused_and_never_acts(
    person: LookingClient, places: dict[str, Any], part: str
) -> None:
    for address, is_seen in FORMS[part]:
        tried = sum(
            type_everywhere(person, address.format(**places), words, is_seen=is_seen)
            for words in HOSTILE
        )
        assert tried or address in BARE, address
    for path in ("/questions", "/checks", "/history", "/ways-in"):
        assert_harmless(person.get(places["s"] + path).text)
    assert_harmless(person.get("/design/").text)
    assert_harmless(person.get(places["s"].replace("/design/", "/preview/")).text)


def type_everywhere(browser: LookingClient, url: str, words: str, *, is_seen: bool) -> int:
    """Send every form of a page with the words in every box; return how many boxes there were."""
    tried = 0
    for action, data, typed in list(forms_of(browser, url, words)):
        answer = browser.post(action, data=data, content_type="multipart/form-data")
        tried += typed
        assert answer.status_code in {200, 302, 400}, (action, answer.text)
        page = followed(browser, answer)
        assert_harmless(page)
        if is_seen and typed and answer.status_code == 302:
            pages = [html.unescape(text) for text in (page, browser.get(url).text)]
            assert any(clean(words)[:60] in text for text in pages), (action, words)
    return tried


def forms_of(
    browser: LookingClient, url: str, words: str
) -> Iterator[tuple[str, dict[str, Any], int]]:
    """Yield each form that is sent: where to, its content with the words in every box, how many."""
    response = browser.get(url)
    assert response.status_code == 200, url
    tree = html5lib.parse(response.text, namespaceHTMLElements=False)
    for form in tree.iter("form"):
        action = form.get("action") or url
        if form.get("method") != "post" or "/sign-out" in action:
            continue
        data: dict[str, Any] = {}
        typed = sum(put(data, field, words) for field in form.iter())
        yield action, data, typed


def put(data: dict[str, Any], field: Element, words: str) -> int:
    """Fill one field as a person would, or with the words; return 1 for the words."""
    name, kind = field.get("name"), field.get("type")
    if name is None or name == "csrf_token":
        return 0
    if field.tag == "textarea" or (field.tag == "input" and kind in TYPED):
        data.setdefault(name, []).append(words)
        return 1
    if field.tag == "select":
        chosen = [o.get("value") for o in field.iter("option")]
        data[name] = chosen[0] if chosen else ""
    elif kind == "file":
        data[name] = (io.BytesIO(words.encode()), f"{words[:40]}.json".replace("\x00", ""))
    elif kind == "checkbox":
        data.setdefault(name, []).append(field.get("value", "y"))
    elif kind == "radio":
        data.setdefault(name, field.get("value"))
    elif kind == "hidden":
        data[name] = field.get("value", "")
    return 0


def followed(browser: LookingClient, answer: TestResponse) -> str:
    """Return the page a person sees after pressing the button."""
    return browser.get(answer.location).text if answer.status_code == 302 else answer.text


def assert_harmless(page: str) -> None:
    """Raise AssertionError where typed markup stands on a page as markup, or was worked out."""
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "\x00" not in page
    assert "<class" not in page

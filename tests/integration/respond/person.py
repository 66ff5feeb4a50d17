"""A person with a browser, and the small survey she answers."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.client import LookingClient

CANARY = "zanzibarcanary"


def _option(option: str, words: str, **more: Any) -> dict[str, Any]:
    return {"id": option, "value": option, "text": {"en": words}, **more}


def _when(question: str, option: str) -> dict[str, Any]:
    return {"op": "selected", "question": question, "option": option}


SMALL: dict[str, Any] = {
    "format": "heard-survey/1",
    "id": "s_small",
    "name": "small",
    "title": "Small",
    "public_title": {"en": "A few questions"},
    "thanks": {"en": "We read everything."},
    "questions": [
        {
            "id": "told",
            "name": "told",
            "kind": "single",
            "text": {"en": "Did you tell anyone?"},
            "options": [_option("yes", "Yes"), _option("no", "No")],
            "non_answers": ["prefer_not"],
        },
        {
            "id": "who",
            "name": "who",
            "kind": "multiple",
            "text": {"en": "Whom did you tell?"},
            "show_when": _when("told", "yes"),
            "options": [
                _option("friend", "A friend"),
                _option("other", "Somebody else", write_in=True),
            ],
        },
        {
            "id": "words",
            "name": "words",
            "kind": "long_text",
            "text": {"en": "What could have been better?"},
            "support": True,
            "max_length": 200,
        },
        {
            "id": "quote",
            "name": "quote",
            "kind": "consent",
            "text": {"en": "May we quote you?"},
            "options": [_option("quote_yes", "Yes"), _option("quote_no", "No")],
            "signals": [{"name": "quote_consented", "when": _when("quote", "quote_yes")}],
        },
    ],
}


class Person:
    """Taps buttons and reads pages."""

    def __init__(self, browser: LookingClient) -> None:
        self.browser = browser

    def open(self, token: str, act: str = "begin") -> "Person":
        """Open a link and go on from the welcome."""
        self.browser.get(f"/s/{token}")
        self.browser.post(f"/s/{token}", data={"act": act})
        return self

    def begin(self, token: str) -> "Person":
        """Open a link and press Start."""
        return self.open(token).press("start")

    def look(self) -> TestResponse:
        """Return the page she sees."""
        return self.browser.get("/")

    @property
    def heading(self) -> str:
        """Return the heading of the page she sees."""
        found = re.search(r"<h1.*?</h1>", self.look().text, re.DOTALL)
        assert found
        return " ".join(re.sub(r"<[^>]+>", "", found[0]).split())

    def press(self, act: str, **fields: Any) -> "Person":
        """Press a button of the page she sees, whatever question it asks."""
        asked = re.search(r'name="question" value="([^"]+)"', self.look().text)
        question = {"question": asked[1]} if asked else {}
        return self.post({**question, "act": act, **fields})

    def answer(self, *values: str, **more: Any) -> "Person":
        """Give an answer to the question she sees and continue."""
        asked = re.search(r'name="question" value="([^"]+)"', self.look().text)
        assert asked, "no question on this page"
        return self.post({"question": asked[1], f"q_{asked[1]}": list(values), **more})

    def tap(self, value: str) -> "Person":
        """Tap an option that is itself the button."""
        assert f'value="{value}"' in self.look().text
        return self.answer(value)

    def post(self, fields: Mapping[str, Any]) -> "Person":
        """Send a page; every page that is sent is answered by a redirect."""
        reply = self.browser.post("/", data=fields)
        assert (reply.status_code, reply.location) == (303, "/"), reply.text
        return self

    @property
    def secret(self) -> str:
        """Return the secret in her browser's cookie, "" for none."""
        cookie = self.browser.get_cookie("visit")
        return cookie.value if cookie else ""

    @property
    def code(self) -> str:
        """Return the six words on the page she sees."""
        found = re.search(r'class="hd-code"[^>]*>([a-z ]+)<', self.look().text)
        assert found, "no code on this page"
        return found[1]


def finish(person: Person) -> Person:
    """Answer the small survey and send it."""
    return person.answer("no").answer(f"Nobody rang. {CANARY}").answer("quote_yes").press("send")


def count(session: Session, kind: type) -> int:
    """Return how many rows there are now."""
    session.rollback()
    return session.scalar(select(func.count()).select_from(kind)) or 0

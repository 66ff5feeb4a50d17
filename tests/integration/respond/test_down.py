"""F9: with the database down the page is calm, keeps Exit and help, and leaving still works."""

import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from app.store import journeys
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import CANARY, Person

pytestmark = pytest.mark.usefixtures("survey")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: which database is down does not matter."""
    return sqlite_url


def unreachable(*_args: object) -> None:
    raise OperationalError(f"SELECT {CANARY}", {}, sqlite3.OperationalError("unable to open"))


@pytest.fixture
def answering(person: Person, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Return somebody in mid-journey when the database goes away."""
    person.begin(OPEN).answer("no")
    monkeypatch.setattr(journeys, "find_journey", unreachable)
    return person


def test_the_page_is_calm_and_keeps_exit_and_help(answering: Person):
    reply = answering.browser.post("/", data={"question": "words", "q_words": CANARY})
    assert reply.status_code == 503
    assert "We cannot take answers just now" in reply.text
    assert "data-exit" in reply.text
    assert 'href="tel:999"' in reply.text
    assert CANARY not in reply.text


def test_leaving_works_and_takes_the_cookie_away(answering: Person):
    reply = answering.browser.post("/leave")
    assert reply.status_code == 200
    assert "https://www.bbc.co.uk/weather" in reply.text
    assert answering.secret == ""


def test_the_first_page_needs_no_database(answering: Person):
    assert answering.browser.get(f"/s/{OPEN}").status_code == 200


def test_nothing_that_was_typed_reaches_the_log(
    answering: Person, caplog: pytest.LogCaptureFixture
):
    answering.browser.post("/", data={"question": "words", "q_words": CANARY})
    answering.browser.post("/leave")
    assert caplog.records
    assert CANARY not in caplog.text

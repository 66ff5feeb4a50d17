"""settled.md 26: a named person reads our own words in a language before anybody is offered it."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.catalogues import catalogue, fingerprint
from app.models import AuditEvent, Role
from app.services import interface
from tests.client import LookingClient


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: these tests are about pages."""
    return sqlite_url


@pytest.fixture
def designer(sign_in: Callable[..., LookingClient]) -> LookingClient:
    """Return a designer's browser."""
    return sign_in(Role.DESIGNER)


def test_every_language_begins_as_a_draft(designer: LookingClient, session: Session):
    page = designer.get("/design/our-own-words").text
    assert page.count("A draft: offered to nobody") == 6
    assert interface.reviewed(session) == {"en", "en-x-easy"}


def test_every_text_stands_beside_the_english_in_its_direction(designer: LookingClient):
    page = designer.get("/design/our-own-words/ur").text
    assert page.count('lang="ur" dir="rtl"') == len(catalogue("ur").words)
    assert designer.get("/design/our-own-words/xx").status_code == 404


def test_a_named_reader_approves_and_the_language_can_be_taken_back(
    designer: LookingClient, session: Session
):
    words = {"fingerprint": fingerprint("pl")}
    nameless = designer.post("/design/our-own-words/pl", data={**words, "reviewer": " "})
    assert "Enter the name of the person who read them" in nameless.text
    designer.post("/design/our-own-words/pl", data={**words, "reviewer": "Jan Nowak"})
    assert "Jan Nowak" in designer.get("/design/our-own-words").text
    assert "pl" in interface.reviewed(session)
    designer.post("/design/our-own-words/pl/take-back")
    session.rollback()
    assert "pl" not in interface.reviewed(session)
    acts = [event.act for event in session.query(AuditEvent) if event.object_id == "interface.pl"]
    assert acts == ["interface.approve", "interface.withdraw"]


def test_words_that_changed_meanwhile_are_read_again(designer: LookingClient, session: Session):
    stale = {"fingerprint": "read last month", "reviewer": "Jan Nowak"}
    designer.post("/design/our-own-words/pl", data=stale)
    assert "The words changed while you were reading" in designer.get("/design/our-own-words").text
    assert "pl" not in interface.reviewed(session)

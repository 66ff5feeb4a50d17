"""What the page's script saves while somebody types: the same save, with the same care."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.design import wording
from app.models import Role
from tests.builders import NOW
from tests.client import LookingClient

from .conftest import add, draft_of, fill, revision_of


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: the locking underneath is tested on both."""
    return sqlite_url


@pytest.fixture
def asked(designer: LookingClient, begin: Callable[..., UUID]) -> tuple[UUID, str, str]:
    """Return a survey, a question of it and its address."""
    survey_id = begin()
    question = add(designer, survey_id, "How are you?")
    return survey_id, question, f"/design/{survey_id}/questions/{question}"


def test_a_quiet_save_returns_the_revision_and_the_ids_of_new_answers(
    designer: LookingClient, session: Session, asked: tuple[UUID, str, str]
) -> None:
    survey_id, question, url = asked
    form = fill(designer, survey_id, question, act="quiet", new_option=["Well", " ", "Badly"])
    answer = designer.post(url, data=form)
    options = draft_of(session, survey_id).questions[0].options
    assert [o.text.in_("en") for o in options] == ["Well", "Badly"]
    assert answer.json["added"] == [options[0].id, "", options[1].id]
    assert answer.json["revision"] == revision_of(session, survey_id)
    assert answer.json["says"].startswith("Saved ")
    assert "Saved." not in designer.get(url).text, "no message waits for the next page"


def test_a_quiet_save_never_writes_over_what_somebody_else_saved_first(
    designer: LookingClient,
    session: Session,
    asked: tuple[UUID, str, str],
    sign_in: Callable[..., LookingClient],
) -> None:
    survey_id, question, url = asked
    hers = fill(designer, survey_id, question, act="quiet", text="How have you been?")
    other = sign_in(Role.DESIGNER)
    other.post(url, data=fill(other, survey_id, question, text="How is life?"))
    answer = designer.post(url, data=hers)
    assert answer.status_code == 409
    assert "Press Save to see both texts." in answer.json["says"]
    assert draft_of(session, survey_id).questions[0].text.in_("en") == "How is life?"
    assert "How have you been?" in designer.post(url, data={**hers, "act": "save"}).text


def test_words_that_cannot_be_saved_yet_are_refused_in_a_sentence(
    designer: LookingClient, session: Session, asked: tuple[UUID, str, str]
) -> None:
    survey_id, question, url = asked
    before = revision_of(session, survey_id)
    answer = designer.post(url, data=fill(designer, survey_id, question, act="quiet", text=""))
    assert answer.status_code == 422
    assert answer.json["says"] == "Not saved yet. Enter the question."
    assert revision_of(session, survey_id) == before


def test_a_sitting_at_one_page_is_undone_as_one_edit(
    designer: LookingClient, session: Session, asked: tuple[UUID, str, str]
) -> None:
    survey_id, question, url = asked
    known = fill(designer, survey_id, question)["known_as"]
    for words in ("How are", "How are you today", "How are you today?"):
        form = fill(designer, survey_id, question, act="quiet", text=words, known_as=known)
        assert designer.post(url, data=form).status_code == 200
    page = designer.get(f"/design/{survey_id}/history").text
    assert page.count("Changed “How are you?”</bdi>") == 1
    edit = wording.runs(_edits(session, survey_id))[0]
    designer.post(f"/design/{survey_id}/history/{edit.revision}", data={"back": "outline"})
    assert draft_of(session, survey_id).questions[0].text.in_("en") == "How are you?"


def test_sittings_apart_in_time_or_person_stay_apart() -> None:
    def edit(revision: int, minutes: int, who: str = "Mina") -> SimpleNamespace:
        at = NOW + timedelta(minutes=minutes)
        return SimpleNamespace(revision=revision, change="x", edited_by=who, edited_at=at)

    newest_first = [edit(5, 100), edit(4, 90), edit(3, 89, "Jo"), edit(2, 30), edit(1, 0)]
    assert [e.revision for e in wording.runs(newest_first)] == [4, 3, 2, 1]


def test_sections_are_saved_under_the_same_check(
    designer: LookingClient,
    session: Session,
    asked: tuple[UUID, str, str],
    sign_in: Callable[..., LookingClient],
) -> None:
    survey_id, _, _ = asked
    url, seen = f"/design/{survey_id}/sections", revision_of(session, survey_id)
    first = {"revision": seen, "new_section": ["Police", ""], "act": "quiet"}
    answer = designer.post(url, data=first)
    (section,) = draft_of(session, survey_id).sections
    assert answer.json["added"] == [section.id, ""]
    late = sign_in(Role.DESIGNER).post(url, data={"revision": seen, "new_section": ["Courts"]})
    assert late.status_code == 409
    assert "Police" in late.text
    assert "Courts" in late.text
    assert [s.id for s in draft_of(session, survey_id).sections] == [section.id]


def _edits(session: Session, survey_id: UUID) -> list[object]:
    from app.store import designs

    session.rollback()
    return list(designs.list_edits(session, survey_id))

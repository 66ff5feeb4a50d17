"""A published version on paper and in Word, set by a process of its own."""

import io
from collections.abc import Callable

import pytest
from docx import Document
from sqlalchemy.orm import Session

from app.models import Role
from app.packs import load_pack
from app.services import papers
from tests.builders import a_survey
from tests.client import LookingClient


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: nothing is stored."""
    return sqlite_url


def test_a_version_is_offered_as_pdf_and_word(designer: LookingClient, session: Session) -> None:
    survey = a_survey(session, "victims_survey")
    version = survey.versions[0]
    page = designer.get(f"/design/{survey.id}/paper").text
    url = f"/design/versions/{version.id}"
    assert f"{url}/pdf?language=en&amp;size=large" in page
    made = designer.get(f"{url}/pdf?language=en&size=large")
    assert made.data.startswith(b"%PDF-")
    assert made.headers["Content-Disposition"].endswith('"version-1-en-large.pdf"')
    word = Document(io.BytesIO(designer.get(f"{url}/docx?language=en").data))
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert "Answer this only if “" not in text
    assert "Answer this only if question 1" in text
    assert load_pack("thames-valley").lines[0].number in text
    assert "give it to the person who gave it to you" in text
    assert designer.get(f"{url}/pdf?language=xx").status_code == 404


def test_nothing_is_printed_before_it_is_approved_or_for_others(
    designer: LookingClient,
    session: Session,
    begin: Callable[..., object],
    sign_in: Callable[..., LookingClient],
) -> None:
    assert "Nothing is published yet" in designer.get(f"/design/{begin()}/paper").text
    version = a_survey(session, "checkin_adult").versions[0]
    analyst = sign_in(Role.ANALYST)
    assert analyst.get(f"/design/versions/{version.id}/pdf?language=en").status_code == 403


def test_a_process_that_fails_is_said_kindly(
    designer: LookingClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = a_survey(session, "checkin_adult")
    monkeypatch.setattr(papers, "PATIENCE", 0.001)
    answer = designer.get(f"/design/versions/{survey.versions[0].id}/pdf?language=en")
    assert answer.status_code == 302
    assert "The file could not be made." in designer.get(answer.location).text

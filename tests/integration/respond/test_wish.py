"""A language asked for on the first page that the questions are not in: said, never passed over."""

import pytest
from sqlalchemy.orm import Session

from app.models import Survey
from tests.builders import a_collector, a_reviewed_language, a_survey, in_language
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import SMALL, Person
from tests.integration.respond.test_happened import a_gap

SORRY = "یہ سوال ابھی آپ کی زبان میں نہیں ہیں"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: this is about pages."""
    return sqlite_url


@pytest.fixture(autouse=True)
def _in_urdu(session: Session) -> None:
    a_reviewed_language(session, "ur")


def ask_for(person: Person, language: str, token: str = OPEN) -> str:
    person.browser.post(f"/s/{token}", data={"language": language})
    return person.look().text


@pytest.mark.usefixtures("survey")
def test_who_asks_for_a_language_the_questions_are_not_in_is_told_so_in_it(person: Person):
    page = ask_for(person, "ur")
    said = page.split('<div class="govuk-inset-text" lang="ur" dir="rtl">')[1].split("<h1")[0]
    assert SORRY in said
    assert "tel:999" in said
    assert 'dir="ltr" href="tel:999">999<' in said
    assert 'dir="auto" href="tel:111">111، آپشن 2<' in said  # words run as they do
    assert '<html lang="en"' in page
    assert "A few questions" in page


@pytest.mark.usefixtures("survey")
def test_the_pages_beside_the_questions_are_in_the_language_she_asked_for(person: Person):
    ask_for(person, "ur")
    question = person.press("start").look().text
    assert (SORRY in question, '<html lang="en"' in question) == (False, True)
    assert '<html lang="ur" dir="rtl"' in person.browser.get("/about").text
    assert '<html lang="ur" dir="rtl"' in person.browser.get("/what-we-did").text


@pytest.mark.parametrize("language", ["en", "cy", "xx"])
@pytest.mark.usefixtures("survey")
def test_nothing_is_said_where_nothing_was_asked_that_we_speak(person: Person, language: str):
    assert "govuk-inset-text" not in ask_for(person, language)


def test_a_survey_that_speaks_it_says_nothing_of_the_kind(
    person: Person, session: Session, survey: Survey
):
    assert survey
    a_collector(session, a_survey(session, in_language(SMALL, "ur")), token="both")
    ask_for(person, "ur")
    assert SORRY not in ask_for(person, "ur", "both")
    assert '<html lang="ur" dir="rtl"' in person.look().text


def test_what_was_done_stands_in_her_language_around_the_words_of_the_body(
    person: Person, session: Session, survey: Survey
):
    evidence = {"public": "About 45 people (Thames Valley)"}
    a_gap(session, survey, "We waited too long.", evidence=evidence)
    ask_for(person, "ur")
    page = person.browser.get("/what-we-did").text
    assert "تقریباً 45 لوگوں نے یہ کہا۔" in page
    assert '<span lang="en" dir="auto" translate="no">We waited too long.</span>' in page
    assert '<bdi lang="en" translate="no">Thames Valley.</bdi>' in page

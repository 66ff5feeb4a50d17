"""The check-in in Easy Read: short lines, signs, the same questions, and it is known which."""

import pytest
from sqlalchemy.orm import Session

from app.catalogues import EASY_READ
from app.models import Answer, Response
from app.services import translating
from surveys import Status, library
from tests.builders import a_collector, a_survey, surveys_document
from tests.integration.respond.person import Person
from tests.integration.respond.test_pictures import CROSS, SAD, SMILE, TICK, WAVE, drawings

TAPS = ("o_k38cbsph", "o_8pv9sz32", "o_5m546q3f", "o_mk5jngvh")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: these tests are about pages."""
    return sqlite_url


def approved(node: object) -> object:
    """Return a questionnaire as it is once somebody has reviewed its drafts."""
    if isinstance(node, list):
        return [approved(part) for part in node]
    if not isinstance(node, dict):
        return node
    if node.get("status") == "draft":
        return node["text"]
    return {key: approved(value) for key, value in node.items()}


@pytest.fixture
def easy(person: Person, session: Session) -> Person:
    """Return somebody who chose Easy Read on the first page."""
    document = approved(surveys_document("checkin_adult"))
    assert isinstance(document, dict)
    for name in document["names"].values():
        name[EASY_READ] = name["en"]
    document["languages"] = ["en", EASY_READ]
    a_collector(session, a_survey(session, document, is_check_in=True), token="easy")
    assert 'value="en-x-easy" lang="en">Easy Read</button>' in person.open("easy").look().text
    return person.press("language", language=EASY_READ)


def test_r26_one_idea_a_line_in_big_letters(easy: Person):
    page = easy.look().text
    assert '<html lang="en" dir="ltr">' in page
    assert 'class="hd-easy"' in page
    assert "We want to know how you are.\nWe want to know if our help works for you." in page
    assert "about a minute.\nYou can stop" in page


def test_r26_the_box_and_the_thank_you_after_it_have_one_idea_a_line_too(easy: Person):
    easy.press("start")
    for option in TAPS:
        easy.tap(option)
    assert "Nobody reads this at once.\nIt may be tomorrow or later.\nIf you" in easy.look().text
    assert "Thank you for telling us.\nIf you asked" in easy.press("no_words").look().text


def test_a_face_or_a_sign_stands_beside_the_answers(easy: Person):
    faces = drawings(easy.press("start"))
    assert (faces["Very badly"], faces["Well"]) == (SAD, SMILE)
    easy.press("skip").press("skip")
    signs = drawings(easy)
    assert (signs["Yes"], signs["A bit"], signs["No"]) == (TICK, WAVE, CROSS)


def test_the_answers_land_where_the_others_do_and_it_is_known_which_was_used(
    easy: Person, session: Session
):
    easy.press("start")
    for option in TAPS:
        easy.tap(option)
    sent = session.query(Response).one()
    assert sent.language == EASY_READ
    asked = {answer.question_id: answer.option_id for answer in session.query(Answer)}
    assert set(TAPS) <= set(asked.values())
    assert set(asked) <= {question.id for question in library.get("checkin_adult").questions}


@pytest.mark.parametrize("tag", [EASY_READ, "cy", "pl", "ur", "ar", "pa", "ro"])
def test_the_shipped_check_in_is_translated_and_every_translation_is_a_draft(tag: str):
    survey = library.get("checkin_adult")
    texts = [p for p in translating.places(survey) if not p.key.startswith("names.")]
    assert {place.text.status(tag) for place in texts} == {Status.DRAFT}

"""What was done about a survey: by six words, or for everybody; nothing of this person."""

from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.models import Gap, Survey
from app.services import afterwards
from tests.builders import NOW, a_survey
from tests.client import LookingClient
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import CANARY, SMALL, Person, finish


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: this is about pages."""
    return sqlite_url


def a_gap(session: Session, survey: Survey, said: str, **values: object) -> None:
    fixed: dict[str, object] = {
        "survey_id": survey.id, "title": "Waiting", "evidence": {}, "state": "doing",
        "theme": "secret-theme", "said": said, "did": "Opened on Saturdays.", "is_public": True,
        "opened_at": NOW, "changed_at": NOW,
    }  # fmt: skip
    session.add(Gap(**(fixed | values)))
    session.commit()


def test_six_words_open_what_was_done_about_the_survey_and_nothing_of_her(
    person: Person, session: Session, survey: Survey
):
    a_gap(session, survey, "We waited too long.")
    a_gap(session, survey, "Only inside.", is_public=False)
    a_gap(session, a_survey(session, SMALL), "Another survey.")
    words = finish(person.begin(OPEN)).code
    person.press("finish")
    reply = person.browser.post("/", data={"act": "what_happened", "words": words})
    assert (reply.status_code, reply.location) == (303, f"/happened/{survey.id}")
    page = person.browser.get(reply.location).text
    assert "We waited too long." in page
    assert "Opened on Saturdays." in page
    assert "It is being done." in page
    for absent in (CANARY, "Nobody rang", "Only inside", "Another survey", "secret-theme", words):
        assert absent not in page


def test_the_page_is_the_same_for_everybody_and_names_nobody(public: LookingClient, survey: Survey):
    page = public.get(f"/happened/{survey.id}").text
    assert "Nothing is shown here yet" in page
    assert "Exit this page" in page
    assert "<title>Your views</title>" in page
    assert "Phone numbers for help now" in page


def test_unknown_words_say_what_to_do(person: Person):
    reply = person.browser.post("/", data={"act": "what_happened", "words": "not six words"})
    assert reply.location == "/"
    assert "We could not find those words" in person.look().text


def test_answers_taken_back_open_it_no_more(person: Person, session: Session, survey: Survey):
    assert survey
    words = finish(person.begin(OPEN)).code
    afterwards.take_back(session, words, now=NOW)
    person.browser.post("/", data={"act": "what_happened", "words": words})
    assert afterwards.survey_of(session, words) is None


def test_a_survey_that_is_not_out_has_no_such_page(
    public: LookingClient, session: Session, survey: Survey
):
    survey.status = "draft"
    session.commit()
    for survey_id in (survey.id, uuid4()):
        assert public.get(f"/happened/{survey_id}").status_code == 404


@pytest.mark.usefixtures("survey")
def test_t4_the_cookie_of_the_thank_you_lasts_ten_minutes(person: Person):
    finish(person.begin(OPEN))
    set_cookie = person.look().headers["Set-Cookie"]
    assert "visit=" in set_cookie
    assert "Max-Age=600" in set_cookie
    assert "HttpOnly" in set_cookie

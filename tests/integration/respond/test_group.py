"""R23: a tablet that goes from hand to hand shows nobody what anybody else answered."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Answer, Channel, Response
from tests.builders import a_collector, a_survey
from tests.integration.respond.person import CANARY, SMALL, Person


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: these tests are about pages."""
    return sqlite_url


@pytest.fixture
def tablet(person: Person, session: Session) -> Person:
    """Return the first of a group with the tablet, at the first question."""
    a_collector(session, a_survey(session, SMALL), Channel.FACILITATOR, token="group")
    assert "This is a shared tablet." in person.open("group").look().text
    return person.press("start")


def test_r23_one_persons_answers_are_hidden_from_the_next(tablet: Person, session: Session):
    tablet.answer("no").answer(f"Nobody rang. {CANARY}").answer("quote_yes").press("send")
    first_code, first = tablet.code, tablet.secret
    assert "Finish and hand over" in tablet.look().text
    page = tablet.press("finish").look().text
    assert "You have finished" in page
    assert 'href="/s/group"' in page
    assert CANARY not in page
    assert first_code not in page
    assert tablet.secret == ""
    tablet.begin("group").answer("yes").press("skip").press("skip").press("skip").press("send")
    assert tablet.secret != first
    assert tablet.code != first_code
    assert (
        len(session.scalars(select(Response).where(Response.channel == "facilitator")).all()) == 2
    )


def test_r23_back_on_the_hand_over_page_leads_nowhere(tablet: Person):
    tablet.answer("no").answer(CANARY).press("stop").press("finish")
    tablet.look()
    assert tablet.heading == "Your views"  # what Back asks for again
    assert CANARY not in tablet.look().text


def test_r23_an_earlier_answer_is_not_shown_again_and_not_lost(tablet: Person, session: Session):
    tablet.answer("no").answer(CANARY).press("back")
    page = tablet.look().text
    assert CANARY not in page
    assert "your answer is not shown again" in page
    tablet.press("next", q_words="")  # an empty box leaves what is stored
    tablet.press("back").press("keep").press("back").press("back")
    assert "checked" not in tablet.look().text
    tablet.answer("yes").press("stop")
    chosen = session.scalars(select(Answer.option_id).where(Answer.question_id == "told")).all()
    assert chosen == ["yes"]


def test_whoever_says_not_now_hands_the_tablet_on(tablet: Person):
    tablet.press("finish").press("not_now")
    assert 'href="/s/group"' in tablet.look().text


def test_a_link_of_ones_own_has_no_next_person(person: Person, session: Session):
    a_collector(session, a_survey(session, SMALL), token="own")
    person.begin("own").answer("no").press("stop").press("finish")
    assert "Start for the next person" not in person.look().text

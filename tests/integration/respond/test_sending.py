"""What is stored, once, on both databases."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Answer, AnswerText, AuditEvent, Draft, DropOff, Job, Response, Survey
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import CANARY, Person, count, finish

pytestmark = pytest.mark.usefixtures("survey")


def test_a_whole_journey_stores_its_answers_and_says_thank_you(person: Person, session: Session):
    assert finish(person.begin(OPEN)).heading == "Thank you"
    response = session.scalars(select(Response)).one()
    assert (response.disposition, response.eligible) == ("complete", True)
    chosen = {a.question_id: (a.state, a.option_id) for a in response.answers}
    assert chosen == {
        "told": ("answered", "no"),
        "words": ("answered", None),
        "quote": ("answered", "quote_yes"),
    }
    assert [text.body for text in response.texts] == [f"Nobody rang. {CANARY}"]
    assert count(session, Draft) == 0


def test_the_send_promises_the_coding_and_leaves_an_audit_event_in_one_commit(
    person: Person, session: Session
):
    finish(person.begin(OPEN))
    response = session.scalars(select(Response)).one()
    job = session.scalars(select(Job)).one()
    assert (job.kind, job.subject_id) == ("code_response", response.id)
    event = session.scalars(select(AuditEvent).where(AuditEvent.act == "response.send")).one()
    assert event.object_id == str(response.survey_id)
    assert (event.at.hour, event.at.minute) == (0, 0)


def test_an_answer_left_behind_on_a_page_no_longer_asked_is_not_sent(
    person: Person, session: Session
):
    person.begin(OPEN).answer("yes").answer("other", q_who_other_other="My sister")
    person.press("back").press("back").answer("no")
    person.press("skip").press("skip").press("send")
    sent = {a.question_id: a.state for a in session.scalars(select(Answer))}
    assert sent == {"told": "answered", "words": "skipped", "quote": "skipped"}
    assert count(session, AnswerText) == 0


def test_what_was_written_beside_an_option_is_a_text_of_its_own(person: Person, session: Session):
    person.begin(OPEN).answer("yes").answer("friend", "other", q_who_other_other="My sister")
    person.press("stop")
    text = session.scalars(select(AnswerText)).one()
    assert (text.question_id, text.part, text.body) == ("who", "other", "My sister")


def test_stopping_early_sends_only_what_was_asked(person: Person, session: Session):
    person.begin(OPEN).answer("no").press("stop", q_words="Half a thought")
    response = session.scalars(select(Response)).one()
    assert response.disposition == "partial"
    assert {a.question_id for a in response.answers} == {"told", "words"}
    assert person.heading == "Thank you"


def test_f2_f3_a_double_send_stores_once_and_thanks_twice(person: Person, session: Session):
    finish(person.begin(OPEN))
    person.post({"act": "send"}).post({"act": "send"})
    assert person.heading == "Thank you"
    assert count(session, Response) == 1


def test_a_draft_is_counted_only_by_how_far_it_got(person: Person, session: Session):
    person.begin(OPEN).answer("no").press("back")
    steps = {s.question_id: (s.reached, s.passed) for s in session.scalars(select(DropOff))}
    assert steps == {"told": (1, 1), "words": (1, 0)}
    assert count(session, Response) == 0


def test_t5_six_words_open_the_journey_elsewhere_at_the_first_unanswered_page(
    person: Person, another: Callable[[], Person]
):
    person.begin(OPEN).answer("no").answer(CANARY).press("code")
    elsewhere = another().post({"act": "resume", "words": person.code.upper().replace(" ", "-")})
    assert elsewhere.heading == "May we quote you?"
    page = elsewhere.look().text
    assert CANARY not in page
    assert ">Back</button>" not in page
    assert "Nothing is open" in person.look().text


def test_six_words_of_answers_that_were_sent_are_not_called_unknown(person: Person):
    code = finish(person.begin(OPEN)).code
    person.press("finish").post({"act": "resume", "words": code})
    assert person.heading == "Your answers have been sent already"


@pytest.mark.parametrize("act", ["stop_quotes", "what_happened"])
def test_six_words_of_answers_not_sent_yet_are_not_called_unknown(
    person: Person, another: Callable[[], Person], act: str
):
    code = person.begin(OPEN).answer("no").press("code").code
    assert (
        another().post({"act": act, "words": code}).heading == "Your answers have not been sent yet"
    )


def test_r19_taking_answers_back_deletes_the_words_and_keeps_a_shell(
    person: Person, session: Session
):
    code = finish(person.begin(OPEN)).code
    person.press("finish").post({"act": "take_back", "words": code})
    assert person.heading == "Your answers have been taken back"
    response = session.scalars(select(Response)).one()
    assert response.withdrawn_on is not None
    assert not response.quote_consent
    assert count(session, AnswerText) == 0
    person.post({"act": "take_back", "words": code})
    assert "Check the six words" in person.look().text


def test_a_survey_that_closes_lets_people_finish_for_a_day(
    person: Person, survey: Survey, session: Session
):
    from app.clock import utc_now

    person.begin(OPEN).answer("no")
    survey.closed_at = utc_now() - timedelta(hours=23)
    survey.status = "closed"
    session.commit()
    assert person.press("stop").heading == "Thank you"

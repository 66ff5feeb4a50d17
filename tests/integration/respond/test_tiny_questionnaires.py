"""Each feature of the survey engine, met by somebody answering through the public face."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import surveys
from app import models
from app.clock import shift_clock
from app.models import Draft, Flag, Response
from app.services.publishing import QuestionnaireError
from surveys import Answers
from tests.builders import a_collector, a_reviewed_language, a_survey
from tests.integration.respond import tiny
from tests.integration.respond.person import Person, count
from tests.integration.respond.tiny import Walk
from tests.unit.surveys.shelf import DAY, names
from tests.unit.surveys.shelf import tiny as as_written

TOKEN = "tiny"
MAX_PAGES = 40


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: these tests are about pages."""
    return sqlite_url


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    tiny.set_clock()
    yield
    shift_clock(timedelta())


def given_the_survey_is_open(session: Session, name: str) -> models.Survey:
    survey = a_survey(session, tiny.document(name))
    a_collector(session, survey, token=TOKEN)
    return survey


def when_she_walks(person: Person, walk: Walk) -> list[str]:
    """Answer what is asked as the walk says, Skip the rest; return what was asked, in order."""
    survey, so_far = walk.survey, Answers(day=DAY)
    asked: list[str] = []
    for _ in range(MAX_PAGES):
        page = person.look().text
        found = re.search(r'name="question" value="([^"]+)"', page)
        if not found:
            assert 'value="send"' in page
            return asked
        question = surveys.find_question(survey, found[1])
        assert question is not None
        assert person.heading == surveys.pipe(question.text, survey, so_far)
        asked.append(question.name)
        given = walk.sent.get(question.name)
        if given in (None, {"code": "skipped"}):
            person.press("next" if question.kind is surveys.Kind.INFO else "skip")
        else:
            person.press("next", **tiny.fields(question, given))
            so_far = so_far.with_answer(question.id, walk.answers[question.id])
    raise AssertionError("the survey has no end")


def when_she_goes_back_to_the_start(person: Person) -> None:
    for _ in range(MAX_PAGES):
        if 'value="back"' not in person.look().text:
            return
        person.press("back")
    raise AssertionError("there is no way back")


@pytest.mark.parametrize("name", names())
def test_every_feature_has_a_walk(name: str):
    assert name in {walk.name for walk in tiny.walks()}


@pytest.mark.parametrize("walk", tiny.walks(), ids=tiny.titles())
def test_what_is_asked_and_stored_is_what_the_walk_says(
    walk: Walk, person: Person, session: Session
):
    row = given_the_survey_is_open(session, walk.name)
    person.begin(TOKEN)
    before = walk.before()
    if before:
        when_she_walks(person, before)
        when_she_goes_back_to_the_start(person)
    assert when_she_walks(person, walk) == walk.asked
    assert person.press("send").heading == "Thank you"
    assert tiny.stored(session, row, walk.survey) == walk.sent
    assert count(session, Draft) == 0
    response = session.scalars(select(Response)).one()
    assert (response.disposition, response.received_on) == ("complete", DAY)


def test_some_walks_leave_answers_behind():
    assert {walk.name for walk in tiny.walks() if walk.before()} >= {
        "left_behind",
        "count_selected",
    }


def test_an_answer_left_behind_is_there_again_when_the_path_comes_back(
    person: Person, session: Session
):
    given_the_survey_is_open(session, "left_behind")
    person.begin(TOKEN).answer("o_yes").answer("o_no").press("back").press("back")
    person.answer("o_no").press("back").answer("o_yes")
    assert 'value="o_no" checked' in person.look().text


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        (("2026-03-02", "2026-03-01"), "Enter a day that is the same as the first day, or later"),
        (("2026-03-02", "2026-03-02", "ab1"), "Enter 2 letters and 3 numbers, like AB123"),
    ],
)
def test_an_answer_that_does_not_fit_stays_on_the_page_with_words_about_what_to_do(
    answers: tuple[str, ...], problem: str, person: Person, session: Session
):
    given_the_survey_is_open(session, "validation")
    person.begin(TOKEN)
    pages = surveys.pages_of(as_written("validation"))
    for question, given in zip(pages, answers, strict=False):
        person.press("next", **tiny.fields(question, given))
    assert problem in person.look().text
    assert f'name="question" value="{pages[len(answers) - 1].id}"' in person.look().text
    assert answers[-1].split("-")[-1].lstrip("0") in person.look().text


BOXES = ("number", "date", "short_text", "long_text", "ranking")


def _open_boxes(session: Session) -> None:
    made = tiny.document("every_kind")
    made["questions"] = [q for q in made["questions"] if q["kind"] in BOXES]
    for question in made["questions"]:
        question["non_answers"] = ["dont_know"]
    a_collector(session, a_survey(session, made), token=TOKEN)


def _as_a_browser_posts(page: str, question: str) -> dict[str, list[str]]:
    """Return the boxes of a page as posted when nobody typed: empty, and all of them."""
    names = re.findall(rf'<(?:textarea|input(?! type)[^>]*?)[^>]* name="(q_{question}[^"]*)"', page)
    assert names
    return {name: [""] for name in names}


def test_i_do_not_know_beside_an_empty_box_is_an_answer(person: Person, session: Session):
    _open_boxes(session)
    person.begin(TOKEN)
    for question in ("k_number", "k_date", "k_short_text", "k_long_text", "k_ranking"):
        posted = _as_a_browser_posts(person.look().text, f"q_{question}")
        posted.setdefault(f"q_q_{question}", []).append("code:dont_know")
        person.press("next", **posted)
    person.press("send")
    rows = session.scalars(select(models.Answer)).all()
    assert [row.state for row in rows] == ["dont_know"] * len(BOXES)


def test_words_beside_i_do_not_know_are_not_thrown_away(person: Person, session: Session):
    _open_boxes(session)
    person.begin(TOKEN)
    person.press("next", q_q_k_number=["12", "code:dont_know"])
    assert "Write an answer or tick the box, not both" in person.look().text
    assert 'value="12"' in person.look().text
    person.press("skip")
    day = {"q_q_k_date_day": "3", "q_q_k_date_month": "2", "q_q_k_date_year": "2026"}
    person.press("next", q_q_k_date="code:dont_know", **day)
    assert "Write an answer or tick the box, not both" in person.look().text
    assert 'name="q_q_k_date_month" value="2"' in person.look().text


def test_what_an_ineligible_person_says_is_stored_as_such(person: Person, session: Session):
    given_the_survey_is_open(session, "finish")
    person.begin(TOKEN).answer("o_no")
    ending = surveys.ending(as_written("finish"), Walk("finish", {"affected": "no"}, []).answers)
    assert ending is not None
    assert surveys.pipe(ending.text, as_written("finish"), Answers()) in person.look().text
    person.press("send")
    assert not session.scalars(select(Response)).one().eligible


def test_a_worrying_answer_opens_the_help_lines_at_once_and_raises_a_flag(
    person: Person, session: Session
):
    given_the_survey_is_open(session, "signals")
    person.begin(TOKEN)
    assert "<details open" not in re.sub(r' class="[^"]*"', "", person.look().text)
    person.answer("o_s1")
    assert re.search(r"<details[^>]* open", person.look().text)
    person.answer("o_yes").press("send")
    assert [flag.tier for flag in session.scalars(select(Flag))] == ["SG3"]


def test_a_questionnaire_is_not_published_before_its_translations_are_reviewed(session: Session):
    with pytest.raises(QuestionnaireError) as refused:
        a_survey(session, surveys.dump(as_written("languages")))
    codes = {problem.code for problem in refused.value.problems}
    assert codes == {"translation_missing", "translation_draft", "translation_stale"}


@pytest.mark.parametrize(("language", "direction"), [("cy", "ltr"), ("ur", "rtl")])
def test_a_question_is_asked_in_the_language_the_person_chose(
    language: str, direction: str, person: Person, session: Session
):
    given_the_survey_is_open(session, "languages")
    a_reviewed_language(session, language)
    person.open(TOKEN).press("language", language=language).press("start")
    question = as_written("languages").questions[0]
    assert person.heading == question.text.in_(language)
    html = re.search(r"<html[^>]*>", person.look().text)
    assert html
    assert f'lang="{language}"' in html[0]
    assert f'dir="{direction}"' in html[0]
    person.answer("o_not").press("send")
    response = session.scalars(select(Response)).one()
    assert (response.language, response.answers[0].option_id) == (language, "o_not")

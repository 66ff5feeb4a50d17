"""R24: children by band, with a worker or alone; R23 where a worker is beside them."""

import re

import pytest
from sqlalchemy.orm import Session

from app.models import AnswerText, Channel, Response
from surveys import TEXT, Audience, Kind, library, pages_of
from tests.builders import a_collector, a_survey
from tests.integration.respond.person import Person, count

YOUNGEST, YOUNG, TEENS, OLDEST = (
    "checkin_child_5_7",
    "checkin_child_8_10",
    "checkin_young_11_15",
    "checkin_young_16_18",
)
MOST = {YOUNGEST: 5, YOUNG: 8, TEENS: 10, OLDEST: 12}
LOW, NOT_SAFE, NOT_HEARD = "o_hgjm8xt3", "o_sjb6xh9b", "o_qx32233r"
CHILD, WORKER, HELPED, NO_WORDS = "o_bmbw2qx3", "o_9jxh5rvf", "o_kjk95g4p", "o_nw9rds77"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: the databases' part is proved elsewhere."""
    return sqlite_url


@pytest.fixture
def child(person: Person, session: Session) -> Person:
    """Return a child of six beside a worker who holds the tablet, at the first question."""
    survey = a_survey(session, YOUNGEST, is_check_in=True)
    a_collector(session, survey, Channel.FACILITATOR, token="tablet")
    return person.begin("tablet")


@pytest.mark.parametrize(("name", "most"), MOST.items())
def test_r24_a_child_is_asked_few_questions_one_a_page(name: str, most: int):
    asked = [page for page in pages_of(library.get(name)) if page.kind is not Kind.INFO]
    assert len(asked) <= most
    assert all(not page.rows for page in asked)


@pytest.mark.parametrize("name", [YOUNGEST, YOUNG])
def test_r24_the_youngest_see_a_picture_beside_every_answer_of_theirs(name: str):
    own = [q for q in library.get(name).questions if q.kind not in TEXT and q.name != "words_by"]
    assert all(option.picture for question in own for option in question.live_options)


@pytest.mark.parametrize("name", MOST)
def test_r24_a_child_is_told_who_might_be_told_before_writing(name: str):
    survey = library.get(name)
    assert survey.promise is not None
    boxes = [q for q in survey.questions if q.kind is Kind.LONG_TEXT]
    assert boxes
    for text in (survey.promise.limits, *(box.hint for box in boxes)):
        assert text is not None
        assert re.search("not safe|badly hurt", text.in_("en"))


@pytest.mark.parametrize("channel", [Channel.OPEN, Channel.CAMPAIGN, Channel.POSTER])
@pytest.mark.parametrize("name", [YOUNGEST, YOUNG])
def test_r24_a_young_child_alone_on_an_open_link_is_stopped_kindly_and_shown_childline(
    name: str, channel: Channel, person: Person, session: Session
):
    survey = a_survey(session, name, is_check_in=True)
    a_collector(session, survey, channel, token="alone")
    page = person.open("alone").look().text
    assert person.secret == ""
    assert "These questions are for you and a grown-up to do together" in page
    assert "Childline free on 0800 1111" in page


@pytest.mark.parametrize("name", [YOUNG, OLDEST])
def test_r8_a_child_sees_the_line_for_children_right_after_the_emergency_one(
    name: str, person: Person, session: Session
):
    survey = a_survey(session, name, is_check_in=True)
    a_collector(session, survey, Channel.FACILITATOR, token="tablet")
    page = person.begin("tablet").look().text
    assert re.findall(r"<dt><bdi>([^<]+)", page)[:2] == ["Emergency", "Childline (under 19)"]


def test_r24_an_under_eleven_in_the_victims_survey_is_shown_childline(
    person: Person, session: Session
):
    a_collector(session, a_survey(session, mode="anonymous"), token="open")
    person.begin("open").press("skip")
    ages = next(q for q in library.get("victims_survey").questions if q.name == "age_band")
    youngest = next(option for option in ages.options if option.value == "under_11")
    person.answer(youngest.id)
    page = person.look().text
    assert "Childline free on 0800 1111" in page
    assert 'name="question"' not in page


def test_r24_a_young_childs_words_are_typed_by_the_worker_and_marked(
    child: Person, session: Session
):
    child.tap(LOW).tap(NOT_SAFE).tap(NOT_HEARD)
    assert child.heading == "For the worker: who will write the words?"
    assert f'value="{CHILD}"' not in child.look().text
    child.tap(WORKER)
    assert child.heading == "Do you want to tell us anything?"
    child.press("words", q_q_dqd3j55x="My dog is nice.")
    text = session.query(AnswerText).one()
    assert (text.body, text.typed_by_worker) == ("My dog is nice.", True)


@pytest.mark.parametrize(("who", "is_marked"), [(CHILD, False), (HELPED, True)])
def test_r24_an_older_child_may_write_and_help_is_marked(
    who: str, is_marked: bool, person: Person, session: Session
):
    survey = a_survey(session, YOUNG, is_check_in=True)
    a_collector(session, survey, Channel.FACILITATOR, token="tablet")
    person.begin("tablet").press("skip").press("skip").tap(NOT_HEARD).tap(who)
    person.press("words", q_q_dqd3j55x="I like it here.")
    assert session.query(AnswerText).one().typed_by_worker is is_marked


def test_r24_no_words_means_no_box(child: Person, session: Session):
    child.tap(LOW).tap(NOT_SAFE).tap(NOT_HEARD).tap(NO_WORDS)
    assert child.heading == "Thank you"
    page = child.look().text
    assert "You did really well" in page
    assert "those who pay for and run services" not in page
    assert count(session, Response) == 1


def test_r23_a_rating_of_the_worker_is_never_shown_again_to_the_worker_beside_the_child(
    child: Person,
):
    child.tap(LOW).tap(NOT_SAFE).tap(NOT_HEARD).press("back")
    page = child.look().text
    assert "aria-pressed" not in page
    assert 'value="keep"' in page
    assert child.press("keep").heading == "For the worker: who will write the words?"


def test_parents_have_a_form_of_their_own_kept_apart_from_the_childs():
    survey = library.get("checkin_parent")
    assert survey.audience is Audience.PARENT
    assert survey.promise is not None
    assert "kept apart from your child’s answers" in survey.promise.limits.in_("en")

"""Every kind of question is asked, answered, shown again and sent."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Answer, AnswerText
from app.respond.forms import FIELD_FOR
from surveys import Kind
from tests.builders import a_collector, a_survey
from tests.integration.respond.person import Person

DOCUMENT = Path(__file__).parents[2] / "surveys" / "every_kind.json"
GIVEN: dict[str, dict[str, object]] = {
    "q_k_info": {},
    "q_k_single": {"q_q_k_single": "o_yes"},
    "q_k_multiple": {"q_q_k_multiple": ["o_locks", "o_talk"]},
    "q_k_dropdown": {"q_q_k_dropdown": "o_no"},
    "q_k_scale5": {"q_q_k_scale5": "o_f2"},
    "q_k_scale10": {"q_q_k_scale10": "7"},
    "q_k_faces": {"q_q_k_faces": "o_f3"},
    "q_k_number": {"q_q_k_number": "12"},
    "q_k_date": {"q_q_k_date_day": "3", "q_q_k_date_month": "2", "q_q_k_date_year": "2026"},
    "q_k_short_text": {"q_q_k_short_text": "Short"},
    "q_k_long_text": {"q_q_k_long_text": "Long\nwords"},
    "q_k_ranking": {"q_q_k_ranking_rank_o_talk": "1", "q_q_k_ranking_rank_o_locks": "2"},
    "q_k_area": {"q_q_k_area": "o_south"},
    "q_k_consent": {"q_q_k_consent": "o_yes"},
    "r_one": {"q_r_one": "o_f1"},
    "r_two": {"q_r_two": "o_f2"},
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: these tests are about pages."""
    return sqlite_url


@pytest.fixture
def person_at_start(person: Person, session: Session) -> Person:
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    for question in document["questions"]:
        if question["kind"] in {"short_text", "long_text"}:
            question["support"] = True
    survey = a_survey(session, document)
    a_collector(session, survey, token="kinds")
    return person.begin("kinds")


def test_every_kind_has_a_field():
    assert set(FIELD_FOR) == set(Kind)


def test_every_kind_is_asked_answered_and_sent(person_at_start: Person, session: Session):
    for question, fields in GIVEN.items():
        assert f'name="question" value="{question}"' in person_at_start.look().text
        person_at_start.post({"question": question, "act": "next", **fields})
    assert person_at_start.press("send").heading == "Thank you"
    rows = session.scalars(select(Answer).order_by(Answer.question_id, Answer.part))
    stored = [(a.question_id, a.option_id or a.number or a.day) for a in rows]
    assert ("q_k_scale10", 7.0) in stored
    assert [o for q, o in stored if q == "q_k_ranking"] == ["o_talk", "o_locks"]
    assert [o for q, o in stored if q == "q_k_multiple"] == ["o_locks", "o_talk"]
    texts = {t.question_id: t.body for t in session.scalars(select(AnswerText))}
    assert texts == {"q_k_short_text": "Short", "q_k_long_text": "Long\nwords"}


def test_r15_every_answer_is_shown_again_by_back(person_at_start: Person):
    for question, fields in GIVEN.items():
        person_at_start.post({"question": question, "act": "next", **fields})
    pages = {}
    for question in reversed(GIVEN):
        person_at_start.press("back")
        pages[question] = person_at_start.look().text
    shown = {
        "q_k_single": 'value="o_yes" checked',
        "q_k_dropdown": 'value="o_no" selected',
        "q_k_scale10": 'value="7" checked',
        "q_k_date": 'name="q_q_k_date_month" value="2"',
        "q_k_short_text": 'value="Short"',
        "q_k_long_text": "Long\nwords</textarea>",
        "q_k_ranking": 'name="q_q_k_ranking_rank_o_talk" value="1"',
        "r_one": 'value="o_f1" checked',
    }
    for question, html in shown.items():
        assert html in pages[question], question


def test_r25_faces_have_words_beside_them_and_a_neutral_middle(person_at_start: Person):
    for question, fields in GIVEN.items():
        if question == "q_k_faces":
            break
        person_at_start.post({"question": question, "act": "next", **fields})
    page = person_at_start.look().text
    assert page.count('class="hd-face"') == 3
    assert page.count('d="M12 27h16"') == 1  # the straight mouth, for "OK"
    assert page.count('aria-hidden="true" focusable="false"') == 3

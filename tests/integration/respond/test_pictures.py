"""Children's answers have a drawing beside the words, and it says what the words say."""

import re

import pytest
from sqlalchemy.orm import Session

from app.models import Channel
from surveys import library
from tests.builders import a_collector, a_survey
from tests.integration.respond.person import Person

SAD, LITTLE_SAD, NEUTRAL = "M12 29q8-9 16 0", "M12 28q8-4 16 0", "M12 27h16"
LITTLE_SMILE, SMILE = "M12 25q8 5 16 0", "M11 24q9 11 18 0"
TICK, WAVE, CROSS = "M11 21l6 7 12-15", "M10 21q5-6 10 0t10 0", "M13 13l14 14m0-14L13 27"
MADE = {
    "format": "heard-survey/1",
    "id": "s_made",
    "name": "made",
    "title": "Made",
    "public_title": {"en": "A few questions"},
    "questions": [
        {
            "id": "feeling",
            "name": "feeling",
            "kind": "faces",
            "text": {"en": "How are you?"},
            "options": [
                {"id": "good", "value": "good", "text": {"en": "Good"}, "score": 3},
                {"id": "so", "value": "so", "text": {"en": "So so"}, "score": 2},
                {"id": "bad", "value": "bad", "text": {"en": "Bad"}, "score": 1},
            ],
        }
    ],
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: these tests are about pages."""
    return sqlite_url


def drawings(person: Person) -> dict[str, str]:
    """Return the line that tells each drawing from the others, by the words beside it."""
    found = re.findall(
        r"<svg.*?<path d=\"([^\"]+)\".*?</svg>\s*([^<]+)<", person.look().text, re.DOTALL
    )
    return {words.strip(): path for path, words in found}


@pytest.mark.parametrize(
    ("name", "faces"),
    [
        ("checkin_child_5_7", {"Not OK": SAD, "OK": NEUTRAL, "Happy": SMILE}),
        (
            "checkin_child_8_10",
            {
                "Not OK": SAD,
                "A little bit OK": LITTLE_SAD,
                "OK": NEUTRAL,
                "Happy": LITTLE_SMILE,
                "Very happy": SMILE,
            },
        ),
    ],
)
def test_a_child_sees_a_face_or_a_sign_beside_every_answer(
    name: str, faces: dict[str, str], person: Person, session: Session
):
    survey = a_survey(session, name, is_check_in=True)
    a_collector(session, survey, Channel.FACILITATOR, token="child")
    person.begin("child")
    assert drawings(person) == faces
    person.press("skip")
    assert drawings(person) == {"Yes": TICK, "Sometimes": WAVE, "No": CROSS}
    person.press("skip")
    assert drawings(person) == {"Yes": TICK, "A bit": WAVE, "No": CROSS}


def test_faces_without_a_named_picture_go_from_sad_to_happy_by_score(
    person: Person, session: Session
):
    survey = a_survey(session, MADE)
    a_collector(session, survey, token="made")
    person.begin("made")
    assert drawings(person) == {"Good": SMILE, "So so": NEUTRAL, "Bad": SAD}


def test_every_picture_a_shipped_questionnaire_names_is_drawn():
    named = {
        option.picture
        for name in library.list_names()
        for question in library.get(name).questions
        for option in question.options
        if option.picture
    }
    signs = {picture for picture in named if not re.fullmatch(r"face-[1-5]-of-[35]", picture)}
    assert signs == {"tick", "in-between", "cross"}

"""R4, R10: what is said before anything is asked; languages and their direction."""

import copy
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.catalogues import catalogue
from app.services import interface
from tests.builders import a_collector, a_reviewed_language, a_survey
from tests.integration.respond.person import SMALL, Person


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: these tests are about pages."""
    return sqlite_url


DRAFT_WORDS = "Trying out: nobody has reviewed the words of these pages yet."


def in_urdu() -> dict[str, object]:
    document = copy.deepcopy(SMALL)
    document["languages"] = ["en", "ur"]
    document["public_title"]["ur"] = "چند سوالات"
    document["thanks"]["ur"] = "شکریہ"
    for question in document["questions"]:
        question["text"]["ur"] = "سوال"
        for option in question.get("options", []):
            option["text"]["ur"] = "جواب"
    return document


def test_r4_r10_the_promise_says_who_why_how_long_who_reads_when_and_what_cannot_stay_private(
    person: Person, session: Session
):
    survey = a_survey(session, "victims_survey")
    collector = a_collector(session, survey)
    page = person.open(str(collector.token)).look().text
    for said in (
        "Who asks",
        "Why",
        "about 10 minutes",
        "Who reads it",
        "When it is read",
        "What it changes",
        "What cannot stay private",
        "How to leave",
        "cannot hide everything",
        "Exit this page",
    ):
        assert said in page, said
    assert page.index("When it is read") < page.index(">Start</button>")


@pytest.mark.parametrize("needed", [False, True])
def test_skipping_is_promised_only_where_every_question_can_be_skipped(
    person: Person, session: Session, needed: bool
):
    document = copy.deepcopy(SMALL)
    document["audience"] = "organisation"  # a survey of victims may require nothing
    document["questions"][0]["required"] = needed
    collector = a_collector(session, a_survey(session, document))
    page = person.open(str(collector.token)).look().text
    assert ("You can skip any question." in page) is not needed


@pytest.mark.parametrize(
    ("mode", "said"),
    [("confidential", "They are not anonymous"), ("anonymous", "we cannot find out")],
)
def test_r10_either_confidential_or_anonymous_is_promised(
    person: Person, session: Session, mode: str, said: str
):
    survey = a_survey(session, SMALL, mode=mode)
    a_collector(session, survey, token="mode")
    assert said in person.open("mode").look().text


def test_an_anonymous_box_says_that_nobody_can_act_before_the_box(person: Person, session: Session):
    survey = a_survey(session, SMALL, mode="anonymous")
    a_collector(session, survey, token="anon")
    page = person.begin("anon").answer("no").look().text
    assert page.index("cannot act on what you") < page.index("<textarea")


def test_a_person_carries_on_in_her_own_language_and_its_direction(
    person: Person, session: Session
):
    survey = a_survey(session, in_urdu())
    a_collector(session, survey, token="urdu")
    a_reviewed_language(session, "ur")
    page = person.open("urdu").look().text
    assert 'lang="ur"' in page
    assert 'dir="ltr"' in page
    page = person.press("language", language="ur").look().text
    assert '<html lang="ur" dir="rtl">' in page
    assert person.press("start").heading == "سوال"


def test_a_language_the_survey_does_not_have_changes_nothing(person: Person, session: Session):
    survey = a_survey(session, in_urdu())
    a_collector(session, survey, token="urdu")
    person.open("urdu").press("language", language="xx")
    assert '<html lang="en" dir="ltr">' in person.look().text


def test_a_language_whose_own_words_nobody_has_reviewed_is_not_offered(
    person: Person, session: Session
):
    survey = a_survey(session, in_urdu())
    a_collector(session, survey, token="urdu")
    page = person.open("urdu").look().text
    assert "اردو" not in page
    person.press("language", language="ur")
    assert '<html lang="en" dir="ltr">' in person.look().text


def test_whoever_tries_a_survey_out_sees_a_language_in_draft_and_is_told(
    person: Person, session: Session
):
    survey = a_survey(session, in_urdu())
    a_collector(session, survey, token="trial", is_test=True)
    page = person.open("trial").press("language", language="ur").look().text
    assert '<html lang="ur" dir="rtl">' in page
    assert catalogue("ur").gettext(DRAFT_WORDS) in page


def test_a_review_holds_only_for_the_words_that_were_read(
    person: Person, session: Session, monkeypatch: pytest.MonkeyPatch
):
    survey = a_survey(session, in_urdu())
    a_collector(session, survey, token="urdu")
    a_reviewed_language(session, "ur")
    assert "اردو" in person.open("urdu").look().text
    monkeypatch.setattr(interface, "fingerprint", lambda _tag: "other words")
    assert "اردو" not in person.look().text
    with pytest.raises(interface.NotTheSameWordsError):
        a_reviewed_language(session, "ur")


def test_the_welcome_offers_each_reviewed_language_by_its_own_name_and_begins_in_it(
    person: Person, session: Session
):
    survey = a_survey(session, in_urdu())
    a_collector(session, survey, token="urdu")
    assert "اردو" not in person.browser.get("/s/urdu").text
    a_reviewed_language(session, "ur")
    assert 'lang="ur">اردو</button>' in person.browser.get("/s/urdu").text
    person.browser.post("/s/urdu", data={"language": "ur"})
    assert person.heading == "چند سوالات"


def test_a_personal_link_offers_less_often_stop_and_this_was_not_me(
    person: Person, link: Callable[..., str]
):
    page = person.open(link()).look().text
    for act in ("not_now", "less_often", "stop_asking", "not_me"):
        assert f'value="{act}"' in page


def test_r12_a_sensitive_part_begins_with_a_choice(person: Person, session: Session):
    document = copy.deepcopy(SMALL)
    for question in document["questions"][2:]:
        question["sensitive"] = True
        question["non_answers"] = ["prefer_not"]
    survey = a_survey(session, document)
    a_collector(session, survey, token="part")
    person.begin("part").answer("no")
    assert person.heading == "The next questions are more personal"
    page = person.look().text
    for act in ("carry_on", "skip_part", "stop"):
        assert f'value="{act}"' in page
    assert person.press("skip_part").heading == "That was the last question"
    assert person.press("back").heading == "May we quote you?"
    person.press("back")
    assert person.press("carry_on").heading == "What could have been better?"

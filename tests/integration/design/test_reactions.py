"""What an answer sets off, made in plain English, and walked as a person would walk it."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import surveys
from surveys import Answers, Chosen, Number, RawAnswer
from tests.builders import a_survey
from tests.client import LookingClient

from .conftest import add, draft_of, fill


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: a draft is one document on both."""
    return sqlite_url


@pytest.fixture
def asked(designer: LookingClient, begin: Callable[..., UUID]) -> UUID:
    """Return a survey: were you affected (yes, no), how many times, how often since."""
    survey_id = begin()
    first = add(designer, survey_id, "Has a crime affected you?")
    url = f"/design/{survey_id}/questions"
    designer.post(f"{url}/{first}", data=fill(designer, survey_id, first, new_option=["Yes", "No"]))
    add(designer, survey_id, "How often in all?", "number")
    add(designer, survey_id, "How often this year?", "number")
    return survey_id


def react(
    browser: LookingClient, survey_id: UUID, at: str, name: str, about: str, **data: object
) -> object:
    """Add what an answer sets off, as the two pages do."""
    url = f"/design/{survey_id}/questions/{at}/reactions/{name}?about={about}"
    assert browser.get(url).status_code == 200
    return browser.post(url, data=data)


def test_an_answer_ends_the_survey_early_with_words_of_its_own(
    designer: LookingClient, session: Session, asked: UUID
) -> None:
    first, often, _ = draft_of(session, asked).questions
    yes, no = first.options
    silent = react(
        designer, asked, first.id, "end", first.id, test="is", options=[no.id], ending=""
    )
    assert "Write what the last page says" in silent.text
    react(
        designer, asked, first.id, "end", first.id,
        test="is", options=[no.id], ending="", words="Thank you. These questions are for others.",
    )  # fmt: skip
    draft = draft_of(session, asked)
    path = surveys.page_path(draft, Answers({first.id: Chosen((no.id,))}))
    assert [page.id for page in path] == [first.id]
    assert len(surveys.page_path(draft, Answers({first.id: Chosen((yes.id,))}))) == 3
    page = designer.get(f"/design/{asked}/questions/{first.id}/reactions").text
    assert "Last page: “Thank you. These questions are for others.”" in page
    react(
        designer, asked, often.id, "end", often.id,
        test="ge", value="99", ending=draft.endings[0].id,
    )  # fmt: skip
    assert len(draft_of(session, asked).endings) == 1
    for question in (first.id, often.id):
        designer.post(
            f"/design/{asked}/questions/{question}/reactions/end/take", data={"part": "0"}
        )
    assert draft_of(session, asked).endings == ()


def test_two_ways_to_one_signal_are_one_signal(
    designer: LookingClient, session: Session, asked: UUID
) -> None:
    first, often, _ = draft_of(session, asked).questions
    yes, no = first.options
    low = {"test": "is", "signal": "low_safety"}
    for option in (yes.id, no.id):
        react(designer, asked, first.id, "signal", first.id, options=[option], **low)
    raised = draft_of(session, asked).questions[0].signals
    assert [signal.name for signal in raised] == ["low_safety"]
    for option in (yes.id, no.id):
        fired = surveys.signals(draft_of(session, asked), Answers({first.id: Chosen((option,))}))
        assert [signal.name for signal in fired] == ["low_safety"]
    later = f"/design/{asked}/questions/{first.id}/reactions/signal?about={often.id}"
    assert designer.get(later).status_code == 404, "a rule cannot speak of a later question"
    unknown = react(
        designer, asked, first.id, "signal", first.id, test="is", options=[yes.id], signal="x"
    )
    assert unknown.status_code == 200


def test_nothing_needing_a_person_is_offered_where_nothing_leads_to_one(
    designer: LookingClient, session: Session, begin: Callable[..., UUID]
) -> None:
    survey_id = begin(mode="anonymous", name="Nameless")
    often = add(designer, survey_id, "How often?", "number")
    url = f"/design/{survey_id}/questions/{often}/reactions/signal?about={often}"
    page = designer.get(url).text
    assert "support_panel" in page
    assert "contact_requested" not in page
    designer.post(url, data={"test": "ge", "value": "1", "signal": "contact_requested"})
    assert draft_of(session, survey_id).questions[0].signals == ()


def test_an_answer_is_checked_against_another_in_the_designers_words(
    designer: LookingClient, session: Session, asked: UUID
) -> None:
    _, often, year = draft_of(session, asked).questions
    wordless = react(designer, asked, year.id, "check", year.id, test="le", than=often.id, words="")
    assert "Write what the person reads." in wordless.text
    kind = "That is more than in all. Look at both numbers again."
    react(designer, asked, year.id, "check", year.id, test="le", than=often.id, words=kind)
    draft = draft_of(session, asked)
    before = Answers({often.id: Number(Decimal(3))})
    page = draft.questions[2]
    said = surveys.parse_answer(draft, page, RawAnswer(("5",)), before)
    assert [problem.message for problem in said] == [kind]
    assert surveys.parse_answer(draft, page, RawAnswer(("2",)), before) == Number(Decimal(2))
    skipped = surveys.parse_answer(draft, page, RawAnswer(("5",)), Answers({}))
    assert skipped == Number(Decimal(5)), "who skipped the other question is not held up"
    assert (
        "was answered"
        not in designer.get(
            f"/design/{asked}/questions/{year.id}/reactions/check?about={year.id}"
        ).text
    )
    designer.post(f"/design/{asked}/questions/{year.id}/reactions/check/take", data={"part": "0"})
    assert draft_of(session, asked).questions[2].validation == ()


def test_what_stays_as_it_came_is_said(designer: LookingClient, session: Session) -> None:
    survey = a_survey(session, "victims_survey")
    questions = draft_of(session, survey.id).questions
    fed = next(q for q in questions if q.dimension)
    packed = next(q for q in questions if q.options_from)
    for question, words in ((fed, "looked at by this answer"), (packed, "from your area pack")):
        page = designer.get(f"/design/{survey.id}/questions/{question.id}/reactions").text
        assert "Shown, and not changed here" in page
        assert words in page

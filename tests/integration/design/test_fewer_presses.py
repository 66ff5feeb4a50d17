"""What saves presses from blank to live: conditions with a question, one page of words, a link."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import surveys
from app.models import Collector, Role
from app.packs import load_pack
from app.services import launching, publishing
from tests.builders import NOW, an_actor
from tests.client import LookingClient

from .conftest import add, draft_of, revision_of


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: the locking underneath is tested on both."""
    return sqlite_url


def test_a_question_can_be_added_with_the_answer_it_depends_on(
    designer: LookingClient, session: Session, begin: Callable[..., UUID]
) -> None:
    survey_id = begin()
    url = f"/design/{survey_id}/questions/new"
    assert "Who is asked" not in designer.get(url).text, "there is nothing to depend on yet"
    data = {"text": "Did anyone call?", "kind": "single", "answers": "Yes\nNo", "after": ""}
    first = designer.post(url, data=data).location.rpartition("/")[2]
    yes = draft_of(session, survey_id).questions[0].options[0].id
    only = f"{first} {yes}"
    assert f'value="{only}"' in designer.get(url).text
    designer.post(url, data={"text": "Who?", "kind": "long_text", "after": "", "only_if": only})
    draft = draft_of(session, survey_id)
    asked = surveys.explain_page(draft.questions[1], draft)
    assert asked == "Asked only if “Did anyone call?” is “Yes”."


@pytest.mark.parametrize("forged", ["nobody o_1", "{first} o_1", "{second} {own}", "x"])
def test_a_condition_that_was_not_offered_is_refused(
    designer: LookingClient, session: Session, begin: Callable[..., UUID], forged: str
) -> None:
    survey_id = begin()
    url = f"/design/{survey_id}/questions/new"
    data = {"kind": "single", "answers": "Yes\nNo", "after": ""}
    first = designer.post(url, data=data | {"text": "One"}).location.rpartition("/")[2]
    second = designer.post(url, data=data | {"text": "Two"}).location.rpartition("/")[2]
    own = draft_of(session, survey_id).questions[1].options[0].id
    only = forged.format(first=first, second=second, own=own)
    answer = designer.post(url, data=data | {"text": "Between", "after": first, "only_if": only})
    assert answer.status_code == 200
    assert len(draft_of(session, survey_id).questions) == 2


@pytest.mark.parametrize(("place", "order"), [(0, "CAB"), (1, "ACB"), (2, "ABC"), (99, "ABC")])
def test_a_question_goes_where_it_was_dragged(
    designer: LookingClient, session: Session, begin: Callable[..., UUID], place: int, order: str
) -> None:
    survey_id = begin()
    ids = {name: add(designer, survey_id, name) for name in "ABC"}
    designer.post(f"/design/{survey_id}/questions/{ids['C']}/to", data={"place": place})
    asked = draft_of(session, survey_id).questions
    assert "".join(q.text.in_("en") for q in asked) == order


def test_every_text_of_a_language_is_reviewed_on_one_page_and_saves_itself(
    designer: LookingClient, session: Session, begin: Callable[..., UUID]
) -> None:
    survey_id = begin()
    question = add(designer, survey_id, "How are you?", "long_text")
    designer.post(f"/design/{survey_id}/languages", data={"language": "cy"})
    url, key = f"/design/{survey_id}/languages/cy/all", f"t_{question}.text"
    assert "How are you?" in designer.get(url).text
    data = {"revision": revision_of(session, survey_id), key: "Sut wyt ti?", "act": "quiet"}
    saved = designer.post(url, data=data)
    assert saved.json["revision"] == revision_of(session, survey_id)
    text = draft_of(session, survey_id).questions[0].text
    assert (text.in_("cy"), text.status("cy")) == ("Sut wyt ti?", surveys.Status.DRAFT)
    late = designer.post(url, data=data | {key: "Sut mae?"})
    assert late.status_code == 409
    assert draft_of(session, survey_id).questions[0].text.in_("cy") == "Sut wyt ti?"
    data = {"revision": revision_of(session, survey_id), key: "Sut wyt ti?", "act": "review"}
    done = designer.post(url, data=data)
    assert done.location == f"/design/{survey_id}/languages"
    assert draft_of(session, survey_id).questions[0].text.status("cy") is surveys.Status.REVIEWED


@pytest.mark.parametrize(
    ("template", "is_check_in", "channel"),
    [
        ("victims_code", False, "open"),
        ("checkin_adult", True, "personal"),
        ("provider_survey", False, "personal"),
    ],
)
def test_a_launch_opens_the_usual_way_in_where_there_is_none(
    session: Session, template: str, is_check_in: bool, channel: str
) -> None:
    mina = an_actor(session, Role.DESIGNER)
    content = launching.from_template(template, load_pack("thames-valley"), "Spring")
    survey = launching.start(
        session, content, name="Spring", by=mina, now=NOW, is_check_in=is_check_in
    )
    launching.trial_collector(session, survey.id, by=mina, now=NOW)
    publishing.add_version(session, survey, surveys.dump(content), by=None, now=NOW)
    launching.launch(session, survey.id, by=mina, now=NOW)
    ways = session.scalars(select(Collector).where(Collector.is_test.is_(False))).all()
    assert [way.channel for way in ways] == [channel]
    launching.pause(session, survey.id, by=mina, now=NOW)
    launching.launch(session, survey.id, by=mina, now=NOW)
    assert len(session.scalars(select(Collector)).all()) == 2

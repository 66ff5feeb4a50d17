"""Half-done decisions: there again for whoever made them, seen and counted nowhere else."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AnswerText, HalfDone, Review, Role, Survey
from app.services import retention
from app.store import coding, responses
from tests.builders import NOW
from tests.client import LookingClient
from tests.integration.coding.builders import a_coded_survey, a_coding, a_text

SignIn = Callable[..., LookingClient]
BEGUN = {
    "act": "quiet", "keep": "waiting", "polarity.waiting": "mixed", "note": "Ask about the call.",
    "theme": "kept_informed", "theme_polarity": "negative", "theme_words": "nobody told her",
    "theme_start": "", "theme_end": "",
}  # fmt: skip


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_coded_survey(session)


@pytest.fixture
def text(session: Session, survey: Survey) -> AnswerText:
    text = a_text(session, survey)
    a_coding(session, text)
    return text


@pytest.fixture
def analyst(sign_in: SignIn) -> LookingClient:
    return sign_in(Role.ANALYST)


def url(text: AnswerText) -> str:
    return f"/coding/answers/{text.id}?order=newest"


def halves(session: Session) -> list[HalfDone]:
    session.expire_all()
    return list(session.scalars(select(HalfDone)))


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def test_what_was_begun_is_there_again_and_counts_nowhere(
    analyst: LookingClient, session: Session, survey: Survey, text: AnswerText
) -> None:
    kept = analyst.post(url(text), data=BEGUN).get_json()
    assert kept["half"] == 1

    page = analyst.get(url(text)).text
    assert "You left this half done today" in page
    assert re.search(r'value="waiting" id="keep-1" checked', page)
    assert re.search(r'value="mixed" selected', page)
    assert "Ask about the call." in page
    assert ">nobody told her</textarea>" in page
    assert "Half done: nothing of it counts" in analyst.get("/coding/").text
    assert session.scalars(select(Review)).all() == []
    assert coding.count_read(session, survey.id) == (1, 0, 0)
    (half,) = halves(session)
    assert b"Ask about" not in half.fields_sealed


def test_saving_beginning_afresh_withdrawing_and_time_take_it_away(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    analyst.post(url(text), data=BEGUN)
    analyst.post(url(text), data=BEGUN | {"act": "save", "half": "1"})
    assert halves(session) == []
    seen = field(analyst.get(url(text)).text, "seen")

    analyst.post(url(text), data=BEGUN | {"seen": seen})
    assert len(halves(session)) == 1
    analyst.post(f"/coding/answers/{text.id}/afresh")
    assert halves(session) == []

    analyst.post(url(text), data=BEGUN | {"seen": seen})
    retention.purge(session, now=halves(session)[0].saved_at + timedelta(days=29))
    assert len(halves(session)) == 1
    retention.purge(session, now=halves(session)[0].saved_at + timedelta(days=31))
    assert halves(session) == []

    analyst.post(url(text), data=BEGUN | {"seen": seen})
    responses.empty_response(session, text.response_id, on=NOW.date())
    session.commit()
    assert halves(session) == []


def test_a_second_tab_is_never_written_over(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    analyst.post(url(text), data=BEGUN)
    for known in ("0", "7", "x"):
        refused = analyst.post(url(text), data=BEGUN | {"note": "The other tab.", "half": known})
        assert refused.status_code == 409
        assert "another tab" in refused.get_json()["words"]
    assert analyst.post(url(text), data=BEGUN | {"half": "1"}).get_json()["half"] == 2
    assert "The other tab." not in (halves(session)[0].fields or "")

    analyst.post(url(text), data=BEGUN | {"act": "save", "half": "2"})
    late = analyst.post(url(text), data=BEGUN | {"half": "2"})  # the tab that stayed open
    fresh = analyst.post(url(text), data=BEGUN)  # and one that had kept nothing yet
    assert (late.status_code, fresh.status_code) == (409, 409)
    assert halves(session) == []


def test_what_one_saved_in_another_tab_is_not_replaced_unseen(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    saves = {"act": "save", "keep": "waiting", "polarity.waiting": "negative"}
    assert analyst.post(url(text), data=saves).status_code == 302
    assert analyst.post(url(text), data=saves).status_code == 302  # the same, sent once more
    page = analyst.post(url(text), data={"act": "save", "none_fits": "yes"}).text
    assert "You saved this in another tab" in page
    seen = field(page, "seen")
    assert analyst.post(url(text), data={"none_fits": "yes", "seen": seen}).status_code == 302
    stale = analyst.post(url(text), data=saves | {"seen": seen}).text  # changed since, by oneself
    assert "You saved this in another tab" in stale
    session.expire_all()
    assert session.scalars(select(Review)).one().codes == []


def test_a_second_analyst_learns_that_somebody_began_and_nothing_of_it(
    analyst: LookingClient, sign_in: SignIn, session: Session, text: AnswerText
) -> None:
    analyst.post(url(text), data=BEGUN)
    other = sign_in(Role.ANALYST)
    page = other.get(url(text)).text
    assert f"Others have begun with it and not saved: {analyst.staff.name}" in page
    assert "Ask about the call." not in page
    assert "left this half done" not in page
    assert "Half done:" not in other.get("/coding/").text

    other.post(url(text), data={"act": "save", "none_fits": "yes"})
    assert len(halves(session)) == 1  # nobody's work goes because a colleague was quicker
    back = analyst.get(url(text)).text
    assert "A person has decided on this answer" in back
    assert "Ask about the call." in back
    saved = analyst.post(url(text), data=BEGUN | {"act": "save", "half": "1"}).text
    assert "decided on this answer while you had it open" in saved


def test_without_a_script_adding_a_theme_keeps_what_is_there(
    analyst: LookingClient, session: Session, text: AnswerText
) -> None:
    page = analyst.post(url(text), data=BEGUN | {"act": "add"}).text
    assert field(page, "half") == "1"
    assert len(halves(session)) == 1


@pytest.mark.parametrize("role", [Role.APPROVER, Role.COMMISSIONER, Role.CASEWORKER])
def test_nobody_but_an_analyst_keeps_or_clears_anything(
    sign_in: SignIn, session: Session, text: AnswerText, role: Role
) -> None:
    other = sign_in(role)
    assert other.post(url(text), data=BEGUN).status_code == 403
    assert other.post(f"/coding/answers/{text.id}/afresh").status_code == 403
    assert halves(session) == []

"""T15, T16 end to end: set aside with a reason, never refused or deleted, left out of figures."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEvent, Channel, Collector, Flag, Job, Response, Survey, Task
from app.models import Role as StaffRole
from app.services import setting_aside
from app.services.sending import CODE_JOB
from app.store.responses import count_complete
from tests.builders import NOW, a_collector, a_survey, an_actor
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import Person, count, finish
from tests.integration.respond.test_check_in import (
    AS_SOON_AS,
    KNOWS,
    NOT_MANAGING,
    NOT_SAFE,
    tap_all,
)


def reasons(session: Session) -> list[str | None]:
    session.rollback()
    return list(session.scalars(select(Response.quarantined)))


@pytest.mark.usefixtures("survey")
def test_t15_a_script_is_thanked_stored_and_set_aside_whole(
    another: Callable[[], Person], session: Session
):
    for _ in range(7):
        assert finish(another().begin(OPEN)).heading == "Thank you"
    assert reasons(session) == ["too_fast"] * 7
    # Words are still read for danger.
    assert len(session.scalars(select(Job).where(Job.kind == CODE_JOB)).all()) == 7


@pytest.mark.usefixtures("survey")
def test_t16_a_filled_trap_is_set_aside_and_everything_looks_the_same(
    person: Person, session: Session
):
    person.browser.get(f"/s/{OPEN}")
    person.browser.post(f"/s/{OPEN}", data={"act": "begin", "website": "http://spam"})
    assert finish(person.press("start")).heading == "Thank you"
    assert reasons(session) == ["honeypot"]


@pytest.mark.usefixtures("survey")
def test_t16_who_sends_without_ever_pressing_start_is_as_quick_as_can_be(
    another: Callable[[], Person], session: Session
):
    for number in range(6):
        program = another().open(OPEN)
        program.post({"act": "stop", "question": "words", "q_words": f"vote {number} " * 6})
    assert reasons(session) == ["too_fast"] * 6


def test_personal_links_are_never_doubted(
    another: Callable[[], Person], session: Session, check_in: Collector, link: Callable[..., str]
):
    for number in range(7):
        tap_all(another(), link(f"case-{number}"), "o_rfqcpv8x", "o_35n48pj4", KNOWS, "o_mk5jngvh")
    assert reasons(session) == [None] * 7
    assert count_complete(session, check_in.id) == 7


def test_a_trial_of_a_designer_alarms_nobody(person: Person, session: Session):
    survey = a_survey(session, "checkin_adult", is_check_in=True)
    trial = a_collector(session, survey, Channel.OPEN, is_test=True)
    tap_all(person, str(trial.token), NOT_MANAGING, NOT_SAFE, KNOWS, AS_SOON_AS)
    assert session.scalars(select(Response.is_test)).one() is True
    assert (count(session, Flag), count(session, Task)) == (0, 0)


def test_the_team_lets_answers_in_or_keeps_them_out_in_bulk_and_it_is_recorded(
    another: Callable[[], Person], session: Session, survey: Survey
):
    for _ in range(6):
        finish(another().begin(OPEN))
    by = an_actor(session, StaffRole.DESIGNER)
    [pile] = setting_aside.list_piles(session, survey.id)
    assert (pile.reason, pile.count, pile.is_kept) == ("too_fast", 6, False)
    setting_aside.keep(session, survey.id, "too_fast", by=by, now=NOW)
    [pile] = setting_aside.list_piles(session, survey.id)
    assert (pile.count, pile.is_kept) == (6, True)
    setting_aside.release(session, survey.id, pile.reason, by=by, now=NOW)
    assert reasons(session) == [None] * 6
    acts = session.scalars(select(AuditEvent.act).where(AuditEvent.actor_kind == "staff")).all()
    assert acts[-2:] == ["responses.keep_out", "responses.release"]


def test_the_page_of_what_is_set_aside_shows_counts_and_no_words(
    another: Callable[[], Person], session: Session, survey: Survey, sign_in: Callable[..., object]
):
    for _ in range(6):
        finish(another().begin(OPEN))
    designer = sign_in(StaffRole.DESIGNER)
    address = f"/design/{survey.id}/aside"
    page = designer.get(address).text  # type: ignore[attr-defined]
    assert "Many sent faster than anybody reads: 6" in page
    assert "Nobody rang" not in page
    data = {"act": "release", "reason": "too_fast"}
    assert designer.post(address, data=data).status_code == 302  # type: ignore[attr-defined]
    assert reasons(session) == [None] * 6

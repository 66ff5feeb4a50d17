"""Paper forms typed in by staff: stored once, marked as paper, never by whom they rate (R23)."""

import json
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Answer, AnswerText, AuditEvent, Channel, Collector, Job, Response, Role
from tests.builders import a_collector, a_survey
from tests.client import LookingClient
from tests.integration.respond.person import CANARY, SMALL, count
from tests.integration.respond.test_every_kind import DOCUMENT, GIVEN

WRITTEN = {"q_told": "no", "q_words": f"They rang too late. {CANARY}", "q_quote": "quote_yes"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: rows go in by the same road as those of the journey."""
    return sqlite_url


@pytest.fixture
def batch(session: Session) -> Collector:
    """Return an open way in for paper."""
    return a_collector(session, a_survey(session, SMALL), Channel.PAPER)


@pytest.fixture
def analyst(sign_in: Callable[..., LookingClient]) -> LookingClient:
    """Return a browser of somebody who reads answers at the body itself."""
    return sign_in(Role.ANALYST)


def once(page: str) -> str:
    """Return the mark of a page on which a form is typed."""
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_form_is_stored_as_paper_and_the_next_one_shown(
    analyst: LookingClient, batch: Collector, session: Session
):
    assert batch.token is None  # nobody answers on the web as if on paper
    page = analyst.get(f"/paper/{batch.id}").text
    assert "Did you tell anyone?" in page
    reply = analyst.post(f"/paper/{batch.id}", data={**WRITTEN, "once": once(page)})
    assert reply.status_code == 302
    sent = session.scalars(select(Response)).one()
    assert (sent.channel, sent.collector_id, sent.disposition) == ("paper", batch.id, "complete")
    assert sent.quote_consent
    assert session.scalars(select(AnswerText)).one().body == WRITTEN["q_words"]
    assert session.scalars(select(Job.kind)).all() == ["code_response"]
    event = session.scalars(select(AuditEvent).where(AuditEvent.act == "response.enter")).one()
    assert event.actor_id == analyst.staff.id
    assert CANARY not in analyst.get(f"/paper/{batch.id}").text


def test_a_page_sent_twice_is_stored_once(
    analyst: LookingClient, batch: Collector, session: Session
):
    mark = once(analyst.get(f"/paper/{batch.id}").text)
    for _ in range(2):
        analyst.post(f"/paper/{batch.id}", data={**WRITTEN, "once": mark})
    assert "stored already" in analyst.get(f"/paper/{batch.id}").text
    assert count(session, Response) == 1


def test_what_needs_a_change_stays_typed_and_nothing_is_stored(
    analyst: LookingClient, batch: Collector, session: Session
):
    reply = analyst.post(f"/paper/{batch.id}", data={**WRITTEN, "q_words": "x" * 201, "once": "a"})
    assert "Use 200 letters or fewer" in reply.text
    assert "x" * 201 in reply.text
    assert 'value="no" checked' in reply.text
    empty = analyst.post(f"/paper/{batch.id}", data={"once": "b"})
    assert "Type at least one answer" in empty.text
    assert count(session, Response) == 0


def test_an_answer_the_person_was_sent_past_is_left_out_and_said(
    analyst: LookingClient, batch: Collector, session: Session
):
    analyst.post(f"/paper/{batch.id}", data={**WRITTEN, "q_who": "friend", "once": "a"})
    assert "1 off the route left out" in analyst.get(f"/paper/{batch.id}").text
    assert "who" not in session.scalars(select(Answer.question_id)).all()


def test_every_kind_of_question_can_be_typed_in(analyst: LookingClient, session: Session):
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    for question in document["questions"]:
        question["support"] = question["kind"] in {"short_text", "long_text"}
    batch = a_collector(session, a_survey(session, document), Channel.PAPER)
    fields = {name: value for given in GIVEN.values() for name, value in given.items()}
    reply = analyst.post(f"/paper/{batch.id}", data={**fields, "once": "a"})
    assert reply.status_code == 302, reply.text
    answered = set(session.scalars(select(Answer.question_id).where(Answer.state == "answered")))
    assert answered == set(GIVEN) - {"q_k_info"}


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.PROVIDER_LEAD, Role.OUTREACH])
def test_r23_a_worker_who_may_be_rated_neither_types_forms_in_nor_sees_them(
    role: Role, sign_in: Callable[..., LookingClient], batch: Collector
):
    services = ["adult"] if role is Role.PROVIDER_LEAD else ()
    worker = sign_in(role, services=services)
    assert worker.get("/paper/").status_code == 403
    assert worker.post(f"/paper/{batch.id}", data=WRITTEN).status_code == 403


def test_only_open_ways_in_for_paper_can_be_typed_into(analyst: LookingClient, session: Session):
    survey = a_survey(session, SMALL)
    web, shut = a_collector(session, survey), a_collector(session, survey, Channel.PAPER)
    shut.is_open = False
    session.commit()
    for collector in (web, shut):
        assert analyst.get(f"/paper/{collector.id}").status_code == 404
    assert "No way in for paper is open" in analyst.get("/paper/").text

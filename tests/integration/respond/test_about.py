"""What the law asks for, on a page that says nothing of the subject; complaints and their clock."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.clock import london_today
from app.models import AuditEvent, Complaint, Role
from app.packs import load_pack
from app.respond.wording import TELLING
from app.services import complaints, retention
from app.store import outbox
from app.worker.loop import Registry, work_once
from app.worker.upkeep import Purges
from tests.builders import NOW
from tests.integration.respond.conftest import OPEN
from tests.integration.respond.person import CANARY, Person, count


def in_sight(page: str) -> str:
    """Return the words a glance shows: not what is folded away."""
    folded = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    return re.sub(r"<script.*?</script>|<[^>]+>", " ", folded, flags=re.DOTALL)


def test_privacy_cookies_accessibility_and_complaint_stand_on_one_neutral_page(person: Person):
    page = person.browser.get("/about").text
    for heading in ("Privacy", "Your rights", "Cookies", "Accessibility", "Complain about how"):
        assert heading in page
    assert not TELLING.search(in_sight(page))
    assert "Exit this page" in page
    assert "Phone numbers for help now" in page
    pack = person.browser.application.config["PACK"]
    for fact in (pack.body_name, pack.privacy_contact, pack.contact_email):
        assert fact in page


def test_r7_the_cookies_named_are_the_cookies_set(person: Person, survey: Any):
    assert survey
    person.begin(OPEN)
    page = person.browser.get("/about").text
    names = {cookie.key for cookie in person.browser._cookies.values()}
    assert names == {"visit", "heard_public"}
    assert all(f"“{name}”" in page for name in names)


@pytest.mark.usefixtures("survey")
def test_r8_every_page_leads_there_and_a_question_keeps_what_is_typed_meanwhile(person: Person):
    assert 'href="/about"' in person.browser.get(f"/s/{OPEN}").text
    person.begin(OPEN).answer("no")
    assert 'name="act" value="about"' in person.look().text
    typed = {"act": "about", "question": "words", "q_words": CANARY, "seen": ""}
    reply = person.browser.post("/", data=typed)
    assert (reply.status_code, reply.location) == (303, "/about")
    assert CANARY in person.look().text
    assert 'href="/about"' in person.browser.get("/no-such-page").text


def test_a_complaint_is_sealed_joined_to_nothing_and_due_in_thirty_days(
    person: Person, session: Session
):
    data = {"words": f"You asked twice. {CANARY}", "reply": "me@example.org"}
    reply = person.browser.post("/about", data=data)
    assert (reply.status_code, reply.location) == (303, "/about")
    due = london_today() + timedelta(days=30)
    assert f"answer by {due:%-d %B %Y}" in person.browser.get("/about").text
    assert "We have it" not in person.browser.get("/about").text
    complaint = session.scalars(select(Complaint)).one()
    assert complaint.due_on == due
    assert CANARY in (complaint.words or "")
    assert CANARY.encode() not in complaint.words_sealed
    event = session.scalars(select(AuditEvent)).one()
    assert (event.act, event.actor_id, event.detail) == ("complaint.receive", None, {})


@pytest.mark.parametrize("data", [{"words": " "}, {"words": "x", "website": "spam"}])
def test_nothing_is_kept_of_an_empty_complaint_or_of_a_program(
    person: Person, session: Session, data: dict[str, str]
):
    page = person.browser.post("/about", data=data)
    assert count(session, Complaint) == 0
    assert ("Write what went wrong" in page.text) == (data["words"] == " ")


def test_the_administrator_reads_acknowledges_and_answers_each_act_recorded(
    session: Session, sign_in: Callable[..., Any]
):
    complaints.receive(session, "You asked twice.", "me@example.org", now=NOW)
    row = session.scalars(select(Complaint)).one()
    administrator = sign_in(Role.ADMINISTRATOR)
    assert "You asked twice" not in administrator.get("/complaints").text
    page = administrator.get(f"/complaints/{row.id}").text
    assert "You asked twice." in page
    assert "me@example.org" in page
    for act in ("acknowledge", "close"):
        assert administrator.post(f"/complaints/{row.id}", data={"act": act}).status_code == 302
    session.refresh(row)
    assert row.acknowledged_on == row.closed_on == london_today()
    assert row.reply_to is None
    acts = session.scalars(select(AuditEvent.act).where(AuditEvent.object_kind == "complaint"))
    assert list(acts)[1:] == ["complaint.read", "complaint.acknowledge", "complaint.close"]
    assert sign_in(Role.ANALYST).get(f"/complaints/{row.id}").status_code == 403


def test_a_complaint_goes_when_the_time_the_pack_sets_after_its_answer_is_over(
    session: Session, engine: Engine
):
    answered, recent, waiting = NOW - timedelta(days=41), NOW - timedelta(days=39), None
    for closed in (answered, recent, waiting):
        complaints.receive(session, CANARY, "", now=NOW - timedelta(days=900))
        row = session.scalars(select(Complaint).where(Complaint.closed_on.is_(None))).one()
        row.closed_on = closed and closed.date()
        session.commit()
    pack = load_pack("thames-valley").model_copy(update={"complaint_days": 40})
    outbox.add_job(session, "purge", now=NOW)
    session.commit()
    work_once(sessionmaker(engine), Registry(works=(Purges(pack),), chores=()), NOW)
    left = session.scalars(select(Complaint.closed_on)).all()
    assert set(left) == {recent.date(), None}  # what nobody has answered waits
    assert timedelta(days=730) == retention.COMPLAINT_LIFE

"""Tasks: caseworker and supervisor see the same; done, noted, and raised further."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.models import AuditEvent, ContactRequest, Flag, Role, Task
from app.services import retention, tasks
from app.services.raising import raise_task
from app.store.actors import Actor
from tests.builders import NOW, a_response, a_survey, an_actor
from tests.client import LookingClient
from tests.integration.coding.builders import HOURS

SignIn = Callable[..., LookingClient]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite only: these queries are plain, and the suite has ten minutes."""
    return sqlite_url


@pytest.fixture
def task(session: Session) -> Task:
    response = a_response(session, a_survey(session, "checkin_adult"), service="adult")
    request = ContactRequest(response_id=response.id, wish="this_week", asked_on=NOW.date())
    request.details = '{"way": "text", "reach": "07700 900123"}'
    session.add(request)
    task = raise_task(
        session, response.id, kind="contact", hours=HOURS, now=NOW, case_key="VF-9", service="adult"
    )
    session.commit()
    return task


def test_caseworker_and_supervisor_see_one_list(sign_in: SignIn, task: Task) -> None:
    one, two = sign_in(Role.CASEWORKER, services=("adult",)), sign_in(Role.SUPERVISOR)
    one.post(f"/tasks/{task.id}/take")
    for browser in (one, two):
        page = browser.get("/tasks/").text
        assert "Asked to be contacted" in page
        assert "VF-9" in page
        assert "With Sam Okafor" in page


def test_whoever_looked_before_it_was_taken_is_told_and_takes_nothing_over(
    sign_in: SignIn, session: Session, task: Task
) -> None:
    one, two = sign_in(Role.CASEWORKER), sign_in(Role.CASEWORKER)
    one.post(f"/tasks/{task.id}/take", data={"was_with": ""})
    page = two.post(f"/tasks/{task.id}/take", data={"was_with": ""}, follow_redirects=True).text
    assert "Not taken: somebody else took it" in page
    session.refresh(task)
    assert task.owner_id == one.staff.id
    two.post(f"/tasks/{task.id}/take", data={"was_with": str(one.staff.id)})
    session.refresh(task)
    assert task.owner_id == two.staff.id


def test_two_notes_in_one_moment_are_both_kept(
    engine: Engine, session: Session, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = an_actor(session, Role.CASEWORKER), an_actor(session, Role.CASEWORKER)
    session.commit()
    write = tasks._noted

    def slowly(*told: Any) -> str | None:
        line = write(*told)
        time.sleep(0.05)
        return line

    monkeypatch.setattr(tasks, "_noted", slowly)

    def note(by: Actor, words: str) -> None:
        with sessionmaker(engine, expire_on_commit=False)() as own:
            own.get(Task, task.id)  # both have looked at it
            tasks.add_note(own, task.id, words, by=by, now=NOW)

    both = [
        threading.Thread(target=note, args=told)
        for told in ((one, "He answered: do not ring."), (two, "Left a message."))
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    session.refresh(task)
    assert task.note is not None
    assert "do not ring" in task.note
    assert "Left a message" in task.note


def test_done_says_what_came_of_it_and_is_kept(
    sign_in: SignIn, session: Session, task: Task
) -> None:
    caseworker = sign_in(Role.CASEWORKER)
    address = f"/tasks/{task.id}"
    assert "Say what happened." in caseworker.post(f"{address}/done", data={"words": ""}).text
    caseworker.post(address, data={"words": "No answer."})
    caseworker.post(f"{address}/done", data={"words": "Spoke at ten."})
    session.refresh(task)
    assert task.done_by == caseworker.staff.id
    page = caseworker.get(address).text
    assert page.index("No answer.") < page.index("Spoke at ten.")
    assert caseworker.post(address, data={"words": "Late thought."}).status_code == 409


def test_thirty_days_after_contact_was_made_the_way_to_reach_them_is_forgotten(
    session: Session, task: Task
) -> None:
    worker = an_actor(session, Role.CASEWORKER)
    tasks.finish(session, task.id, "Spoke at ten.", by=worker, now=NOW)
    request = session.scalars(select(ContactRequest)).one()
    retention.purge(session, now=NOW + timedelta(days=30))
    session.refresh(request)
    assert request.details is not None
    retention.purge(session, now=NOW + timedelta(days=31))
    session.refresh(request)
    assert request.details is None


def test_the_way_to_be_in_touch_is_shown_when_asked_for_and_that_is_recorded(
    sign_in: SignIn, session: Session, task: Task
) -> None:
    caseworker = sign_in(Role.CASEWORKER)
    assert "07700" not in caseworker.get(f"/tasks/{task.id}").text
    assert caseworker.post(f"/tasks/{task.id}/reach").status_code == 409
    caseworker.post(f"/tasks/{task.id}/take")
    assert "07700 900123" in caseworker.post(f"/tasks/{task.id}/reach").text
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert event.act == "contact.open"


def test_a_worried_caseworker_tells_safeguarding(
    sign_in: SignIn, session: Session, task: Task
) -> None:
    data = {"tier": "SG2", "reason": "She whispered."}
    sign_in(Role.CASEWORKER).post(f"/tasks/{task.id}/raise", data=data)
    flag = session.scalars(select(Flag)).one()
    assert (flag.source, flag.tier) == ("person", "SG2")
    assert "She whispered." in sign_in(Role.SAFEGUARDING_LEAD).get(
        f"/safeguarding/flags/{flag.id}"
    ).text  # fmt: skip


def test_nobody_of_another_service_or_role_sees_a_task(sign_in: SignIn, task: Task) -> None:
    stranger = sign_in(Role.CASEWORKER, services=("cyp",))
    assert "VF-9" not in stranger.get("/tasks/").text
    for act in ("", "/take", "/done", "/reach", "/raise"):
        assert stranger.post(f"/tasks/{task.id}{act}").status_code == 404
    others = sign_in(*(set(Role) - {Role.CASEWORKER, Role.SUPERVISOR}))
    assert others.get(f"/tasks/{task.id}").status_code == 403

"""Somebody on the staff who looks for a person is seen doing it (safety.md T7)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from app.clock import utc_now
from app.figures.columns import load_columns
from app.models import AnswerText, AuditEvent, Flag, FlagStatus, Role, Survey
from app.packs import load_pack
from app.services import alerts, reading, rota
from app.services.alerts import Limits
from app.store import coding
from app.store.coding import Order
from app.worker.alerts import EVERY
from app.worker.coders import Coders
from app.worker.engine import build_registry
from app.worker.loop import Registry, work_once
from tests.builders import a_staff_user, an_actor
from tests.client import LookingClient
from tests.integration.coding.builders import (
    HOURS,
    WORDS,
    a_coded_survey,
    a_coding,
    a_flag,
    a_text,
)
from tests.integration.worker.fakes import FakeCoder, Outbox, always

SignIn = Callable[..., LookingClient]
Work = Callable[[], None]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here is the database's own; the trail's triggers are tested on both elsewhere."""
    return sqlite_url


@pytest.fixture
def survey(session: Session) -> Survey:
    survey = a_coded_survey(session)
    a_coding(session, a_text(session, survey))
    return survey


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def work(session: Session, outbox: Outbox, tmp_path: Path) -> Work:
    """Return a worker's run until nothing waits, with a chore's time come each time."""

    def run() -> None:
        coders = Coders(tmp_path, find=always(FakeCoder()))
        registry: Registry = build_registry(
            load_pack("thames-valley"),
            instance=tmp_path,
            staff_url="https://staff.example",
            coders=coders,
            sender=outbox,
        )
        sessions = sessionmaker(session.get_bind(), expire_on_commit=False)
        while work_once(sessions, registry, utc_now()):
            pass
        session.expire_all()

    return run


@pytest.fixture
def planted(session: Session, survey: Survey, work: Work) -> Flag:
    """Return the flag of a planted record, once the worker has been over it."""
    by = an_actor(session, Role.ADMINISTRATOR)
    alerts.plant(session, hours=HOURS, by=by, now=utc_now())
    work()
    return session.scalars(select(Flag).join(Flag.response).filter_by(survey_id=survey.id)).one()


def raised(session: Session) -> list[tuple[str, str]]:
    session.expire_all()
    acts = (alerts.CANARY, alerts.REACH)
    events = session.scalars(select(AuditEvent).where(AuditEvent.act.in_(acts)))
    return [(event.act, event.object_id) for event in events]


def test_opening_a_planted_record_tells_everybody_who_watches_but_the_one_who_did_it(
    session: Session, sign_in: SignIn, planted: Flag, work: Work, outbox: Outbox
) -> None:
    auditor = a_staff_user(session, Role.AUDITOR)
    a_staff_user(session, Role.ANALYST)
    lead = sign_in(Role.SAFEGUARDING_LEAD)
    listed = lead.get("/safeguarding/closed").text
    assert f"/safeguarding/flags/{planted.id}" in listed
    work()
    assert raised(session) == []  # a list shows nobody's words
    page = lead.get(f"/safeguarding/flags/{planted.id}").text
    assert any(words in page for words in alerts.WORDS)
    work()
    assert raised(session) == [(alerts.CANARY, str(lead.staff.id))]
    administrators = [u.email for u in rota.people(session, frozenset({Role.ADMINISTRATOR}))]
    assert {m.address for m in outbox.sent} == {auditor.email, *administrators}
    said = outbox.sent[0].subject + outbox.sent[0].body
    assert lead.staff.name not in said
    assert str(planted.id) not in said
    lead.get(f"/safeguarding/flags/{planted.id}")
    work()
    assert len(raised(session)) == 1  # once a day and record


def test_a_planted_record_stays_in_sight_among_many_that_are_closed(
    session: Session, survey: Survey, sign_in: SignIn
) -> None:
    now = utc_now()
    for n in range(60):
        flag = a_flag(session, a_text(session, survey).response, reason=f"text:{n}")
        flag.status, flag.closed_at = FlagStatus.CLOSED, now - timedelta(hours=n)
    session.commit()
    alerts.plant(session, hours=HOURS, by=an_actor(session, Role.ADMINISTRATOR), now=now)
    planted = session.scalars(select(Flag).where(Flag.reason == "person:1")).one()
    assert (
        f"/flags/{planted.id}" in sign_in(Role.SAFEGUARDING_LEAD).get("/safeguarding/closed").text
    )


def test_an_analyst_who_has_the_address_is_seen_too(
    session: Session, sign_in: SignIn, planted: Flag, work: Work
) -> None:
    analyst = sign_in(Role.ANALYST)
    analyst.get(f"/coding/answers/{planted.text_id}")
    work()
    assert raised(session) == [(alerts.CANARY, str(analyst.staff.id))]


def test_the_alert_comes_within_a_minute() -> None:
    assert timedelta(seconds=60) > 2 * EVERY


def test_an_alert_cannot_be_taken_out_of_the_trail(
    session: Session, sign_in: SignIn, planted: Flag, work: Work
) -> None:
    sign_in(Role.SAFEGUARDING_LEAD).get(f"/safeguarding/flags/{planted.id}")
    work()
    with pytest.raises(DBAPIError):
        session.execute(delete(AuditEvent).where(AuditEvent.act == alerts.CANARY))


def test_a_planted_record_counts_nowhere_and_waits_in_no_list(
    session: Session, survey: Survey, planted: Flag
) -> None:
    assert session.scalar(select(func.count()).select_from(AnswerText)) == 2
    assert planted.status == FlagStatus.CLOSED
    analyst = an_actor(session, Role.ANALYST)
    for order in Order:
        waiting = coding.list_waiting(session, survey.id, order, limit=9, seen_by=analyst)
        assert planted.text_id not in {one.text_id for one in waiting}
    assert coding.count_read(session, survey.id)[0] == 1
    assert len(load_columns(session, survey.id).texts.owner) == 1


def test_reading_more_than_the_limit_is_told_once_a_day(session: Session, survey: Survey) -> None:
    by, other = an_actor(session, Role.ANALYST), an_actor(session, Role.ANALYST)
    chief, now = an_actor(session, Role.ADMINISTRATOR), datetime.fromisoformat("2026-11-03T12:00Z")
    alerts.set_limits(session, Limits(texts=2, originals=1, identities=1), by=chief, now=now)
    texts = [a_text(session, survey, f"{WORDS} {n}") for n in range(3)]
    for text in texts[:2] * 2:  # twice the same is no more
        reading.record(session, text.id, "text.read", "coding", by=by, now=now)
    reading.record(session, texts[2].id, "text.read", "coding", by=other, now=now)
    assert alerts.look(session, now=now) == 0
    reading.record(session, texts[2].id, "text.read", "coding", by=by, now=now)
    assert alerts.look(session, now=now) == 1
    assert alerts.look(session, now=now) == 0
    assert raised(session) == [(alerts.REACH, str(by.user_id))]
    for text in texts[:2]:
        reading.read_original(session, text, reason="hidden", by=by, now=now)
    assert alerts.look(session, now=now + timedelta(days=1)) == 1  # the worker was away at night


def test_the_page_names_who_did_what_and_nobody_sees_their_own(
    sign_in: SignIn, planted: Flag, work: Work
) -> None:
    lead, auditor = sign_in(Role.SAFEGUARDING_LEAD), sign_in(Role.AUDITOR)
    lead.get(f"/safeguarding/flags/{planted.id}")
    work()
    row = f"{lead.staff.name}</td>"
    shown = auditor.get("/safeguarding/alerts").text
    assert "Opened a planted record on" in shown
    assert row in shown
    assert "Save the limits" not in shown
    assert "Opened a planted record on" not in lead.get("/safeguarding/alerts").text


def test_limits_are_chosen_within_bounds_and_that_is_recorded(
    session: Session, sign_in: SignIn
) -> None:
    lead = sign_in(Role.SAFEGUARDING_LEAD)
    address = "/safeguarding/alerts/limits"
    chosen = {"texts": "60", "originals": "5", "identities": "4"}
    assert (
        "Enter a number from 1 to 1000." in lead.post(address, data={**chosen, "texts": "0"}).text
    )
    assert "Enter a number from 1 to 1000." in lead.post(address, data={}).text
    lead.post(address, data=chosen)
    session.expire_all()
    assert alerts.limits(session) == Limits(60, 5, 4)
    shown = sign_in(Role.AUDITOR).get("/safeguarding/alerts").text
    assert "Set the limits to 60, 5 and 4" in shown
    assert sign_in(Role.AUDITOR).post(address, data=chosen).status_code == 403


def test_only_an_administrator_plants_and_is_not_told_where(
    session: Session, sign_in: SignIn, survey: Survey
) -> None:
    lead, chief = sign_in(Role.SAFEGUARDING_LEAD), sign_in(Role.ADMINISTRATOR)
    assert lead.post("/safeguarding/alerts/plant").status_code == 403
    page = chief.post("/safeguarding/alerts/plant", follow_redirects=True).text
    assert "Planted now: 1." in page
    assert survey.name not in page
    flag = session.scalars(select(Flag)).one()
    assert str(flag.id) not in page


def test_without_answers_there_is_nowhere_to_plant(sign_in: SignIn) -> None:
    chief = sign_in(Role.ADMINISTRATOR)
    page = chief.post("/safeguarding/alerts/plant", follow_redirects=True).text
    assert "There is no survey yet" in page
    assert "Planted now: 0." in page

"""The daily purge schedules itself, and nothing outlives its time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.models import (
    Answer,
    AnswerText,
    AuditEvent,
    ContactRequest,
    Draft,
    Flag,
    FlagNote,
    Job,
    MachineCode,
    MachineCoding,
    Quote,
    Response,
    Review,
    Role,
    SignInAttempt,
    StaffSession,
    SurveyVersion,
    Task,
)
from app.packs import load_pack
from app.services import retention
from app.services.raising import raise_task
from app.worker.upkeep import next_purge
from tests.builders import a_collector, a_response, a_staff_session, a_staff_user, a_survey

HOURS = load_pack("thames-valley").staffed_hours
LATER = timedelta(days=731)
CANARY = "the green bicycle canary"


def count(session, *tables):
    session.expire_all()
    return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def a_full_response(session, work, answer, now, *, status):
    """Return a response with all that may ever hang on one."""
    response = answer(f"{CANARY}, waiting in danger", choices={"q_sbt4tr6w": "o_g3cvjvn4"})
    work()
    text = response.texts[0]
    flag = session.scalars(select(Flag)).one()
    flag.status = status
    flag.notes.append(FlagNote(body=CANARY, written_at=now))
    raise_task(session, response.id, kind="contact", hours=HOURS, now=now)
    coding = session.scalars(select(MachineCoding)).one()
    session.add_all(
        [
            ContactRequest(
                response_id=response.id, wish="soon", details=CANARY, asked_on=now.date()
            ),
            Quote(text_id=text.id, start=0, end=5, words=CANARY, proposed_at=now),
            Review(
                text_id=text.id,
                codebook_id=coding.codebook_id,
                reviewer_key="import",
                reviewed_at=now,
                note=CANARY,
            ),
        ]
    )
    session.commit()
    return response


HANGING = (Answer, AnswerText, MachineCoding, MachineCode, Review, Quote, Flag, FlagNote)


def test_past_its_time_a_response_goes_with_all_that_hangs_on_it(session, work, answer, now):
    a_full_response(session, work, answer, now, status="closed")
    kept = answer("still wanted", purge_on=now.date() + timedelta(days=2000))

    purged = retention.purge(session, now=now + LATER)

    assert purged.responses == 1
    assert session.scalars(select(Response.id)).all() == [kept.id]
    gone = (MachineCoding, MachineCode, Review, Quote, Flag, FlagNote, Task, ContactRequest)
    assert set(count(session, *gone)) == {0}
    purges = select(AuditEvent).where(AuditEvent.act == "retention.purge")
    event = session.scalars(purges.order_by(AuditEvent.id.desc())).first()
    assert event.detail["responses"] == 1
    assert CANARY not in str(event.detail)


def test_a_response_waits_for_its_open_flag_and_is_counted_as_held(session, work, answer, now):
    a_full_response(session, work, answer, now, status="acknowledged")

    purged = retention.purge(session, now=now + LATER)

    assert (purged.responses, purged.held) == (0, 1)
    assert 0 not in count(session, *HANGING)


def test_the_shell_of_a_withdrawn_response_goes_with_the_next_quarter(session, now):
    a_response(session, a_survey(session), withdrawn_on=now.date())

    assert retention.purge(session, now=now + timedelta(days=10)).responses == 0
    assert retention.purge(session, now=datetime(2027, 1, 2, tzinfo=UTC)).responses == 1


def test_drafts_attempts_and_sessions_go_when_nobody_needs_them(session, now):
    survey = a_survey(session)
    collector = a_collector(session, survey)
    version = session.scalars(select(SurveyVersion)).one()
    for days in (29, 31):
        session.add(
            Draft(
                secret_hash=f"{days}",
                submission_key=f"{days}",
                version_id=version.id,
                collector_id=collector.id,
                started_on=now.date(),
                touched_at=now - timedelta(days=days),
            )
        )
    session.add_all(SignInAttempt(bucket="b", at=now - timedelta(hours=h)) for h in (1, 25))
    a_staff_session(session, Role.ANALYST)
    browser = session.scalars(select(StaffSession)).one()
    browser.started_at = browser.seen_at = now - timedelta(hours=25)
    session.commit()

    purged = retention.purge(session, now=now)

    assert (purged.drafts, purged.attempts, purged.sessions) == (1, 1, 1)
    assert count(session, Draft, SignInAttempt, StaffSession) == [1, 1, 0]


def test_how_to_reach_somebody_goes_30_days_after_the_contact(session, answer, now):
    response = answer("call me")
    session.add(
        ContactRequest(
            response_id=response.id,
            wish="soon",
            details="07700 900123",
            asked_on=now.date(),
            done_on=now.date(),
        )
    )
    session.commit()

    assert retention.purge(session, now=now + timedelta(days=30)).contacts == 0
    assert retention.purge(session, now=now + timedelta(days=31)).contacts == 1


def test_the_purge_runs_at_once_and_every_night_after_that(session, work, now):
    work()
    work(after=timedelta(minutes=20))
    acts = select(func.count()).where(AuditEvent.act == "retention.purge")
    assert session.scalar(acts) == 1
    [job] = session.scalars(select(Job).where(Job.kind == "purge")).all()
    assert job.run_after == next_purge(now)

    work(after=timedelta(days=1))
    assert session.scalar(acts) == 2


def test_a_parked_purge_does_not_end_all_purging(session, work, now):
    session.add(Job(kind="purge", payload={}, run_after=now, parked_at=now))
    session.commit()

    work()

    acts = select(func.count()).where(AuditEvent.act == "retention.purge")
    assert session.scalar(acts) == 1


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 7, 1, 1, 0, tzinfo=UTC), datetime(2026, 7, 1, 1, 30, tzinfo=UTC)),
        (datetime(2026, 7, 1, 1, 30, tzinfo=UTC), datetime(2026, 7, 2, 1, 30, tzinfo=UTC)),
        (datetime(2026, 12, 1, 3, 0, tzinfo=UTC), datetime(2026, 12, 2, 2, 30, tzinfo=UTC)),
    ],
)
def test_the_purge_is_at_half_past_two_in_london(now, then):
    assert next_purge(now) == then


def test_what_nobody_takes_in_time_goes_to_the_deputy(session, answer, work, sender, now):
    a_staff_user(session, Role.SAFEGUARDING_LEAD)
    deputy = a_staff_user(session, Role.SAFEGUARDING_DEPUTY)
    answer("we are in danger now")
    work()
    sender.sent.clear()

    work(after=timedelta(hours=2))

    assert [message.address for message in sender.sent] == [deputy.email]
    assert session.scalars(select(Flag.escalated_at)).one() == now + timedelta(hours=2)

"""The worker reads every answer once, raises what is urgent, and is stopped by nothing."""

import logging
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import sessionmaker

from app.models import (
    AuditEvent,
    Channel,
    Flag,
    Job,
    MachineCode,
    MachineCoding,
    MachineGap,
    Role,
    Tier,
)
from app.packs import load_pack
from app.services.outbound import SenderDownError
from app.store import machine, outbox
from app.worker import loop
from app.worker.coders import Coders
from app.worker.coding import BATCH, CODE_IMPORT
from app.worker.engine import build_registry
from app.worker.loop import run
from tests.builders import a_staff_user
from tests.integration.worker.fakes import POISON, FakeCoder, always


def count(session, table):
    session.expire_all()
    return session.scalar(select(func.count()).select_from(table))


def coding_jobs(session):
    session.expire_all()
    return session.scalars(select(Job).where(Job.kind.in_(["code_response", "code_import"]))).all()


def test_a_text_is_coded_with_its_themes_gaps_and_redacted_words(session, answer, work, coder):
    response = answer("Anna kept me waiting")

    work()

    coding = session.scalars(select(MachineCoding)).one()
    assert coding.text_id == response.texts[0].id
    assert coding.redacted == "[PERSON] kept me waiting"
    assert (coding.coder, coding.sentiment, coding.risk_level) == ("fake 1", "negative", "none")
    code = session.scalars(select(MachineCode)).one()
    assert (code.theme, code.polarity, code.start, code.end) == ("waiting", "negative", 13, 20)
    gap = session.scalars(select(MachineGap)).one()
    assert (gap.need, gap.barrier, gap.duration_days) == ("counselling", "waiting", 30)
    assert coding_jobs(session) == []
    assert coder.questions[0].startswith("What support was missing")


def test_many_texts_go_to_the_coder_in_one_call(session, answer, work, coder):
    for n in range(5):
        answer(f"waiting {n}", f"still waiting {n}")

    work()

    assert coder.calls == [10]
    assert count(session, MachineCoding) == 10


def test_a_job_done_twice_codes_once_and_a_new_coder_version_codes_again(
    session, answer, work, now, tmp_path
):
    response = answer("waiting")
    work()
    machine_job = Job(kind="code_response", subject_id=response.id, payload={}, run_after=now)
    session.add(machine_job)
    session.commit()

    work()
    assert count(session, MachineCoding) == 1

    session.add(Job(kind="code_response", subject_id=response.id, payload={}, run_after=now))
    session.commit()
    newer = Coders(tmp_path, find=always(FakeCoder("fake 2")))
    work(build_registry(load_pack("thames-valley"), instance=tmp_path, staff_url="", coders=newer))
    assert set(session.scalars(select(MachineCoding.coder))) == {"fake 1", "fake 2"}


@pytest.mark.parametrize(
    ("text", "channel", "tier"),
    [
        ("we are in danger now", Channel.OPEN, Tier.SG1),
        ("I am afraid of him", Channel.OPEN, Tier.SG2),
        ("we were in danger now", Channel.IMPORT, Tier.SG2),
        ("I was afraid of him", Channel.IMPORT, Tier.SG3),
    ],
)
def test_words_of_danger_open_a_flag_of_the_right_tier(session, answer, work, text, channel, tier):
    response = answer(text, channel=channel)

    work()
    work()

    flag = session.scalars(select(Flag)).one()
    assert (flag.tier, flag.source, flag.reason) == (tier, "text", "text:q_9ff2wkvw")
    assert flag.text_id == response.texts[0].id
    evidence = session.scalars(select(MachineCoding.risk_evidence)).one()
    assert [text[e["start"] : e["end"]] for e in evidence] in (["danger"], ["afraid"])


def test_a_flag_is_told_to_the_lead_without_a_word_of_the_answer(session, answer, work, sender):
    lead = a_staff_user(session, Role.SAFEGUARDING_LEAD)
    answer("Anna says we are in danger now")

    work()
    work()

    [message] = sender.sent
    assert message.address == lead.email
    assert "SG1" in message.subject
    assert "http://localhost:8001" in message.body
    assert "Anna" not in message.subject + message.body
    assert "anonymous" not in message.body
    notified = session.scalars(select(AuditEvent).where(AuditEvent.act == "flag.notify")).one()
    assert notified.detail == {"tier": "SG1", "people": 1}


def test_a_flag_of_an_anonymous_answer_says_that_nobody_knows_who_wrote_it(
    session, survey, answer, work, sender
):
    a_staff_user(session, Role.SAFEGUARDING_DEPUTY)
    survey.mode = "anonymous"
    answer("we are in danger now")

    work()

    assert "who wrote it is not known" in sender.sent[0].body


@pytest.mark.parametrize(("mode", "keeps_the_hour"), [("anonymous", False), ("confidential", True)])
def test_the_reading_of_an_anonymous_answer_keeps_the_day_alone(
    session, survey, answer, work, mode, keeps_the_hour
):
    survey.mode = mode
    answer("They kept me waiting")

    work()

    at = session.scalars(select(MachineCoding)).one().coded_at
    assert ((at.hour, at.minute, at.second, at.microsecond) != (0, 0, 0, 0)) == keeps_the_hour


def test_a_flag_on_an_imported_answer_waits_at_the_desk_without_a_notice(
    session, answer, work, sender
):
    a_staff_user(session, Role.SAFEGUARDING_LEAD)
    answer("we were in danger then", channel=Channel.IMPORT)

    work()

    assert count(session, Flag) == 1
    assert sender.sent == []


def test_a_notice_waits_for_a_mail_server_that_is_down(session, answer, work, sender):
    a_staff_user(session, Role.SAFEGUARDING_LEAD)
    sender.fails = SenderDownError()
    answer("we are in danger now")

    work()
    assert sender.sent == []
    work(after=timedelta(minutes=1))

    assert len(sender.sent) == 1
    assert session.scalars(select(Job).where(Job.parked_at.is_not(None))).all() == []


def test_a_mail_server_that_hangs_is_asked_once_and_keeps_no_answer_from_being_read(
    session, answer, work, sender, now, monkeypatch
):
    a_staff_user(session, Role.SAFEGUARDING_LEAD)
    for _ in range(8):
        answer("we are in danger now")
    work()  # reads all, and tells of the first eight
    tried, clock = [], [0.0]

    def hangs(_message):
        tried.append(1)
        clock[0] += 10
        raise SenderDownError

    monkeypatch.setattr("app.worker.notices.time.monotonic", lambda: clock[0])
    monkeypatch.setattr(sender, "send", hangs)
    for flag in session.scalars(select(Flag)):
        outbox.add_job(session, "flag_notice", now=now, subject_id=flag.id)
    session.commit()
    answer("one more waits")

    work()

    assert len(tried) == 1
    assert count(session, MachineCoding) == 9
    assert work(after=timedelta(seconds=69)) == 0


def test_a_poison_text_is_parked_after_three_tries_and_the_others_go_on(
    session, answer, work, caplog
):
    for n in range(4):
        answer(f"waiting {n}")
    poison = answer(f"{POISON} of Anna")
    caplog.set_level(logging.INFO, "heard.worker")

    work()

    assert count(session, MachineCoding) == 4
    job = session.scalars(select(Job).where(Job.parked_at.is_not(None))).one()
    assert (job.subject_id, job.attempts, job.last_error) == (poison.id, 3, "ValueError")
    assert "Anna" not in caplog.text
    assert work() == 0


def test_danger_in_a_text_the_coder_chokes_on_is_seen_all_the_same(session, answer, work):
    answer(f"{POISON} He is outside my door now with a knife, please help me")

    work()

    assert session.scalars(select(Flag.tier)).all() == ["SG1"]


def test_historical_answers_never_go_before_one_just_sent(answer, work, coder):
    for n in range(3):
        answer(f"old waiting {n}", kind=CODE_IMPORT)
    answer("new one")

    work()

    assert coder.calls == [1, 3]


def test_without_a_coder_danger_is_still_seen_and_coding_waits_for_one(
    session, answer, work, registry, tmp_path
):
    def broken(_codebook, _instance):
        raise OSError("no model")

    coders = Coders(tmp_path, find=broken)
    hindered = build_registry(
        load_pack("thames-valley"), instance=tmp_path, staff_url="", coders=coders
    )
    answer("He is outside my door now with a knife, please help me")
    answer("waiting for weeks")

    work(hindered)

    assert session.scalars(select(Flag.tier)).all() == ["SG1"]
    assert count(session, MachineCoding) == 0
    assert [(j.attempts, j.parked_at) for j in coding_jobs(session)] == [(0, None)] * 2
    work(hindered, after=timedelta(minutes=1))
    assert machine.find_state(session)["problems"] == {"victims v1": "OSError"}

    work(registry, after=timedelta(minutes=6))

    assert count(session, MachineCoding) == 2
    assert count(session, Flag) == 1


def test_while_a_coder_is_made_new_answers_are_read_for_risk_and_old_ones_wait(
    session, answer, work, tmp_path
):
    made = threading.Event()
    coder = FakeCoder()

    def make(_codebook, _instance):
        made.wait(10)
        return coder

    coders = Coders(tmp_path, find=lambda *_: None, make=make)
    registry = build_registry(
        load_pack("thames-valley"), instance=tmp_path, staff_url="", coders=coders
    )
    answer("He is outside my door now with a knife, please help me")
    answer("old", kind=CODE_IMPORT)

    work(registry)
    assert session.scalars(select(Flag.tier)).all() == ["SG1"]
    assert [job.attempts for job in coding_jobs(session)] == [0, 0]

    made.set()
    while coders.is_training and not coder.calls:
        work(registry, after=timedelta(seconds=6))
    assert count(session, MachineCoding) == 2
    assert coding_jobs(session) == []


def test_a_text_taken_back_before_it_is_read_leaves_nothing(session, answer, work):
    response = answer("waiting")
    session.delete(response.texts[0])
    session.commit()

    assert work() == 2  # the answer's job, and the daily purge

    assert coding_jobs(session) == []
    assert count(session, MachineCoding) == 0


def test_what_a_dead_worker_held_comes_back_and_is_done_alone(session, answer, work, coder, now):
    for n in range(3):
        answer(f"waiting {n}")
    for job in coding_jobs(session):
        job.attempts, job.lease, job.leased_until = 1, "dead", now + timedelta(seconds=60)
    session.commit()

    work()
    assert coder.calls == []

    work(after=timedelta(seconds=61))
    assert coder.calls == [1, 1, 1]
    assert count(session, MachineCoding) == 3


def test_a_job_that_takes_the_process_down_every_time_is_parked_at_last(
    session, answer, work, coder
):
    answer("waiting")
    for job in coding_jobs(session):
        job.attempts = 6
    session.commit()

    work()

    assert coder.calls == []
    assert [j.last_error for j in coding_jobs(session)] == ["WorkerLostError"]


def test_the_worker_says_that_it_lives(session, work, now):
    work()

    assert machine.find_state(session) == {"seen_at": now.isoformat(), "problems": {}}


def test_told_to_stop_the_worker_ends_the_batch_it_is_at(session, answer, engine, tmp_path, now):
    stop = threading.Event()

    class Stopping(FakeCoder):
        def code(self, items):
            stop.set()
            return super().code(items)

    for n in range(BATCH + 4):
        answer(f"waiting {n}")
    registry = build_registry(
        load_pack("thames-valley"),
        instance=tmp_path,
        staff_url="",
        coders=Coders(tmp_path, find=always(Stopping())),
    )

    run(sessionmaker(engine), registry, clock=lambda: now, stop=stop)

    assert count(session, MachineCoding) == BATCH
    assert [(j.attempts, j.lease) for j in coding_jobs(session)] == [(0, None)] * 4


def test_a_worker_asked_to_empty_the_outbox_leaves_when_it_is(answer, engine, registry, now):
    answer("waiting")

    run(
        sessionmaker(engine),
        registry,
        clock=lambda: now,
        stop=threading.Event(),
        pause=0.01,
        until_empty=True,
    )


def test_a_database_that_is_away_is_waited_for(engine, registry, now, monkeypatch, caplog):
    tries = []

    def away(*_args):
        tries.append(1)
        if len(tries) == 3:
            stop.set()
        raise OperationalError("select", {}, OSError("gone"))

    stop = threading.Event()
    monkeypatch.setattr(loop, "work_once", away)

    run(sessionmaker(engine), registry, clock=lambda: now, stop=stop, pause=0.01)

    assert len(tries) == 3
    assert "database unavailable: OSError" in caplog.text

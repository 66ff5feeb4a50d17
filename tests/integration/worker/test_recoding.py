"""Coding answers anew: each once, earlier versions untouched, in use when all of it is done."""

import contextlib
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import sessionmaker

from app.figures.columns import load_columns
from app.models import (
    AnswerText,
    Codebook,
    Job,
    MachineCode,
    MachineCoding,
    Recoding,
    Review,
    ReviewCode,
    Role,
)
from app.models import Survey as SurveyRow
from app.services import recoding
from app.services.codebook_checks import read_yaml, write_yaml
from app.services.codebook_edits import Edited, Wording, merge, split, theme_ids
from app.store import coding as coding_store
from app.store import samples
from app.store.coding import Order
from app.worker.coders import Coders
from app.worker.loop import do_batch
from app.worker.recoding import Recodings
from tests.builders import a_response, an_actor
from tests.integration.coding.builders import MISSING, a_coded_survey, a_coding
from tests.integration.worker.conftest import Work
from tests.integration.worker.fakes import FakeCoder, always

THEMES = ("waiting", "digital", "kept_informed", "waiting")


@pytest.fixture
def read(session, now):
    """A survey with four answers, each coded and read by somebody, one of them at random."""
    survey = a_coded_survey(session)
    for n, theme in enumerate(THEMES):
        text = a_response(session, survey, texts={MISSING: f"waiting {n}"}).texts[0]
        a_coding(session, text, themes=((theme, "negative"),), at=now - timedelta(days=1))
        review = Review(
            text_id=text.id,
            codebook_id=survey.codebook_id,
            reviewer_key=f"person {n}",
            coder="themes 2026.1",
            drawn="random" if n == 0 else "chosen",
            reviewed_at=now,
        )
        review.note = "a note of ours" if n == 0 else None
        review.codes = [ReviewCode(theme=theme, polarity="negative", origin="accepted")]
        session.add(review)
    session.commit()
    return survey


def adopt(session, survey, edit, now) -> Codebook:
    """Adopt what an edit makes of the survey's codebook."""
    before = session.get_one(Codebook, survey.codebook_id)
    document = read_yaml(before.document)
    edited = edit(document, set(theme_ids(document)))
    after = Codebook(
        key=before.key,
        version=before.version + 1,
        name=before.name,
        document=write_yaml(edited.document),
        lineage=[edited.step] if edited.step else [],
        adopted_at=now,
    )
    session.add(after)
    session.flush()
    recoding.start(session, after, model=None, by=None, now=now)
    session.commit()
    return after


def merged(document, used):
    return merge(document, ["waiting", "digital"], Wording("Getting help", "Both."), used)


def halved(document, used):
    parts = [Wording("Waiting for calls", "Calls."), Wording("Waiting for rooms", "Rooms.")]
    return split(document, "waiting", parts, used)


def codes(session, codebook_id):
    """Every code of a version, the machine's and people's, as rows."""
    machine = (
        select(MachineCode.id, MachineCode.theme, MachineCode.polarity, MachineCoding.coder)
        .join(MachineCoding)
        .where(MachineCoding.codebook_id == codebook_id)
    )
    people = (
        select(ReviewCode.id, ReviewCode.theme, ReviewCode.polarity, Review.drawn)
        .join(Review)
        .where(Review.codebook_id == codebook_id, Review.is_current)
    )
    return sorted(map(tuple, [*session.execute(machine), *session.execute(people)]), key=str)


def figures(session, survey, **version):
    columns = load_columns(session, survey.id, **version)
    return {
        "themes": sorted(zip(columns.themes.unit, columns.themes.row, strict=True)),
        "names": (columns.themes.names, columns.machine.names),
        "machine": sorted(zip(columns.machine.unit, columns.machine.row, strict=True)),
        "read": (columns.texts.read.sum(), columns.texts.drawn.sum(), columns.texts.coded.sum()),
    }


@pytest.mark.parametrize("edit", [merged, halved])
def test_merging_and_splitting_change_no_code_of_an_earlier_version(
    session, read, now, work: Work, edit
):
    before = read.codebook_id
    codes_before, figures_before = codes(session, before), figures(session, read)
    after = adopt(session, read, edit, now)
    work()
    session.expire_all()
    assert session.get_one(SurveyRow, read.id).codebook_id == after.id
    assert codes(session, before) == codes_before
    again = figures(session, read, codebook_id=before, coder="themes 2026.1")
    assert again == figures_before
    assert figures(session, read) != figures_before
    assert session.scalars(select(MachineCoding.coder)).all().count("fake 1") == len(THEMES)


def test_decisions_go_along_where_their_meaning_is_sure(session, read, now, work: Work):
    after = adopt(session, read, merged, now)
    work()
    session.expire_all()
    carried = session.scalars(select(Review).where(Review.codebook_id == after.id)).all()
    themes = sorted(code.theme for review in carried for code in review.codes)
    assert themes == ["getting_help", "getting_help", "getting_help", "kept_informed"]
    assert sorted(review.drawn for review in carried) == ["chosen", "chosen", "chosen", "random"]
    assert [r.note for r in carried if r.note] == ["a note of ours"]
    assert coding_store.count_read(session, read.id) == (4, 4, 1)
    assert not coding_store.list_waiting(session, read.id, Order.NEWEST, limit=9)


def test_answers_of_a_split_theme_wait_for_a_person_and_the_sample_is_drawn_anew(
    session, read, now, work: Work
):
    adopt(session, read, halved, now)
    work()
    session.expire_all()
    assert coding_store.count_read(session, read.id) == (4, 2, 0)
    assert len(coding_store.list_waiting(session, read.id, Order.NEWEST, limit=9)) == 2
    assert len(coding_store.list_waiting(session, read.id, Order.RANDOM, limit=9)) == 4


def test_nothing_changes_over_before_the_last_answer_is_coded(session, read, now, registry, work):
    before, figures_before = read.codebook_id, figures(session, read)
    after = adopt(session, read, merged, now)
    recodings = next(w for w in registry.works if isinstance(w, Recodings))
    recodings.size = 2
    job = session.scalars(select(Job).where(Job.kind == "recode")).one()
    job.lease, job.leased_until = "me", now + timedelta(minutes=1)
    session.commit()
    session.expunge(job)
    recodings.do(session, [job], now)
    half = session.scalars(select(Recoding)).one()
    assert (half.done, half.total, half.switched_at) == (2, 4, None)
    session.expire_all()
    assert session.get_one(SurveyRow, read.id).codebook_id == before
    assert figures(session, read) == figures_before
    work()
    session.expire_all()
    found = session.scalars(select(Recoding)).one()
    assert (found.done, found.codebook_id) == (4, after.id)
    assert found.switched_at is not None
    assert found.finished_at is not None


def test_a_text_that_ends_every_worker_is_left_out_in_the_end(session, read, now, registry):
    adopt(session, read, merged, now)
    recodings = next(w for w in registry.works if isinstance(w, Recodings))
    coder = recodings.coders.coder(session.get_one(Codebook, read.codebook_id), now)
    worst = min(session.scalars(select(AnswerText.id)))

    def code(texts):
        if str(worst) in {text.id for text in texts}:
            raise KeyboardInterrupt  # as if the process ended here
        return FakeCoder.code(coder, texts)

    coder.code = code
    sessions = sessionmaker(session.get_bind(), expire_on_commit=False)
    for turn in range(12):
        with contextlib.suppress(KeyboardInterrupt):
            do_batch(sessions, recodings, 60, now + timedelta(minutes=2 * turn))
    session.expire_all()
    found = session.scalars(select(Recoding)).one()
    assert (found.done, found.failed) == (3, [str(worst)])
    assert found.finished_at is not None


def test_an_answer_the_coder_cannot_read_is_left_out_and_holds_up_nothing(
    session, read, now, work: Work
):
    a_coding(session, a_response(session, read, texts={MISSING: "POISON"}).texts[0])
    adopt(session, read, merged, now)
    work()
    found = session.scalars(select(Recoding)).one()
    assert (found.done, len(found.failed)) == (4, 1)
    assert found.finished_at is not None
    assert session.scalar(select(func.count()).select_from(Job)) == 1  # the next purge


def test_a_recoding_waits_for_its_coder(session, read, now, registry, work, tmp_path):
    adopt(session, read, merged, now)
    recodings = next(w for w in registry.works if isinstance(w, Recodings))

    def missing(*_):
        raise FileNotFoundError

    recodings.coders = Coders(tmp_path, find=missing)
    work()
    assert session.scalars(select(Recoding)).one().coder is None
    recodings.coders = Coders(tmp_path, find=always(FakeCoder("fake 2")))
    work()
    session.expire_all()
    assert session.scalars(select(Recoding)).one().coder == "fake 2"


def test_a_trained_model_is_loaded_by_its_name_and_stays_in_use(session, read, now, registry, work):
    codebook = session.get_one(Codebook, read.codebook_id)
    recoding.start(session, codebook, model="run-7", by=None, now=now)
    session.commit()
    recodings = next(w for w in registry.works if isinstance(w, Recodings))
    recodings.coders.load = lambda folder: FakeCoder(f"trained {folder.name}")
    work()
    session.expire_all()
    assert session.get_one(Codebook, codebook.id).model == "run-7"
    assert load_columns(session, read.id).coder == "trained run-7"
    assert recodings.coders.coder(codebook, now).version == "trained run-7"
    assert session.scalar(select(func.count()).select_from(Review)) == len(THEMES)


def test_new_words_for_a_theme_leave_the_coder_and_what_it_coded(session, read, now, work: Work):
    for coding in session.scalars(select(MachineCoding)):
        coding.coder = "fake 1"
    session.commit()
    before = figures(session, read)
    adopt(session, read, lambda doc, _used: Edited({**doc, "note": "worded anew"}), now)
    work()
    session.expire_all()
    assert figures(session, read) == before
    assert session.scalar(select(func.count()).select_from(MachineCoding)) == len(THEMES)
    me = an_actor(session, Role.ANALYST)
    pairs = samples.list_machine_pairs(session, read.id, "fake 1", me, blind=False)
    assert len(pairs) == 1


def test_a_recoding_that_is_gone_ends_its_job(session, now, work: Work):
    session.add(Job(kind="recode", subject_id=uuid4(), payload={}, run_after=now))
    session.commit()
    work()
    assert not session.scalars(select(Job).where(Job.kind == "recode")).all()

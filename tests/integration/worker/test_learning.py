"""Training: what it may see, what it is measured on, and that it stands beside the worker."""

import random
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from app.models import AnswerText, Codebook, EmergingRun, Job, Review, ReviewCode, TrainingRun
from app.models import Survey as SurveyRow
from app.packs import load_pack
from app.services import codebook_drafts, emerging, learning
from app.services.codebook_edits import Wording, add_theme
from app.store import coding as coding_store
from app.store import emerging as emerging_store
from app.store import learning as learning_store
from app.store import machine
from app.store.actors import Role
from app.store.coding import Order
from app.worker import apart_jobs
from app.worker import learning as worker
from app.worker.apart_jobs import long_works, run_job
from app.worker.coding import CODE, CodeResponses
from app.worker.loop import Registry, work_once
from nlp import codebook as nlp_codebook
from tests.builders import a_response, an_actor
from tests.integration.coding.builders import MISSING, a_coded_survey, a_coding
from tests.integration.worker.fakes import FakeCoder

ODDS = ("kind", "phone", "letter", "quick", "slow", "nurse", "house", "school", "night", "river")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite: nothing here asks a database for what only one can do."""
    return sqlite_url


@pytest.fixture
def survey(session):
    return a_coded_survey(session)


def decide(session, survey, now, *, body, drawn="chosen", theme="waiting", unsure=False):
    """Return an answer that somebody decided on."""
    text = a_response(session, survey, texts={MISSING: body}).texts[0]
    a_coding(session, text)
    review = Review(
        text_id=text.id,
        codebook_id=survey.codebook_id,
        reviewer_key="import" if drawn == "import" else "somebody",
        coder="themes 2026.1",
        drawn=drawn,
        unsure=unsure,
        reviewed_at=now,
    )
    review.codes = [ReviewCode(theme=theme, polarity="negative", origin="accepted")]
    session.add(review)
    session.commit()
    return text


@pytest.fixture
def run(session, survey, now, monkeypatch):
    """A training that was asked for, over 8 answers to learn from and 6 held back."""
    monkeypatch.setattr(learning, "FEWEST", 5)
    monkeypatch.setattr(learning_store, "HALF", 0)  # ids are drawn: all may be learned from
    for n in range(8):
        decide(session, survey, now, body=f"learn {n}")
    for n in range(6):
        decide(session, survey, now, body=f"held {n}", drawn="random")
    by = an_actor(session, Role.ANALYST)
    return learning.ask(session, survey.codebook_id, by=by, now=now)


@pytest.fixture
def taught(monkeypatch):
    """Stands in for the minutes of training; tells what it was given."""
    seen = SimpleNamespace(material=None, held=[])

    def train(material, _encoder, say):
        say("fitting")
        seen.material = material
        return "model"

    def save(_model, folder, _card):
        folder.mkdir(parents=True)
        (folder / "CARD.md").write_text("# Coder", encoding="utf-8")

    class Measured(FakeCoder):
        def code(self, items):
            seen.held = [item.text for item in items]
            return super().code(items)

    monkeypatch.setattr(worker, "train", train)
    monkeypatch.setattr(worker, "save_model", save)
    monkeypatch.setattr(worker, "model_card", lambda _model: "card")
    monkeypatch.setattr(worker, "find_encoder", lambda: None)
    monkeypatch.setattr(worker, "load_coder", lambda folder: Measured(f"new {folder.name[:4]}"))
    monkeypatch.setattr(worker, "find_trained", lambda *_: Measured("old 1"))
    return seen


def run_survey(session, run):
    return session.scalars(
        select(SurveyRow.id).where(SurveyRow.codebook_id == run.codebook_id)
    ).one()


def leased(session, kind, now):
    job = session.scalars(select(Job).where(Job.kind == kind)).one()
    job.lease, job.leased_until = "lease", now + timedelta(minutes=1)
    session.commit()
    return job


def test_a_training_never_sees_what_is_held_back_and_is_measured_on_it(
    session, run, taught, now, tmp_path
):
    job = leased(session, "learn", now)
    run_job(session, job.id, "lease", tmp_path, lambda: now)
    learned = {e.item.text for e in taught.material.labelled}
    assert learned == {f"learn {n}" for n in range(8)}
    assert not any(e.item.text.startswith("held") for e in taught.material.corpus)
    assert sorted(taught.held) == sorted(f"held {n}" for n in range(6))
    found = session.get_one(TrainingRun, run.id)
    assert (found.state, found.learned_from, found.held_back) == ("ready", 8, 6)
    names = [m["name"] for m in found.result["new"]["measures"]]
    assert names[:2] == ["themes micro F1", "themes macro F1"]
    assert found.result["old"]["coder"] == "old 1"
    assert list(found.result["order_ends"]) == [str(run_survey(session, run))]
    assert found.card == "# Coder"
    assert not session.scalars(select(Job).where(Job.kind == "learn")).all()


def test_what_was_read_at_random_once_is_held_back_for_good(session, survey, now):
    text = decide(session, survey, now, body="twice", drawn="random")
    decide(session, survey, now, body="unsure", unsure=True)
    gone = decide(session, survey, now, body="withdrawn")
    gone.response.withdrawn_on = now.date()
    review = session.scalars(select(Review).where(Review.text_id == text.id)).one()
    later = Codebook(
        key=session.get_one(Codebook, survey.codebook_id).key,
        version=2,
        name="x",
        document="version: 2",
        adopted_at=now,
    )
    session.add(later)
    session.flush()
    session.add(
        Review(
            text_id=text.id,
            codebook_id=later.id,
            reviewer_key="carried",
            drawn="carried",
            reviewed_at=review.reviewed_at,
        )
    )
    session.commit()
    lessons = worker.gather_lessons(session, later)
    assert [e.item.text for e in lessons.held_back] == ["twice"]
    before = session.get_one(Codebook, survey.codebook_id)
    assert [e.item.text for e in worker.gather_lessons(session, before).learn] == []


def test_one_in_five_imported_decisions_is_held_back_the_same_ones_always(session, survey, now):
    for n in range(60):
        decide(session, survey, now, body=f"old {n}", drawn="import")
    book = session.get_one(Codebook, survey.codebook_id)
    once, again = (worker.gather_lessons(session, book) for _ in range(2))
    assert once == again
    assert 2 <= len(once.held_back) <= 25
    assert len(once.held_back) + len(once.learn) == 60


def test_reading_at_random_never_reaches_what_was_learned_from(session, survey, now):
    texts = [decide(session, survey, now, body=f"chosen {n}") for n in range(12)]
    waiting = [
        a_response(session, survey, texts={MISSING: f"waits {n}"}).texts[0] for n in range(9)
    ]
    for text in waiting:
        a_coding(session, text)
    book = session.get_one(Codebook, survey.codebook_id)
    lessons = worker.gather_lessons(session, book)
    half = UUID(int=learning_store.HALF)
    learned = sorted(text.id for text in texts if text.id >= half)
    assert sorted(e.item.text for e in lessons.learn) == sorted(
        text.body for text in texts if text.id >= half
    )
    ends = {} if not learned else {str(survey.id): str(learned[0])}
    assert lessons.order_ends == ends
    run = TrainingRun(codebook_id=book.id, state="ready", asked_at=now, result={"order_ends": ends})
    session.add(run)
    session.commit()

    def at_random():
        found = coding_store.list_waiting(session, survey.id, Order.RANDOM, limit=99)
        return [one.text_id for one in found]

    in_order = sorted(text.id for text in waiting)
    assert at_random() == [i for i in in_order if not learned or i < learned[0]]
    newest = coding_store.list_waiting(session, survey.id, Order.NEWEST, limit=99)
    assert len(newest) == len(waiting)
    run.state = "declined"  # a coder nobody took has taught nobody
    session.commit()
    assert at_random() == in_order


@pytest.mark.usefixtures("taught")
def test_a_training_that_fails_says_so_without_words_of_anybody(
    session, run, now, tmp_path, monkeypatch
):
    def fails(*_args, **_more):
        raise ValueError("held 3")

    monkeypatch.setattr(worker, "train", fails)
    job = leased(session, "learn", now)
    run_job(session, job.id, "lease", tmp_path, lambda: now)
    found = session.get_one(TrainingRun, run.id)
    assert (found.state, found.progress) == ("failed", "ValueError")


def test_a_lost_lease_leaves_the_job_to_its_new_owner(session, run, taught, now, tmp_path):
    job = leased(session, "learn", now)
    run_job(session, job.id, "another", tmp_path, lambda: now)
    assert taught.material is None
    assert session.get_one(TrainingRun, run.id).state == "waiting"


class Child:
    """A process that ends when told to."""

    def __init__(self):
        self.status = None

    def poll(self):
        return self.status


@pytest.mark.usefixtures("run")
def test_new_answers_are_read_for_risk_while_a_training_runs(session, now, registry, answer):
    child, started = Child(), []

    def start(job_id, lease):
        started.append((job_id, lease))
        return child

    code = next(w for w in registry.works if isinstance(w, CodeResponses) and w.kind == CODE)
    both = Registry(works=(code, *long_works(start)))
    sessions = sessionmaker(session.get_bind(), expire_on_commit=False)
    assert work_once(sessions, both, now) == 1
    answer("he is outside, I am in danger")
    later = now + timedelta(seconds=90)
    assert work_once(sessions, both, later) == 1  # read, and the training's lease kept
    for turn in range(3):
        work_once(sessions, both, later + timedelta(seconds=40 * turn))
    assert len(started) == 1
    session.expire_all()
    job = session.scalars(select(Job).where(Job.kind == "learn")).one()
    assert (job.lease, job.attempts) == (started[0][1], 1)
    assert machine.count_waiting(session, CODE) == 0


def test_a_training_whose_process_keeps_dying_is_given_up(session, run, now):
    child = Child()
    child.status = -9
    works = Registry(works=long_works(lambda *_: child), lease_seconds=10)
    sessions = sessionmaker(session.get_bind(), expire_on_commit=False)
    for turn in range(8):
        work_once(sessions, works, now + timedelta(minutes=turn))
    session.expire_all()
    found = session.get_one(TrainingRun, run.id)
    jobs = session.scalars(select(Job).where(Job.kind == "learn")).all()
    assert found.state == "failed" or jobs[0].parked_at is not None


def test_the_projects_corpus_teaches_a_codebook_that_came_from_the_shipped_one(now):
    shipped = nlp_codebook.load(nlp_codebook.DEFAULT)
    document = dict(shipped.document)
    wording = Wording("Parking", "Where to park.", seeds=("nowhere to park",))
    edited = add_theme(document, "access", wording, set(shipped.ids))
    book = nlp_codebook.parse(edited.document)
    row = Codebook(key="victims", version=2, lineage=[edited.step], adopted_at=now)
    lessons = worker.inherited(row, book)
    assert len(lessons) > 1000
    assert not any("nowhere to park" in e.item.text for e in lessons)
    assert set().union(*(e.themes for e in lessons)) <= set(shipped.ids)
    assert worker.inherited(Codebook(key="other", adopted_at=now), book) == []


def test_groups_are_found_kept_and_made_a_candidate(session, survey, now, tmp_path, monkeypatch):
    monkeypatch.setattr(apart_jobs, "find_encoder", lambda: None)
    chance = random.Random(3)  # noqa: S311 - no secret depends on it
    for n in range(100):
        about = "parking dear ticket {}" if n % 3 == 0 else "support worker {} {}"
        body = about.format(chance.choice(ODDS), chance.choice(ODDS))
        text = a_response(session, survey, texts={MISSING: body}).texts[0]
        coding = a_coding(session, text)
        sure = 0.1 if n % 3 == 0 else 0.9
        coding.candidates = [{"theme": "digital", "probability": sure}]
    session.commit()
    by = an_actor(session, Role.ANALYST)
    asked = emerging.ask(session, survey.id, by=by, now=now)
    job = leased(session, "emerge", now)
    run_job(session, job.id, "lease", tmp_path, lambda: now)
    found = session.get_one(EmergingRun, asked.id)
    assert (found.state, found.looked_at, found.least_explained) == ("ready", 100, 30)
    groups = emerging_store.list_groups(session, found.id, 5)
    assert groups
    assert groups[0].nearest == "digital"
    assert all(g.respondents >= 5 for g in groups)
    draft, theme = emerging.make_candidate(session, groups[0].id, by=by, now=now)
    assert draft.lineage[-1]["to"] == [theme]
    job = leased(session, "catch", now)
    run_job(session, job.id, "lease", tmp_path, lambda: now)
    session.refresh(draft)
    assert draft.caught["of"] == 100
    assert draft.caught["themes"][theme] >= groups[0].respondents
    again, same = emerging.make_candidate(session, groups[0].id, by=by, now=now)
    assert (again.id, same) == (draft.id, theme)


def test_a_group_that_shrinks_under_five_people_is_shown_to_nobody(session, survey, now):
    run = EmergingRun(survey_id=survey.id, codebook_id=survey.codebook_id, asked_at=now)
    from app.models import EmergingGroup, EmergingText

    texts = [a_response(session, survey, texts={MISSING: f"a {n}"}).texts[0] for n in range(5)]
    group = EmergingGroup(position=0, words=["a"], stability=0.9)
    group.texts = [EmergingText(text_id=t.id, position=n) for n, t in enumerate(texts)]
    run.groups.append(group)
    session.add(run)
    session.commit()
    assert len(emerging_store.list_groups(session, run.id, 5)) == 1
    session.delete(session.get_one(AnswerText, texts[0].id))
    session.commit()
    assert emerging_store.list_groups(session, run.id, 5) == []


def test_counting_for_a_draft_that_is_gone_ends_quietly(session, now, tmp_path):
    session.add(Job(kind="catch", subject_id=uuid4(), payload={}, run_after=now))
    session.commit()
    run_job(session, leased(session, "catch", now).id, "lease", tmp_path, lambda: now)
    assert not session.scalars(select(Job)).all()


def test_the_worker_takes_on_long_work_of_every_kind(registry):
    kinds = {work.kind for work in registry.works}
    assert {codebook_drafts.CATCH, emerging.EMERGE, learning.LEARN, "recode"} <= kinds
    assert set(apart_jobs.ACTS) <= kinds
    assert load_pack("thames-valley").staffed_hours == next(
        w.hours for w in registry.works if w.kind == "recode"
    )
    assert coding_store.CARRIED == "carried"

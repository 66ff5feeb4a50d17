"""Training a coder on what people decided, and adopting it by a person who compares old and new."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import RunState, TrainingRun
from app.services import recoding
from app.services.codebook_drafts import SecondPersonNeededError
from app.store import audit, coding, outbox
from app.store import learning as store
from app.store import recoding as recoding_store
from app.store.actors import Actor
from app.store.errors import ConflictError

LEARN = "learn"
FEWEST = 50  # reviewed answers to learn from (nlp.md §7.4), and held back to measure on
UNDER_WAY = (RunState.WAITING, RunState.RUNNING)


class TooFewReviewsError(ValueError):
    """People have read too few answers to learn from, or none that may be held back."""


class OutdatedTrainingError(ConflictError):
    """The codebook has a newer version, which this coder does not know."""


class TrainingUnderwayError(ConflictError):
    """A training of this codebook's coder is under way, or waits to be decided on."""


def ask(session: Session, codebook_id: UUID, *, by: Actor, now: datetime) -> TrainingRun:
    """Ask the worker to train a coder; raise TooFewReviewsError or TrainingUnderwayError."""
    codebook = coding.get_codebook(session, codebook_id)
    latest = store.find_latest(session, codebook_id)
    if latest is not None and latest.state in (*UNDER_WAY, RunState.READY):
        raise TrainingUnderwayError(str(latest.id))
    learn, held = store.count_material(session, codebook_id)
    if learn < FEWEST or held < FEWEST:
        raise TooFewReviewsError
    run = TrainingRun(codebook_id=codebook.id, asked_by=by.user_id, asked_at=now, result={})
    session.add(run)
    session.flush()
    outbox.add_job(session, LEARN, now=now, subject_id=run.id)
    _finish(session, run, "training.ask", by, now)
    return run


def adopt(session: Session, run_id: UUID, *, by: Actor, now: datetime) -> None:
    """Let a trained coder be used; every answer is coded anew by it first.

    Raise SecondPersonNeededError for whoever asked for it, RecodingUnderwayError while another
    version is being brought into use, OutdatedTrainingError after another came into use.
    """
    run = _ready(session, run_id, by)
    codebook = coding.get_codebook(session, run.codebook_id)
    recoding.check_none_open(session, codebook.key)
    in_use = recoding_store.find_newest_in_use(session, codebook.key)
    if in_use is None or in_use.id != codebook.id:
        raise OutdatedTrainingError(str(run_id))
    run.state, run.decided_by, run.decided_at = RunState.ADOPTED, by.user_id, now
    recoding.start(session, codebook, model=str(run.id), by=by, now=now)
    _finish(session, run, "training.adopt", by, now)


def decline(session: Session, run_id: UUID, *, by: Actor, now: datetime) -> None:
    """Do not use a trained coder; one person is enough to leave things as they are."""
    run = store.get_run(session, run_id, lock=True)
    if run.state != RunState.READY:
        raise ConflictError(f"training {run_id} is {run.state}")
    run.state, run.decided_by, run.decided_at = RunState.DECLINED, by.user_id, now
    _finish(session, run, "training.decline", by, now)


def _ready(session: Session, run_id: UUID, by: Actor) -> TrainingRun:
    run = store.get_run(session, run_id, lock=True)
    if run.state != RunState.READY:
        raise ConflictError(f"training {run_id} is {run.state}")
    if run.asked_by is None or run.asked_by == by.user_id:
        raise SecondPersonNeededError
    return run


def _finish(session: Session, run: TrainingRun, act: str, by: Actor, now: datetime) -> None:
    detail = {"codebook": str(run.codebook_id), "coder": run.coder}
    audit.add_event(
        session, by=by, act=act, kind="training", object_id=run.id, now=now, detail=detail
    )
    session.commit()

"""Recoding under fire: `python -m tests.integration.worker.recoding_killed URL LOW HIGH A_TEXT`.

Each worker is a process of its own that is killed outright LOW to HIGH seconds after it began to
code (a fifth argument: one to so many slices later), until all is done. Used in short by the
tests and at length by tests/faults/fault_recoding.py.
"""

import base64
import os
import random
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from select import select as select_ready
from uuid import uuid4

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, sessionmaker

from app.clock import utc_now
from app.config import parse_keys
from app.db import make_engine
from app.figures.columns import load_columns
from app.models import (
    AnswerText,
    Codebook,
    MachineCode,
    MachineCoding,
    Recoding,
    Response,
    Review,
    ReviewCode,
    Survey,
    seal,
    use_keys,
)
from app.packs import load_pack
from app.services import recoding
from app.services.codebook_checks import read_yaml, write_yaml
from app.services.codebook_edits import Wording, merge, theme_ids
from app.worker.apart import end_with_parent
from app.worker.coders import Coders
from app.worker.loop import Registry, run
from app.worker.recoding import Recodings
from nlp.coder import Coding, Item
from tests.builders import a_response
from tests.integration.coding.builders import MISSING, a_coded_survey, a_coding
from tests.integration.worker.fakes import FakeCoder, always

OLD, NEW = "themes 2026.1", "fake 1"
PATIENCE = 3.0  # seconds for a worker to begin; with nothing left to code it never does
DAY_ONE = datetime(2026, 11, 1, tzinfo=UTC)


def fill(session: Session, answers: int) -> tuple[Survey, Codebook]:
    """Store answers coded and partly read under one version, and adopt the next one."""
    survey = a_coded_survey(session)
    first = a_response(session, survey, texts={MISSING: "waiting 0"})
    a_coding(session, first.texts[0], at=DAY_ONE)
    like, coding = _row(first), _row(session.scalars(select(MachineCoding)).one())
    code = _row(session.scalars(select(MachineCode)).one())
    rows: dict[type, list[dict[str, object]]] = {Response: [], AnswerText: [], MachineCoding: []}
    codes, reviews, decided = [], [], []
    for n in range(1, answers):
        response_id, text_id, coding_id, review_id = uuid4(), uuid4(), uuid4(), uuid4()
        body = seal("answer_text", "body_sealed", text_id, f"waiting {n}")
        hidden = seal("machine_coding", "redacted_sealed", coding_id, f"waiting {n}")
        text = _row(first.texts[0]) | {"id": text_id, "response_id": response_id}
        ids = {"id": coding_id, "text_id": text_id, "redacted_sealed": hidden}
        rows[Response].append(like | {"id": response_id, "submission_key": response_id.hex})
        rows[AnswerText].append(text | {"body_sealed": body})
        rows[MachineCoding].append(coding | ids)
        theme = ("waiting", "digital", "kept_informed")[n % 3]
        codes.append(code | {"id": uuid4(), "coding_id": coding_id, "theme": theme})
        if n % 20 == 0:
            reviews.append(_review(review_id, text_id, survey.codebook_id))
            decided.append(_decided(review_id, theme))
    for table, found in rows.items():
        session.execute(insert(table), found)
    for table, found in ((MachineCode, codes), (Review, reviews), (ReviewCode, decided)):
        session.execute(insert(table), found)
    before = session.get_one(Codebook, survey.codebook_id)
    document = read_yaml(before.document)
    both = Wording("Getting help", "Waiting and websites.")
    edited = merge(document, ["waiting", "digital"], both, set(theme_ids(document)))
    after = Codebook(
        key=before.key,
        version=before.version + 1,
        name=before.name,
        document=write_yaml(edited.document),
        lineage=[edited.step],
        adopted_at=DAY_ONE,
    )
    session.add(after)
    session.flush()
    recoding.start(session, after, model=None, by=None, now=DAY_ONE)
    session.commit()
    return survey, before


def figures(session: Session, survey: Survey, before: Codebook) -> list[object]:
    """Return what the old version's figures are counted from."""
    columns = load_columns(session, survey.id, codebook_id=before.id, coder=OLD)
    hits = [columns.themes, columns.machine]
    people = [columns.texts.read, columns.texts.drawn, columns.texts.coded]
    counted = [(h.names, sorted(zip(h.unit.tolist(), h.row.tolist(), strict=True))) for h in hits]
    return [*counted, *(marks.tolist() for marks in people)]


def problems(session: Session, survey: Survey, before: Codebook, old: list[object]) -> list[str]:
    """Return what is not as it should be once a recoding is over."""
    answers = session.scalar(select(func.count()).select_from(AnswerText)) or 0
    per_text = (
        select(MachineCoding.text_id, func.count())
        .where(MachineCoding.coder == NEW)
        .group_by(MachineCoding.text_id)
    )
    counts = [row[1] for row in session.execute(per_text)]
    reviewed = select(func.count()).select_from(Review).where(Review.is_current)
    under_old = session.scalar(reviewed.where(Review.codebook_id == before.id))
    under_new = session.scalar(reviewed.where(Review.codebook_id != before.id))
    job = session.scalars(select(Recoding)).one()
    session.refresh(survey)
    found = {
        f"{len(counts)} of {answers} coded anew": len(counts) != answers,
        "some were coded twice": any(n != 1 for n in counts),
        f"{job.done} counted as done of {job.total}": (job.done, job.total) != (answers, answers),
        f"{under_new} of {under_old} decisions carried": under_new != under_old,
        "the new version is not in use": survey.codebook_id != job.codebook_id,
        "the old version's figures changed": figures(session, survey, before) != old,
    }
    return [words for words, is_wrong in found.items() if is_wrong]


class Telling(FakeCoder):
    """Says through a pipe that it codes, so that kills hit work and not start-up."""

    def __init__(self, pipe: int, seconds: float) -> None:
        super().__init__(seconds=seconds)
        self._pipe = pipe

    def code(self, items: list[Item]) -> list[Coding]:
        """Tell, then code."""
        os.write(self._pipe, b".")
        return super().code(items)


def main(url: str, low: float, high: float, seconds_a_text: float, slices: float = 1) -> None:
    """Start a worker, kill it some time after it began to code, and so on until all is done."""
    chance, killed = random.Random(6), 0  # noqa: S311 - no secret depends on it
    use_keys(parse_keys("test1:" + base64.b64encode(b"k" * 32).decode()))
    while True:
        told, tells = os.pipe()
        worker = os.fork()
        if worker == 0:
            _work(url, tells, seconds_a_text)
        for _ in range(chance.randint(1, int(slices))):
            if select_ready([told], [], [], PATIENCE)[0]:
                os.read(told, 1)
        time.sleep(chance.uniform(low, high))
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
        os.close(told)
        os.close(tells)
        killed += 1
        engine = make_engine(url)
        with Session(engine) as session:
            job = session.scalars(select(Recoding)).one()
            sys.stdout.write(f"{killed} killed, {job.done} of {job.total} coded\n")
            sys.stdout.flush()
            if job.finished_at is not None:
                return
        engine.dispose()


def _work(url: str, tells: int, seconds_a_text: float) -> None:
    end_with_parent()  # a test that is cut short leaves no worker behind
    coders = Coders(Path(), find=always(Telling(tells, seconds_a_text)))
    works = (Recodings(coders, load_pack("thames-valley").staffed_hours),)
    sessions = sessionmaker(make_engine(url), expire_on_commit=False)
    registry = Registry(works=works, lease_seconds=1)
    run(sessions, registry, clock=utc_now, stop=threading.Event(), pause=0.05)


def _row(thing: object) -> dict[str, object]:
    columns = type(thing).__table__.columns.keys()  # type: ignore[attr-defined]
    return {name: getattr(thing, name) for name in columns}


def _review(review_id: object, text_id: object, codebook_id: object) -> dict[str, object]:
    return {
        "id": review_id,
        "text_id": text_id,
        "codebook_id": codebook_id,
        "reviewer_key": "somebody",
        "coder": OLD,
        "drawn": "random",
        "unsure": False,
        "is_current": True,
        "reviewed_at": DAY_ONE,
    }


def _decided(review_id: object, theme: str) -> dict[str, object]:
    fixed = {"polarity": "negative", "origin": "accepted"}
    return {"id": uuid4(), "review_id": review_id, "theme": theme, **fixed}


if __name__ == "__main__":
    main(sys.argv[1], *(float(value) for value in sys.argv[2:6]))

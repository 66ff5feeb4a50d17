"""A worker on the test's database, with a fake coder and a sender that remembers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.models import Response, Survey
from app.packs import load_pack
from app.store import outbox
from app.worker.coders import Coders
from app.worker.coding import CODE
from app.worker.engine import build_registry
from app.worker.loop import Registry, work_once
from tests.builders import a_response, a_survey
from tests.integration.worker.fakes import FakeCoder, Outbox, always

Work = Callable[..., int]


@pytest.fixture
def coder() -> FakeCoder:
    return FakeCoder()


@pytest.fixture
def sender() -> Outbox:
    return Outbox()


@pytest.fixture
def registry(coder: FakeCoder, sender: Outbox, tmp_path: Path) -> Registry:
    coders = Coders(tmp_path, find=always(coder))
    return build_registry(
        load_pack("thames-valley"),
        instance=tmp_path,
        staff_url="http://localhost:8001",
        coders=coders,
        sender=sender,
    )


@pytest.fixture
def work(engine: Engine, registry: Registry, now: datetime) -> Work:
    """Return a function that works until nothing waits, and says how many jobs were taken."""
    sessions = sessionmaker(engine, expire_on_commit=False)

    def work_all(registry: Registry = registry, after: timedelta = timedelta()) -> int:
        total = 0
        while taken := work_once(sessions, registry, now + after):
            total += taken
        return total

    return work_all


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_survey(session)


@pytest.fixture
def answer(session: Session, survey: Survey, now: datetime) -> Callable[..., Response]:
    """Return a function that stores texts with their job, as the send does."""

    def sent(*texts: str, kind: str = CODE, **values: object) -> Response:
        questions = ("q_9ff2wkvw", "q_m9xjnq25", "q_h5swvszj")
        response = a_response(
            session, survey, texts=dict(zip(questions, texts, strict=False)), **values
        )
        outbox.add_job(session, kind, now=now, subject_id=response.id)
        session.commit()
        return response

    return sent

"""safety.md F9, F10: a database that is away or slow is said calmly, within seconds."""

import logging
import socket
import sqlite3
import sys
import time

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.db import CONNECT_SECONDS, make_engine
from tests.integration.core.test_faces import CANARY, with_a_view

AWAY = [
    OperationalError(CANARY, {"body": CANARY}, sqlite3.OperationalError(CANARY)),
    InterfaceError(CANARY, {"body": CANARY}, sqlite3.InterfaceError(CANARY)),
    PoolTimeoutError(CANARY),
]


@pytest.mark.parametrize("fails", AWAY, ids=lambda error: type(error).__name__)
def test_a_database_that_is_away_is_said_calmly_on_both_faces(
    public_app: Flask,
    staff_app: Flask,
    fails: SQLAlchemyError,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for app in (public_app, staff_app):
        page = with_a_view(app, fails).get("/healthz")
        assert page.status_code == 503
        assert CANARY not in page.text
    assert "database unavailable" in caplog.text
    assert CANARY not in caplog.text
    assert all(record.levelno >= logging.ERROR for record in caplog.records)


@pytest.mark.postgres
def test_a_statement_without_end_is_ended(postgresql_url: str) -> None:
    engine = make_engine(postgresql_url, statement_seconds=1)
    before = time.monotonic()
    with pytest.raises(OperationalError, match="timeout"), engine.connect() as connection:
        connection.execute(text("SELECT pg_sleep(10)"))
    assert time.monotonic() - before < 5
    engine.dispose()


@pytest.mark.postgres
def test_a_connection_that_lay_still_is_asked_before_use_and_a_warm_one_is_not(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make_engine(postgresql_url)
    other = make_engine(postgresql_url)
    with engine.connect() as connection:
        own = connection.scalar(text("SELECT pg_backend_pid()"))
    with engine.connect() as connection:  # at once, so the same one, unasked
        assert connection.scalar(text("SELECT pg_backend_pid()")) == own
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
    monkeypatch.setattr(sys.modules["app.db"], "IDLE_SECONDS", -1)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != own
    engine.dispose()
    other.dispose()


@pytest.mark.postgres
def test_a_connection_lost_between_two_requests_costs_one_calm_page_at_most(
    postgresql_url: str,
) -> None:
    engine, other = make_engine(postgresql_url), make_engine(postgresql_url)
    with engine.connect() as connection:
        own = connection.scalar(text("SELECT pg_backend_pid()"))
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
    with pytest.raises(OperationalError), engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != own
    engine.dispose()
    other.dispose()


def test_a_server_that_never_answers_is_given_up_on() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        engine = make_engine(f"postgresql+psycopg://root@127.0.0.1:{port}/x")
        before = time.monotonic()
        with pytest.raises(OperationalError):
            engine.connect()
        assert time.monotonic() - before < CONNECT_SECONDS + 2
        engine.dispose()

"""The database: one engine a process, one session a request."""

import time
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker

BUSY_SECONDS = 15
CONNECT_SECONDS = 3
LOST_MILLISECONDS = 10_000  # a server that fell silent in mid-conversation
POOL_SECONDS = 2
IDLE_SECONDS = 1  # a connection lost sooner is said as any loss in mid-request is: by a calm page
STATEMENT_SECONDS = 30
QUICK_STATEMENT_SECONDS = 5  # a respondent is told calmly rather than kept waiting (safety.md F10)


def make_engine(url: str, *, statement_seconds: int = STATEMENT_SECONDS) -> Engine:
    """Return an engine; SQLite is set so that a commit survives a power cut (safety.md F12).

    PostgreSQL is given up on in seconds, so that a page can say so instead of hanging.
    """
    if make_url(url).get_backend_name() != "sqlite":
        limits = {
            "connect_timeout": CONNECT_SECONDS,
            "tcp_user_timeout": LOST_MILLISECONDS,
            "options": f"-c statement_timeout={statement_seconds}s",
        }
        engine = create_engine(url, pool_timeout=POOL_SECONDS, connect_args=limits)
        _ping_the_idle(engine)
        return engine
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _ping_the_idle(engine: Engine) -> None:
    """Ask a connection that lay still whether its server is still there, before it is used.

    SQLAlchemy's own pre-ping asks every time, a round trip for each request (decisions/0113).
    """

    @event.listens_for(engine, "checkin")
    def _note(_connection: Any, record: Any) -> None:
        record.info["rested_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ping(connection: Any, record: Any, _proxy: object) -> None:
        rested = time.monotonic() - record.info.get("rested_since", time.monotonic())
        if rested > IDLE_SECONDS and not _answers(engine, connection):
            raise InvalidatePoolError


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class Database:
    """Hands each request its own session and takes it back."""

    def init_app(self, app: Flask, engine: Engine) -> None:
        """Bind the application to its engine."""
        app.extensions["engine"] = engine
        app.extensions["sessions"] = sessionmaker(engine, expire_on_commit=False)
        app.teardown_appcontext(self._close)

    @property
    def session(self) -> Session:
        """Return this request's (or command's) session."""
        if "db_session" not in g:
            g.db_session = current_app.extensions["sessions"]()
        session: Session = g.db_session
        return session

    def _close(self, _error: BaseException | None) -> None:
        session: Session | None = g.pop("db_session", None)
        if session is not None:
            session.close()  # rolls back whatever no service committed


db = Database()

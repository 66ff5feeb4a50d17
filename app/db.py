"""The database: one engine a process, one session a request."""

from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

BUSY_SECONDS = 15


def make_engine(url: str) -> Engine:
    """Return an engine; SQLite is set so that a commit survives a power cut (safety.md F12)."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


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

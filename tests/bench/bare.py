"""The yardstick: as little as Flask and SQLAlchemy Core can do for the same page and the same send.

Taken over from the project's measuring kit (`bench/bare_limit.py`): its form, its tables, its
one transaction for a response with twelve answers, its settings of SQLite. It imports nothing of
ours: what Heard weighs is measured against it.
"""

import json
import os
import sqlite3
import time
from typing import Any

from flask import Flask, request
from sqlalchemy import Engine, ForeignKey, create_engine, event, insert, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ANSWERS = 12
FORM = """<!doctype html><html lang=en><meta charset=utf-8>
<meta name=viewport content="width=device-width,initial-scale=1">
<title>{{ title }}</title><h1>{{ title }}</h1><form method=post>
{% for q in questions %}<fieldset><legend>{{ q.text }}</legend>
{% if q.options %}{% for o in q.options %}<label><input type=radio
 name="q{{ q.id }}" value="{{ loop.index }}"> {{ o }}</label>
{% endfor %}{% else %}<textarea name="q{{ q.id }}"></textarea>{% endif %}
</fieldset>{% endfor %}<button>Send</button></form></html>"""
QUESTIONS = [
    {
        "id": n,
        "text": f"Question number {n}: what happened next?",
        "options": [] if n in {8, 9, 11} else [f"Option number {o}" for o in range(1, 7)],
    }
    for n in range(ANSWERS)
]


class Base(DeclarativeBase):
    """The yardstick's own tables."""


class Response(Base):
    """One person's answers."""

    __tablename__ = "response"
    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int]
    received: Mapped[str]
    channel: Mapped[str]


class Answer(Base):
    """One answer."""

    __tablename__ = "answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), index=True)
    question_id: Mapped[int]
    value: Mapped[str]


def bare_engine(url: str) -> Engine:
    """Return an engine set as the kit sets it: SQLite durable, the write lock taken at once."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=8)
    engine = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def prepare(url: str) -> None:
    """Make the tables."""
    engine = bare_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()


def count(url: str) -> int:
    """Return how many responses are stored."""
    engine = bare_engine(url)
    with engine.connect() as connection:
        found: int = connection.execute(text("SELECT count(*) FROM response")).scalar_one()
    engine.dispose()
    return found


app = Flask(__name__)
page = app.jinja_env.from_string(FORM)  # compiled once
engines = {
    name: bare_engine(url) for name, url in json.loads(os.environ.get("BARE_URLS", "{}")).items()
}


@app.get("/form")
def form() -> str:
    """Return a form of twelve questions."""
    return page.render(title="Support survey", questions=QUESTIONS)


@app.post("/send/<engine>")
def send(engine: str) -> tuple[str, int]:
    """Store one response and its answers in one durable commit."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    answers = [(int(name[1:]), value) for name, value in request.form.items()]
    with engines[engine].begin() as connection:
        made = connection.execute(
            insert(Response).values(survey_id=1, received=now, channel="web")
        ).inserted_primary_key[0]
        rows = [{"response_id": made, "question_id": q, "value": v} for q, v in answers]
        connection.execute(insert(Answer.__table__), rows)
    return "", 204

"""The yardstick: as little as Flask and SQLAlchemy Core can do for the same page and the same send.

Adapted from the measuring kit of the project (`bench/bare_limit.py`).
"""

import uuid
from pathlib import Path
from tempfile import mkdtemp

from flask import Flask, render_template_string, request
from sqlalchemy import Column, ForeignKey, MetaData, String, Table, insert

from app.clock import utc_now
from app.db import make_engine

ANSWERS = 12
FORM = """<!DOCTYPE html><title>Form</title><h1>Form</h1><form method="post">
{% for q in range(12) %}<fieldset><legend>Question {{ q }}</legend>
{% for o in range(6) %}<label>
<input type="radio" name="q{{ q }}" value="{{ o }}">Option {{ o }}</label>
{% endfor %}</fieldset>{% endfor %}<button>Send</button></form>"""

tables = MetaData()
response = Table("response", tables, Column("id", String, primary_key=True), Column("at", String))
answer = Table(
    "answer",
    tables,
    Column("id", String, primary_key=True),
    Column("response_id", ForeignKey("response.id")),
    Column("question", String),
    Column("value", String),
)

app = Flask(__name__)
engine = make_engine(f"sqlite:///{Path(mkdtemp()) / 'bare.db'}")
tables.create_all(engine)
engine.dispose()


@app.get("/form")
def form() -> str:
    """Return a form of twelve questions."""
    return render_template_string(FORM)


@app.post("/send")
def send() -> str:
    """Store one response and its answers in one durable commit."""
    made = uuid.uuid4().hex
    rows = [
        {"id": uuid.uuid4().hex, "response_id": made, "question": q, "value": request.form.get(q)}
        for q in (f"q{n}" for n in range(ANSWERS))
    ]
    with engine.begin() as connection:
        connection.execute(insert(response), {"id": made, "at": utc_now().isoformat()})
        connection.execute(insert(answer), rows)
    return "ok"

"""The tiny questionnaires of tests/surveys, and short ways of answering them."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from surveys import Answers, Survey, load
from surveys.walk import read_answers

TINY = Path(__file__).parents[2] / "surveys"
DAY = date(2026, 6, 15)


def names() -> list[str]:
    return sorted(p.stem for p in TINY.glob("*.json") if not p.stem.endswith(".walks"))


@cache
def tiny(name: str) -> Survey:
    return load((TINY / f"{name}.json").read_bytes())


def walks() -> list[tuple[str, dict[str, Any], list[str]]]:
    return [
        (name, walk["answers"], walk["asked"])
        for name in names()
        for walk in json.loads((TINY / f"{name}.walks.json").read_text())
    ]


def answered(survey: Survey, **given: Any) -> Answers:
    return read_answers(survey, given, DAY)[0]


def document(*questions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": "s_made",
        "name": "made",
        "title": "Made for a test",
        "public_title": {"en": "A few questions"},
        "questions": list(questions),
        **fields,
    }


def question(name: str, kind: str = "single", **fields: Any) -> dict[str, Any]:
    made = {"id": f"q_{name}", "name": name, "kind": kind, "text": {"en": f"About {name}?"}}
    if kind in {"single", "multiple", "dropdown", "consent"}:
        made["options"] = [option("yes"), option("no")]
    return {**made, **fields}


def option(value: str, **fields: Any) -> dict[str, Any]:
    return {"id": f"o_{value}", "value": value, "text": {"en": value.capitalize()}, **fields}


def selected(name: str, value: str) -> dict[str, Any]:
    return {"op": "selected", "question": f"q_{name}", "option": f"o_{value}"}


def compare(op: str, name: str, number: float) -> dict[str, Any]:
    left = {"op": "answer", "question": f"q_{name}"}
    return {"op": op, "left": left, "right": {"op": "number", "value": number}}

"""Coded surveys in bulk: Core inserts, no questionnaire engine, deterministic."""

import json
import random
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.models import (
    Answer,
    AnswerText,
    Codebook,
    Collector,
    MachineCode,
    MachineCoding,
    Response,
    Review,
    ReviewCode,
    ReviewGap,
    Survey,
    SurveyVersion,
    seal,
)

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
BOOK = """
version: 1
families:
  access:
    label: Getting to support
    themes:
      waiting: {label: Waiting for support, definition: Time waited for support.}
      referral: {label: Referral and first contact, definition: Being referred.}
  police:
    label: Police
    themes:
      informed: {label: Kept informed, definition: Updates on the case.}
gaps:
  needs: [counselling, updates]
  barriers: [waiting, not_told]
"""
DOCUMENT: dict[str, Any] = {
    "questions": [
        {
            "id": "q_offered", "name": "offered", "kind": "single",
            "text": {"en": "Were you offered support?"},
            "options": [
                {"id": "o_yes", "value": "yes_soon", "text": {"en": "Yes, soon"}},
                {"id": "o_late", "value": "yes_late", "text": {"en": "Yes, but late"}},
                {"id": "o_no", "value": "no", "text": {"en": "No"}},
            ],
        },
        {
            "id": "q_coping", "name": "coping", "kind": "scale5",
            "text": {"en": "How are you managing?"},
            "options": [
                {"id": f"o_c{n}", "value": str(n), "score": n, "text": {"en": f"Level {n}"}}
                for n in range(1, 6)
            ],
        },
    ]
}  # fmt: skip


def a_coded_survey(
    session: Session,
    people: Sequence[Mapping[str, Any]],
    *,
    book: str = BOOK,
    name: str = "Victims Survey",
    document: Mapping[str, Any] = DOCUMENT,
    channel: str = "open",
) -> Survey:
    """Return a survey with these people.

    A person: Response columns, and `themes` / `gaps` (None: not read; "theme|positive" for
    praise), `drawn`, `machine` (None: not coded), `choices`. Everything is committed.
    """
    survey = _a_frame(session, book, name, document, channel)
    rows: dict[Any, list[dict[str, Any]]] = {}
    for person in people:
        _add_person(rows, survey, dict(person))
    for table in (
        Response, AnswerText, Answer, MachineCoding, MachineCode, Review, ReviewCode, ReviewGap
    ):  # fmt: skip
        if rows.get(table):
            session.execute(insert(table), rows[table])
    session.commit()
    return survey


def _a_frame(
    session: Session, book: str, name: str, document: Mapping[str, Any], channel: str
) -> Survey:
    codebook = Codebook(
        key=f"b-{uuid4().hex[:6]}", version=1, name="Book", document=book, adopted_at=NOW
    )
    session.add(codebook)
    session.flush()
    survey = Survey(
        name=name, slug=f"s-{uuid4().hex[:6]}", mode="confidential", status="live",
        codebook_id=codebook.id, created_at=NOW,
    )  # fmt: skip
    session.add(survey)
    session.flush()
    session.add_all(
        [
            SurveyVersion(
                survey_id=survey.id, number=1, document=json.dumps(document),
                sha256=secrets.token_hex(32), published_at=NOW,
            ),
            Collector(survey_id=survey.id, channel=channel, name="Website", created_at=NOW),
        ]
    )  # fmt: skip
    session.commit()
    return survey


def _add_person(
    rows: dict[Any, list[dict[str, Any]]], survey: Survey, person: dict[str, Any]
) -> None:
    themes, gaps = person.pop("themes", None), person.pop("gaps", ())
    machine, drawn = person.pop("machine", None), person.pop("drawn", "random")
    choices = person.pop("choices", {})
    response_id, text_id = uuid4(), uuid4()
    collector = _of(survey, Collector)
    _put(
        rows, Response,
        {
            "id": response_id, "survey_id": survey.id, "version_id": _of(survey, SurveyVersion).id,
            "collector_id": collector.id, "channel": collector.channel, "language": "en",
            "received_on": date(2026, 8, 3), "disposition": "complete", "eligible": True,
            "is_test": False, "is_synthetic": False, "quote_consent": False,
            "submission_key": secrets.token_hex(16), "purge_on": date(2030, 1, 1), **person,
        },
    )  # fmt: skip
    for question, option in choices.items():
        _put(
            rows, Answer,
            {"id": uuid4(), "response_id": response_id, "question_id": question, "part": 0,
             "state": "answered", "option_id": option},
        )  # fmt: skip
    if themes is not None or machine is not None:
        body = seal("answer_text", "body_sealed", text_id, "Some words.")
        _put(
            rows, AnswerText,
            {"id": text_id, "response_id": response_id, "question_id": "q_words", "part": "",
             "body_sealed": body, "typed_by_worker": False},
        )  # fmt: skip
    if machine is not None:
        _add_machine(rows, survey, text_id, machine)
    if themes is not None:
        _add_review(rows, survey, text_id, themes, gaps, drawn)


def _add_machine(
    rows: dict[Any, list[dict[str, Any]]], survey: Survey, text_id: UUID, themes: Sequence[str]
) -> None:
    coding_id = uuid4()
    _put(
        rows, MachineCoding,
        {"id": coding_id, "text_id": text_id, "codebook_id": survey.codebook_id,
         "coder": "coder 1", "language": "en", "redactions": [], "redacted_sealed": b"x",
         "sentiment": "negative", "confidence": 0.9, "risk_level": "none", "risk_score": 0.0,
         "risk_evidence": [], "candidates": [], "coded_at": NOW},
    )  # fmt: skip
    for theme in themes:
        _put(
            rows, MachineCode,
            {"id": uuid4(), "coding_id": coding_id, "theme": theme, "polarity": "negative",
             "probability": 0.9, "start": 0, "end": 4, "evidence": []},
        )  # fmt: skip


def _add_review(
    rows: dict[Any, list[dict[str, Any]]],
    survey: Survey,
    text_id: UUID,
    themes: Sequence[str],
    gaps: Sequence[tuple[str, str]],
    drawn: str,
) -> None:
    review_id = uuid4()
    _put(
        rows, Review,
        {"id": review_id, "text_id": text_id, "codebook_id": survey.codebook_id,
         "reviewer_key": "someone", "drawn": drawn, "is_current": True, "unsure": False,
         "reviewed_at": NOW},
    )  # fmt: skip
    for code in themes:
        theme, _, polarity = code.partition("|")
        _put(
            rows, ReviewCode,
            {"id": uuid4(), "review_id": review_id, "theme": theme,
             "polarity": polarity or "negative", "origin": "accepted"},
        )  # fmt: skip
    for need, barrier in gaps:
        _put(
            rows, ReviewGap,
            {"id": uuid4(), "review_id": review_id, "need": need, "barrier": barrier,
             "origin": "accepted"},
        )  # fmt: skip


def _put(rows: dict[Any, list[dict[str, Any]]], table: Any, row: dict[str, Any]) -> None:
    rows.setdefault(table, []).append(row)


def _of(survey: Survey, table: Any) -> Any:
    from sqlalchemy.orm import object_session

    held = survey.__dict__.setdefault("_frame", {})
    if table not in held:
        session = object_session(survey)
        assert session is not None
        held[table] = session.query(table).filter_by(survey_id=survey.id).one()
    return held[table]


def some_people(
    count: int, *, seed: int = 1, areas: Sequence[str] = (), **values: Any
) -> list[dict[str, Any]]:
    """Return people whose answers vary, the same each time."""
    chance = random.Random(seed)  # noqa: S311 - test data, not a secret
    themes = ("waiting", "referral", "informed")
    weights = (0.4, 0.25, 0.15)
    return [
        {
            "area": chance.choice(areas) if areas else None,
            "themes": [t for t, w in zip(themes, weights, strict=True) if chance.random() < w],
            "gaps": [("counselling", "waiting")] if chance.random() < 0.3 else [],
            "choices": {
                "q_offered": chance.choice(("o_yes", "o_yes", "o_late", "o_no")),
                "q_coping": f"o_c{chance.randint(1, 5)}",
            },
            **values,
        }
        for _ in range(count)
    ]

"""The tiny questionnaires of tests/surveys as surveys people answer, and what they were given."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import surveys
from app import models
from app.clock import shift_clock, utc_now
from surveys import Answers, Chosen, Kind, Question, Survey
from surveys.walk import read_answers
from tests.unit.surveys.shelf import DAY, TINY, names, tiny


@dataclass(frozen=True, eq=False)
class Walk:
    """One way through one tiny questionnaire: what is answered, and what is therefore asked."""

    name: str
    given: dict[str, Any]  # by variable name; may hold answers that are left behind
    asked: list[str]

    @cached_property
    def survey(self) -> Survey:
        """Return the questionnaire."""
        return _published(self.name)

    @cached_property
    def answers(self) -> Answers:
        """Return what is answered, by question id."""
        return read_answers(self.survey, self.given, DAY)[0]

    @cached_property
    def sent(self) -> dict[str, Any]:
        """Return what is to be stored, by variable name, as the walks write it."""
        return {
            page: self.given[page] if self._is_offered(page) else {"code": "skipped"}
            for page in self.asked
            if self._question(page).kind is not Kind.INFO
        }

    @cached_property
    def left_behind(self) -> set[str]:
        """Return the questions whose answers are given and not sent."""
        return {page for page in self.given if self.sent.get(page) != self.given[page]}

    def _question(self, page: str) -> Question:
        found = surveys.find_by_name(self.survey, page)
        assert found is not None
        return found

    def _is_offered(self, page: str) -> bool:
        question = self._question(page)
        given = self.answers.get(question.id)
        offered = {o.id for o in surveys.offered_options(self.survey, question.id, self.answers)}
        return given is not None and (not isinstance(given, Chosen) or offered >= {*given.options})

    def before(self) -> "Walk | None":
        """Return the walk on which the answers left behind were given."""
        if not self.left_behind:
            return None
        return next(
            other
            for other in walks()
            if other.name == self.name
            and all(other.sent.get(page) == self.given[page] for page in self.left_behind)
        )


@cache
def _published(name: str) -> Survey:
    return surveys.load(document(name))


@cache
def walks() -> list[Walk]:
    """Return every walk of every tiny questionnaire."""
    return [
        Walk(name, walk["answers"], walk["asked"])
        for name in names()
        for walk in json.loads((TINY / f"{name}.walks.json").read_text(encoding="utf-8"))
    ]


def titles() -> Iterator[str]:
    """Yield a name for each walk, as pytest prints it."""
    for walk in walks():
        said = ",".join(f"{k}={v['code'] if isinstance(v, dict) else v}" for k, v in _few(walk))
        yield f"{walk.name}:{said.replace(' ', '') or 'nothing'}"


def _few(walk: Walk) -> list[tuple[str, Any]]:
    return list(walk.given.items())[:3]


def document(name: str) -> dict[str, Any]:
    """Return a tiny questionnaire as it can be published: with its translations finished."""
    finished: dict[str, Any] = surveys.dump(tiny(name))
    languages = finished["languages"]
    _finish(finished, languages)
    return finished


def _finish(part: Any, languages: list[str]) -> None:
    if isinstance(part, list):
        for item in part:
            _finish(item, languages)
    elif isinstance(part, dict) and "en" in part:
        for tag in languages:
            words = part.get(tag, f"{tag}: {part['en']}")
            part[tag] = words["text"] if isinstance(words, dict) else words
    elif isinstance(part, dict):
        for item in part.values():
            _finish(item, languages)


def fields(question: Question, given: Any) -> dict[str, Any]:
    """Return what a browser posts for one answer, given as the walks write it."""
    name = f"q_{question.id}"
    if isinstance(given, dict):
        return {name: f"code:{given['code']}"}
    if question.kind is Kind.DATE:
        year, month, day = given.split("-")
        return {f"{name}_day": day, f"{name}_month": month, f"{name}_year": year}
    if question.kind not in surveys.HAS_OPTIONS:
        return {name: str(given)}
    ids = {option.value: option.id for option in question.options}
    chosen = [ids[value] for value in (given if isinstance(given, list) else [given])]
    if question.kind is Kind.RANKING:
        return {f"{name}_rank_{option}": str(place) for place, option in enumerate(chosen, 1)}
    return {name: chosen}


def stored(session: Session, row: models.Survey, survey: Survey) -> dict[str, Any]:
    """Return all that is stored of one response, by variable name, as the walks write it."""
    session.rollback()
    response = session.scalars(select(models.Response).filter_by(survey_id=row.id)).one()
    found: dict[str, Any] = {}
    for answer in sorted(response.answers, key=lambda answer: answer.part):
        question = surveys.find_question(survey, answer.question_id)
        assert question is not None
        value = _plain(question, answer)
        if question.kind in surveys.SEVERAL_OF and answer.option_id is not None:
            found.setdefault(question.name, []).append(value)
        else:
            assert question.name not in found, f"two answers to {question.name}"
            found[question.name] = value
    for text in response.texts:
        question = surveys.find_question(survey, text.question_id)
        assert question is not None
        found[question.name] = text.body
    return found


def _plain(question: Question, row: models.Answer) -> Any:
    if row.state != "answered":
        return {"code": row.state}
    if row.option_id is not None:
        return next(o.value for o in question.options if o.id == row.option_id)
    return row.number if row.day is None else row.day.isoformat()


def set_clock() -> None:
    """Let it be the day of the walks, whatever the machine's calendar says."""
    shift_clock(datetime(DAY.year, DAY.month, DAY.day, 11, tzinfo=UTC) - utc_now())

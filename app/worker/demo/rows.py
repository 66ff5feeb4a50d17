"""Planned responses as table rows, with codings by the coder and decisions by a made-up analyst."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

import surveys
from app.models import Codebook, Collector, StaffUser, Survey, SurveyVersion, seal
from app.services.retention import quarter_start
from app.services.sending import COLUMNS, answer_rows
from app.store import imports as bulk
from app.store import machine
from app.worker.coding import coding_row
from app.worker.demo.corpus import Written
from app.worker.demo.waves import Planned
from nlp.coder import Coder, Coding, Item

MORE_CHOSEN = 8  # one in so many of what is left: a coder learns from 50 chosen answers or more
CHOSEN_SHARE = 0.03  # of the rest, reviewed because somebody chose to; all that name a need
BLANK_ANSWER = {"part": 0, "option_id": None, "number": None, "day": None}

Codings = Mapping[str, Coding]  # by id of the written answer


@dataclass(frozen=True, slots=True)
class Place:
    """Where planned responses go."""

    survey: Survey
    version: SurveyVersion
    questionnaire: surveys.Survey
    collectors: Mapping[str, Collector]  # by name
    codebook: Codebook


def code_all(coder: Coder, planned: Iterable[tuple[surveys.Survey, Planned]]) -> dict[str, Coding]:
    """Return what the coder makes of every written answer, asked as it was asked."""
    items = [
        Item(id=answer.id, text=answer.text, question=_wording(survey, question_id))
        for survey, response in planned
        for question_id, answer in response.written.items()
    ]
    return {coding.id: coding for coding in coder.code(items)}


def write_responses(session: Session, place: Place, planned: Sequence[Planned]) -> None:
    """Write responses with their choices and sealed texts."""
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for response in planned:
        choices, texts = answer_rows(response.sent)
        rows["response"].append(_response(place, response))
        rows["answer"] += [
            BLANK_ANSWER | choice | {"id": uuid4(), "response_id": response.id}
            for choice in choices
        ]
        rows["text"] += [_text(response, text["question_id"], text["body"]) for text in texts]
    bulk.insert_rows(session, rows)


def write_codings(
    session: Session, place: Place, planned: Sequence[Planned], codings: Codings, now: datetime
) -> None:
    """Write what the coder made of the texts, as of the morning after each was sent."""
    rows = [
        coding_row(
            response.text_ids[question_id],
            codings[answer.id],
            place.codebook.id,
            min(at(response.day, 1), now),
        )
        for response in planned
        for question_id, answer in response.written.items()
    ]
    machine.insert_codings(session, rows)


def write_reviews(
    session: Session,
    place: Place,
    planned: Sequence[Planned],
    codings: Codings,
    analyst: StaffUser,
    chance: Random,
    now: datetime,
    random_a_quarter: int,
) -> None:
    """Let the analyst decide on a random sample, and on some answers of their own choice.

    The random order of the desk is that of the texts' ids, which are random: the sample is the
    first of them, up to where every complete quarter has enough.
    """
    texts = sorted(
        (response.text_ids[question_id], response.day, answer)
        for response in planned
        if response.eligible
        for question_id, answer in response.written.items()
    )
    drawn = _sample_size([day for _, day, _ in texts], random_a_quarter, now.date())
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for place_in_order, (text_id, day, answer) in enumerate(texts):
        is_random = place_in_order < drawn
        is_chosen = chance.random() <= CHOSEN_SHARE or answer.gold["gaps"]
        is_more = text_id.int % MORE_CHOSEN == 0 and not is_random
        if not (is_random or is_chosen or is_more):
            continue
        review = _review(place, text_id, codings[answer.id], analyst)
        review["drawn"] = "random" if is_random else "chosen"
        review["sentiment"] = answer.gold["sentiment"]
        later = chance.randint(2, 12) if is_random or is_chosen else 7
        review["reviewed_at"] = min(at(day, later), now)
        rows["review"].append(review)
        rows["code"] += _codes(review["id"], answer, codings[answer.id])
        rows["gap"] += _gaps(review["id"], answer, codings[answer.id])
    bulk.insert_rows(session, rows)


def at(day: date, later: int) -> datetime:
    """Return a morning some days later."""
    return datetime.combine(day + timedelta(days=later), time(10), UTC)


def _sample_size(days: Sequence[date], enough: int, today: date) -> int:
    counts: defaultdict[date, int] = defaultdict(int)
    wanted = {quarter_start(day) for day in days if quarter_start(day) != quarter_start(today)}
    for size, day in enumerate(days, start=1):
        counts[quarter_start(day)] += 1
        if all(counts[quarter] >= enough for quarter in wanted):
            return size
    return len(days)


def _response(place: Place, response: Planned) -> dict[str, Any]:
    fired = {signal.name for signal in surveys.signals(place.questionnaire, response.sent)}
    found = surveys.dimension_values(place.questionnaire, response.sent)
    collector = place.collectors[response.collector]
    return {
        "id": response.id,
        "survey_id": place.survey.id,
        "version_id": place.version.id,
        "collector_id": collector.id,
        "channel": collector.channel,
        "language": "en",
        "received_on": response.day,
        "disposition": "complete" if response.is_complete else "partial",
        "eligible": response.eligible,
        "is_test": False,
        "is_synthetic": True,
        "quote_consent": surveys.SignalName.QUOTE_CONSENTED in fired,
        "submission_key": response.id.hex,
        "purge_on": response.day + timedelta(days=place.survey.retention_days),
        "link_id": None,
        **{column: found.get(dimension) for dimension, column in COLUMNS.items()},
        **response.values,
    }


def _text(response: Planned, question_id: str, body: str) -> dict[str, Any]:
    text_id = response.text_ids[question_id]
    return {
        "id": text_id,
        "response_id": response.id,
        "question_id": question_id,
        "part": "",
        "body_sealed": seal("answer_text", "body_sealed", text_id, body),
        "typed_by_worker": False,
    }


def _review(place: Place, text_id: UUID, coding: Coding, analyst: StaffUser) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "text_id": text_id,
        "codebook_id": place.codebook.id,
        "reviewer_id": analyst.id,
        "reviewer_key": str(analyst.id),
        "coder": coding.coder,
        "unsure": False,
        "is_current": True,
    }


def _codes(review_id: UUID, answer: Written, coding: Coding) -> list[dict[str, Any]]:
    suggested = {theme.theme: theme.polarity.value for theme in coding.themes}
    spans: dict[str, Mapping[str, Any]] = {}
    for clause in answer.gold["evidence"]:
        spans.setdefault(clause["theme"], clause)
    return [
        {
            "id": uuid4(),
            "review_id": review_id,
            "theme": code["theme"],
            "polarity": code["polarity"],
            "start": spans[code["theme"]]["start"] if code["theme"] in spans else None,
            "end": spans[code["theme"]]["end"] if code["theme"] in spans else None,
            "origin": _origin(suggested, code["theme"], code["polarity"]),
        }
        for code in {code["theme"]: code for code in answer.gold["themes"]}.values()
    ]


def _gaps(review_id: UUID, answer: Written, coding: Coding) -> list[dict[str, Any]]:
    suggested = {(gap.need, gap.barrier) for gap in coding.gaps}
    gold = {(gap["need"], gap["barrier"]): gap for gap in answer.gold["gaps"]}
    return [
        {
            "id": uuid4(),
            "review_id": review_id,
            "need": need,
            "barrier": barrier,
            "duration_days": gap.get("duration_days"),
            "start": gap.get("start"),
            "end": gap.get("end"),
            "origin": "accepted" if (need, barrier) in suggested else "added",
        }
        for (need, barrier), gap in gold.items()
    ]


def _origin(suggested: Mapping[str, str], theme: str, polarity: str) -> str:
    if theme not in suggested:
        return "added"
    return "accepted" if suggested[theme] == polarity else "corrected"


def _wording(survey: surveys.Survey, question_id: str) -> str:
    question = surveys.find_question(survey, question_id)
    return surveys.pipe(question.text, survey, surveys.Answers()) if question else ""

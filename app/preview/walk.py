"""A walk through a draft: what the buttons do, without a database. Pure."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict

import surveys
from app.catalogues import messages
from app.clock import LONDON
from app.respond.forms import read_answer
from app.services import walking
from app.services.drafts import Journey
from app.services.walking import PROMISE, SEND, State
from app.store.journeys import JourneyRow

ENDED = "ended"  # after the send
LEFT = "left"  # after Exit, or "Not now"
Act = Callable[[Journey, MultiDict[str, str]], Journey]


def begin(
    survey_id: UUID, survey: surveys.Survey, *, at: str, now: datetime, language: str
) -> Journey:
    """Return a journey that stands at a page, with nothing answered."""
    row = JourneyRow(
        id=uuid4(),
        survey_id=survey_id,
        version_id=uuid4(),
        collector_id=uuid4(),
        link_id=None,
        language=language if language in survey.languages else survey.source_language,
        answers=None,
        state=None,
        code_key=None,
        submission_key="",
        started_on=now.astimezone(LONDON).date(),
        touched_at=now,
        mode=survey.mode,
        is_check_in=False,
        is_synthetic=True,
        is_test=True,
        channel="open",
        retention_days=0,
        closed_at=None,
    )
    known = {PROMISE, SEND} | {page.id for page in surveys.pages_of(survey)}
    place = at if at in known else PROMISE
    # A page opened by itself begins no sensitive part: the designer wants to see the question.
    state = State(at=place, reached=(place,), warned=(place,))
    return Journey(row, survey, surveys.Answers(day=row.started_on), state, is_locked=False)


def to_json(journey: Journey) -> str:
    """Return a walk as the page carries it to its next step."""
    kept = {
        "answers": surveys.answers_to_json(journey.answers),
        "state": asdict(journey.state),
        "language": journey.row.language,
    }
    return json.dumps(kept, separators=(",", ":"))


def from_json(journey: Journey, text: str) -> Journey:
    """Return the walk a page carried; the fresh journey for anything that is not one."""
    try:
        kept = json.loads(text)
        answers = surveys.answers_from_json(kept["answers"])
        state = State.from_json(json.dumps(kept["state"]))
        language = str(kept["language"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return journey
    if language in journey.survey.languages:
        journey = replace(journey, row=replace(journey.row, language=language))
    return replace(journey, answers=answers, state=state)


def step(journey: Journey, form: MultiDict[str, str]) -> Journey:
    """Return the journey after a button was pressed."""
    return ACTS.get(form.get("act", "next"), _stay)(journey, form)


def _stay(journey: Journey, _form: MultiDict[str, str]) -> Journey:
    return journey


def _start(journey: Journey, _form: MultiDict[str, str]) -> Journey:
    return _go(journey, journey.answers, None)


def _next(journey: Journey, form: MultiDict[str, str]) -> Journey:
    question = journey.stop
    if question is None or form.get("question") != question.id:
        return journey
    raw = read_answer(question.id, form)
    language = journey.row.language
    parsed = surveys.parse_answer(
        journey.survey,
        question,
        raw,
        journey.answers,
        language=language,
        messages=messages(language),
    )
    if isinstance(parsed, tuple):
        words = tuple(problem.message for problem in parsed)
        return replace(journey, state=replace(journey.state, raw=asdict(raw), problems=words))
    return _go(journey, journey.answers.with_answer(question.id, parsed), question.id)


def _skip(journey: Journey, _form: MultiDict[str, str]) -> Journey:
    question = journey.stop
    if question is None:
        return journey
    return _go(journey, journey.answers.with_answer(question.id, surveys.SKIPPED), question.id)


def _skip_part(journey: Journey, _form: MultiDict[str, str]) -> Journey:
    answers, place = journey.answers, journey.state.at
    for place in walking.sensitive_part(journey.survey, answers, journey.state.at):
        answers = answers.with_answer(place, surveys.SKIPPED)
    return _go(journey, answers, place)


def _back(journey: Journey, _form: MultiDict[str, str]) -> Journey:
    place = journey.state.at
    before = walking.stop_before(journey.survey, journey.answers, (), place)
    return replace(journey, state=journey.state.moved_to(before or place))


def _carry_on(journey: Journey, _form: MultiDict[str, str]) -> Journey:
    warned = (*journey.state.warned, journey.state.at)
    return replace(journey, state=replace(journey.state, warned=warned, aside=""))


def _language(journey: Journey, form: MultiDict[str, str]) -> Journey:
    language = form.get("language", "")
    if language not in journey.survey.languages:
        return journey
    return replace(journey, row=replace(journey.row, language=language))


def _end(journey: Journey, _form: MultiDict[str, str]) -> Journey:
    return replace(journey, state=journey.state.moved_to(ENDED))


def _leave(journey: Journey, _form: MultiDict[str, str]) -> Journey:
    return replace(journey, state=journey.state.moved_to(LEFT))


def _go(journey: Journey, answers: surveys.Answers, place: str | None) -> Journey:
    following = walking.stop_after(journey.survey, answers, (), place)
    return replace(journey, answers=answers, state=journey.state.moved_to(following))


ACTS: dict[str, Act] = {
    "start": _start,
    "next": _next,
    "skip": _skip,
    "skip_part": _skip_part,
    "back": _back,
    "carry_on": _carry_on,
    "language": _language,
    "stop": _end,
    "send": _end,
    "not_now": _leave,
    "leave": _leave,
}

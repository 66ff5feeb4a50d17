"""A journey through a survey: begun, answered a page at a time, or come back to.

Every function that changes something ends in one commit. What a person typed is always either
stored, or handed back on the page with words about what to do.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

import surveys
from app.catalogues import messages
from app.clock import LONDON
from app.services import codes, interface, visits, walking
from app.services.links import Entry
from app.services.marks import beside_unseen
from app.services.walking import CODE, PROMISE, SEND, State
from app.store import journeys
from app.store.journeys import JourneyRow

IDLE = timedelta(minutes=30)  # settled.md 22
SKIP = surveys.RawAnswer(values=(f"{surveys.CODE_PREFIX}skipped",))


class DraftMovedError(Exception):
    """Another tab, or a second tap, saved this draft meanwhile; nothing of ours was stored.

    Whoever gets it reads the draft again and does the same once more, so nothing is lost.
    """


@dataclass(frozen=True, slots=True)
class Journey:
    """A draft opened: its row, its questionnaire, the answers so far and the present place."""

    row: JourneyRow
    survey: surveys.Survey
    answers: surveys.Answers
    state: State
    is_locked: bool  # left alone for so long that whoever comes now has to know the code

    @property
    def stop(self) -> surveys.Question | None:
        """Return the question shown now, or None on the first and last pages."""
        return surveys.find_question(self.survey, self.state.at)


def find(session: Session, secret: str, *, now: datetime) -> Journey | None:
    """Return the journey of the browser holding this secret, if it has not been sent or left."""
    row = journeys.find_journey(session, visits.hash_secret(secret))
    return _opened(session, row, now) if row else None


def go_on_here(session: Session, journey: Journey | None, entry: Entry, *, now: datetime) -> bool:
    """Go on with what this browser began through this way in; False where it begins afresh.

    Whoever opens the link again may be somebody else. A double tap finds the promise, and goes
    on. Through a person's own link what was answered stays and is not shown again (safety.md
    T5); through a poster's or a tablet's link the next person never joins the one before.
    """
    if journey is None or journey.is_locked:
        return False
    here = (journey.row.collector_id, journey.row.link_id)
    if here != (entry.collector_id, entry.link_id):
        return False
    if journey.state.at == PROMISE:
        return True
    if entry.link_id is None:
        return False
    with suppress(DraftMovedError):  # another tab saved it meanwhile: she is on her way
        _seal(session, journey, now=now)
    return True


def start(
    session: Session,
    entry: Entry,
    *,
    secret: str,
    now: datetime,
    language: str | None = None,
    is_trapped: bool = False,
) -> str:
    """Begin a journey at the page that says what is promised; return the language it speaks.

    That is the one asked for, if it is offered.
    """
    survey = journeys.questionnaire_of(session, entry.version_id)
    if language is None or language not in interface.offered(session, survey, is_test=False):
        language = survey.source_language
    today = now.astimezone(LONDON).date()
    journeys.insert_journey(
        session,
        answers=_dump(surveys.Answers(day=today)),
        state=State(is_trapped=is_trapped).to_json(),
        secret_hash=visits.hash_secret(secret),
        submission_key=visits.submission_key(secret),
        version_id=entry.version_id,
        collector_id=entry.collector_id,
        link_id=entry.link_id,
        language=language,
        started_on=today,
        touched_at=now,
    )
    session.commit()
    return language


def begin_questions(session: Session, journey: Journey, *, now: datetime) -> None:
    """Go from the promise to the first question."""
    if journey.state.at == PROMISE:
        first = _next(journey, journey.answers, None)
        begun = replace(journey.state, begun=now.isoformat(timespec="seconds"))
        _move(session, replace(journey, state=begun), journey.answers, first, now=now)


def answer(
    session: Session,
    journey: Journey,
    question_id: str,
    raw: surveys.RawAnswer,
    *,
    now: datetime,
    seen: str | None = None,
) -> Journey:
    """Store what one page sent and go on, or stay with words about what to do.

    `seen` is the mark of the answer the page showed (see `marks.mark_of`).
    """
    question = _asked(journey, question_id)
    if question is None:
        return journey  # an old page of another tab: whatever it asked is no longer asked
    parsed = _parse(journey, question, raw)
    if isinstance(parsed, tuple):
        return _stay(session, journey, question, raw, parsed, now=now)
    if parsed == surveys.SKIPPED and raw != SKIP and _is_hidden(journey, question.id):
        return keep(session, journey, question.id, now=now)
    kept = beside_unseen(journey.answers.get(question.id), parsed, seen)
    answers = journey.answers.with_answer(question.id, kept)
    following = _next(journey, answers, question.id)
    return _move(session, journey, answers, following, now=now, passed=question.id)


def skip(
    session: Session,
    journey: Journey,
    question_id: str,
    *,
    now: datetime,
    seen: str | None = None,
) -> Journey:
    """Store that a question was passed over and go on."""
    return answer(session, journey, question_id, SKIP, now=now, seen=seen)


def keep(session: Session, journey: Journey, question_id: str, *, now: datetime) -> Journey:
    """Go on and leave an answer that is not shown as it is."""
    following = _next(journey, journey.answers, question_id)
    return _move(session, journey, journey.answers, following, now=now)


def skip_part(session: Session, journey: Journey, *, now: datetime) -> Journey:
    """Pass over a whole sensitive part."""
    answers = journey.answers
    part = walking.sensitive_part(journey.survey, answers, journey.state.at)
    for question_id in part:
        answers = answers.with_answer(question_id, surveys.SKIPPED)
    last = part[-1] if part else journey.state.at
    return _move(session, journey, answers, _next(journey, answers, last), now=now)


def go_back(
    session: Session,
    journey: Journey,
    question_id: str,
    raw: surveys.RawAnswer,
    *,
    now: datetime,
    seen: str | None = None,
) -> Journey:
    """Go to the page before; what is on this page is kept if it can be stored as it is."""
    answers = _with_typed(journey, question_id, raw, seen)
    question = _asked(journey, question_id)
    place = question.id if question else journey.state.at
    before = walking.stop_before(journey.survey, answers, journey.state.sealed, place)
    return _move(session, journey, answers, before or journey.state.at, now=now)


def go_on(session: Session, journey: Journey, *, now: datetime) -> Journey:
    """Leave the code page, or enter a sensitive part after its warning."""
    state = journey.state
    if state.aside:
        state = replace(state, aside="")
    else:
        state = replace(state, warned=(*state.warned, state.at))
    return _save(session, journey, journey.answers, state, now=now)


def set_language(session: Session, journey: Journey, language: str, *, now: datetime) -> None:
    """Carry on in another of the survey's languages."""
    offered = interface.offered(session, journey.survey, is_test=journey.row.is_test)
    if language in offered:
        _save(session, journey, journey.answers, journey.state, now=now, language=language)


def take_code(
    session: Session,
    journey: Journey,
    question_id: str,
    raw: surveys.RawAnswer,
    *,
    secret: str,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Keep this draft, with what is on the page, under the person's six words; show them."""
    answers = _with_typed(journey, question_id, raw, seen)
    key = journey.row.code_key or codes.key_of(codes.words_for(secret) or "")
    state = replace(journey.state, aside=CODE)
    _save(session, journey, answers, state, now=now, code_key=key)


def keep_typed(
    session: Session, journey: Journey, question_id: str, raw: surveys.RawAnswer, *, now: datetime
) -> None:
    """Keep what is typed on a page while its person reads another; it is no answer yet."""
    if question_id == journey.state.at and any((*raw.values, *raw.other.values())):
        state = replace(journey.state, raw=_raw_to_json(raw))
        _save(session, journey, journey.answers, state, now=now)


def start_again(session: Session, journey: Journey, *, secret: str, now: datetime) -> None:
    """Begin afresh after the long pause; a draft nobody can come back to goes."""
    row = journey.row
    if row.code_key is None:
        journeys.delete_journey(session, row.id)
    entry = Entry(row.survey_id, row.version_id, row.collector_id, row.link_id)
    start(session, entry, secret=secret, now=now, language=row.language)


def resume(session: Session, words: str, *, secret: str, now: datetime) -> bool:
    """Go on with the draft kept under these words in a new browser, which gets `secret`.

    What was answered before stays sealed: whoever reads the six words over her shoulder does
    not get to read the answers too (safety.md T5).
    """
    row = journeys.find_journey_by_code(session, codes.possible_keys(words))
    if row is None:
        return False
    _seal(
        session,
        replace(_opened(session, row, now), is_locked=False),
        now=now,
        secret_hash=visits.hash_secret(secret),
        submission_key=visits.submission_key(secret),
    )
    return True


def is_waiting(session: Session, words: str) -> bool:
    """Return whether a draft is kept under these words."""
    return journeys.find_journey_by_code(session, codes.possible_keys(words)) is not None


def _seal(session: Session, journey: Journey, *, now: datetime, **values: Any) -> None:
    """Go to the first page without an answer, and show no answer given so far again."""
    sealed = tuple(journey.answers)
    at = walking.stop_after(journey.survey, journey.answers, sealed, None)
    state = replace(journey.state, sealed=sealed).moved_to(at)
    _save(session, journey, journey.answers, state, now=now, **values)


def _with_typed(
    journey: Journey, question_id: str, raw: surveys.RawAnswer, seen: str | None
) -> surveys.Answers:
    """Return the answers with what is on the page, if it can be stored as it is."""
    question = _asked(journey, question_id)
    parsed = _parse(journey, question, raw) if question else surveys.SKIPPED
    if question is None or isinstance(parsed, tuple) or parsed == surveys.SKIPPED:
        return journey.answers
    kept = beside_unseen(journey.answers.get(question.id), parsed, seen)
    return journey.answers.with_answer(question.id, kept)


def _is_hidden(journey: Journey, question_id: str) -> bool:
    hides = walking.hides_answers(journey.survey, journey.row.channel)
    return hides and question_id in journey.answers


def _asked(journey: Journey, question_id: str) -> surveys.Question | None:
    if question_id in journey.state.sealed:
        return None
    path = surveys.page_path(journey.survey, journey.answers)
    return next((page for page in path if page.id == question_id), None)


def _parse(
    journey: Journey, question: surveys.Question, raw: surveys.RawAnswer
) -> surveys.Answer | tuple[surveys.Problem, ...]:
    language = journey.row.language
    return surveys.parse_answer(
        journey.survey,
        question,
        raw,
        journey.answers,
        language=language,
        messages=messages(language),
    )


def _next(journey: Journey, answers: surveys.Answers, place: str | None) -> str:
    return walking.stop_after(journey.survey, answers, journey.state.sealed, place)


def _stay(
    session: Session,
    journey: Journey,
    question: surveys.Question,
    raw: surveys.RawAnswer,
    problems: tuple[surveys.Problem, ...],
    *,
    now: datetime,
) -> Journey:
    state = replace(
        journey.state.moved_to(question.id),
        raw=_raw_to_json(raw),
        problems=tuple(problem.message for problem in problems),
    )
    return _save(session, journey, journey.answers, state, now=now)


def _move(
    session: Session,
    journey: Journey,
    answers: surveys.Answers,
    at: str,
    *,
    now: datetime,
    passed: str | None = None,
) -> Journey:
    is_new = at not in journey.state.reached and at != SEND
    if not journey.row.is_test:
        day = now.astimezone(LONDON).date()
        reached = at if is_new else None
        journeys.count_steps(session, journey.row.version_id, day, passed=passed, reached=reached)
    return _save(session, journey, answers, journey.state.moved_to(at), now=now)


def _save(
    session: Session,
    journey: Journey,
    answers: surveys.Answers,
    state: State,
    *,
    now: datetime,
    **values: Any,
) -> Journey:
    # A page posted after the long pause is stored, and the pause still counts (settled.md 22).
    if not journey.is_locked:
        values["touched_at"] = now
    version = journeys.save_journey(
        session, journey.row, answers=_dump(answers), state=state.to_json(), **values
    )
    if version is None:
        session.rollback()
        raise DraftMovedError
    session.commit()
    row = replace(journey.row, version=version)
    return replace(journey, row=row, answers=answers, state=state)


def _opened(session: Session, row: JourneyRow, now: datetime) -> Journey:
    survey = journeys.questionnaire_of(session, row.version_id)
    answers = surveys.answers_from_json(json.loads(row.answers or '{"day": null, "answers": {}}'))
    state = State.from_json(row.state)
    return Journey(row, survey, answers, state, is_locked=now - row.touched_at > IDLE)


def _dump(answers: surveys.Answers) -> str:
    return json.dumps(surveys.answers_to_json(answers), separators=(",", ":"))


def _raw_to_json(raw: surveys.RawAnswer) -> Mapping[str, Any]:
    return asdict(raw)

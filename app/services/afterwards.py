"""What a person may still do once their answers are stored."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import surveys
from app.clock import LONDON
from app.models import Answer, ContactRequest, SurveyMode
from app.packs import Hours
from app.services import codes, walking
from app.services.raising import raise_task
from app.services.reaching import say_way
from app.services.sending import CODE_JOB, LOW, answer_rows
from app.services.visits import submission_key
from app.store import audit, journeys, links, outbox, quotes, responses
from app.store.responses import Receipt

WAITS = "waits"  # in the details of a way that cannot be used yet


@dataclass(frozen=True, slots=True)
class Sent:
    """A stored response and what is still open about it."""

    receipt: Receipt
    survey: surveys.Survey
    waiting_words: surveys.Question | None
    wants_contact: bool  # asked for, and not yet said how
    how: Mapping[str, object]  # what was said of it so far
    may_ask_contact: bool


def find(session: Session, secret: str) -> Sent | None:
    """Return what the browser holding this secret has sent."""
    receipt = responses.find_receipt(session, submission_key(secret))
    if receipt is None or receipt.withdrawn_on is not None:
        return None
    survey = journeys.questionnaire_of(session, receipt.version_id)
    answers = _answers(session, receipt)
    request = responses.find_contact_request(session, receipt.id)
    how = json.loads(request.details) if request and request.details else {}
    return Sent(
        receipt=receipt,
        survey=survey,
        waiting_words=_waiting(survey, answers) if receipt.is_check_in else None,
        wants_contact=request is not None and (request.details is None or WAITS in how),
        how=how,
        may_ask_contact=_may_ask(session, survey, receipt, answers),
    )


def add_words(session: Session, sent: Sent, words: str, *, now: datetime) -> None:
    """Add the optional words of a check-in, or note that the box was left empty."""
    question = sent.waiting_words
    if question is None:
        return
    text = words.replace("\r\n", "\n").replace("\x00", "")[: question.max_length or 5000]
    answer: surveys.Answer = surveys.Words(text) if text.strip() else surveys.SKIPPED
    fired = surveys.signals(sent.survey, _answers(session, sent.receipt))
    helped = any(signal.name == surveys.SignalName.WORKER_HELPED for signal in fired)
    rows = answer_rows({question.id: answer}, typed_by_worker=helped)
    choices, texts = responses.build_rows(sent.receipt.id, *rows)
    with _once(session):
        responses.add_answers(session, choices, texts)
        if texts and not sent.receipt.is_test:
            outbox.add_job(session, CODE_JOB, now=now, subject_id=sent.receipt.id)
        _note(session, sent.receipt, "response.add_words", now)


def ask_contact(session: Session, sent: Sent, *, hours: Hours, now: datetime) -> None:
    """Ask to be contacted after all."""
    if not sent.may_ask_contact:
        return
    today = now.astimezone(LONDON).date()
    with _once(session):
        session.add(ContactRequest(response_id=sent.receipt.id, wish="this_week", asked_on=today))
        session.flush()
        if not sent.receipt.is_test:
            raise_task(
                session,
                sent.receipt.id,
                kind="contact",
                hours=hours,
                now=now,
                service=sent.receipt.service,
                case_key=_case_key(session, sent.receipt),
            )
        _note(session, sent.receipt, "response.ask_contact", now)


def say_how(
    session: Session,
    sent: Sent,
    how: Mapping[str, object],
    *,
    now: datetime,
    waits: bool = False,
) -> None:
    """Keep how and when it is safe to be in touch, sealed and apart from the answers.

    With `waits` something is missing: what was said is kept, and the question asked again.
    """
    if not sent.wants_contact:
        return
    request = responses.get_contact_request(session, sent.receipt.id)
    say_way(request, {**how, WAITS: True} if waits else how)
    _note(session, sent.receipt, "response.say_how", now)
    session.commit()


def take_back(session: Session, words: str, *, now: datetime) -> bool:
    """Withdraw everything kept under six words, sent or not; return whether there was anything."""
    keys = codes.possible_keys(words)
    today = now.astimezone(LONDON).date()
    receipt = responses.find_receipt_by_code(session, keys)
    if receipt is not None:
        responses.empty_response(session, receipt.id, on=today)
        _note(session, receipt, "response.withdraw", now)
        session.commit()
        return True
    row = journeys.find_journey_by_code(session, keys)
    if row is None:
        return False
    journeys.delete_journey(session, row.id)
    audit.add_respondent_event(
        session, act="draft.withdraw", kind="survey", object_id=row.survey_id, now=now
    )
    session.commit()
    return True


def stop_quotes(session: Session, words: str, *, now: datetime) -> bool:
    """Stop the use of a person's words as quotes; return whether the words were known."""
    receipt = responses.find_receipt_by_code(session, codes.possible_keys(words))
    if receipt is None:
        return False
    responses.set_quote_consent(session, receipt.id, given=False)
    quotes.delete_quotes_of_response(session, receipt.id)
    _note(session, receipt, "response.stop_quotes", now)
    session.commit()
    return True


def survey_of(session: Session, words: str) -> UUID | None:
    """Return the survey that the answers kept under six words belong to, and nothing of them."""
    receipt = responses.find_receipt_by_code(session, codes.possible_keys(words))
    return receipt.survey_id if receipt else None


def code_words(receipt: Receipt, secret: str) -> str | None:
    """Return the six words, or None for a person who came back with words of their own."""
    return codes.words_for(secret, receipt.withdraw_key or "")


@contextmanager
def _once(session: Session) -> Iterator[None]:
    """Commit what the database takes only once: the second of two taps finds it done."""
    try:
        yield
        session.commit()
    except IntegrityError:
        session.rollback()


def _case_key(session: Session, receipt: Receipt) -> str | None:
    """Return whose link it was, so that who is kept out of a case is kept out of its task."""
    return links.get_link(session, receipt.link_id).case_key if receipt.link_id else None


def _note(session: Session, receipt: Receipt, act: str, now: datetime) -> None:
    audit.add_respondent_event(
        session, act=act, kind="survey", object_id=receipt.survey_id, now=now
    )


def _waiting(survey: surveys.Survey, answers: surveys.Answers) -> surveys.Question | None:
    waiting = walking.waiting_words(survey, answers)
    return surveys.find_question(survey, waiting[0]) if waiting else None


def _may_ask(
    session: Session, survey: surveys.Survey, receipt: Receipt, answers: surveys.Answers
) -> bool:
    if receipt.mode == SurveyMode.ANONYMOUS:
        return False
    is_low = any(fired.name in LOW for fired in surveys.signals(survey, answers))
    return is_low and not responses.has_contact_request(session, receipt.id)


def _answers(session: Session, receipt: Receipt) -> surveys.Answers:
    """Return what was chosen, enough to walk the path again; words stay sealed."""
    given: dict[str, surveys.Answer] = {}
    for row in responses.list_answers(session, receipt.id):
        before = given.get(row.question_id)
        given[row.question_id] = _answer(row, before)
    return surveys.Answers(given, day=receipt.received_on)


def _answer(row: Answer, before: surveys.Answer | None) -> surveys.Answer:
    if row.state != "answered":
        return surveys.NoAnswer(surveys.NonAnswer(row.state))
    if row.option_id is not None:
        first = before.options if isinstance(before, surveys.Chosen) else ()
        return surveys.Chosen((*first, row.option_id))
    if row.number is not None:
        return surveys.Number(Decimal(str(row.number)))
    return surveys.Day(row.day) if row.day is not None else surveys.Words("…")

"""The send: from a draft to a response, in one commit, once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import surveys
from app.clock import LONDON
from app.models import ContactRequest, SurveyMode, Tier
from app.packs import Hours
from app.services import codes, organisations, walking
from app.services.doubting import (
    UNVERIFIED,
    Arrival,
    Doubt,
    Doubts,
    likeness_of,
    network_of,
)
from app.services.drafts import DraftMovedError, Journey
from app.services.raising import raise_flag, raise_task
from app.services.walking import SEND
from app.store import audit, journeys, links, outbox, responses
from app.store.actors import Actor
from app.store.journeys import JourneyRow
from surveys import Dimension, SignalName

GRACE = timedelta(hours=24)  # a survey that closes lets people finish (safety.md F15)
CODE_JOB = "code_response"
# The columns figures filter by.
COLUMNS = {
    Dimension.AREA: "area",
    Dimension.CRIME_GROUP: "crime_group",
    Dimension.AGE_BAND: "age_band",
    Dimension.SERVICE: "service",
    Dimension.STAGE: "stage",
}
TIERS = {
    SignalName.SG1: Tier.SG1,
    SignalName.SG2: Tier.SG2,
    SignalName.SG3: Tier.SG3,
    SignalName.SG4: Tier.SG4,
}
LOW = {SignalName.LOW_COPING, SignalName.LOW_SAFETY}
CONTACT = {SignalName.CONTACT_REQUESTED: "this_week", SignalName.CONTACT_URGENT: "soon"}


class SurveyClosedError(Exception):
    """The survey closed more than a day ago; nothing was stored."""


class LinkSpentError(Exception):
    """Answers already came through this personal link; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked at where anybody may answer: the last hour's arrivals, and an address."""

    doubts: Doubts
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """One send, as far as it has been worked out before anything is written."""

    journey: Journey
    sent: surveys.Answers
    response_id: UUID
    fired: Mapping[str, str]  # signal name to the question that raised it
    is_complete: bool
    context: Mapping[str, Any]  # what the link knows
    case_key: str | None
    hours: Hours
    now: datetime

    @property
    def today(self) -> date:
        """Return the day the response carries."""
        return self.now.astimezone(LONDON).date()

    @property
    def is_anonymous(self) -> bool:
        """Return whether nothing may lead from the response to a person (settled.md 23)."""
        return self.journey.row.mode == SurveyMode.ANONYMOUS


def submit(
    session: Session,
    journey: Journey,
    *,
    secret: str,
    hours: Hours,
    now: datetime,
    watch: Watch | None = None,
) -> UUID | None:
    """Store what was answered on the path and drop the draft; return the response's id.

    Return None when another request of the same browser has stored it already. Raise
    SurveyClosedError, LinkSpentError, or DraftMovedError when another tab has saved more
    meanwhile, with nothing stored.
    """
    row = journey.row
    if has_ended(row, now):
        drop(session, journey)  # the page says that nothing was kept
        raise SurveyClosedError
    # All that can be worked out is, before the first write: others wait for the lock.
    sending = _prepare(session, journey, hours, now)
    values = _values(sending, codes_key(secret, row.code_key))
    if sending.is_anonymous and row.link_id is not None:
        # T14: nor may answers be matched to a link by the few who came through one collector.
        values["collector_id"] = links.shared_collector_id(session, row.survey_id)
    helped = SignalName.WORKER_HELPED in sending.fired
    rows = answer_rows(sending.sent, typed_by_worker=helped)
    choices, texts = responses.build_rows(sending.response_id, *rows)
    doubt = _weigh(sending, watch) or _second(session, sending)
    values["quarantined"] = doubt.reason if doubt else None
    try:
        if not journeys.delete_unchanged_journey(session, row):
            _refuse_grown(session, row)
            return None
        _spend_link(session, sending)
        responses.insert_response(session, values, choices, texts)
        if doubt and doubt.earlier:
            responses.quarantine(session, doubt.earlier, doubt.reason)
        if texts and not row.is_test:
            outbox.add_job_row(session, CODE_JOB, now=now, subject_id=sending.response_id)
        _raise(session, sending)
        audit.add_respondent_event(
            session, act="response.send", kind="survey", object_id=row.survey_id, now=now
        )
        session.commit()
    except IntegrityError:
        session.rollback()
        return None
    return sending.response_id


def enter(session: Session, journey: Journey, *, hours: Hours, by: Actor, now: datetime) -> bool:
    """Store what staff typed in from paper; return False when the same page did so before."""
    sending = _prepare(session, journey, hours, now)
    rows = answer_rows(sending.sent)
    choices, texts = responses.build_rows(sending.response_id, *rows)
    doubt = _second(session, sending)
    values = _values(sending, None) | {"quarantined": doubt.reason if doubt else None}
    try:
        responses.insert_response(session, values, choices, texts)
        if texts and not journey.row.is_test:
            outbox.add_job_row(session, CODE_JOB, now=now, subject_id=sending.response_id)
        _raise(session, sending)
        audit.add_event(
            session,
            by=by,
            act="response.enter",
            kind="response",
            object_id=sending.response_id,
            now=now,
        )
        session.commit()
    except IntegrityError:
        session.rollback()
        return False
    return True


def _weigh(sending: Sending, watch: Watch | None) -> Doubt | None:
    """Return why these answers are set aside, where anybody may answer, or None."""
    row, state = sending.journey.row, sending.journey.state
    if watch is None or row.is_test or row.channel not in UNVERIFIED:
        return None
    given = [a for a in sending.sent.values() if not isinstance(a, surveys.NoAnswer)]
    letters = sum(len(a.text) for a in given if isinstance(a, surveys.Words))
    # Only a program gets to the send without Start: it is as quick as can be.
    begun = datetime.fromisoformat(state.begun) if state.begun else sending.now
    taken = sending.now - begun
    return watch.doubts.weigh(
        Arrival(
            response_id=sending.response_id,
            collector_id=row.collector_id,
            at=sending.now,
            pace=taken.total_seconds() / max(len(given), 1),
            likeness=likeness_of(tuple(given), len(given), letters),
            network=network_of(watch.address),
            is_trapped=state.is_trapped,
        )
    )


def _second(session: Session, sending: Sending) -> Doubt | None:
    """Return why the answer is set aside where the same organisation has given one before."""
    row, survey = sending.journey.row, sending.journey.survey
    if row.is_test:
        return None
    is_second = organisations.is_second(
        session, row.survey_id, survey, sending.sent, sending.context
    )
    return Doubt(organisations.SECOND) if is_second else None


def _refuse_grown(session: Session, row: JourneyRow) -> None:
    """Raise DraftMovedError if the draft is still there: it has grown, and is not sent."""
    session.rollback()
    if journeys.has_journey(session, row.id):
        raise DraftMovedError


def has_ended(row: JourneyRow, now: datetime) -> bool:
    """Return whether the survey is closed, and the day for finishing it is over too."""
    return row.closed_at is not None and now - row.closed_at > GRACE


def drop(session: Session, journey: Journey) -> None:
    """Delete a draft that can never be sent any more."""
    journeys.delete_journey(session, journey.row.id)
    session.commit()


def is_due(journey: Journey) -> bool:
    """Return whether a check-in has had its last tap and is sent without further ado."""
    if not journey.row.is_check_in or not walking.has_answered(journey.answers):
        return False
    return journey.state.at == SEND or bool(walking.waiting_words(journey.survey, journey.answers))


def codes_key(secret: str, code_key: str | None) -> str | None:
    """Return the key that takes the response back: of the words shown, or typed when resuming."""
    return code_key or codes.key_of(codes.words_for(secret) or "")


def answer_rows(
    answers: Mapping[str, surveys.Answer], *, typed_by_worker: bool = False
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of choices and of texts; a text is `body`, still unsealed."""
    choices: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    for question_id, answer in answers.items():
        choices.extend(_choice_rows(question_id, answer))
        marked = {"typed_by_worker": True} if typed_by_worker else {}
        texts.extend(row | marked for row in _text_rows(question_id, answer))
    return choices, texts


def _prepare(session: Session, journey: Journey, hours: Hours, now: datetime) -> Sending:
    row, survey = journey.row, journey.survey
    is_early = bool(row.is_check_in and walking.waiting_words(survey, journey.answers))
    ended = journey.state.at == SEND
    link = links.get_link(session, row.link_id) if row.link_id else None
    return Sending(
        journey=journey,
        sent=walking.asked_answers(survey, journey.answers, ended=ended),
        response_id=uuid4(),
        fired={fired.name: fired.question for fired in surveys.signals(survey, journey.answers)},
        is_complete=ended or is_early,
        context=link.context if link and row.mode != SurveyMode.ANONYMOUS else {},
        case_key=link.case_key if link else None,
        hours=hours,
        now=now,
    )


def _spend_link(session: Session, sending: Sending) -> None:
    link_id = sending.journey.row.link_id
    # T14: a spent link must not be matched to an answer by the day on which both are dated.
    day = sending.today.replace(day=1) if sending.is_anonymous else sending.today
    if link_id and not links.spend_link(session, link_id, on=day):
        session.rollback()
        raise LinkSpentError


def _values(sending: Sending, withdraw_key: str | None) -> dict[str, Any]:
    row = sending.journey.row
    return {
        "id": sending.response_id,
        "survey_id": row.survey_id,
        "version_id": row.version_id,
        "collector_id": row.collector_id,
        # T14: in an anonymous survey the spent link and the answers share no key.
        "link_id": None if sending.is_anonymous else row.link_id,
        "channel": row.channel,
        "language": row.language,
        "received_on": sending.today,
        "disposition": "complete" if sending.is_complete else "partial",
        "eligible": SignalName.INELIGIBLE not in sending.fired and not _is_ineligible(sending),
        "is_test": row.is_test,
        "is_synthetic": row.is_synthetic,
        "quote_consent": SignalName.QUOTE_CONSENTED in sending.fired,
        "submission_key": row.submission_key,
        "withdraw_key": withdraw_key,
        "purge_on": sending.today + timedelta(days=row.retention_days),
        **{column: sending.context.get(column) for column in COLUMNS.values()},
        **_dimensions(sending),
    }


def _is_ineligible(sending: Sending) -> bool:
    ending = surveys.ending(sending.journey.survey, sending.journey.answers)
    return ending is not None and ending.outcome is not surveys.Outcome.COMPLETE


def _dimensions(sending: Sending) -> dict[str, str]:
    found = surveys.dimension_values(sending.journey.survey, sending.journey.answers)
    return {COLUMNS[dimension]: value for dimension, value in found.items() if dimension in COLUMNS}


def _raise(session: Session, sending: Sending) -> None:
    """Raise what the answers themselves ask for; texts wait for the worker (settled.md 28)."""
    if sending.is_anonymous:
        return  # nobody could act on it, and the page said so before the box
    if sending.journey.row.is_test:
        _ask_contact(session, sending)  # the pages go on as they would; nobody is alarmed
        return
    for name, question in sending.fired.items():
        if name in TIERS:
            raise_flag(
                session,
                sending.response_id,
                reason=f"answer:{name}:{question}"[:80],
                source="answer",
                tier=TIERS[SignalName(name)],
                hours=sending.hours,
                now=sending.now,
            )
    _raise_contact(session, sending)
    if SignalName.THINKING_OF_STOPPING in sending.fired:
        _task(session, sending, "stopping")
    if any(_is_low_again(session, sending, name) for name in LOW & sending.fired.keys()):
        _task(session, sending, "low_check_in")


def _raise_contact(session: Session, sending: Sending) -> None:
    wish = _ask_contact(session, sending)
    if wish:
        _task(session, sending, "contact", working_days=0 if wish == "soon" else 1)


def _ask_contact(session: Session, sending: Sending) -> str:
    """Keep the wish to be contacted, if there is one, and return it."""
    wishes = [wish for name, wish in CONTACT.items() if name in sending.fired]
    if not wishes:
        return ""
    session.add(
        ContactRequest(response_id=sending.response_id, wish=wishes[-1], asked_on=sending.today)
    )
    return wishes[-1]


def _task(session: Session, sending: Sending, kind: str, working_days: int = 1) -> None:
    raise_task(
        session,
        sending.response_id,
        kind=kind,
        hours=sending.hours,
        now=sending.now,
        working_days=working_days,
        case_key=sending.case_key,
        service=sending.context.get("service"),
    )


def _is_low_again(session: Session, sending: Sending, name: str) -> bool:
    question = sending.fired[name]
    answer = sending.sent.get(question)
    if sending.case_key is None or not isinstance(answer, surveys.Chosen):
        return False
    return responses.chose_before(
        session, sending.case_key, question, answer.options[0], before=sending.response_id
    )


def _choice_rows(question_id: str, answer: surveys.Answer) -> Iterator[dict[str, Any]]:
    blank: dict[str, Any] = {"question_id": question_id, "state": "answered"}
    match answer:
        case surveys.Chosen(options=options):
            for part, option in enumerate(options):
                yield blank | {"part": part, "option_id": option}
        case surveys.Number(value=value):
            yield blank | {"number": float(value)}
        case surveys.Day(value=day):
            yield blank | {"day": day}
        case surveys.NoAnswer(code=code):
            yield blank | {"state": code.value}
        case surveys.Words():
            yield blank


def _text_rows(question_id: str, answer: surveys.Answer) -> Iterator[dict[str, Any]]:
    match answer:
        case surveys.Words(text=text):
            yield {"question_id": question_id, "body": text}
        case surveys.Chosen(other=other):
            for option, words in other:
                yield {"question_id": question_id, "part": option, "body": words}

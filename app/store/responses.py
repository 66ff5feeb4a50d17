"""Responses: written once by Core in few statements, found again by key, emptied on withdrawal."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, bindparam, case, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.models import (
    IN_GROUP,
    REPLY,
    Answer,
    AnswerText,
    ContactRequest,
    Flag,
    PersonalLink,
    Response,
    Survey,
    Task,
    seal,
)
from app.store.errors import NotFoundError

RESPONSE = cast("Table", Response.__table__)
ANSWER = cast("Table", Answer.__table__)
TEXT = cast("Table", AnswerText.__table__)
NO_ANSWERS = (IN_GROUP, REPLY)  # never let in: what was said there answers no survey


@dataclass(frozen=True, slots=True)
class Receipt:
    """A sent response, as far as its sender may still do something with it."""

    id: UUID
    survey_id: UUID
    version_id: UUID
    mode: str
    is_check_in: bool
    language: str
    received_on: date
    withdraw_key: str | None
    withdrawn_on: date | None
    quote_consent: bool
    link_id: UUID | None
    service: str | None
    is_test: bool


_RECEIPT = select(
    Response.id,
    Response.survey_id,
    Response.version_id,
    Survey.mode,
    Survey.is_check_in,
    Response.language,
    Response.received_on,
    Response.withdraw_key,
    Response.withdrawn_on,
    Response.quote_consent,
    Response.link_id,
    Response.service,
    Response.is_test,
).join(Survey, Survey.id == Response.survey_id)


# Built once: on this road, putting a statement together costs more than running it.
_INSERT_RESPONSE = insert(RESPONSE)
_INSERT_ANSWERS = insert(ANSWER)
_INSERT_TEXTS = insert(TEXT)
_BY_KEY = _RECEIPT.where(Response.submission_key == bindparam("key"))


def build_rows(
    response_id: UUID, choices: Iterable[Mapping[str, Any]], texts: Iterable[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return rows ready to insert. A text is given as `body` and is sealed here.

    Done before the first write, so that the database is not locked meanwhile.
    """
    return (
        [_answer_row(response_id, choice) for choice in choices],
        [_text_row(response_id, text) for text in texts],
    )


def insert_response(
    session: Session,
    values: Mapping[str, Any],
    answers: Sequence[Mapping[str, Any]],
    texts: Sequence[Mapping[str, Any]],
) -> None:
    """Write a response with its built rows: three statements, whatever its size."""
    session.connection().execute(_INSERT_RESPONSE, dict(values))
    add_answers(session, answers, texts)


def add_answers(
    session: Session,
    answers: Sequence[Mapping[str, Any]],
    texts: Sequence[Mapping[str, Any]],
) -> None:
    """Write built rows of answers and texts."""
    if answers:
        session.connection().execute(_INSERT_ANSWERS, answers)
    if texts:
        session.connection().execute(_INSERT_TEXTS, texts)


def find_receipt(session: Session, submission_key: str) -> Receipt | None:
    """Return the response that was sent under this key."""
    found = session.connection().execute(_BY_KEY, {"key": submission_key}).mappings().first()
    return Receipt(**found) if found else None


def find_receipt_by_code(session: Session, keys: Sequence[str]) -> Receipt | None:
    """Return the response kept under one of these keys, unless it was taken back."""
    return _receipt(session, Response.withdraw_key.in_(keys), Response.withdrawn_on.is_(None))


def list_answers(session: Session, response_id: UUID) -> Sequence[Answer]:
    """Return the choices of a response; its texts stay sealed."""
    return session.scalars(
        select(Answer).where(Answer.response_id == response_id).order_by(Answer.part)
    ).all()


def has_contact_request(session: Session, response_id: UUID) -> bool:
    """Return whether contact was asked for."""
    query = select(ContactRequest.id).where(ContactRequest.response_id == response_id)
    return session.scalar(query) is not None


def find_contact_request(session: Session, response_id: UUID) -> ContactRequest | None:
    """Return the request to be contacted, or None."""
    return session.scalars(
        select(ContactRequest).where(ContactRequest.response_id == response_id)
    ).one_or_none()


def get_contact_request(session: Session, response_id: UUID) -> ContactRequest:
    """Return the request to be contacted; raise NotFoundError."""
    found = find_contact_request(session, response_id)
    if found is None:
        raise NotFoundError(f"no request to be contacted beside response {response_id}")
    return found


def chose_before(
    session: Session, case_key: str, question_id: str, option_id: str, *, before: UUID
) -> bool:
    """Return whether the response of the same case before this one gave this same answer."""
    last = session.scalar(
        select(Response.id)
        .join(PersonalLink, PersonalLink.id == Response.link_id)
        .where(
            PersonalLink.case_key == case_key,
            Response.withdrawn_on.is_(None),
            Response.id != before,
        )
        .order_by(Response.received_on.desc())
        .limit(1)
    )
    same = select(Answer.id).where(
        Answer.response_id == last,
        Answer.question_id == question_id,
        Answer.option_id == option_id,
    )
    return last is not None and session.scalar(same) is not None


def set_quote_consent(session: Session, response_id: UUID, *, given: bool) -> None:
    """Allow or stop the use of a response's words as quotes."""
    session.execute(update(Response).where(Response.id == response_id).values(quote_consent=given))


def empty_response(session: Session, response_id: UUID, *, on: date) -> None:
    """Take away text, quotes and codes at once; keep the shell until the next complete period.

    Machine codings, reviews and quotes hang on the texts and go with them. What was chosen stays
    in the shell, so that figures before and after do not point at one person (settled.md 34). A
    flag keeps the link beside it: without it nobody would know whose danger it is, and who is
    kept out of the case would not be kept out of the flag.
    """
    is_flagged = exists().where(Flag.response_id == response_id)
    link_id = case((is_flagged, Response.link_id), else_=None)
    session.execute(delete(AnswerText).where(AnswerText.response_id == response_id))
    session.execute(delete(ContactRequest).where(ContactRequest.response_id == response_id))
    session.execute(delete(Task).where(Task.response_id == response_id, Task.done_at.is_(None)))
    session.execute(
        update(Response)
        .where(Response.id == response_id)
        .values(withdrawn_on=on, quote_consent=False, withdraw_key=None, link_id=link_id)
    )


def quarantine_of_link(session: Session, link_id: UUID, reason: str) -> None:
    """Set aside what was sent through a link; never delete it."""
    is_answer = or_(Response.quarantined.is_(None), Response.quarantined != REPLY)
    session.execute(
        update(Response).where(Response.link_id == link_id, is_answer).values(quarantined=reason)
    )


def quarantine(session: Session, response_ids: Collection[UUID], reason: str) -> None:
    """Set responses aside that are not so already."""
    session.execute(
        update(Response)
        .where(Response.id.in_(response_ids), Response.quarantined.is_(None))
        .values(quarantined=reason)
    )


def count_quarantined(session: Session, survey_id: UUID) -> Mapping[str, int]:
    """Return how many responses of a survey are set aside, by reason."""
    query = (
        select(Response.quarantined, func.count())
        .where(
            Response.survey_id == survey_id,
            Response.quarantined.is_not(None),
            Response.quarantined.not_in(NO_ANSWERS),
        )
        .group_by(Response.quarantined)
    )
    return {reason: count for reason, count in session.execute(query) if reason}


def change_quarantine(session: Session, survey_id: UUID, reason: str, becomes: str | None) -> int:
    """Let responses set aside for a reason back in (None), or name another; return how many."""
    done = session.connection().execute(
        update(RESPONSE)
        .where(
            RESPONSE.c.survey_id == survey_id,
            RESPONSE.c.quarantined == reason,
            RESPONSE.c.quarantined.not_in(NO_ANSWERS),
        )
        .values(quarantined=becomes)
    )
    return done.rowcount


def _receipt(session: Session, *where: Any) -> Receipt | None:
    found = session.execute(_RECEIPT.where(*where)).mappings().first()
    return Receipt(**found) if found else None


def _answer_row(response_id: UUID, answer: Mapping[str, Any]) -> dict[str, Any]:
    blank = {"part": 0, "option_id": None, "number": None, "day": None}
    return {"id": _beside(response_id), "response_id": response_id, **blank, **answer}


def _beside(response_id: UUID) -> UUID:
    """Return a random id whose first half is the response's.

    The rows of one response then stand together in the index of ids: a commit writes one page of
    it instead of one an answer. It says nothing that the column beside it does not say.
    """
    return UUID(int=(response_id.int >> 64 << 64) | secrets.randbits(64))


def _text_row(response_id: UUID, text: Mapping[str, Any]) -> dict[str, Any]:
    text_id = uuid4()
    rest = {"part": "", "typed_by_worker": False, **text}
    body = seal("answer_text", "body_sealed", text_id, rest.pop("body"))
    return {"id": text_id, "response_id": response_id, "body_sealed": body, **rest}


def count_complete(session: Session, collector_id: UUID) -> int:
    """Return how many complete, real responses a collector has brought, for its quota."""
    query = select(func.count()).where(
        Response.collector_id == collector_id,
        Response.disposition == "complete",
        Response.is_test.is_(False),
    )
    return session.scalar(query) or 0

"""Groups and interviews: taken in, allowed by those who spoke, and taken back by them.

What somebody said there becomes a response of its own, set aside from every figure of the survey
(docs/decisions/0066): the worker reads it, people code it, and a withdrawal deletes it like any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.clock import LONDON
from app.models import IN_GROUP, TURN, Channel, Collector, GroupSession, Speaker, Survey
from app.services import publishing
from app.services.imports import CODE_IMPORT
from app.store import audit, groups, outbox, quotes, responses
from app.store import imports as imports_store
from app.store import surveys as surveys_store
from app.store.actors import Actor
from app.store.errors import ConflictError
from surveys.exchange.transcripts import Transcript

WAY_IN = "Groups and interviews"


class TakenAlreadyError(ConflictError):
    """A session of this name stands beside the survey already."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class NotAllowedError(ConflictError):
    """The speaker's words were taken back, or are gone: nothing can be allowed any more."""


@dataclass(frozen=True, slots=True)
class Consents:
    """What one speaker allows."""

    may_use: bool
    may_record: bool
    may_quote: bool
    may_name_community: bool


def take_in(
    session: Session,
    survey_id: UUID,
    transcripts: Sequence[Transcript],
    *,
    by: Actor,
    now: datetime,
) -> list[GroupSession]:
    """Store transcripts, sealed; nothing of them is read by anything until `allow`.

    Raise TakenAlreadyError when one of them is there already.
    """
    survey = surveys_store.get_launched(session, survey_id)
    for transcript in transcripts:
        if groups.find_session(session, survey_id, transcript.key) is not None:
            raise TakenAlreadyError(transcript.key)
    collector = _way_in(session, survey, by=by, now=now)
    made = [_store(session, survey, collector, one, by=by, now=now) for one in transcripts]
    for row in made:
        _note(session, row, "group.upload", by=by, now=now)
    session.commit()
    return made


def allow(
    session: Session,
    session_id: UUID,
    given: Mapping[UUID, Consents],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Keep what each speaker allowed; whoever did not allow use is taken out at once.

    The first time, what the others said goes to the worker. Raise NotAllowedError for words that
    are gone.
    """
    found = groups.get_session(session, session_id)
    is_first = found.asked_at is None
    found.asked_at = found.asked_at or now
    for speaker in found.speakers:
        consents = given.get(speaker.id)
        if consents is None:
            continue
        if speaker.withdrawn_on is not None and consents.may_use:
            raise NotAllowedError
        groups.set_consents(speaker, asdict(consents))
        if not consents.may_quote:
            # Allowed again one day, the words go before two people again.
            quotes.delete_quotes_of_response(session, speaker.response_id)
        if not consents.may_use:
            _take_out(session, speaker, now)
        elif is_first:
            outbox.add_job(session, CODE_IMPORT, now=now, subject_id=speaker.response_id)
    _note(session, found, "group.allow", by=by, now=now)
    session.commit()


def withdraw(session: Session, speaker_id: UUID, *, by: Actor, now: datetime) -> None:
    """Delete what a speaker said, its codes and quotes, at once."""
    speaker = groups.get_speaker(session, speaker_id)
    _take_out(session, speaker, now)
    audit.add_event(
        session, by=by, act="speaker.withdraw", kind="speaker", object_id=speaker.id, now=now
    )
    session.commit()


def note_summary(session: Session, session_id: UUID, *, by: Actor, now: datetime) -> None:
    """Record that those who took part have read the summary."""
    found = groups.get_session(session, session_id)
    found.checked_on = now.astimezone(LONDON).date()
    _note(session, found, "group.checked", by=by, now=now)
    session.commit()


def _take_out(session: Session, speaker: Speaker, now: datetime) -> None:
    if speaker.withdrawn_on is not None:
        return
    today = now.astimezone(LONDON).date()
    groups.set_consents(speaker, asdict(Consents(*[False] * 4)) | {"withdrawn_on": today})
    session.flush()
    responses.empty_response(session, speaker.response_id, on=today)


def _way_in(session: Session, survey: Survey, *, by: Actor, now: datetime) -> Collector:
    held = imports_store.find_collector(session, survey.id, Channel.IMPORT)
    return held or publishing.open_collector(
        session, survey, name=WAY_IN, channel=Channel.IMPORT, by=by, now=now
    )


def _store(
    session: Session,
    survey: Survey,
    collector: Collector,
    transcript: Transcript,
    *,
    by: Actor,
    now: datetime,
) -> GroupSession:
    row = GroupSession(
        survey_id=survey.id,
        key=transcript.key,
        method=transcript.method,
        held_on=transcript.held_on,
        community=transcript.community or None,
        left_out=transcript.left_out,
        uploaded_by=by.user_id,
        uploaded_at=now,
    )
    session.add(row)
    session.flush()
    version_id = surveys_store.latest_version(session, survey.id).id
    for code in transcript.speakers:
        response_id = uuid4()
        said = [turn for turn in transcript.turns if turn.speaker == code]
        texts = [
            {"question_id": TURN, "part": f"{turn.number:05}", "body": turn.text} for turn in said
        ]
        values = {
            "id": response_id,
            "survey_id": survey.id,
            "version_id": version_id,
            "collector_id": collector.id,
            "channel": Channel.IMPORT,
            "language": said[0].language[:12],
            "received_on": transcript.held_on,
            "disposition": "complete",
            "eligible": False,
            "is_test": False,
            "is_synthetic": survey.is_synthetic,
            "quarantined": IN_GROUP,
            "quote_consent": False,
            "submission_key": response_id.hex,
            "purge_on": now.astimezone(LONDON).date() + timedelta(days=survey.retention_days),
        }
        responses.insert_response(session, values, *responses.build_rows(response_id, (), texts))
        session.add(Speaker(session_id=row.id, response_id=response_id, code=code))
    return row


def _note(session: Session, row: GroupSession, act: str, *, by: Actor, now: datetime) -> None:
    audit.add_event(session, by=by, act=act, kind="group", object_id=row.id, now=now)

"""Small makers of rows: `a_survey(session)`, `a_response(session, survey)`, one line each."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.models import (
    Answer,
    AnswerText,
    Channel,
    Codebook,
    Collector,
    Response,
    Role,
    StaffRole,
    StaffSession,
    StaffUser,
    Survey,
    SurveyVersion,
)
from app.packs import load_pack
from app.services import publishing
from app.services.questionnaires import for_pack
from app.store.actors import Actor

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
TODAY = NOW.date()


def a_staff_user(session: Session, *roles: Role, services: tuple[str, ...] = ()) -> StaffUser:
    """Return a committed member of staff."""
    user = StaffUser(email=f"{uuid4().hex[:8]}@example.org", name="Sam Okafor", created_at=NOW)
    user.roles = [
        StaffRole(role=role, service=service) for role in roles for service in services or (None,)
    ]
    session.add(user)
    session.commit()
    return user


def an_actor(session: Session, *roles: Role, services: tuple[str, ...] = ()) -> Actor:
    """Return a committed member of staff as an actor under the first role."""
    user = a_staff_user(session, *roles, services=services)
    return Actor(user.id, user.name, roles[0], {r: frozenset(services) for r in roles})


def a_staff_session(
    session: Session, *roles: Role, services: tuple[str, ...] = ()
) -> tuple[StaffUser, str]:
    """Return a member of staff and the secret of their signed-in browser, as of the real clock."""
    from app.clock import utc_now

    user = a_staff_user(session, *roles, services=services)
    secret = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            secret_hash=hashlib.sha256(secret.encode()).hexdigest(),
            user_id=user.id,
            acting_as=roles[0] if roles else None,
            started_at=utc_now(),
            seen_at=utc_now(),
        )
    )
    session.commit()
    return user, secret


def a_reviewed_language(session: Session, tag: str) -> None:
    """Let our own words be shown in a language: somebody has read them as they are now."""
    from app.catalogues import fingerprint
    from app.services import interface

    by = an_actor(session, Role.DESIGNER)
    interface.approve(session, tag, reviewer="Ayesha Khan", words=fingerprint(tag), by=by, now=NOW)


def in_language(node: Any, tag: str) -> Any:
    """Return a questionnaire that has its English words in another language too."""
    if isinstance(node, list):
        return [in_language(part, tag) for part in node]
    if not isinstance(node, dict):
        return node
    made = {key: in_language(value, tag) for key, value in node.items()}
    if isinstance(node.get("en"), str):
        made[tag] = node["en"]
    return made | ({"languages": ["en", tag]} if "questions" in node else {})


def a_codebook(session: Session, document: str = "version: 1\nfamilies: {}\n") -> Codebook:
    """Return a committed codebook."""
    codebook = Codebook(
        key=f"book-{uuid4().hex[:6]}", version=1, name="Codebook", document=document, adopted_at=NOW
    )
    session.add(codebook)
    session.commit()
    return codebook


def a_survey(
    session: Session,
    document: Mapping[str, Any] | str = "victims_survey",
    *,
    mode: str = "confidential",
    **settings: Any,
) -> Survey:
    """Return a live survey with one published version of a document or library questionnaire."""
    content = surveys_document(document)
    survey = publishing.create_survey(
        session,
        name="A survey",
        slug=f"survey-{uuid4().hex[:6]}",
        mode=mode,
        by=None,
        now=NOW,
        **settings,
    )
    publishing.publish(session, survey, content, by=None, now=NOW)
    return survey


def surveys_document(document: Mapping[str, Any] | str) -> dict[str, Any]:
    """Return a questionnaire document: the one given, or the library's fitted to our pack."""
    if isinstance(document, str):
        return for_pack(document, load_pack("thames-valley"))
    return dict(document)


def a_collector(
    session: Session, survey: Survey, channel: Channel = Channel.OPEN, **settings: Any
) -> Collector:
    """Return an open collector."""
    return publishing.open_collector(
        session, survey, name="Website", channel=channel, by=None, now=NOW, **settings
    )


def a_response(
    session: Session,
    survey: Survey,
    *,
    received_on: date = TODAY,
    texts: Mapping[str, str] | None = None,
    choices: Mapping[str, str] | None = None,
    **values: Any,
) -> Response:
    """Return a committed response; `texts` and `choices` map question ids to text and option."""
    version = session.query(SurveyVersion).filter_by(survey_id=survey.id).first()
    collector = session.query(Collector).filter_by(survey_id=survey.id).first() or a_collector(
        session, survey
    )
    assert version is not None
    defaults: dict[str, Any] = {
        "survey_id": survey.id,
        "version_id": version.id,
        "collector_id": collector.id,
        "channel": collector.channel,
        "received_on": received_on,
        "disposition": "complete",
        "submission_key": secrets.token_hex(16),
        "purge_on": received_on + timedelta(days=730),
    }
    response = Response(**(defaults | values))
    response.texts = [AnswerText(question_id=q, body=body) for q, body in (texts or {}).items()]
    response.answers = [
        Answer(question_id=q, state="answered", option_id=option)
        for q, option in (choices or {}).items()
    ]
    session.add(response)
    session.commit()
    return response

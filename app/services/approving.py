"""A designer asks, another person decides, and only then is a version frozen (safety.md T25)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

import surveys
from app.models import Channel, PublishRequest, Role, Survey, SurveyStatus, SurveyVersion
from app.services import designing, editing, publishing
from app.services.assessing import assess
from app.store import audit, designs
from app.store import surveys as surveys_store
from app.store.actors import Actor
from app.store.errors import ConflictError
from surveys.changes import Effect
from surveys.compare import Change, compare
from surveys.editing import call_minor

REVIEW_WITHIN = timedelta(hours=24)  # settled.md 31
APPROVED = "approved"
RETURNED = "returned"


class NotASecondPersonError(Exception):
    """The person who asked, or somebody without the approver's role, tried to decide."""


class AlreadyDecidedError(Exception):
    """Somebody decided this request before."""


class OverrideMissingError(ValueError):
    """A question asks who somebody is, or for the story, and nobody has said why."""


class AssuranceMissingError(ValueError):
    """The note is empty, or the phone lines were not confirmed."""


class NotUnchangedError(ValueError):
    """Only a version that was approved, without any change, may go live at once."""


@dataclass(frozen=True, slots=True)
class Assurance:
    """What the designer says about the questionnaire when asking."""

    dpia_note: str
    lived_experience_by: str
    lines_confirmed: bool


def list_changes(session: Session, survey_id: UUID, draft: surveys.Survey) -> list[Change]:
    """Return what changed since the newest version, in words; [] for a first version."""
    versions = designs.list_questionnaires(session, survey_id)
    return compare(versions[-1], draft) if versions else []


def ask(
    session: Session,
    survey_id: UUID,
    assurance: Assurance,
    *,
    minor: Sequence[str] = (),
    revision: int,
    by: Actor,
    now: datetime,
) -> PublishRequest:
    """Ask for a second person, freezing what they will decide about.

    `minor`: ids of what the designer, shown both wordings, calls a minor edit; a change of scale
    or of an answer is never minor (settled.md 35). Raises publishing.QuestionnaireError, and
    OverrideMissingError for a form that asks who somebody is without a reason (T25).
    """
    if not assurance.dpia_note.strip() or not assurance.lines_confirmed:
        raise AssuranceMissingError(str(survey_id))
    survey = surveys_store.get_survey(session, survey_id)
    draft = designing.find_working(session, survey_id)
    if draft.revision != revision:
        raise ConflictError(f"survey {survey_id} changed since it was looked at")
    content = _with_minor(session, survey_id, draft.survey, minor)
    problems = publishing.list_problems(session, survey_id, content)
    if problems:
        raise publishing.QuestionnaireError(problems)
    if assess(content).overrides_missing:
        raise OverrideMissingError(str(survey_id))
    # Nobody may approve yesterday's words after today's.
    designs.replace_waiting(session, survey_id, now=now)
    request = _request(session, survey, content, draft.revision, assurance, by, now)
    session.add(request)
    audit.add_event(session, by=by, act="publish.ask", kind="survey", object_id=survey_id, now=now)
    session.commit()
    return request


def approve(
    session: Session, request_id: UUID, *, by: Actor, now: datetime, reason: str = ""
) -> SurveyVersion | None:
    """Freeze what was asked for as the next version; for an incident, confirm what is live.

    A survey that is live goes on with the new version; a new one waits for its launch.
    """
    request = _decide(session, request_id, APPROVED, reason, by, now)
    survey = surveys_store.get_survey(session, request.survey_id)
    version = None
    if not request.is_incident:
        version = publishing.add_version(session, survey, request.document, by=by, now=now)
    session.commit()
    return version


def send_back(session: Session, request_id: UUID, *, by: Actor, now: datetime, reason: str) -> None:
    """Return a request to its designer with a reason; an incident's survey is paused."""
    request = _decide(session, request_id, RETURNED, reason, by, now)
    survey = surveys_store.get_survey(session, request.survey_id)
    if request.is_incident and survey.status == SurveyStatus.LIVE:
        survey.status = SurveyStatus.PAUSED
    session.commit()


def launch_for_incident(
    session: Session, version_id: UUID, *, name: str, reason: str, by: Actor, now: datetime
) -> Survey:
    """Put an approved version live at once, unchanged, as a survey of its own.

    Its review is due within 24 hours and waits for an approver like any other request.
    """
    version = surveys_store.get_version(session, version_id)
    if not is_approved(session, version):
        raise NotUnchangedError("this version has not been approved")
    content = editing.copy_of(surveys_store.questionnaire(version), name)
    parent = version.survey
    survey = Survey(
        name=name,
        slug=designs.find_slug(session, editing.variable_name(content, name)[:60]),
        mode=parent.mode,
        status=SurveyStatus.LIVE,
        codebook_id=parent.codebook_id,
        retention_days=parent.retention_days,
        is_check_in=parent.is_check_in,
        created_at=now,
    )
    session.add(survey)
    session.flush()
    publishing.add_version(session, survey, surveys.dump(content), by=by, now=now)
    # Nobody has confirmed anything yet: that is what the review is for.
    note = Assurance(reason, "", lines_confirmed=False)
    request = _request(session, survey, content, 0, note, by, now)
    request.is_incident = True
    session.add(request)
    _record_incident(session, survey, version, by, now)
    publishing.open_collector(
        session, survey, name="Major incident", channel=Channel.OPEN, by=by, now=now
    )
    return survey


def is_approved(session: Session, version: SurveyVersion) -> bool:
    """Return whether a version was let out by a second person, or came with the installation.

    What is live for an incident and not reviewed yet is no template for another.
    """
    requests = designs.list_requests(session, version.survey_id)
    return not any(r.is_incident and r.decision != APPROVED for r in requests)


def due_at(request: PublishRequest) -> datetime | None:
    """Return when the review of an incident's survey is due."""
    return request.asked_at + REVIEW_WITHIN if request.is_incident else None


def may_decide(request: PublishRequest, actor: Actor) -> bool:
    """Return whether this person may decide: an approver who did not ask."""
    return Role.APPROVER in actor.roles and actor.user_id != request.asked_by


def _decide(
    session: Session, request_id: UUID, decision: str, reason: str, by: Actor, now: datetime
) -> PublishRequest:
    request = designs.get_request(session, request_id)
    if by.role != Role.APPROVER or not may_decide(request, by):
        raise NotASecondPersonError(str(request_id))
    written = designs.decide_request(
        session,
        request_id,
        decision=decision,
        reason=reason,
        decided_by=by.user_id,
        decided_at=now,
    )
    if not written:
        session.rollback()
        raise AlreadyDecidedError(str(request_id))
    audit.add_event(
        session,
        by=by,
        act=f"publish.{'approve' if decision == APPROVED else 'return'}",
        kind="survey",
        object_id=request.survey_id,
        now=now,
        detail={"request": str(request_id)},
    )
    return request


def _request(
    session: Session,
    survey: Survey,
    content: surveys.Survey,
    revision: int,
    assurance: Assurance,
    by: Actor,
    now: datetime,
) -> PublishRequest:
    document = surveys.dump(content)
    return PublishRequest(
        survey_id=survey.id,
        revision=revision,
        document=document,
        sha256=publishing.fingerprint(publishing.canonical(document)),
        changes=[str(change).replace("\t", ": ", 1) for change in _since(session, survey, content)],
        dpia_note=assurance.dpia_note,
        lived_experience_by=assurance.lived_experience_by or None,
        lines_confirmed=assurance.lines_confirmed,
        asked_by=by.user_id,
        asked_at=now,
    )


def _since(session: Session, survey: Survey, content: surveys.Survey) -> list[Change]:
    return list_changes(session, survey.id, content)


def _with_minor(
    session: Session, survey_id: UUID, draft: surveys.Survey, minor: Sequence[str]
) -> surveys.Survey:
    """Note as minor only what is a change of wording."""
    wordings = {c.subject for c in list_changes(session, survey_id, draft) if _is_wording(c)}
    for subject in minor:
        if subject in wordings:
            draft = call_minor(draft, subject)
    return draft


def _is_wording(change: Change) -> bool:
    return change.effect is Effect.WORDING


def _record_incident(
    session: Session, survey: Survey, version: SurveyVersion, by: Actor, now: datetime
) -> None:
    audit.add_event(
        session,
        by=by,
        act="survey.incident",
        kind="survey",
        object_id=survey.id,
        now=now,
        detail={"version_of": str(version.survey_id), "number": version.number},
    )

"""A second person, server-side: asked by one, decided by another, whatever is replayed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import surveys
from app.models import AuditEvent, Collector, PublishRequest, Response, Role, Survey, SurveyVersion
from app.services import approving, assessing, launching, links
from app.services.approving import (
    AlreadyDecidedError,
    Assurance,
    AssuranceMissingError,
    NotASecondPersonError,
    NotUnchangedError,
)
from app.services.publishing import QuestionnaireError
from app.store.actors import Actor
from app.store.errors import ConflictError
from tests.builders import NOW, TODAY, a_collector, a_response, a_survey, an_actor
from tests.client import LookingClient

from .conftest import add, draft_of

NOTE = Assurance("Nothing names anybody; help lines are on every page.", "The panel", True)
REASON = "The panel asked for it, and it is deleted after a week."
TICKED = {"dpia_note": NOTE.dpia_note, "lived_experience_by": "The panel", "lines_confirmed": "y"}


@pytest.fixture
def asked(session: Session) -> tuple[PublishRequest, Actor]:
    """Return a request and the designer, also an approver, who asked."""
    survey = a_survey(session, "checkin_adult")
    mina = an_actor(session, Role.DESIGNER, Role.APPROVER)
    request = approving.ask(session, survey.id, NOTE, revision=0, by=mina, now=NOW)
    return request, mina


def versions(session: Session, survey_id: UUID) -> int:
    session.rollback()
    found = session.scalars(select(SurveyVersion).where(SurveyVersion.survey_id == survey_id))
    return len(found.all())


def test_who_asked_never_decides_even_as_an_approver(
    session: Session, asked: tuple[PublishRequest, Actor]
) -> None:
    request, mina = asked
    for decide in (approving.approve, approving.send_back):
        more: dict[str, Any] = {"reason": "Mine"}
        with pytest.raises(NotASecondPersonError):
            decide(session, request.id, by=mina.under(Role.APPROVER), now=NOW, **more)
    assert versions(session, request.survey_id) == 1


def test_a_designer_who_is_no_approver_never_decides(
    session: Session, asked: tuple[PublishRequest, Actor]
) -> None:
    request, _ = asked
    other = an_actor(session, Role.DESIGNER)
    with pytest.raises(NotASecondPersonError):
        approving.approve(session, request.id, by=other, now=NOW)
    both = an_actor(session, Role.DESIGNER, Role.APPROVER)
    with pytest.raises(NotASecondPersonError):
        approving.approve(session, request.id, by=both, now=NOW)  # acting as a designer


def test_another_approver_freezes_exactly_what_was_asked_for_once(
    session: Session, asked: tuple[PublishRequest, Actor]
) -> None:
    request, mina = asked
    ann = an_actor(session, Role.APPROVER)
    version = approving.approve(session, request.id, by=ann, now=NOW)
    assert version is not None
    assert version.number == 2
    assert version.published_by == ann.user_id
    with pytest.raises(AlreadyDecidedError):
        approving.approve(session, request.id, by=ann, now=NOW)
    with pytest.raises(NotASecondPersonError):
        approving.approve(session, request.id, by=mina.under(Role.APPROVER), now=NOW)
    assert versions(session, request.survey_id) == 2
    acts = session.scalars(select(AuditEvent.act)).all()
    assert acts.count("publish.approve") == 1


def test_a_replayed_post_of_the_person_who_asked_changes_nothing(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    survey = a_survey(session, "checkin_adult")
    mina = sign_in(Role.DESIGNER, Role.APPROVER)
    asked = mina.post(f"/design/{survey.id}/approval", data={**TICKED, "revision": "0"})
    assert asked.status_code == 302
    request = session.scalars(select(PublishRequest)).one()
    for _ in range(2):
        answer = mina.post(f"/design/requests/{request.id}/approve", data={"reason": ""})
        assert answer.status_code == 403
    assert "somebody else decides" in mina.get(f"/design/requests/{request.id}").text
    assert versions(session, survey.id) == 1
    ann = sign_in(Role.APPROVER)
    assert "Nothing names anybody" in ann.get(f"/design/requests/{request.id}").text
    ann.post(f"/design/requests/{request.id}/approve", data={"reason": ""})
    assert versions(session, survey.id) == 2
    again = ann.post(f"/design/requests/{request.id}/approve", follow_redirects=True)
    assert "decided before" in again.text
    assert versions(session, survey.id) == 2


def test_a_designer_alone_cannot_reach_the_decision(
    designer: LookingClient, asked: tuple[PublishRequest, Actor]
) -> None:
    request, _ = asked
    assert designer.post(f"/design/requests/{request.id}/approve").status_code == 403
    assert designer.get("/design/requests").status_code == 403


def test_asking_needs_the_note_and_the_lines(designer: LookingClient, session: Session) -> None:
    survey = a_survey(session, "checkin_adult")
    page = designer.post(f"/design/{survey.id}/approval", data={"revision": "0"})
    assert "Write the data protection and ethics note." in page.text
    assert "Check each phone line" in page.text
    assert session.scalars(select(PublishRequest)).all() == []


def test_a_form_with_problems_cannot_be_asked_for(session: Session) -> None:
    survey = a_survey(session, "checkin_adult")
    mina = an_actor(session, Role.DESIGNER)
    from app.services import designing, editing

    def unfinished(draft: surveys.Survey) -> surveys.Survey:
        return editing.change(draft, draft.questions[0].id, {"required": True})

    designing.save(session, survey.id, unfinished, revision=0, change="x", by=mina, now=NOW)
    with pytest.raises(QuestionnaireError):
        approving.ask(session, survey.id, NOTE, revision=1, by=mina, now=NOW)


def test_a_draft_edited_since_it_was_looked_at_is_looked_at_again(session: Session) -> None:
    survey = a_survey(session, "checkin_adult")
    with pytest.raises(ConflictError):
        approving.ask(
            session, survey.id, NOTE, revision=7, by=an_actor(session, Role.DESIGNER), now=NOW
        )


def test_a_request_sent_back_says_why(
    sign_in: Callable[..., LookingClient],
    session: Session,
    asked: tuple[PublishRequest, Actor],
) -> None:
    request, _ = asked
    ann = sign_in(Role.APPROVER)
    url = f"/design/requests/{request.id}/send_back"
    assert (
        "Say what has to change" in ann.post(url, data={"reason": ""}, follow_redirects=True).text
    )
    ann.post(url, data={"reason": "Say why you ask about age."})
    page = ann.get(f"/design/{request.survey_id}/approval").text
    assert "Say why you ask about age." in page
    assert versions(session, request.survey_id) == 1


def test_an_incident_goes_live_unchanged_and_waits_for_its_review(
    designer: LookingClient, approver: LookingClient, session: Session
) -> None:
    parent = a_survey(session, "checkin_adult")
    version = session.scalars(select(SurveyVersion)).one()
    form = {"name": "After the fire", "version": str(version.id), "reason": "A fire in Slough."}
    assert designer.post("/design/incident", data=form).status_code == 302
    survey = session.scalars(select(Survey).where(Survey.name == "After the fire")).one()
    assert survey.status == "live"
    collector = session.scalars(select(Collector).where(Collector.survey_id == survey.id)).one()
    assert collector.token is not None
    assert links.find_entry(session, collector.token, today=TODAY) is not None
    request = session.scalars(select(PublishRequest)).one()
    assert approving.due_at(request) == request.asked_at + timedelta(hours=24)
    assert not request.lines_confirmed
    old = surveys.load(version.document)
    new = surveys.load(survey.versions[0].document)
    assert new.questions == old.questions
    assert "major incident" in approver.get("/design/requests").text
    approver.post(f"/design/requests/{request.id}/send_back", data={"reason": "Not now."})
    session.rollback()
    session.refresh(survey)
    assert survey.status == "paused"
    with pytest.raises(NotUnchangedError):
        approving.launch_for_incident(
            session,
            survey.versions[0].id,
            name="Again",
            reason="x",
            by=an_actor(session, Role.DESIGNER),
            now=NOW,
        )
    assert parent.status == "live"


def test_a_new_survey_waits_for_its_launch_which_clears_the_tests(session: Session) -> None:
    mina, ann = an_actor(session, Role.DESIGNER), an_actor(session, Role.APPROVER)
    from app.packs import load_pack

    content = launching.from_template("checkin_adult", load_pack("thames-valley"), "Spring")
    survey = launching.start(session, content, name="Spring", by=mina, now=NOW)
    with pytest.raises(launching.NotNowError):
        launching.launch(session, survey.id, by=mina, now=NOW)
    request = approving.ask(session, survey.id, NOTE, revision=1, by=mina, now=NOW)
    approving.approve(session, request.id, by=ann, now=NOW)
    assert survey.status == "draft"
    trial = launching.trial_collector(session, survey.id, by=mina, now=NOW)
    assert launching.trial_collector(session, survey.id, by=mina, now=NOW).id == trial.id
    a_response(session, survey, is_test=True, texts={"q_x": "a test"})
    assert launching.launch(session, survey.id, by=mina, now=NOW) == 1
    assert session.scalars(select(Response)).all() == []
    assert survey.status == "live"
    launching.pause(session, survey.id, by=mina, now=NOW)
    launching.launch(session, survey.id, by=mina, now=NOW)
    launching.close(session, survey.id, by=mina, now=NOW)
    assert survey.closed_at == NOW
    launching.launch(session, survey.id, by=mina, now=NOW)
    assert survey.closed_at is None


def test_a_relaunch_leaves_real_answers_alone(session: Session) -> None:
    survey = a_survey(session, "checkin_adult")
    a_collector(session, survey)
    a_response(session, survey)
    mina = an_actor(session, Role.DESIGNER)
    launching.pause(session, survey.id, by=mina, now=NOW)
    assert launching.launch(session, survey.id, by=mina, now=NOW) == 0
    assert len(session.scalars(select(Response)).all()) == 1


def test_a_form_that_asks_who_somebody_is_waits_for_a_reason(
    designer: LookingClient, session: Session, begin: Callable[..., UUID]
) -> None:
    survey_id = begin()
    for words in (
        "What is your full name?",
        "What is the offender’s name?",
        "What is your address?",
    ):
        add(designer, survey_id, words, "short_text")
    url = f"/design/{survey_id}"
    assert "It needs a reason first" in designer.get(f"{url}/approval").text
    refused = designer.post(f"{url}/approval", data={**TICKED, "revision": "4"})
    assert refused.status_code == 200
    session.rollback()
    assert session.scalars(select(PublishRequest)).all() == []
    for hint in assessing.assess(draft_of(session, survey_id)).overrides_missing:
        note = {
            "question": hint.question,
            "rule": hint.rule,
            "reason": REASON,
        }
        designer.post(f"{url}/advice", data=note)
    assert REASON in designer.get(f"{url}/checks").text
    assert "It needs a reason first" not in designer.get(f"{url}/approval").text


def test_asking_again_takes_the_place_of_what_waits(
    session: Session, asked: tuple[PublishRequest, Actor]
) -> None:
    first, mina = asked
    second = approving.ask(session, first.survey_id, NOTE, revision=0, by=mina, now=NOW)
    ann = an_actor(session, Role.APPROVER)
    with pytest.raises(AlreadyDecidedError):
        approving.approve(session, first.id, by=ann, now=NOW)
    assert approving.approve(session, second.id, by=ann, now=NOW) is not None


@pytest.mark.parametrize("missing", [Assurance(" ", "", True), Assurance("A note.", "", False)])
def test_no_request_is_made_without_the_note_and_the_lines(
    session: Session, missing: Assurance
) -> None:
    survey = a_survey(session, "checkin_adult")
    mina = an_actor(session, Role.DESIGNER)
    with pytest.raises(AssuranceMissingError):
        approving.ask(session, survey.id, missing, revision=0, by=mina, now=NOW)

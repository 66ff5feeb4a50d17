"""Trainings and emerging themes on pages: asked by one, adopted by another, read by analysts."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    AuditEvent,
    Codebook,
    CodebookDraft,
    EmergingGroup,
    EmergingRun,
    EmergingText,
    Job,
    Recoding,
    Role,
    Survey,
    TrainingRun,
)
from tests.client import LookingClient
from tests.integration.coding.builders import a_coded_survey, a_coding, a_text

SignIn = Callable[..., LookingClient]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite: what both databases have to do is tested with the worker."""
    return sqlite_url


@pytest.fixture
def survey(session: Session) -> Survey:
    survey = a_coded_survey(session)
    a_coding(session, a_text(session, survey))
    return survey


def scores(value: float) -> dict[str, object]:
    """Return a result as the worker writes it."""
    named = {"name": "themes micro F1", "value": value, "low": value - 0.05, "high": value + 0.05}
    nothing = {"name": "polarity", "value": None, "low": None, "high": None, "n": 0}
    themes = [["waiting", 30, 28, value], ["digital", 2, 1, 0.5], ["kept_informed", 20, 20, 0.7]]
    return {"coder": f"coder {value}", "measures": [named | {"n": 80}, nothing], "themes": themes}


@pytest.fixture
def run(session: Session, survey: Survey, now) -> Callable[[LookingClient], TrainingRun]:
    """Return a function that stores a finished training somebody asked for."""

    def asked_by(browser: LookingClient) -> TrainingRun:
        run = TrainingRun(
            codebook_id=survey.codebook_id,
            state="ready",
            asked_by=browser.staff.id,
            asked_at=now,
            learned_from=60,
            held_back=80,
            result={"old": scores(0.71), "new": scores(0.64), "known_to_old": 3},
            card="# Coder",
            coder="coder 0.64",
        )
        session.add(run)
        session.commit()
        return run

    return asked_by


def test_a_person_sees_old_beside_new_and_what_got_worse(sign_in: SignIn, run):
    analyst = sign_in(Role.ANALYST)
    page = analyst.get(f"/coding/trainings/{run(analyst).id}").text
    assert "0.71 (0.66 to 0.76)" in page
    assert "0.64 (0.59 to 0.69)" in page
    assert "worse by 0.07" in page
    assert "too few to say" in page
    assert "as before" in page
    assert "3 of these answers" in page
    assert "A second person has to adopt" in page


def test_whoever_asked_for_a_training_cannot_adopt_it(session, sign_in: SignIn, run, survey):
    asker, other = sign_in(Role.ANALYST, Role.APPROVER), sign_in(Role.APPROVER)
    found = run(asker)
    page = f"/coding/trainings/{found.id}"
    assert "You asked for this" in asker.post(f"{page}/adopt", follow_redirects=True).text
    assert not session.scalars(select(Recoding)).all()
    assert sign_in(Role.COMMISSIONER).post(f"{page}/adopt").status_code == 403
    assert other.post(f"/coding/trainings/{uuid4()}/adopt").status_code == 404
    other.post(f"{page}/adopt")
    session.expire_all()
    recoding = session.scalars(select(Recoding)).one()
    assert (recoding.model, recoding.codebook_id) == (str(found.id), survey.codebook_id)
    assert session.get_one(TrainingRun, found.id).state == "adopted"
    assert session.get_one(Codebook, survey.codebook_id).model is None  # not before all is coded
    assert other.post(f"{page}/adopt").status_code == 409
    assert other.post(f"{page}/decline").status_code == 409


def test_a_coder_for_an_earlier_version_is_not_adopted(session, sign_in: SignIn, run, survey, now):
    found = run(sign_in(Role.ANALYST))
    old = session.get_one(Codebook, survey.codebook_id)
    newer = Codebook(
        key=old.key, version=old.version + 1, name="x", document=old.document, adopted_at=now
    )
    session.add(newer)
    session.commit()
    page = sign_in(Role.APPROVER).post(f"/coding/trainings/{found.id}/adopt", follow_redirects=True)
    assert "Train again for that one" in page.text
    assert not session.scalars(select(Recoding)).all()


def test_declining_leaves_the_old_coder(session, sign_in: SignIn, run):
    analyst = sign_in(Role.ANALYST)
    found = run(analyst)
    analyst.post(f"/coding/trainings/{found.id}/decline")
    session.expire_all()
    assert session.get_one(TrainingRun, found.id).state == "declined"
    assert not session.scalars(select(Recoding)).all()


def test_a_training_needs_answers_to_learn_from_and_answers_held_back(
    session, sign_in: SignIn, survey
):
    analyst = sign_in(Role.ANALYST)
    key = session.get_one(Codebook, survey.codebook_id).key
    page = analyst.get(f"/coding/codebooks/{key}/learning").text
    assert "Training begins at 50 answers of each kind" in page
    again = analyst.post(f"/coding/codebooks/{key}/learning", follow_redirects=True)
    assert "have to read more first" in again.text
    assert not session.scalars(select(Job)).all()


@pytest.fixture
def group(session: Session, survey: Survey, now) -> EmergingGroup:
    run = EmergingRun(
        survey_id=survey.id, codebook_id=survey.codebook_id, asked_at=now, state="ready",
        finished_at=now, looked_at=40, least_explained=12,
    )  # fmt: skip
    group = EmergingGroup(position=0, words=["parking", "ticket"], nearest="digital", stability=0.8)
    for n in range(6):
        text = a_text(session, survey, f"Anna said parking {n}")
        a_coding(session, text, risk="urgent" if n == 1 else "none")
        group.texts.append(EmergingText(text_id=text.id, position=n))
    run.groups.append(group)
    session.add(run)
    session.commit()
    return group


def test_groups_show_their_size_and_a_few_redacted_answers_whose_reading_is_recorded(
    session, sign_in: SignIn, group, survey
):
    analyst = sign_in(Role.ANALYST)
    page = analyst.get(f"/coding/emerging/{survey.id}").text
    assert "Parking, ticket" in page
    assert "Online and digital" in page
    opened = analyst.get(f"/coding/emerging/groups/{group.id}").text
    assert "[name] said parking 0" in opened
    assert "Anna" not in opened
    assert "parking 1" not in opened  # it may need care
    assert "1 more may need care" in opened
    reads = session.scalars(select(AuditEvent).where(AuditEvent.act == "text.read")).all()
    assert [event.detail["for"] for event in reads] == ["emerging", "emerging"]
    assert sign_in(Role.APPROVER).get(f"/coding/emerging/groups/{group.id}").status_code == 403


def test_one_click_makes_a_candidate_without_anybodys_sentence(session, sign_in: SignIn, group):
    analyst = sign_in(Role.ANALYST)
    page = analyst.post(f"/coding/emerging/groups/{group.id}/candidate", follow_redirects=True)
    assert "Parking, ticket" in page.text
    draft = session.scalars(select(CodebookDraft)).one()
    theme = draft.document["families"]["access"]["themes"]["parking_ticket"]
    assert theme["seeds"] == ["parking", "ticket"]
    assert "said" not in str(draft.document)
    assert session.scalars(select(Job.kind)).all() == ["catch"]
    draft.caught = {"of": 41, "themes": {"parking_ticket": 6, "waiting": 2}, "revision": 2}
    session.commit()
    page = analyst.get(f"/coding/codebook-drafts/{draft.id}").text
    assert "found in 6 of the answers" in page
    assert "found in fewer than 5 of the answers" in page
    assert "Added “Parking, ticket”." in page


def test_looking_is_asked_for_once(session, sign_in: SignIn, survey):
    analyst = sign_in(Role.ANALYST)
    url = f"/coding/emerging/{survey.id}"
    assert "Nobody has looked yet" in analyst.get(url).text
    analyst.post(url)
    assert "looking already" in analyst.post(url, follow_redirects=True).text
    assert session.scalars(select(Job.kind)).all() == ["emerge"]

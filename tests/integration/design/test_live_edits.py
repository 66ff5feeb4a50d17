"""A live survey edited through the desk: every stored answer stays where it was."""

import random
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import surveys
from app.models import Answer, PublishRequest, Role, SurveyVersion
from app.store.surveys import questionnaire
from surveys import HAS_OPTIONS, Chosen, Words
from surveys.versions import cells, columns
from tests.builders import a_response, a_survey
from tests.client import LookingClient

from .conftest import draft_of, fill

TICKED = {"dpia_note": "Nothing names anybody; lines on every page.", "lines_confirmed": "y"}
EDITS = 14


def edit_once(
    chance: random.Random, browser: LookingClient, session: Session, survey_id: UUID
) -> None:
    """Do one thing a designer might do, by pressing the button for it."""
    question = chance.choice(draft_of(session, survey_id).questions)
    url = f"/design/{survey_id}/questions/{question.id}"
    act = chance.choice(("reword", "rename", "up", "down", "duplicate", "out", "option", "new"))
    if act in {"up", "down", "duplicate", "out"}:
        browser.post(f"{url}/{act}")
        return
    changed: dict[str, object] = {}
    if act == "reword":
        changed["text"] = f"Another wording {chance.random()}"
    elif act == "rename":
        changed["name"] = f"renamed_{chance.randrange(10**9)}"
    elif question.kind in HAS_OPTIONS and act == "option" and question.live_options:
        option = chance.choice(question.live_options).id
        changed["act"] = f"{chance.choice(('up', 'down', 'take'))}:{option}"
    elif question.kind in HAS_OPTIONS and question.kind is not surveys.Kind.SCALE5:
        changed["new_option"] = [f"A new answer {chance.random()}"]
    browser.post(url, data=fill(browser, survey_id, question.id, **changed))


@pytest.mark.parametrize("seed", [1, 2])
def test_stored_answers_stay_where_they_were(
    sign_in: Callable[..., LookingClient], session: Session, seed: int
) -> None:
    survey = a_survey(session, "checkin_adult")
    first = questionnaire(session.scalars(select(SurveyVersion)).one())
    chosen = {q.id: q.options[0].id for q in first.questions if q.options}
    texts = {q.id: "kept" for q in first.questions if not q.options}
    a_response(session, survey, choices=chosen, texts=texts)
    stored = _stored(session)
    chance = random.Random(seed)  # noqa: S311 - repeatable edits, not secrets
    designer = sign_in(Role.DESIGNER)
    for _ in range(EDITS):
        edit_once(chance, designer, session, survey.id)
    _approve(sign_in, designer, session, survey.id)
    assert _stored(session) == stored
    versions = [questionnaire(v) for v in session.scalars(select(SurveyVersion)).all()]
    before, after = columns(versions[:1]), columns(versions)
    assert [c.key for c in after][: len(before)] == [c.key for c in before]
    answers = {q: Chosen((o,)) for q, o in chosen.items()} | {q: Words("kept") for q in texts}
    assert cells(after, 1, answers)[: len(before)] == cells(before, 1, answers)


def _stored(session: Session) -> list[tuple[object, ...]]:
    session.rollback()
    rows = session.scalars(select(Answer).order_by(Answer.question_id, Answer.part)).all()
    return [(r.question_id, r.part, r.state, r.option_id, r.number) for r in rows]


def _approve(
    sign_in: Callable[..., LookingClient],
    designer: LookingClient,
    session: Session,
    survey_id: UUID,
) -> None:
    """Put right what random edits left open, then ask and approve."""
    draft = draft_of(session, survey_id)
    problems = {p.where.split(".")[1] for p in surveys.check(draft)}
    for name in problems:
        question = surveys.find_by_name(draft, name)
        assert question is not None
        for option in [o for o in question.options if o.retired]:
            url = f"/design/{survey_id}/questions/{question.id}"
            again = fill(designer, survey_id, question.id, act=f"bring:{option.id}")
            designer.post(url, data=again)
    form = fill_approval(designer, survey_id)
    answer = designer.post(f"/design/{survey_id}/approval", data=form)
    assert answer.status_code == 302, surveys.check(draft_of(session, survey_id))
    request = session.scalars(select(PublishRequest)).one()
    sign_in(Role.APPROVER).post(f"/design/requests/{request.id}/approve", data={"reason": ""})
    session.rollback()
    assert len(session.scalars(select(SurveyVersion)).all()) == 2


def fill_approval(browser: LookingClient, survey_id: UUID) -> dict[str, str]:
    """Return the asking form as the browser would send it."""
    import re

    page = browser.get(f"/design/{survey_id}/approval").text
    found = re.search(r'name="revision"[^>]*value="(\d+)"', page)
    return {**TICKED, "revision": found[1] if found else "0"}

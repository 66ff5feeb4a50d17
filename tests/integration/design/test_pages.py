"""Every page of the desk, looked at by the looking client."""

import html
import io
import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Collector, Draft, Response, Role, Survey
from app.packs import load_pack
from app.respond.wording import TELLING
from app.services import bank, editing
from surveys import Mode, find_by_name
from tests.builders import a_survey
from tests.client import LookingClient

from .conftest import draft_of

ROOT = Path(__file__).parents[3]
PAGES = (
    "", "/questions", "/questions/new", "/about", "/sections", "/checks", "/languages", "/history",
    "/approval", "/ways-in", "/ways-in/new", "/monitor", "/copy",
)  # fmt: skip


def test_every_page_of_a_survey_shows(designer: LookingClient, session: Session) -> None:
    survey = a_survey(session)
    for path in PAGES:
        assert designer.get(f"/design/{survey.id}{path}").status_code == 200, path
    for path in ("/design/", "/design/new", "/design/incident"):
        assert designer.get(path).status_code == 200, path


def test_the_bank_lends_questions_with_their_permanent_ids(
    designer: LookingClient, session: Session, begin: Callable[..., UUID]
) -> None:
    survey_id = begin()
    source = bank.shelf("victims_survey", load_pack("thames-valley"))
    asked, after = (find_by_name(source, name) for name in ("police_knew", "what_stopped"))
    assert asked
    assert after
    page = designer.get(f"/design/{survey_id}/bank?shelf=victims_survey")
    assert asked.id in page.text
    designer.post(
        f"/design/{survey_id}/bank",
        data={"shelf": "victims_survey", "question": [asked.id, after.id]},
    )
    draft = draft_of(session, survey_id)
    assert [q.id for q in draft.questions] == [asked.id, after.id]
    assert draft.questions[1].show_when == after.show_when
    alone = bank.borrow(editing.blank("x", Mode.CONFIDENTIAL), source, [after.id])
    assert alone.questions[0].show_when is None
    assert designer.get(f"/design/{survey_id}/bank?shelf=nothing").status_code == 404


def test_a_file_of_another_program_comes_in_with_its_report(
    designer: LookingClient, session: Session
) -> None:
    document = (ROOT / "tests/surveys/every_kind.json").read_bytes()
    file = (io.BytesIO(document), "form.json")
    answer = designer.post("/design/import", data={"name": "From a file", "file": file})
    assert answer.status_code == 302
    page = designer.get(answer.location.partition("#")[0])
    assert "What became of the file" in page.text
    survey = session.scalars(select(Survey).where(Survey.name == "From a file")).one()
    for question in draft_of(session, survey.id).questions:
        for path in (f"/design/{survey.id}/questions/{question.id}", f"/preview/{survey.id}"):
            assert designer.get(f"{path}?at={question.id}").status_code == 200, question.kind
    broken = (io.BytesIO(b"PK\x03\x04 not a workbook"), "form.xlsx")
    page = designer.post("/design/import", data={"name": "Broken", "file": broken})
    assert page.status_code == 200
    assert "There is something to change" in page.text


def test_the_preview_walks_a_draft_to_its_end_and_stores_nothing(
    designer: LookingClient, session: Session
) -> None:
    survey = a_survey(session, "checkin_adult")
    url = f"/preview/{survey.id}"
    page = designer.get(url)
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    for _ in range(9):
        data = dict(re.findall(r'name="(walk|question)" value="([^"]*)"', page.text))
        walk = {name: html.unescape(value) for name, value in data.items()}
        for act in ("start", "carry_on", "skip", "send"):
            if f'value="{act}"' in page.text:
                page = designer.post(url, data={**walk, "act": act})
                break
    assert "This was a preview. Nothing was stored." in page.text
    assert designer.post(url, data={"act": "leave"}).status_code == 200
    assert designer.post(url, data={"walk": '{"answers": 7}', "act": "next"}).status_code == 200
    session.rollback()
    assert session.scalars(select(Draft)).all() == []
    assert session.scalars(select(Response)).all() == []


def test_the_desk_is_for_designers_and_approvers(
    sign_in: Callable[..., LookingClient], session: Session
) -> None:
    survey = a_survey(session, "checkin_adult")
    analyst = sign_in(Role.ANALYST)
    for path in ("/design/", f"/design/{survey.id}", f"/preview/{survey.id}"):
        assert analyst.get(path).status_code == 403
    approver = sign_in(Role.APPROVER)
    assert approver.get(f"/design/{survey.id}/checks").status_code == 200
    assert approver.post(f"/design/{survey.id}/questions/new").status_code == 403
    missing = "/design/00000000-0000-0000-0000-000000000000"
    assert approver.get(missing).status_code == 404


def test_ways_in_have_dates_a_quota_and_a_poster(designer: LookingClient, session: Session) -> None:
    survey = a_survey(session, "checkin_adult")
    url = f"/design/{survey.id}/ways-in"
    late = {"name": "Poster", "channel": "poster", "opens_on": "2026-12-02"}
    wrong = designer.post(f"{url}/new", data=late | {"closes_on": "2026-12-01"})
    assert "The last day comes before the first." in wrong.text
    designer.post(f"{url}/new", data=late | {"closes_on": "2026-12-31", "quota": "50"})
    session.rollback()
    poster = session.scalars(select(Collector)).one()
    assert (poster.quota, str(poster.opens_on)) == (50, "2026-12-02")
    shown = designer.get(f"/design/ways-in/{poster.id}/poster")
    assert "<svg" in shown.text
    assert f"/s/{poster.token}" in shown.text
    assert not TELLING.search(shown.text)
    designer.post(f"/design/ways-in/{poster.id}", data={"name": "Poster, Oxford"})
    session.rollback()
    session.refresh(poster)
    assert not poster.is_open
    designer.post(f"{url}/test")
    assert "marked as a test" in designer.get(url).text

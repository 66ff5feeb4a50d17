"""What the designer's tests share: a desk to work at, and small steps over its pages."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import surveys
from app.models import Role, Survey
from app.services import designing
from tests.client import LookingClient


@pytest.fixture
def designer(sign_in: Callable[..., LookingClient]) -> LookingClient:
    """Return a designer's browser."""
    return sign_in(Role.DESIGNER)


@pytest.fixture
def approver(sign_in: Callable[..., LookingClient]) -> LookingClient:
    """Return the browser of another person, an approver."""
    return sign_in(Role.APPROVER)


@pytest.fixture
def begin(designer: LookingClient, session: Session) -> Callable[..., UUID]:
    """Return a function that begins a survey in the browser and gives its id."""

    def made(source: str = "blank", name: str = "A form", mode: str = "confidential") -> UUID:
        answer = designer.post("/design/new", data={"name": name, "source": source, "mode": mode})
        assert answer.status_code == 302, answer.text
        return session.scalars(select(Survey.id).where(Survey.name == name)).one()

    return made


def draft_of(session: Session, survey_id: UUID) -> surveys.Survey:
    """Return the working copy as it is now."""
    session.rollback()
    return designing.find_working(session, survey_id).survey


def revision_of(session: Session, survey_id: UUID) -> int:
    """Return the revision a page shown now would carry."""
    session.rollback()
    return designing.find_working(session, survey_id).revision


def add(browser: LookingClient, survey_id: UUID, text: str, kind: str = "single") -> str:
    """Add a question and return its id."""
    answer = browser.post(
        f"/design/{survey_id}/questions/new", data={"text": text, "kind": kind, "after": ""}
    )
    assert answer.status_code == 302, answer.text
    return answer.location.rpartition("/")[2]


def fill(browser: LookingClient, survey_id: UUID, question_id: str, **changed: object) -> dict:
    """Return a question's form as the browser would send it, with some fields changed."""
    import html5lib

    page = browser.get(f"/design/{survey_id}/questions/{question_id}").text
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    form = next(f for f in tree.iter("form") if any(e.get("name") == "text" for e in f.iter()))
    data: dict[str, object] = {}
    for field in form.iter():
        name, kind = field.get("name"), field.get("type")
        if field.tag == "textarea":
            data[name] = (field.text or "").removeprefix("\n")
        elif field.tag == "select":
            chosen = [o.get("value") for o in field.iter("option") if "selected" in o.attrib]
            data[name] = chosen[0] if chosen else ""
        elif field.tag == "input" and kind in {"checkbox", "radio"}:
            if "checked" in field.attrib:
                data.setdefault(name, []).append(field.get("value", "on"))
        elif field.tag == "input" and name != "new_option":
            data[name] = field.get("value", "")
    return {**data, "act": "save", **changed}

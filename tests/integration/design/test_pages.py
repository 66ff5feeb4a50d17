"""Every page of the desk, looked at by the looking client."""

from sqlalchemy.orm import Session

from tests.builders import a_survey
from tests.client import LookingClient

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

"""Answers of another tool come in by browser: columns mapped by a person, nothing twice."""

import html
import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.guards import Role
from app.models import AnswerText, Channel, Job, Response, Survey
from tests.builders import a_survey
from tests.client import LookingClient
from tests.unit.surveys.shelf import document, option, question

SURVEY = document(
    question("told", text={"en": "Did you tell the police?"}),
    question(
        "needs",
        "multiple",
        text={"en": "What did you need?"},
        options=[
            option("talk", text={"en": "Someone to talk to"}),
            option("locks", text={"en": "Locks, alarms and so on"}),
        ],
    ),
    question("words", "long_text", text={"en": "Anything else?"}, support=True),
)
FORMS = [
    ["ID", "Start time", "Completion time", "Email", "Name", "Did you tell the police?",
     "What did you need?", "Is there more you want to say?"],
    [1, "x", "2025-05-05 09:00", "a@b.c", "Ann", "No",
     "Someone to talk to;Locks, alarms and so on;", "It took months."],
    [2, "x", "2025-05-06 09:00", "d@e.f", "Bo", "Perhaps", "", "Nobody rang — ever 😔"],
]  # fmt: skip
SMART = [
    ["UserID", "IP Address", "Completed", "What did you need?", None],
    [None, None, None, "Someone to talk to", "Locks, alarms and so on"],
    ["77", "1.2.3.4", "05/05/2025 10:00", "Someone to talk to", ""],
    ["78", "1.2.3.4", "06/05/2025 10:00", "Someone to talk to", "Locks, alarms and so on"],
]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_survey(session, SURVEY)


def a_file(rows: list[list[object]]) -> tuple[io.BytesIO, str]:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return io.BytesIO(out.getvalue()), "answers.xlsx"


def fields(page: str) -> dict[str, str]:
    """Return what the form of columns would send as it stands."""
    boxes = (dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall("<input[^>]*>", page))
    hidden = [(box["name"], box["value"]) for box in boxes if box["type"] == "hidden"]
    lists = re.findall(r'<select[^>]*name="(\w+)">(.*?)</select>', page, re.DOTALL)
    chosen = [(name, *re.findall(r'"([^"]*)" selected', inside)) for name, inside in lists]
    chosen = [(name, *value) for name, *value in chosen if value]
    return {name: html.unescape(value) for name, value in hidden + chosen}


def brought(
    browser: LookingClient, survey: Survey, rows: list[list[object]], **changed: str
) -> tuple[str, str]:
    """Send a file, then its columns as suggested but for some; return both pages."""
    url = f"/design/{survey.id}/earlier-answers"
    columns = browser.post(url, data={"file": a_file(rows)}).text
    done = browser.post(f"{url}/store", data=fields(columns) | changed).text
    return columns, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", done))


def stored(session: Session, survey: Survey) -> list[Response]:
    session.rollback()
    query = select(Response).where(Response.survey_id == survey.id)
    return list(session.scalars(query.order_by(Response.received_on)))


def test_a_file_of_microsoft_forms_comes_in_once_without_names(
    designer: LookingClient, session: Session, survey: Survey
) -> None:
    words = "q_words"
    columns, done = brought(designer, survey, FORMS, column_7=words)
    assert "written by Microsoft Forms: 2 rows. Nothing is stored yet." in columns
    assert columns.count("Can say who someone is: never read") == 2  # Email, Name
    assert "Rows read 2 Stored now 2" in done
    assert "Row 3, column Did you tell the police?: This value is not among the answers." in done
    one, two = stored(session, survey)
    assert (one.received_on, one.channel, one.quote_consent) == (
        date(2025, 5, 5),
        Channel.IMPORT,
        False,
    )
    assert {(a.question_id, a.option_id) for a in one.answers if a.option_id} == {
        ("q_told", "o_no"),
        ("q_needs", "o_talk"),
        ("q_needs", "o_locks"),
    }
    assert [text.body for text in two.texts] == ["Nobody rang — ever 😔"]
    assert session.query(Job).filter_by(kind="code_import").count() == 2
    assert "Stored now 0 There before 2" in brought(designer, survey, FORMS, column_7=words)[1]
    assert len(stored(session, survey)) == 2


def test_a_file_of_smartsurvey_has_a_column_for_each_answer(
    designer: LookingClient, session: Session, survey: Survey
) -> None:
    columns, done = brought(designer, survey, SMART)
    assert "written by SmartSurvey: 2 rows" in columns
    assert "Rows read 2 Stored now 2" in done
    first, second = stored(session, survey)
    assert [len(one.answers) for one in (first, second)] == [1, 2]
    assert "1.2.3.4" not in done


def test_no_column_chosen_stores_nothing_and_a_wrong_file_is_refused_kindly(
    designer: LookingClient, session: Session, survey: Survey
) -> None:
    url = f"/design/{survey.id}/earlier-answers"
    nothing = [["UserNo", "A word"], ["1", "Hello"], ["2", "Goodbye"]]
    assert "Choose a question for one column." in brought(designer, survey, nothing)[1]
    for content, says in (
        (b"PK\x03\x04 no workbook", "damaged or cut short"),
        (b"", "Choose a file."),
        (b"Twice,Twice\n1,2\n", "Several columns are headed “Twice”"),
        ("Did you tell the police?\ncaf\u00e9".encode("cp1252"), "neither a workbook nor UTF-8"),
    ):
        file = (io.BytesIO(content), "answers.csv") if content else None
        page = designer.post(url, data={"file": file} if file else {}).text
        assert says in page, content
    assert "Choose the file again." in designer.post(f"{url}/store", data={
        "held": "eJw=", "heading_0": "x", "column_0": "q_told"}).text  # fmt: skip
    assert stored(session, survey) == []
    assert session.scalars(select(AnswerText)).all() == []


def test_only_designers_bring_answers_in_and_only_to_approved_questions(
    designer: LookingClient,
    sign_in: Callable[..., LookingClient],
    survey: Survey,
    begin: Callable[..., object],
) -> None:
    url = f"/design/{survey.id}/earlier-answers"
    assert sign_in(Role.APPROVER).get(url).status_code == 403
    page = designer.get(f"/design/{begin()}/earlier-answers").text
    assert "Ask for approval first" in page
    assert 'type="file"' not in page

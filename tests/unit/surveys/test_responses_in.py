from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook

from surveys import Chosen, Day, Number, Words, load
from surveys.exchange.report import RefusedError, Report
from surveys.exchange.responses_in import read_responses, suggest_mapping
from surveys.exchange.sheets import Tool, read_sheet
from tests.unit.surveys.shelf import DAY, document, option, question

SURVEY = load(
    document(
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
        question("age", "number", text={"en": "How old are you?"}),
        question("since", "date", text={"en": "Since when?"}),
        question("words", "long_text", text={"en": "Anything else?"}, support=True),
    )
)


def csv_file(folder, *lines):
    path = folder / "in.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


def xlsx_file(folder, *rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "in.xlsx")
    return folder / "in.xlsx"


QUALTRICS = """\
EndDate,IPAddress,ResponseId,Q1,Q2,Q5
End Date,IP Address,Response ID,Did you tell the police?,What did you need?,Anything else?
"{""ImportId"":""endDate""}",{},{},{},{},{}
2026-05-04 10:11,1.2.3.4,R_1,Yes,"Someone to talk to,Locks, alarms and so on","Hello, you"
"""


def test_qualtrics_with_its_three_header_rows(tmp_path):
    path = csv_file(tmp_path, QUALTRICS)
    report = Report()
    found = read_responses(path, SURVEY, report, day=DAY)
    assert found.tool is Tool.QUALTRICS
    (response,) = found.responses
    assert response.day == date(2026, 5, 4)
    assert response.answers == {
        "q_told": Chosen(("o_yes",)),
        "q_needs": Chosen(("o_talk", "o_locks")),
        "q_words": Words("Hello, you"),
    }
    assert any(line.place.column == "IPAddress" for line in report.lines)


def test_microsoft_forms_with_answers_between_semicolons(tmp_path):
    path = xlsx_file(
        tmp_path,
        ["ID", "Start time", "Completion time", "Email", "Name", "Did you tell the police?",
         "What did you need?", "How old are you?"],
        [1, "x", "2026-05-05 09:00", "a@b.c", "Ann", "No",
         "Someone to talk to;Locks, alarms and so on;", 34],
    )  # fmt: skip
    found = read_responses(path, SURVEY, Report(), day=DAY)
    assert found.tool is Tool.MICROSOFT_FORMS
    assert found.responses[0].answers["q_needs"] == Chosen(("o_talk", "o_locks"))
    assert found.responses[0].answers["q_age"] == Number(Decimal(34))
    assert "Ann" not in repr(found)


def test_smartsurvey_with_two_header_rows(tmp_path):
    path = xlsx_file(
        tmp_path,
        ["UserID", "Completed", "What did you need?", None],
        [None, None, "Someone to talk to", "Locks, alarms and so on"],
        [7, "04/05/2026", "Someone to talk to", "Locks, alarms and so on"],
        [8, "05/05/2026", None, "x"],
    )
    found = read_responses(path, SURVEY, Report(), day=DAY)
    assert found.tool is Tool.SMARTSURVEY
    assert [r.answers["q_needs"].options for r in found.responses] == [
        ("o_talk", "o_locks"),
        ("o_locks",),
    ]
    assert found.responses[0].day == date(2026, 5, 4)


def test_citizen_space_and_dates_as_people_write_them(tmp_path):
    path = csv_file(tmp_path, "Response ID,Since when?", "ANON-1,3/4/2025", "ANON-2,soon")
    report = Report()
    found = read_responses(path, SURVEY, report, day=DAY)
    assert found.tool is Tool.CITIZEN_SPACE
    assert found.responses[0].answers == {"q_since": Day(date(2025, 4, 3))}
    assert (found.read, found.refused) == (2, 1)
    assert any(str(line.place) == "responses, row 3, column Since when?" for line in report.lines)


def test_a_mapping_given_is_used_as_it_is(tmp_path):
    path = csv_file(tmp_path, "V1,V2", "no,5")
    found = read_responses(path, SURVEY, Report(), day=DAY, mapping={"V1": "q_told"})
    assert found.responses[0].answers == {"q_told": Chosen(("o_no",))}
    assert found.mapping == {"V1": "q_told"}


def test_reading_a_file_again_gives_the_same_ids(tmp_path):
    path = csv_file(tmp_path, "told", "yes", "no")
    first = [r.id for r in read_responses(path, SURVEY, Report(), day=DAY).responses]
    assert first == [r.id for r in read_responses(path, SURVEY, Report(), day=DAY).responses]
    assert len(set(first)) == 2


def test_a_suggested_mapping_never_takes_columns_that_say_who_someone_is(tmp_path):
    survey = load(document(question("name", text={"en": "Name"})))
    sheet = read_sheet(csv_file(tmp_path, "Name,x", "Ann,y"), Report())
    assert suggest_mapping(sheet, survey) == {}


@pytest.mark.parametrize("lines", [("",), (",,",)])
def test_a_file_without_headings_is_refused(tmp_path, lines):
    with pytest.raises(RefusedError):
        read_responses(csv_file(tmp_path, *lines), SURVEY, Report(), day=DAY)

from __future__ import annotations

import csv
import json
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from surveys import Chosen, NoAnswer, NonAnswer, Number, Words, load
from surveys.editing import add_option, publish, remove_question, rename
from surveys.exchange.responses import Response, RowMaker, dictionary, table_of
from surveys.exchange.responses_out import write_csv, write_json_lines, write_xlsx
from surveys.exchange.spss import spss_names, write_sav
from surveys.model import Option
from surveys.versions import Choice, cells
from tests.unit.surveys.shelf import DAY, document, option, question

FIRST = load(
    document(
        question("told", non_answers=["dont_know"]),
        question("needs", "multiple", options=[option("talk"), option("other", write_in=True)]),
        question("age", "number"),
        question("words", "short_text", support=True),
        question("phone", "short_text", support=True, identifying=True),
    )
)
SECOND = publish(
    add_option(
        remove_question(rename(FIRST, "q_told", "reported"), "q_age"),
        "q_needs",
        Option.model_validate(option("locks")),
    ),
    [FIRST],
)
EARLY = Response(
    "r1",
    1,
    DAY,
    {
        "q_told": Chosen(("o_yes",)),
        "q_needs": Chosen(("o_other",), (("o_other", "=cmd()"),)),
        "q_age": Number(Decimal(-5)),
        "q_words": Words("-1 and\nmore"),
        "q_phone": Words("07700 900123"),
    },
    {"channel": "web"},
)
LATE = Response(
    "r2",
    2,
    DAY,
    {
        "q_told": NoAnswer(NonAnswer.DONT_KNOW),
        "q_needs": NoAnswer(NonAnswer.SKIPPED),
        "q_words": NoAnswer(NonAnswer.SKIPPED),
    },
)
TABLE = table_of([FIRST, SECOND], meta=["channel"])
HEADER = ["response", "version", "day", "channel", "reported", "needs_talk", "needs_other",
          "needs_other_text", "age", "words", "needs_locks"]  # fmt: skip


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_csv_has_the_columns_of_all_versions_and_no_formula(tmp_path):
    assert write_csv(TABLE, [EARLY, LATE], tmp_path / "out.csv") == 2
    assert read(tmp_path / "out.csv") == [
        HEADER,
        ["r1", "1", "2026-06-15", "web", "yes", "0", "1", "'=cmd()", "-5", "'-1 and\nmore", ""],
        ["r2", "2", "2026-06-15", "", "dont_know", "skipped", "skipped", "", "", "skipped",
         "skipped"],
    ]  # fmt: skip


def test_csv_for_machines_keeps_every_text_as_given(tmp_path):
    write_csv(TABLE, [EARLY], tmp_path / "out.csv", for_excel=False)
    assert read(tmp_path / "out.csv")[1][9] == "-1 and\nmore"


def test_a_dictionary_stands_beside_the_file_and_says_what_was_left_out(tmp_path):
    write_csv(TABLE, [EARLY], tmp_path / "out.csv")
    rows = read(tmp_path / "out_dictionary.csv")
    assert rows == [list(map(str, row)) for row in dictionary(TABLE)]
    by_name = {row[0]: row for row in rows}
    assert by_name["reported"][1] == "told"
    assert by_name["phone"][4] == "left out: it could identify a person"
    assert "is new" in by_name["needs_talk"][9]


def test_identifying_columns_come_only_when_asked_for():
    assert "phone" in table_of([FIRST], identifying=True).header
    assert "phone" not in TABLE.header


def test_a_question_named_like_a_leading_column_gives_way():
    survey = load(document(question("version")))
    assert table_of([survey]).header == ("response", "version", "day", "version_answer")


def test_rows_say_what_the_cells_of_all_versions_say():
    for response in (EARLY, LATE):
        row = next(RowMaker(TABLE).rows([response]))[4:]
        for text, cell in zip(row, cells(TABLE.columns, response.version, response.answers),
                              strict=True):  # fmt: skip
            spoken = {None: "", True: "1", False: "0"}.get(cell, cell)
            if isinstance(cell, Choice):
                spoken = cell.option.removeprefix("o_")
            assert text == str(spoken)


def test_a_workbook_has_texts_only(tmp_path):
    write_xlsx(TABLE, [EARLY, LATE], tmp_path / "out.xlsx")
    book = load_workbook(tmp_path / "out.xlsx")
    sheet = book["responses"]
    assert [cell.value for cell in sheet[1]] == HEADER
    assert {cell.data_type for row in sheet for cell in row if cell.value} == {"s"}
    assert sheet["H2"].value == "=cmd()"
    assert "dictionary" in book.sheetnames


def test_control_characters_do_not_break_a_workbook(tmp_path):
    odd = Response("r", 1, DAY, {"q_words": Words("a\x0bb")})
    write_xlsx(TABLE, [odd], tmp_path / "out.xlsx")
    assert load_workbook(tmp_path / "out.xlsx")["responses"]["J2"].value == "ab"


def test_json_lines_keep_ids_and_leave_identifying_answers_out(tmp_path):
    write_json_lines(TABLE, [EARLY], tmp_path / "out.jsonl")
    line = json.loads((tmp_path / "out.jsonl").read_text())
    assert line["answers"]["reported"] == {"question": "q_told", "options": ["o_yes"]}
    assert "phone" not in line["answers"]


def test_spss_has_labels_and_missing_values(tmp_path):
    pytest.importorskip("pandas")
    import pyreadstat

    write_sav(TABLE, [EARLY, LATE], tmp_path / "out.sav")
    frame, meta = pyreadstat.read_sav(str(tmp_path / "out.sav"), user_missing=True)
    assert list(frame["reported"]) == [1, -98]
    assert meta.variable_value_labels["reported"][1] == "Yes"
    assert meta.variable_value_labels["reported"][-98] == "Don’t know"
    assert meta.column_names_to_labels["needs_talk"] == "Talk: About needs?"
    assert list(frame["words"]) == ["-1 and\nmore", "(skipped)"]
    assert meta.missing_ranges["reported"] == [{"lo": -99.0, "hi": -96.0}]


def test_spss_names_fit_its_rules():
    names = spss_names(["AND", "1st", "a b", "a_b", "x" * 80, "x" * 80, "_", "Ünï"])
    assert names[:4] == ("v_AND", "v_1st", "a_b", "a_b_2")
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name.encode()) <= 64 for name in names)

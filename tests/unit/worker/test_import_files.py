"""What a file of historical answers holds, row by row; no database."""

import json
from datetime import date

import pytest

from app.services.import_files import Columns, FileRow, Label, Refused, read_rows

CSV = Columns(text="comment", labels="codes", date="when")


def rows(content, name="old.csv", columns=CSV):
    data = content if isinstance(content, bytes) else content.encode()
    return list(read_rows(data, name, columns))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_whatever_encoding_excel_chose(encoding):
    [row] = rows("comment;codes;when\nCafé – “naïve”;;2024-01-01\n".encode(encoding))

    assert row.text == "Café – “naïve”"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-03-02", date(2024, 3, 2)),
        ("02/03/2024", date(2024, 3, 2)),
        ("2 March 2024", date(2024, 3, 2)),
        ("2024-03-02T10:15:00", date(2024, 3, 2)),
        ("2024-03-02 10:15", date(2024, 3, 2)),
    ],
)
def test_days_are_read_as_people_write_them(written, day):
    [row] = rows(f"comment,codes,when\nFine,,{written}\n")

    assert row.received_on == day


@pytest.mark.parametrize(
    ("codes", "names"),
    [
        ("", []),
        ("speed", ["speed"]),
        ("Kind people|speed", ["Kind people", "speed"]),
        ("speed; Kind people ;;speed", ["speed", "Kind people"]),
    ],
)
def test_labels_are_split_at_bars_and_semicolons(codes, names):
    [row] = rows(f"comment,codes,when\nFine,{codes},2024-01-01\n")

    assert [label.name for label in row.labels] == names


def test_annotated_lines_bring_polarity_and_the_first_clause_of_each_theme():
    line = {
        "text": "Weeks on a list",
        "themes": [{"theme": "waiting", "polarity": "negative"}],
        "evidence": [{"theme": "waiting", "start": 0, "end": 5}, {"theme": "waiting", "start": 6}],
        "gaps": [{"need": "counselling", "barrier": "waiting"}, {"need": "x"}],
        "sentiment": "negative",
    }

    [row] = rows(json.dumps(line), "a.jsonl", Columns(labels="themes"))

    assert row.labels == (Label("waiting", "negative", 0, 5),)
    assert [gap["need"] for gap in row.gaps] == ["counselling"]
    assert row.sentiment == "negative"


def test_a_row_that_cannot_be_taken_is_named_and_the_others_go_on():
    content = '{"text": "a"}\n{broken\n\n{"text": 3}\n["text"]\n{"text": "b"}\n'

    found = rows(content, "a.jsonl", Columns())

    assert [r.text for r in found if isinstance(r, FileRow)] == ["a", "b"]
    assert [r for r in found if isinstance(r, Refused)] == [
        Refused(line, "it has no text") for line in (2, 4, 5)
    ]


def test_a_text_longer_than_any_answer_is_refused():
    [row] = rows(json.dumps({"text": "a" * 20_001}), "a.jsonl", Columns())

    assert row == Refused(1, "its text is longer than 20,000 characters")

"""Tables people upload: encodings, dates, formulas, and files that are not what they say."""

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from app.services import tabular
from app.services.tabular import TableError, read_table

TEXT = "case_key,note\nA1,Zoë’s café\nA2,plain\n"


def rows(data: bytes) -> list[dict[str, str]]:
    return [dict(row.values) for row in read_table(data, "cases.csv").rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_encoding_that_excel_writes_reads_alike(encoding: str) -> None:
    assert rows(TEXT.encode(encoding)) == [
        {"case_key": "A1", "note": "Zoë’s café"},
        {"case_key": "A2", "note": "plain"},
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_seen_from_the_heading(delimiter: str) -> None:
    data = TEXT.replace(",", delimiter).encode()
    assert rows(data)[1] == {"case_key": "A2", "note": "plain"}


def test_a_cell_may_hold_line_breaks_and_rows_keep_their_line() -> None:
    table = read_table(b'a,b\n"one\ntwo",x\n\n3,y\n', "x.csv")
    read = list(table.rows)
    assert read[0].values["a"] == "one\ntwo"
    assert len(read) == 2


def workbook(*lines: list[object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def test_an_excel_date_becomes_a_day_and_a_whole_number_stays_whole() -> None:
    data = workbook(["day", "count"], [datetime(2026, 3, 1), 7.0])  # noqa: DTZ001 - Excel has no zones
    assert rows(data) == [{"day": "2026-03-01", "count": "7"}]


def test_a_formula_is_never_evaluated() -> None:
    assert rows(workbook(["a", "b"], ["=1+1", "x"])) == [{"a": "", "b": "x"}]


def test_two_columns_of_one_name_are_refused_by_name() -> None:
    with pytest.raises(TableError, match="two columns called 'a'"):
        read_table(b"a,a\n1,2\n", "x.csv")


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", b"PK\x03\x04 truncated", b"\x00\x01\x02\xff\xfe binary"],
    ids=["empty", "blank", "truncated", "binary"],
)
def test_what_is_no_table_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(TableError) as caught:
        list(read_table(data, "file.xlsx").rows)
    assert "file.xlsx" in str(caught.value)
    assert str(caught.value).count(".") <= 3


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MAX_UNPACKED", 1_000_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 2_000_000)
    with pytest.raises(TableError, match="unpacks"):
        read_table(bomb.getvalue(), "bomb.xlsx")


def test_another_kind_of_zip_is_no_workbook() -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(TableError, match="not an Excel workbook"):
        read_table(other.getvalue(), "photos.xlsx")

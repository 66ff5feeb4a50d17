"""Transcripts from strangers: read for who said what, refused where they are no transcript."""

import io
import time
import zipfile
from datetime import date

import pytest

from surveys.exchange.report import RefusedError
from surveys.exchange.transcripts import About, read_table, read_words

ABOUT = About("G1", date(2026, 3, 2), "focus_group", others=frozenset({"f", "interpreter"}))
HEADING = "session_id,date,method,community,facilitator,speaker_code,role,turn_no,language,text\n"
NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def a_docx(body: str, **parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        document = f"<w:document {NAMESPACE}><w:body>{body}</w:body></w:document>"
        archive.writestr("word/document.xml", document)
        for name, data in parts.items():
            archive.writestr(f"word/{name}.bin", data)
    return made.getvalue()


def paragraph(words: str) -> str:
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


def said(transcript):
    return [(turn.speaker, turn.text) for turn in transcript.turns]


def test_a_table_holds_several_sessions_and_only_those_who_took_part():
    rows = (
        "G1,2026-03-02,focus_group,,Jo,F1,facilitator,1,en,How was it?\n"
        'G1,2026-03-02,focus_group,,Jo,P1,participant,2,en,"Slow, and cold."\n'
        "G1,2026-03-02,focus_group,,Jo,P2,participant,3,en,Same.\n"
        "I1,2026-03-04,interview,,Jo,P9,participant,1,pl,Nikt nie dzwonił.\n"
    )
    group, interview = read_table((HEADING + rows).encode())

    assert said(group) == [("P1", "Slow, and cold."), ("P2", "Same.")]
    assert (group.left_out, group.speakers, group.held_on) == (1, ("P1", "P2"), date(2026, 3, 2))
    assert (interview.method, interview.turns[0].language) == ("interview", "pl")


def test_words_are_cut_into_turns_by_who_speaks():
    text = "F: How was it?\nP1: Slow.\nReally slow.\n\nP2: 10:30 was when they came.\nf: Thank you"
    transcript = read_words(text.encode(), ABOUT)

    assert said(transcript) == [("P1", "Slow.\nReally slow."), ("P2", "10:30 was when they came.")]
    assert transcript.left_out == 2


def test_a_word_file_is_read_from_its_paragraphs_and_from_its_tables():
    table = (
        f"<w:tbl><w:tr><w:tc>{paragraph('P2')}</w:tc><w:tc>{paragraph('It was fine.')}</w:tc>"
        "</w:tr></w:tbl>"
    )
    deleted = "<w:p><w:r><w:t>P1: I waited.</w:t><w:delText>NEVER SHOWN</w:delText></w:r></w:p>"
    transcript = read_words(a_docx(paragraph("F: Hello") + deleted + table), ABOUT)

    assert said(transcript) == [("P1", "I waited."), ("P2", "It was fine.")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (a_docx(paragraph("P1: x"), vbaProject="x"), "macros"),
        (b"PK\x03\x04" + b"\0" * 50, "damaged"),
        (a_docx("")[:200], "damaged"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"no speaker here", "who speaks"),
        (b"F: only me", "Nobody who took part"),
        ("\n".join(f"P{n}: x" for n in range(40)).encode(), "speakers"),
    ],
)
def test_what_is_no_transcript_is_refused_in_plain_words(data, words):
    with pytest.raises(RefusedError, match=words):
        read_words(data, ABOUT)


def test_a_bomb_and_entities_are_refused_at_once():
    began = time.monotonic()
    with pytest.raises(RefusedError, match="unpacks"):
        read_words(a_docx("<w:p/>" + " " * 60_000_000), ABOUT)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        laughs = f'<!DOCTYPE d [<!ENTITY a "ha">]><w:document {NAMESPACE}>&a;</w:document>'
        archive.writestr("word/document.xml", laughs)
    with pytest.raises(RefusedError, match="entities"):
        read_words(made.getvalue(), ABOUT)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("G1,yesterday,focus_group,,,P1,participant,1,en,x\n", "date"),
        ("G1,2026-03-02,seance,,,P1,participant,1,en,x\n", "method"),
        ("G1,2026-03-02,interview,,,P1,witness,1,en,x\n", "role"),
        (",2026-03-02,interview,,,P1,participant,1,en,x\n", "short name"),
        ("", "no turn"),
    ],
)
def test_a_table_that_does_not_say_enough_is_refused(row, words):
    with pytest.raises(RefusedError, match=words):
        read_table((HEADING + row).encode())

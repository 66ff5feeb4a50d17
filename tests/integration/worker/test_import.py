"""Historical answers come in once, whatever file they arrive in, with their human codes."""

import json
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from app.models import (
    AnswerText,
    Codebook,
    Collector,
    Job,
    MachineCoding,
    Response,
    Review,
    ReviewCode,
    ReviewGap,
    Survey,
)
from app.services.import_files import Columns
from app.services.imports import ImportRefusedError
from app.store import surveys as surveys_store
from app.worker.importing import Request, import_file, tell
from tests.builders import a_survey

SHARED = Path(__file__).parents[4] / "shared" / "data"
BOOK = """
version: 1
families:
  help:
    label: Help
    themes:
      kindness: {label: Kind people, definition: People were kind., seeds: [they were kind]}
      speed: {label: Speed, definition: How fast., seeds: [so slow]}
"""
CSV = """id,comment,codes,when
1,They were kind,Kind people|speed,2024-03-01
2,So slow,SPEED;,02/03/2024
3,Nothing to add,,2024-03-03
4,,speed,2024-03-04
5,Was it far?,Distance|speed,2024-03-05
6,Tomorrow,speed,2999-01-01
7,Some day,speed,soon
"""


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "help.yml"
    path.write_text(BOOK)
    return path


@pytest.fixture
def bring(session, tmp_path, book, now):
    """Return a function that imports a file of this content under the small codebook."""

    def run(content, name="old.csv", survey="old", codebook=book, **columns):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        names = Columns(**({"text": "comment", "labels": "codes", "date": "when"} | columns))
        request = Request(path, survey, names, codebook=codebook)
        return import_file(session, request, now=now)

    return run


def bodies(session):
    return sorted(text.body for text in session.scalars(select(AnswerText)))


def test_rows_are_read_stored_and_refused_with_their_lines(session, bring, now):
    report = bring(CSV)

    assert (report.read, report.stored, report.labelled) == (7, 4, 3)
    assert [(r.line, r.why) for r in report.refused] == [
        (5, "it has no text"),
        (7, "its date lies in the future"),
        (8, "its date cannot be read; write 2026-11-18 or 18/11/2026"),
    ]
    assert dict(report.unknown) == {"Distance": [6]}
    assert bodies(session) == ["Nothing to add", "So slow", "They were kind", "Was it far?"]
    response = session.scalars(select(Response).order_by(Response.received_on)).first()
    assert (response.channel, response.received_on) == ("import", date(2024, 3, 1))
    assert response.purge_on > now.date()
    assert session.scalar(select(func.count()).where(Job.kind == "code_import")) == 4


def test_what_is_said_of_a_file_quotes_no_answer(bring, capsys):
    tell(bring(CSV), print)

    said = capsys.readouterr().out
    assert "rows read: 7\nrows stored: 4 (3 with human codes, taken as reviewed)" in said
    assert "  line 5: it has no text" in said
    assert "unknown label 'Distance' left out: line 6" in said
    assert "kind" not in said


def test_human_codes_are_taken_as_reviewed_and_no_codes_as_not_reviewed(session, bring):
    bring(CSV)

    codes = session.execute(
        select(AnswerText, ReviewCode.theme, ReviewCode.origin, Review.drawn, Review.reviewer_key)
        .join(Review, Review.text_id == AnswerText.id)
        .join(ReviewCode)
    ).all()
    assert {(text.body, theme) for text, theme, *_ in codes} == {
        ("They were kind", "kindness"),
        ("They were kind", "speed"),
        ("So slow", "speed"),
        ("Was it far?", "speed"),
    }
    assert {tuple(rest) for _, _, *rest in codes} == {("import", "import", "import")}


def test_the_second_run_stores_nothing_new_and_a_longer_file_only_its_new_rows(session, bring):
    bring(CSV)
    again = bring(CSV)
    longer = bring("id,comment,codes,when\n9,New,,2024-01-01\n" + CSV.split("\n", 1)[1])

    assert (again.read, again.stored, again.there) == (7, 0, 4)
    assert (longer.stored, longer.there) == (1, 4)
    assert len(session.scalars(select(Survey)).all()) == 1
    assert len(session.scalars(select(Collector)).all()) == 1
    assert len(session.scalars(select(Codebook).where(Codebook.key == "help")).all()) == 1


def test_the_same_words_from_two_people_are_two_answers(session, bring):
    twice = "comment,codes,when\nFine,,2024-01-01\nFine,,2024-01-01\n"

    assert bring(twice).stored == 2
    assert bring(twice).stored == 0
    assert bodies(session) == ["Fine", "Fine"]


def test_an_id_column_names_a_row_whatever_else_changes_in_it(bring):
    bring("id,comment,codes,when\na,First,,2024-01-01\n", id="id")

    assert bring("id,comment,codes,when\na,First.,speed,2024-01-01\n", id="id").stored == 0


def test_a_workbook_is_read_like_a_table(session, bring, tmp_path):
    workbook = Workbook()
    for row in (["comment", "codes", "when"], ["They were kind", "kindness", date(2024, 3, 1)]):
        workbook.active.append(row)
    workbook.save(tmp_path / "made.xlsx")

    report = bring((tmp_path / "made.xlsx").read_bytes(), name="old.xlsx")

    assert (report.stored, report.labelled) == (1, 1)
    assert session.scalars(select(Response.received_on)).one() == date(2024, 3, 1)


def test_annotated_lines_bring_questions_polarity_evidence_and_gaps(session, bring):
    line = {
        "text": "Weeks on a list",
        "question": "What was missing?",
        "themes": [{"theme": "waiting", "polarity": "negative"}],
        "evidence": [{"theme": "waiting", "polarity": "negative", "start": 0, "end": 5}],
        "gaps": [{"need": "counselling", "barrier": "waiting", "start": 0, "end": 15}],
        "sentiment": "negative",
    }
    empty = {"text": "No", "question": "Anything else?", "themes": []}
    content = "\n".join([json.dumps(line), "", json.dumps(empty), "{broken"])

    report = bring(content, "lines.jsonl", codebook=None, text="text", labels="themes", date=None)

    assert (report.stored, report.labelled) == (2, 1)
    assert [r.line for r in report.refused] == [4]
    code = session.scalars(select(ReviewCode)).one()
    assert (code.theme, code.polarity, code.start, code.end) == ("waiting", "negative", 0, 5)
    gap = session.scalars(select(ReviewGap)).one()
    assert (gap.need, gap.barrier, gap.duration_days) == ("counselling", "waiting", None)
    survey = session.scalars(select(Survey)).one()
    asked = surveys_store.questionnaire(surveys_store.latest_version(session, survey.id))
    assert [q.text.in_("en") for q in asked.questions] == ["What was missing?", "Anything else?"]


def test_new_questions_become_a_new_version_and_old_ones_keep_their_id(session, bring):
    first = bring('{"comment": "a", "question": "One?"}', "a.jsonl", labels=None)
    bring('{"comment": "b", "question": "Two?"}', "b.jsonl", labels=None)

    assert first.stored == 1
    survey = session.scalars(select(Survey)).one()
    version = surveys_store.latest_version(session, survey.id)
    assert version.number == 2
    questions = surveys_store.questionnaire(version).questions
    assert [q.text.in_("en") for q in questions] == ["One?", "Two?"]


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"a,b\n1,2\n", "x.csv", "no column 'comment'. Its columns are: a, b."),
        (b"", "x.csv", "no heading"),
        (b"PK\x03\x04rubbish", "x.xlsx", "not an Excel workbook"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(session, bring, content, name, says):
    with pytest.raises(ImportRefusedError, match=says):
        bring(content, name)

    assert session.scalars(select(Survey)).all() == []


def test_rows_never_go_into_a_survey_that_did_not_ask_their_question(session, bring):
    survey = a_survey(session)

    with pytest.raises(ImportRefusedError, match="Give --question"):
        bring(CSV, survey=survey.slug, codebook=None)


def test_a_codebook_that_changed_is_a_new_version_and_another_one_is_refused(
    session, bring, book, tmp_path
):
    bring(CSV)
    book.write_text(BOOK.replace("How fast.", "How fast it went."))
    bring(CSV)

    held = session.scalars(select(Survey)).one().codebook_id
    versions = session.scalars(select(Codebook).where(Codebook.key == "help")).all()
    assert sorted(b.version for b in versions) == [1, 2]
    assert held == next(b.id for b in versions if b.version == 2)
    other = tmp_path / "other.yml"
    other.write_text(BOOK)
    with pytest.raises(ImportRefusedError, match="Use another --survey"):
        bring(CSV, codebook=other)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not beside the repository")
def test_the_nhs_file_comes_in_whole_under_its_own_codebook_and_once(session, now):
    request = Request(
        SHARED / "nhs_fft_dev.csv",
        "nhs",
        Columns(labels="labels", id="id"),
        codebook=SHARED / "nhs_codebook.yml",
    )

    first = import_file(session, request, now=now)
    second = import_file(session, request, now=now)

    assert (first.read, first.stored, first.labelled) == (3746, 3746, 3479)
    assert (first.refused, dict(first.unknown)) == ([], {})
    assert (second.stored, second.there) == (0, 3746)
    assert session.scalar(select(func.count()).select_from(Response)) == 3746


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not beside the repository")
def test_the_victims_answers_come_in_with_their_gold_codes(session, work, now):
    request = Request(
        SHARED / "victim_answers_dev.jsonl", "dev", Columns(labels="themes"), is_synthetic=True
    )

    report = import_file(session, request, now=now)
    work()

    assert (report.read, report.stored) == (60, 60)
    assert dict(report.unknown) == {}
    assert session.scalar(select(func.count()).select_from(MachineCoding)) == 60
    assert session.scalars(select(Response.is_synthetic).distinct()).all() == [True]

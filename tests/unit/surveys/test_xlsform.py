from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from surveys import Answers, Kind, library, load, page_path, pages_of
from surveys.cli import main
from surveys.exchange import expressions as x
from surveys.exchange.command import convert, read
from surveys.exchange.limits import look
from surveys.exchange.report import Fate, RefusedError, Report
from surveys.exchange.xlsform_in import read_xlsform
from surveys.exchange.xlsform_out import write_xlsform
from surveys.exchange.xlsform_types import ASKED, COMPUTED, NOT_COLLECTED, fate
from surveys.exchange.xlsform_types import Fate as TypeFate
from surveys.walk import read_answers
from tests.unit.surveys.shelf import DAY, names, tiny

CHOICES = """
| choices |           |      |       |
|         | list_name | name | label |
|         | yn        | yes  | Yes   |
|         | yn        | no   | No    |
|         | needs     | talk | Talk  |
|         | needs     | lock | Locks |
|         | needs     | none | None  |
"""


def form(folder, *rows, heading="type | name | label | relevant", choices=CHOICES):
    lines = ["| survey |", f"|  | {heading} |", *(f"|  | {row} |" for row in rows), choices]
    path = folder / "form.md"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def asked(survey, **given):
    answers, unknown = read_answers(survey, given, DAY)
    assert unknown == []
    return [page.name for page in page_path(survey, answers)]


def said(report, fate=Fate.REPORTED):
    return [f"{line.feature}: {line.message}" for line in report.of(fate)]


# ---- what rules mean ----


@pytest.mark.parametrize(
    ("relevant", "shown", "hidden"),
    [
        ("${a} = 'yes'", [{"a": "yes"}], [{"a": "no"}, {}]),
        ("${a} != 'yes'", [{"a": "no"}, {}], [{"a": "yes"}]),
        ("'yes' = ${a}", [{"a": "yes"}], [{}]),
        ("${a} = ''", [{}], [{"a": "yes"}]),
        ("${a} != ''", [{"a": "no"}], [{}]),
        ("not(${a} = 'yes')", [{"a": "no"}, {}], [{"a": "yes"}]),
        ("selected(${m}, 'talk')", [{"m": ["talk", "lock"]}], [{"m": ["lock"]}, {}]),
        ("not(selected(${m}, 'talk'))", [{}, {"m": ["lock"]}], [{"m": ["talk"]}]),
        ("${m} = 'talk'", [{"m": ["talk"]}], [{"m": ["talk", "lock"]}]),
        ("count-selected(${m}) > 1", [{"m": ["talk", "lock"]}], [{"m": ["talk"]}, {}]),
        ("${n} >= 18", [{"n": 18}], [{"n": 17}, {}]),
        ("${n} < 18", [{"n": 17}], [{"n": 18}, {}]),
        ("not(${n} < 18)", [{"n": 18}, {}], [{"n": 17}]),
        ("18 <= ${n} and ${n} < 20", [{"n": 19}], [{"n": 20}]),
        ("${n} = '18'", [{"n": 18}], [{"n": 8}]),
        ("${n} + 2 > 20", [{"n": 19}], [{"n": 18}, {}]),
        ("${n} * 2 - 1 = 7", [{"n": 4}], [{"n": 5}]),
        ("${n} mod 2 = 0", [{"n": 4}], [{"n": 5}]),
        ("int(${n} div 10) = 1", [{"n": 19}], [{"n": 20}]),
        ("${n} > -1", [{"n": 0}], [{}]),
        ("${a} = 'yes' or ${n} > 3 and ${n} < 5", [{"a": "yes"}, {"n": 4}], [{"n": 6}]),
        ("(${a} = 'yes' or ${n} > 3) and ${n} < 5", [{"n": 4}], [{"a": "yes"}]),
        ("regex(${t}, '[a-z]+')", [{"t": "abc"}], [{"t": "abc1"}, {}]),
        ("contains(${t}, 'b.')", [{"t": "ab.c"}], [{"t": "abc"}]),
        ("starts-with(${t}, 'ab')", [{"t": "abc"}], [{"t": "cab"}]),
        ("string-length(${t}) > 2", [{"t": "abc"}], [{"t": "ab"}, {}]),
        ("${t} = 'x'", [{"t": "x"}], [{"t": "y"}, {}]),
        ("${d} < today()", [{"d": "2026-06-14"}], [{"d": "2026-06-15"}, {}]),
        ("${d} > today() - 7", [{"d": "2026-06-09"}], [{"d": "2026-06-08"}]),
        ("${d} >= date('2026-01-01')", [{"d": "2026-01-01"}], [{"d": "2025-12-31"}]),
        ("${d} = '2026-01-01'", [{"d": "2026-01-01"}], [{}]),
        ("if(${a} = 'yes', ${n} > 5, ${n} > 50)", [{"a": "yes", "n": 6}], [{"n": 6}]),
        ("${a} = ‘yes’", [{"a": "yes"}], [{}]),
        ("selected (${a}, \"yes\")", [{"a": "yes"}], [{"a": "no"}]),
        ("../a = 'yes'", [{"a": "yes"}], [{}]),
        ("true()", [{}], []),
        ("0", [], [{}]),
        ("${a} = 'maybe'", [], [{}, {"a": "yes"}]),
    ],
)  # fmt: skip
def test_an_expression_means_here_what_it_means_in_xlsform(tmp_path, relevant, shown, hidden):
    path = form(
        tmp_path,
        "select_one yn | a | A? |",
        "select_multiple needs | m | M? |",
        "integer | n | N? |",
        "text | t | T? |",
        "date | d | D? |",
        f"note | last | Last | {relevant}",
    )
    report = Report()
    survey = read_xlsform(path, report)
    assert [line for line in said(report) if "switched off" in line] == []
    assert [g for g in shown if "last" not in asked(survey, **g)] == []
    assert [g for g in hidden if "last" in asked(survey, **g)] == []


@pytest.mark.parametrize(
    ("relevant", "because"),
    [
        ("${later} = 'yes'", "is not asked before it"),
        ("${nobody} = 'yes'", "no form"),
        ("pulldata('a', 'b', 'c', 'd') = 1", "pulldata() is not held"),
        ("${where} = '1 2'", "“where” is not collected"),
        ("regex(${t}, '(?=a)b')", "google-re2"),
        ("(" * 60 + "1" + ")" * 60, "levels deep"),
        ("${a} = 'yes' and", "ends too early"),
        ("${last-saved#a} = 'yes'", "earlier form"),
    ],
)
def test_a_rule_that_cannot_be_held_is_switched_off_and_listed_with_its_place(
    tmp_path, relevant, because
):
    path = form(
        tmp_path,
        "select_one yn | a | A? |",
        "text | t | T? |",
        "geopoint | where | Where? |",
        f"note | last | Last | {relevant}",
        "select_one yn | later | Later? |",
    )
    report = Report()
    try:
        survey = read_xlsform(path, report)
    except RefusedError:
        return  # pyxform refuses it first, and its verdict is ours
    line = next(line for line in report.lines if "switched off" in line.message)
    assert because in line.message
    assert str(line.place) == "survey, row 5, column relevant"
    assert "last" in asked(survey)
    assert "relevant switched off" in survey.questions[-2].note


def test_rules_of_groups_go_with_every_question_inside(tmp_path):
    path = form(
        tmp_path,
        "select_one yn | a | A? |",
        "begin group | g | A group | ${a} = 'yes'",
        "begin group | h | Inner | ",
        "integer | n | N? |",
        "note | big | Big | ${n} > 5",
        "end group |  |  |",
        "end group |  |  |",
        "note | last | Last |",
    )
    survey = read_xlsform(path, Report())
    assert asked(survey, a="no", n=9) == ["a", "last"]
    assert asked(survey, a="yes", n=9) == ["a", "n", "big", "last"]
    assert [section.title.in_("en") for section in survey.sections] == ["Inner"]


def test_or_other_asks_what_the_other_is(tmp_path):
    survey = read_xlsform(form(tmp_path, "select_one yn or_other | a | A? |"), Report())
    assert asked(survey, a="other") == ["a", "a_other"]
    assert asked(survey, a="yes") == ["a"]


def test_a_choice_filter_becomes_a_rule_on_each_answer(tmp_path):
    choices = """
| choices |
|  | list_name | name | label | country |
|  | country | uk | UK | |
|  | country | fr | France | |
|  | city | oxford | Oxford | uk |
|  | city | paris | Paris | fr |
|  | city | secret | Nowhere | |
"""
    path = form(
        tmp_path,
        "select_one country | country | Where? | |",
        "select_one city | city | Which? | country = ${country} |",
        "note | o | Oxford! | | ${city} = 'oxford'",
        heading="type | name | label | choice_filter | relevant",
        choices=choices,
    )
    survey = read_xlsform(path, Report())
    assert asked(survey, country="uk", city="oxford") == ["country", "city", "o"]
    assert asked(survey, country="fr", city="oxford") == ["country", "city"]


def test_calculations_become_computed_values_that_rules_can_use(tmp_path):
    path = form(
        tmp_path,
        "integer | a | A? | |",
        "calculate | double | | ${a} * 2 |",
        "calculate | more | | ${double} + 1 |",
        "note | last | Last | | ${more} > 10",
        heading="type | name | label | calculation | relevant",
    )
    survey = read_xlsform(path, Report())
    assert [c.name for c in survey.computed] == ["double", "more"]
    assert asked(survey, a=5) == ["a", "last"]
    assert asked(survey, a=4) == ["a"]


def test_a_repeat_is_asked_as_often_as_its_count_says_and_once_without(tmp_path):
    path = form(
        tmp_path,
        "integer | n | How many? | |",
        "begin repeat | child | Child | | ${n}",
        "integer | age | Age? | |",
        "note | young | Young | ${age} < 5 |",
        "end repeat | | | |",
        "begin repeat | pet | Pet | |",
        "text | kind | Kind? | |",
        "end repeat | | | |",
        heading="type | name | label | relevant | repeat_count",
    )
    report = Report()
    survey = read_xlsform(path, report)
    assert asked(survey) == ["n", "kind"]
    assert asked(survey, n=2, age=9, age_2=3) == ["n", "age", "age_2", "young_2", "kind"]
    assert any("asked once" in line for line in said(report))


def test_names_used_in_two_groups_stay_apart(tmp_path):
    path = form(
        tmp_path,
        "begin group | g | G |",
        "text | a | A? |",
        "end group |  |  |",
        "begin group | h | H |",
        "text | a | A again? |",
        "end group |  |  |",
    )
    assert asked(read_xlsform(path, Report())) == ["a", "h_a"]


# ---- what becomes of everything else ----


def test_every_type_has_exactly_one_fate():
    assert not set(ASKED) & set(NOT_COLLECTED)
    assert not (set(ASKED) | set(NOT_COLLECTED)) & COMPUTED
    assert fate("something new") is TypeFate.NOT_COLLECTED


@pytest.mark.parametrize(
    "kind", ["geopoint", "barcode", "deviceid", "phonenumber", "audio", "image", "start"]
)
def test_what_could_lead_to_a_person_is_not_collected_with_the_reason(tmp_path, kind):
    report = Report()
    survey = read_xlsform(form(tmp_path, f"{kind} | x | X? |", "text | t | T? |"), report)
    assert [q.name for q in survey.questions] == ["t"]
    line = next(line for line in report.lines if "not collected" in line.message)
    assert line.place.row == 2


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("select_one yn | a | A |", Kind.SINGLE),
        ("select_one yn | a | A | minimal", Kind.DROPDOWN),
        ("select_multiple yn | a | A |", Kind.MULTIPLE),
        ("rank yn | a | A |", Kind.RANKING),
        ("text | a | A |", Kind.SHORT_TEXT),
        ("text | a | A | multiline", Kind.LONG_TEXT),
        ("integer | a | A |", Kind.NUMBER),
        ("decimal | a | A |", Kind.NUMBER),
        ("date | a | A |", Kind.DATE),
        ("note | a | A |", Kind.INFO),
        ("acknowledge | a | A |", Kind.CONSENT),
        ("time | a | A |", Kind.SHORT_TEXT),
    ],
)
def test_each_type_becomes_its_kind(tmp_path, row, kind):
    path = form(tmp_path, row, heading="type | name | label | appearance")
    assert read_xlsform(path, Report()).questions[0].kind is kind


def test_a_range_of_0_to_10_is_a_scale_and_others_are_numbers_with_limits(tmp_path):
    path = form(
        tmp_path,
        "range | a | A | start=0 end=10 step=1",
        "range | b | B | start=1 end=5 step=2",
        heading="type | name | label | parameters",
    )
    report = Report()
    first, second = read_xlsform(path, report).questions
    assert first.kind is Kind.SCALE10
    assert (second.minimum, second.maximum) == (1, 5)
    assert any("step of 2" in line for line in said(report))


def test_constraints_become_validation_with_their_own_words(tmp_path):
    path = form(
        tmp_path,
        "integer | a | A | . > 3 and . < 9 | Between 4 and 8",
        heading="type | name | label | constraint | constraint_message",
    )
    validation = read_xlsform(path, Report()).questions[0].validation[0]
    assert validation.message.in_("en") == "Between 4 and 8"


def test_languages_are_known_by_name_tag_or_a_private_tag(tmp_path):
    path = form(
        tmp_path,
        "text | a | Hello | Helo | Hej",
        heading="type | name | label::English (en) | label::Cymraeg | label::Klingon",
        choices="",
    )
    survey = read_xlsform(path, Report())
    assert survey.languages == ("en", "cy", "und-x-klingon")
    assert survey.questions[0].text.in_("cy") == "Helo"


def test_references_in_labels_become_piping(tmp_path):
    path = form(tmp_path, "text | who | Who? |", "text | b | Did ${who} help? |")
    survey = read_xlsform(path, Report())
    assert survey.questions[1].text.in_("en") == f"Did {{{{{survey.questions[0].id}}}}} help?"


def test_columns_and_settings_nobody_reads_are_listed(tmp_path):
    path = form(
        tmp_path,
        "text | a | A | x | pic.png | big",
        heading="type | name | label | default | image | appearance",
    )
    report = Report()
    read_xlsform(path, report)
    assert {line.split(":")[0] for line in said(report)} >= {"default", "media", "appearance"}


def test_a_form_read_twice_has_the_same_ids(tmp_path):
    path = form(tmp_path, "select_one yn | a | A? |")
    assert read_xlsform(path, Report()) == read_xlsform(path, Report())


# ---- out, and back in ----


@pytest.mark.parametrize("name", [n for n in names() if n != "languages"])
def test_a_tiny_questionnaire_goes_out_and_comes_back_with_its_paths(tmp_path, name):
    survey = tiny(name)
    write_xlsform(survey, tmp_path / "out.xlsx", Report())
    back = read_xlsform(tmp_path / "out.xlsx", Report())
    walks = Path(__file__).parents[2] / "surveys" / f"{name}.walks.json"
    for walk in json.loads(walks.read_text()):
        given = {k: v.get("code") if isinstance(v, dict) else v for k, v in walk["answers"].items()}
        pages = [page for page in asked(back, **given) if not page.endswith("_text")]
        plain = [page for page in walk["asked"] if page != "k_short_text" and page != "k_long_text"]
        assert [page for page in pages if page in plain or page not in walk["asked"]] == plain


def test_the_victims_survey_goes_out_and_is_accepted(tmp_path):
    report = Report()
    write_xlsform(library.get("victims_survey"), tmp_path / "out.xlsx", report)
    back = read_xlsform(tmp_path / "out.xlsx", Report())
    shipped = [page.name for page in pages_of(library.get("victims_survey"))]
    assert [p.name for p in pages_of(back) if p.name in set(shipped)] == shipped
    assert "promise page" in {line.feature for line in report.lines}


def test_a_text_that_starts_with_an_equals_sign_never_becomes_a_formula(tmp_path):
    survey = tiny("show_when")
    odd = survey.questions[0].model_copy(
        update={"text": survey.questions[0].text.with_words("en", "=HYPERLINK(1)")}
    )
    survey = survey.model_copy(update={"questions": (odd, *survey.questions[1:])})
    write_xlsform(survey, tmp_path / "out.xlsx", Report())
    cell = load_workbook(tmp_path / "out.xlsx")["survey"]["C2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


# ---- the command ----


def test_convert_writes_the_document_to_standard_output_and_the_report_to_standard_error(
    tmp_path, capsys
):
    path = form(tmp_path, "geopoint | x | X? |", "text | t | T? |")
    assert main(["convert", str(path)], DAY) == 0
    out, err = capsys.readouterr()
    assert load(out).questions[0].name == "t"
    assert "geopoint" in err


def test_convert_of_what_pyxform_refuses_says_why_and_exits_with_1(tmp_path, capsys):
    path = form(tmp_path, "strange type | x | X? |")
    assert main(["convert", str(path), "--out", str(tmp_path / "out.json")], DAY) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("refused\tsurvey, row 2, column type\t")
    assert not (tmp_path / "out.json").exists()


def test_convert_takes_our_own_documents_out_to_xlsform(tmp_path):
    source = Path(__file__).parents[2] / "surveys" / "likert.json"
    out = tmp_path / "likert.xlsx"
    assert convert(source, "xlsform", out) == 0
    assert [q.name for q in read_xlsform(out, Report()).questions] == ["listened", "kind", "why"]


def test_problems_of_an_accepted_document_are_in_the_report_and_do_not_refuse_it(tmp_path):
    report = Report()
    read(form(tmp_path, "text | t | T? |"), report)
    assert {line.feature for line in report.of(Fate.CHECK)} == {"translation_missing"}


# ---- files from strangers ----


def workbook(path, rows):
    book = Workbook(write_only=True)
    sheet = book.create_sheet("survey")
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def changed(path, edit):
    """Write a workbook whose survey sheet was changed as bytes."""
    source = workbook(path.with_name("plain.xlsx"), [["type", "name"], ["text", "a"]])
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, edit(data) if "sheet1" in part.filename else data)
    return path


def rows_added(count):
    blank = b"<row/>" * count
    return lambda data: data.replace(b"</sheetData>", blank + b"</sheetData>")


ENTITY = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><worksheet'


@pytest.mark.parametrize(
    ("edit", "feature"),
    [
        (rows_added(20_001), "rows"),
        (lambda data: data.replace(b"<worksheet", ENTITY, 1), "xml"),
        (lambda data: data.decode().encode("utf-16"), "encoding"),
        (lambda data: data + b" " * 60_000_001, "zip"),
    ],
)
def test_a_workbook_made_to_harm_is_refused_with_reason_and_place(tmp_path, edit, feature):
    with pytest.raises(RefusedError) as refused:
        look(changed(tmp_path / "bad.xlsx", edit), Report())
    assert [line.feature for line in refused.value.lines] == [feature]
    assert "sheet1.xml" in str(refused.value.lines[0].place)


def test_padding_of_a_thousand_empty_rows_is_fine(tmp_path):
    look(changed(tmp_path / "padded.xlsx", rows_added(1_000)), Report())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.xlsx", None),
        ("empty.xlsx", b""),
        ("text.xlsx", b"hello"),
        ("latin.csv", "survey,,\n,type,name\n,text,café".encode("latin-1")),
        ("zeros.csv", b"survey\x00,,,,\n"),
        ("lines.csv", b"\n" * 20_002),
        ("ole.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path, name, content):
    path = tmp_path / name
    if content is None:
        whole = workbook(tmp_path / "whole.xlsx", [["type", "name"]]).read_bytes()
        content = whole[: len(whole) // 2]
    path.write_bytes(content)
    with pytest.raises(RefusedError):
        read(path, Report())


def test_groups_nested_without_end_are_refused(tmp_path):
    rows = [["type", "name", "label"], *([["begin group", f"g{i}", "G"] for i in range(1000)])]
    with pytest.raises(RefusedError, match="nested more than 64"):
        read(workbook(tmp_path / "deep.xlsx", rows), Report())


def test_macros_and_formulas_are_reported_and_never_run(tmp_path):
    formula = b"<sheetData><f>1+1</f>"
    path = changed(tmp_path / "m.xlsm", lambda data: data.replace(b"<sheetData>", formula))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    report = Report()
    look(path, report)
    assert {line.feature for line in report.lines} == {"macros", "formulas"}


def test_a_designers_pattern_that_would_hang_others_is_matched_in_no_time(tmp_path):
    path = form(
        tmp_path,
        "text | a | A |",
        "note | b | B | regex(${a}, '(a+)+$')",
    )
    survey = read_xlsform(path, Report())
    assert asked(survey, a="a" * 5_000 + "!") == ["a"]


@pytest.mark.parametrize(
    "text", ["", "(", ")", "${a", "'open", "a b", "1 +", "f(", "f(1,", "..", "@", "- " * 50 + "1"]
)
def test_what_the_grammar_does_not_hold_is_an_error_of_its_own(text):
    with pytest.raises(x.ExpressionError):
        x.parse(text)


@pytest.mark.parametrize("text", ["(" * 5_000, "not(" * 5_000, "1" + " or 1" * 9_000, "a" * 40_000])
def test_expressions_without_end_are_refused_quickly(text):
    with pytest.raises(x.ExpressionError):
        x.parse(text)


# ---- the workbooks of the reference implementation ----

SHARED = Path(__file__).parents[4] / "shared" / "data" / "xlsforms"
REFUSED = {
    "calculate_without_calculation.xls", "duplicate_columns.xlsx", "group_name_test.xls",
    "include.xls", "include.xlsx", "include_json.xls", "include_json.xlsx",
    "unknown_question_type.xls",
}  # fmt: skip


@pytest.mark.shared
@pytest.mark.parametrize("path", sorted(SHARED.glob("*.xls*")), ids=lambda path: path.name)
def test_each_workbook_has_pyxforms_verdict_and_goes_out_to_one_it_accepts(tmp_path, path):
    should_refuse = path.name.split("__", 1)[1] in REFUSED
    try:
        survey = read(path, Report())
    except RefusedError:
        assert should_refuse
        return
    assert not should_refuse
    write_xlsform(survey, tmp_path / "out.xlsx", Report())
    back = read(tmp_path / "out.xlsx", Report())
    mine = {page.name for page in pages_of(survey)}
    again = [p.name for p in page_path(back, Answers(day=DAY)) if p.name in mine]
    assert again == [p.name for p in page_path(survey, Answers(day=DAY))]


@pytest.mark.shared
def test_all_the_workbooks_are_there_or_none():
    found = len(list(SHARED.glob("*.xls*")))
    if not found:
        pytest.skip(
            "../shared/data/xlsforms is absent: put the shared folder beside the repository"
        )
    assert found == 58

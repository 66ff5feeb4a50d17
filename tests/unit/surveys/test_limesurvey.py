from __future__ import annotations

import pytest

from surveys import Kind, page_path
from surveys.exchange.command import read
from surveys.exchange.expressions import ExpressionError
from surveys.exchange.lss_expressions import parse
from surveys.exchange.lss_tables import plain_text
from surveys.exchange.report import RefusedError, Report
from surveys.walk import read_answers
from tests.unit.surveys.shelf import DAY


def table(name, *rows):
    made = "".join(
        "<row>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in row.items()) + "</row>"
        for row in rows
    )
    return f"<{name}><fields/><rows>{made}</rows></{name}>"


def asked(qid, kind, code, relevance="1", parent="0", **more):
    return {"qid": qid, "parent_qid": parent, "gid": "1", "type": kind, "title": code,
            "question_order": qid, "relevance": relevance, **more}  # fmt: skip


def words(qid, text, language="en", **more):
    return {"qid": qid, "question": text, "language": language, **more}


def lss(folder, questions, texts, subs=(), answers=(), group="1", extra=""):
    document = (
        "<?xml version='1.0' encoding='UTF-8'?><document>"
        "<LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>600</DBVersion>"
        "<languages><language>en</language><language>cy</language></languages>"
        + table("groups", {"gid": "1", "group_order": "1", "grelevance": group})
        + table("group_l10ns", {"gid": "1", "group_name": "Start", "language": "en"})
        + table("questions", *questions)
        + table("subquestions", *subs)
        + table("question_l10ns", *texts)
        + table("answers", *answers)
        + table("surveys", {"sid": "9", "language": "en", "additional_languages": "cy"})
        + extra
        + "</document>"
    )
    path = folder / "survey.lss"
    path.write_text(document, encoding="utf-8")
    return path


YES_NO = [asked("1", "Y", "Q1"), asked("2", "N", "Q2", '(Q1.NAOK == "Y")')]
TEXTS = [words("1", "Did you?"), words("1", "A wnaethoch chi?", "cy"), words("2", "How old?")]


def walk(survey, **given):
    return [page.name for page in page_path(survey, read_answers(survey, given, DAY)[0])]


def test_questions_texts_languages_and_rules_come_in(tmp_path):
    survey = read(lss(tmp_path, YES_NO, TEXTS), Report())
    assert survey.languages == ("en", "cy")
    assert survey.questions[0].text.in_("cy") == "A wnaethoch chi?"
    assert [section.title.in_("en") for section in survey.sections] == ["Start"]
    assert walk(survey, Q1="Y") == ["Q1", "Q2"]
    assert walk(survey, Q1="N") == ["Q1"]


@pytest.mark.parametrize(
    ("relevance", "shown", "hidden"),
    [
        ('Q1 == "Y"', {"Q1": "Y"}, {"Q1": "N"}),
        ('Q1.NAOK != "Y"', {"Q1": "N"}, {"Q1": "Y"}),
        ("!is_empty(Q1)", {"Q1": "N"}, {}),
        ("is_empty(Q1.NAOK)", {}, {"Q1": "N"}),
        ('Q3_a == "Y"', {"Q3": ["a"]}, {"Q3": ["b"]}),
        ("!is_empty(Q3_a) && !(Q2 > 3)", {"Q3": ["a"], "Q2": 2}, {"Q3": ["a"], "Q2": 4}),
        ("Q2 >= 18 and Q2 lt 65", {"Q2": 18}, {"Q2": 65}),
        ('Q4_x == "1" || Q2 == 5', {"Q4_x": "1"}, {"Q4_x": "2"}),
        ("intval(Q2 / 10) == 2", {"Q2": 25}, {"Q2": 30}),
        ("{Q2 > 3}", {"Q2": 4}, {"Q2": 3}),
    ],
)
def test_relevance_means_here_what_it_means_there(tmp_path, relevance, shown, hidden):
    questions = [asked("1", "Y", "Q1"), asked("2", "N", "Q2"), asked("3", "M", "Q3"),
                 asked("4", "A", "Q4"), asked("5", "X", "last", relevance)]  # fmt: skip
    subs = [asked("31", "M", "a", parent="3"), asked("32", "M", "b", parent="3"),
            asked("41", "A", "x", parent="4")]  # fmt: skip
    report = Report()
    survey = read(lss(tmp_path, questions, TEXTS, subs), report)
    assert [str(line) for line in report.lines if "switched off" in line.message] == []
    assert "last" in walk(survey, **shown)
    assert "last" not in walk(survey, **hidden)


def test_a_rule_not_held_is_switched_off_and_listed(tmp_path):
    report = Report()
    questions = [asked("1", "X", "Q1", "countif('a', that.Q) > 1"), asked("2", "Y", "Q2")]
    survey = read(lss(tmp_path, questions, TEXTS), report)
    assert walk(survey) == ["Q1", "Q2"]
    assert any("switched off" in line.message for line in report.lines)


@pytest.mark.parametrize(
    ("letter", "kind"),
    [("L", Kind.SINGLE), ("!", Kind.DROPDOWN), ("Y", Kind.SINGLE), ("N", Kind.NUMBER),
     ("S", Kind.SHORT_TEXT), ("T", Kind.LONG_TEXT), ("D", Kind.DATE), ("X", Kind.INFO),
     ("R", Kind.RANKING), ("M", Kind.MULTIPLE)],
)  # fmt: skip
def test_each_type_becomes_its_kind(tmp_path, letter, kind):
    answers = [{"qid": "1", "aid": "7", "code": "A1", "answer": "First", "sortorder": "1"}]
    path = lss(tmp_path, [asked("1", letter, "Q1")], TEXTS, answers=answers)
    assert read(path, Report()).questions[0].kind is kind


def test_arrays_become_likert_groups_and_sets_of_boxes_questions(tmp_path):
    questions = [asked("1", "A", "Q1"), asked("2", "Q", "Q2")]
    subs = [asked("11", "A", "x", parent="1"), asked("21", "Q", "y", parent="2")]
    survey = read(lss(tmp_path, questions, TEXTS, subs), Report())
    assert walk(survey) == ["Q1_x", "Q2_y"]


@pytest.mark.parametrize("letter", ["|", ":", ";", "1", "*", "?"])
def test_types_without_a_kind_are_listed(tmp_path, letter):
    report = Report()
    survey = read(lss(tmp_path, [asked("1", letter, "Q1"), asked("2", "Y", "Q2")], TEXTS), report)
    assert walk(survey) == ["Q2"]
    assert any("not collected" in line.message for line in report.lines)


def test_other_has_a_box(tmp_path):
    survey = read(lss(tmp_path, [asked("1", "L", "Q1", other="Y")], TEXTS), Report())
    assert [(o.value, o.write_in) for o in survey.questions[0].options] == [("other", True)]


def test_old_files_that_repeat_rows_for_each_language_are_read(tmp_path):
    rows = [
        asked("1", "L", "Q1", question="Hello?", language="en"),
        asked("1", "L", "Q1", question="Helo?", language="cy"),
    ]
    answers = [
        {"qid": "1", "code": "A", "answer": "Yes", "language": "en", "sortorder": "1"},
        {"qid": "1", "code": "A", "answer": "Ydw", "language": "cy", "sortorder": "1"},
    ]
    survey = read(lss(tmp_path, rows, [], answers=answers), Report())
    (only,) = survey.questions
    assert (only.text.in_("cy"), only.options[0].text.in_("cy")) == ("Helo?", "Ydw")


def test_html_becomes_words_and_scripts_vanish():
    html = "<p>Hello <b>you</b></p><script>alert(1)</script><style>p{}</style><br>Bye &amp; so"
    assert plain_text(html) == "Hello you\nBye & so"


@pytest.mark.parametrize(
    "text",
    [
        "<document><!DOCTYPE x>",
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><document>&b;</document>',
        "<document><LimeSurveyDocType>Group</LimeSurveyDocType></document>",
        "<document>",
        "<html></html>",
    ],
)
def test_xml_that_is_no_survey_is_refused(tmp_path, text):
    path = tmp_path / "bad.lss"
    path.write_text(text)
    with pytest.raises(RefusedError):
        read(path, Report())


@pytest.mark.parametrize("text", ["Q1 ==", "@", "Q1.weird == 1", "(" * 3_000, "!" * 200])
def test_what_is_not_an_expression_is_an_error_of_its_own(text):
    with pytest.raises(ExpressionError):
        parse(text, lambda _name: None)

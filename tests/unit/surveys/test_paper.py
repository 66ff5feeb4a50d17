from __future__ import annotations

import pytest

from surveys import dumps, library, load
from surveys.cli import main
from surveys.exchange.paper import markup, write_paper
from surveys.exchange.report import RefusedError, Report
from tests.unit.surveys.shelf import DAY, document, names, option, question, selected, tiny

LINES = [("Victim Support", "08 08 16 89 111", "day and night")]


def form(survey, language="en"):
    return markup(survey, language, Report(), LINES)


def test_routing_is_in_words_with_question_numbers():
    text = form(tiny("show_when"))
    assert "Answer this only if question 1 is “Yes”." in text
    assert "If question 1 is “No”, stop here." in form(tiny("finish"))


def test_questions_are_numbered_and_information_is_not():
    text = form(tiny("every_kind"))
    assert '"Before we start"' in text
    assert '*1. #"What about k_single?"*' in text
    assert '*15. #"Two"*' in text


@pytest.mark.parametrize("name", names())
def test_every_tiny_questionnaire_can_be_printed(name):
    assert form(tiny(name)).count("[") == form(tiny(name)).count("]")


def test_nothing_in_a_text_can_act_as_markup():
    nasty = '"] #read("/etc/passwd") \\ \u2028 $x$'
    survey = load(document(question("a", options=[option("x", text={"en": nasty})])))
    line = next(line for line in form(survey).splitlines() if "passwd" in line)
    assert line.startswith('#option("\\"] #read(\\"/etc/passwd\\") \\\\')


def test_help_lines_are_on_the_form_or_their_absence_is_reported():
    assert "08 08 16 89 111" in form(tiny("show_when"))
    report = Report()
    markup(tiny("show_when"), "en", report)
    assert [line.feature for line in report.lines] == ["help lines"]


def test_right_to_left_languages_run_right_to_left():
    assert "dir: rtl" in form(tiny("languages"), "ur")
    assert "dir: ltr" in form(tiny("languages"), "cy")


def test_the_markup_can_be_written_without_typst(tmp_path, monkeypatch):
    survey = tmp_path / "s.json"
    survey.write_text(dumps(library.get("checkin_adult")))
    assert (
        main(["convert", str(survey), "--to", "paper", "--out", str(tmp_path / "s.typ")], DAY) == 0
    )
    assert (tmp_path / "s.typ").read_text().startswith("#set document")
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    with pytest.raises(RefusedError, match="needs the package typst"):
        write_paper(tiny("likert"), tmp_path / "s.pdf", Report())


def test_a_pdf_is_made_with_typst(tmp_path):
    pytest.importorskip("typst")
    survey = load(document(question("a"), question("b", show_when=selected("a", "yes"))))
    write_paper(survey, tmp_path / "form.pdf", Report(), help_lines=LINES)
    assert (tmp_path / "form.pdf").read_bytes().startswith(b"%PDF")


def long_list(count):
    options = [option(f"o{n}", text={"en": f"Answer {n}"}) for n in range(count)]
    return load(document(question("a", options=options)))


def test_a_question_stays_on_one_page_unless_no_page_can_hold_it():
    assert "#block(breakable: false)[" in form(long_list(20)).split("Answer 0")[0]
    assert "#block(breakable: true)[" in form(long_list(40)).split("Answer 0")[0]


def test_the_help_lines_stand_together():
    text = form(tiny("show_when"))
    assert text.rindex("#block(breakable: false)[") < text.index("If you need help")


def test_an_answer_that_only_repeats_what_was_ticked_needs_no_rule_of_its_own():
    first = [option("o1", text={"en": "Theft"}), option("o2", text={"en": "Fraud"})]
    again = [option("o3", text={"en": "Theft"}, show_when=selected("a", "o1")),
             option("o4", text={"en": "Both"}, show_when=selected("a", "o2"))]  # fmt: skip
    asked = question("a", kind="multiple", options=first), question("b", options=again)
    text = form(load(document(*asked)))
    assert '#option("Theft")' in text
    assert '#option("Both (only if question 1 is “Fraud”)")' in text

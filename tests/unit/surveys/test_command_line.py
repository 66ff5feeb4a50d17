from __future__ import annotations

import json

import pytest

from surveys.cli import main
from tests.unit.surveys.shelf import DAY, TINY, document, question, selected


def run(*arguments):
    return main([str(a) for a in arguments], DAY)


def write(folder, name, value):
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def test_check_of_a_clean_file_prints_nothing(capsys):
    assert run("check", TINY / "show_when.json") == 0
    assert capsys.readouterr().out == ""


def test_check_prints_code_place_and_message_a_problem_a_line(tmp_path, capsys):
    bad = document(question("a", show_when=selected("b", "yes")), question("b"), question("a"))
    assert run("check", write(tmp_path, "bad.json", bad)) == 1
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert {line[0] for line in lines} >= {"forward", "duplicate_name", "duplicate_id"}
    assert all(len(line) == 3 for line in lines)


def test_check_of_a_file_that_is_no_document_prints_why(tmp_path, capsys):
    assert run("check", write(tmp_path, "bad.json", "{")) == 1
    assert capsys.readouterr().out.startswith("not_json\tline 1, column 2\t")


def test_check_of_a_missing_file_says_so(tmp_path, capsys):
    assert run("check", tmp_path / "none.json") == 1
    assert capsys.readouterr().out.startswith("unreadable\t")


def test_walk_prints_the_variable_names_asked(tmp_path, capsys):
    answers = write(tmp_path, "answers.json", {"reported": "yes"})
    assert run("walk", TINY / "show_when.json", "--answers", answers) == 0
    assert capsys.readouterr().out.splitlines() == ["reported", "officer", "support"]


def test_walk_takes_every_form_of_answer(tmp_path, capsys):
    given = {
        "k_multiple": ["talk", "locks"],
        "k_scale10": 7,
        "k_date": "2026-05-01",
        "k_long_text": "words",
        "k_single": {"code": "dont_know"},
        "k_number": "3",
    }
    answers = write(tmp_path, "answers.json", given)
    assert run("walk", TINY / "every_kind.json", "--answers", answers) == 0
    assert len(capsys.readouterr().out.splitlines()) == 16


def test_walk_of_answers_that_do_not_fit_names_each(tmp_path, capsys):
    given = {"k_single": "maybe", "k_number": "many", "k_date": 3, "k_area": {"code": "x"}}
    answers = write(tmp_path, "answers.json", given)
    assert run("walk", TINY / "every_kind.json", "--answers", answers) == 1
    out = capsys.readouterr().out
    assert [line.split("\t")[1] for line in out.splitlines()] == list(given)


def test_walk_refuses_a_survey_whose_rules_do_not_hold_together(tmp_path, capsys):
    bad = write(tmp_path, "s.json", document(question("a", show_when=selected("gone", "yes"))))
    assert run("walk", bad, "--answers", write(tmp_path, "a.json", {})) == 1
    assert capsys.readouterr().out.startswith("dangling\t")


def test_walk_takes_a_draft_that_only_may_not_be_published(tmp_path, capsys):
    draft = write(tmp_path, "s.json", document(question("a", "long_text")))
    assert run("walk", draft, "--answers", write(tmp_path, "a.json", {})) == 0
    assert capsys.readouterr().out == "a\n"


def test_walk_notes_a_name_nobody_has_and_goes_on(tmp_path, capsys):
    answers = write(tmp_path, "answers.json", {"reportd": "yes"})
    assert run("walk", TINY / "show_when.json", "--answers", answers) == 0
    assert "reportd" in capsys.readouterr().err


def test_explore_says_the_shortest_and_the_longest(capsys):
    assert run("explore", TINY / "left_behind.json") == 0
    out = capsys.readouterr().out
    assert "ways through: 3\n" in out
    assert "longest way: a, b, c" in out


def test_wrong_options_exit_with_2():
    with pytest.raises(SystemExit) as stopped:
        run("fly")
    assert stopped.value.code == 2

"""R11 and R17: what no form of ours asks, and what no page of ours does."""

import re
from pathlib import Path

import pytest

from surveys import library
from surveys.lint import Rule, lint
from tests.unit.respond.test_words import TEMPLATES

SASS = Path(__file__).parents[3] / "assets" / "sass"
MOVES = re.compile(r"@keyframes|\b(?:animation|transition)\s*:\s*(?!none|\s)")
PLAYS = re.compile(r"<(?:video|audio|marquee|blink)\b|autoplay|http-equiv=.refresh", re.IGNORECASE)


@pytest.mark.parametrize("name", sorted(library.list_names()))
def test_r11_no_shipped_form_asks_for_the_story_a_name_or_blames(name: str):
    unkind = {Rule.STORY, Rule.BLAMING, Rule.IDENTITY}
    found = [advice for advice in lint(library.get(name)) if advice.rule in unkind]
    assert [str(advice) for advice in found if advice.explained is None] == []


def test_r17_nothing_moves_plays_or_turns_the_page_by_itself():
    styles = [*SASS.glob("*.scss"), *(SASS / "public").glob("**/*.scss")]
    assert styles
    assert [path.name for path in styles if MOVES.search(path.read_text("utf-8"))] == []
    leave = "leave.html"  # after Exit it goes on to the neutral page at once
    shown = [path for path in TEMPLATES if path.name != leave]
    assert [path.name for path in shown if PLAYS.search(path.read_text("utf-8"))] == []


def test_r26_the_closed_triangle_of_the_help_lines_is_drawn_from_right_to_left_too():
    # A border without width has no colour to show: the wide side has to change with the direction.
    style = (SASS / "public.scss").read_text("utf-8").partition('[dir="rtl"] .govuk-details:not')[2]
    assert "border-width: 7px 12.124px 7px 0;" in style.partition("}")[0]

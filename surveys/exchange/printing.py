"""Set one questionnaire on paper in a process of its own: asked on stdin, answered on stdout.

Typst and python-docx are large; a process that serves pages never holds them.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from surveys.document import load
from surveys.exchange import paper, paper_word
from surveys.exchange.paper_form import blocks
from surveys.exchange.report import Report
from surveys.text import is_right_to_left


def set_paper(order: dict[str, Any]) -> bytes:
    """Return the file that was asked for: `format` is pdf or docx."""
    survey, language = load(order["survey"]), order["language"]
    lines = [(name, number, hours) for name, number, hours in order["help_lines"]]
    is_large, return_to = order["is_large"], order["return_to"]
    words, is_draft = order["words"], order["is_draft"]
    if order["format"] == "docx":
        form = blocks(survey, language, Report(), lines, return_to, words, is_draft)
        return paper_word.word(form, is_large=is_large, is_rtl=is_right_to_left(language))
    source = paper.markup(
        survey,
        language,
        Report(),
        lines,
        return_to=return_to,
        is_large=is_large,
        words=words,
        is_draft=is_draft,
    )
    return paper.pdf(source)


if __name__ == "__main__":
    sys.stdout.buffer.write(set_paper(json.load(sys.stdin)))

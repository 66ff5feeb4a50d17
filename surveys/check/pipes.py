"""References in texts: to questions that exist, come earlier, and have words to give."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.compiled import expand
from surveys.kinds import Kind
from surveys.model import Survey
from surveys.piping import pipes
from surveys.places import PlacedText, all_texts
from surveys.problems import Code, Problem
from surveys.text import words_of


def check_pipes(survey: Survey) -> Iterator[Problem]:
    """Yield references in texts to nothing, to later questions, and to information pages."""
    positions: dict[str, tuple[int, Kind]] = {}
    for position, question in enumerate(survey.questions):
        likert = question.kind is Kind.LIKERT
        for page in expand(question) if likert else (question,):
            positions.setdefault(page.id, (position, page.kind))
    for placed in all_texts(survey):
        for words in map(words_of, placed.text.root.values()):
            if "{{" in words:
                yield from _look(words, placed, positions, survey)


def _look(
    words: str, placed: PlacedText, positions: dict[str, tuple[int, Kind]], survey: Survey
) -> Iterator[Problem]:
    for pipe in pipes(words):
        if pipe.is_name:
            if pipe.target not in survey.names:
                message = f"The text uses the name “{pipe.target}”, which is not set."
                yield Problem(Code.PIPE_DANGLING, placed.where, message)
            continue
        found = positions.get(pipe.target)
        if found is None:
            message = f"The text uses the answer to a question that is not there ({pipe.target})."
            yield Problem(Code.PIPE_DANGLING, placed.where, message)
        elif placed.position is None or found[0] >= placed.position:
            message = "The text uses the answer to a question that is not asked before it."
            yield Problem(Code.PIPE_FORWARD, placed.where, message)
        elif found[1] is Kind.INFO:
            message = "The text uses the answer to a page of information: nobody answers it."
            yield Problem(Code.PIPE_KIND, placed.where, message)

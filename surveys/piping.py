"""Earlier answers and local names placed into texts: `{{question_id|words instead}}`, `{{@name}}`.

References are by id, so that renaming a variable changes no text.  What comes back is plain
text: the page escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from surveys.answers import Answer, Answers, Chosen, Day, Number, Words
from surveys.compiled import plan_of
from surveys.model import Question, Survey
from surveys.paths import on_path
from surveys.text import Text

#: Possessive bounds keep this linear on hostile text.
PIPE = re.compile(r"\{\{(@?)([A-Za-z][A-Za-z0-9_-]{0,63})(?:\|([^{}]{0,200}))?\}\}")
#: A long answer repeated in a question is neither kind nor readable.
MAXPIPED = 80


@dataclass(frozen=True, slots=True)
class Pipe:
    """One reference found in a text: to a question, or (`is_name`) to a local name."""

    target: str
    is_name: bool
    instead: str | None


def pipes(words: str) -> Iterator[Pipe]:
    """Yield the references in a text, in order."""
    for found in PIPE.finditer(words):
        yield Pipe(found.group(2), bool(found.group(1)), found.group(3))


def pipe(text: Text | str, survey: Survey, answers: Answers, language: str = "en") -> str:
    """Return a text in one language with local names and earlier answers put in.

    Where there is no answer on the path, the words after "|" are used, or "…" without them.
    """
    words = text if isinstance(text, str) else text.in_(language, survey.source_language)
    if "{{" not in words:
        return words
    given = on_path(survey, answers)
    return PIPE.sub(_filler(survey, given, language), words)


def spoken_answer(question: Question, answer: Answer | None, language: str = "en") -> str:
    """Return an answer in words, "" for a non-answer: option texts, a number, a date, the text."""
    match answer:
        case Chosen(options, other):
            return _join([_option_words(question, o, dict(other), language) for o in options])
        case Number(value):
            return f"{value:f}"
        case Day(day):
            return f"{day.day} {day:%B} {day.year}"
        case Words(words):
            return words.strip()
    return ""


def _filler(survey: Survey, given: Answers, language: str) -> Callable[[re.Match[str]], str]:
    plan = plan_of(survey)

    def fill(found: re.Match[str]) -> str:
        said = words_for(found)
        before = found.string[: found.start()].rstrip()
        starts = not before or before.endswith((".", "!", "?"))
        # A local name such as "the office" may begin a sentence.
        return said[:1].upper() + said[1:] if starts and found.group(1) else said

    def words_for(found: re.Match[str]) -> str:
        target, instead = found.group(2), found.group(3)
        if found.group(1):
            name = survey.names.get(target)
            return name.in_(language, survey.source_language) if name else instead or "…"
        question = plan.by_id.get(target)
        if question is None:
            return instead or "…"
        spoken = " ".join(spoken_answer(question, given.get(target), language).split())
        return _shortened(spoken) or instead or "…"

    return fill


def _option_words(question: Question, option_id: str, other: dict[str, str], language: str) -> str:
    if option_id in other:
        return other[option_id]
    option = question.option(option_id)
    return option.text.in_(language) if option else ""


def _join(parts: list[str]) -> str:
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _shortened(words: str) -> str:
    return words if len(words) <= MAXPIPED else words[: MAXPIPED - 1].rstrip() + "…"

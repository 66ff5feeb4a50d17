"""The questionnaires Heard ships, as documents; an OPCC copies one and makes it its own."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from surveys.document import load
from surveys.model import Question, Survey

_SUFFIX = ".json"


class UnknownSurveyError(LookupError):
    """No shipped questionnaire has this name."""


def list_names() -> tuple[str, ...]:
    """Return the names of the shipped questionnaires, in alphabetical order."""
    found = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(n.removesuffix(_SUFFIX) for n in found if n.endswith(_SUFFIX)))


@cache
def get(name: str) -> Survey:
    """Return a shipped questionnaire.  Raises UnknownSurveyError for any other name."""
    if name not in list_names():
        raise UnknownSurveyError(name)
    return load(files(__name__).joinpath(f"{name}{_SUFFIX}").read_bytes())


@cache
def bank() -> tuple[Question, ...]:
    """Return the question bank: single questions with source and licence, to copy into a survey.

    Ids are those of the shipped questionnaires, so that results of the same question combine.
    """
    stored = files(__name__).joinpath("bank", f"question_bank{_SUFFIX}")
    return load(stored.read_bytes()).questions

"""The question bank: every question of the shipped questionnaires, ready to be asked again.

A question keeps its permanent ids, so that its figures can be put beside those of other surveys.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import surveys
from app.packs import Pack
from app.services.questionnaires import for_pack
from surveys import Question, Survey, library
from surveys import rules as r


@dataclass(frozen=True, slots=True)
class Shelf:
    """One shipped questionnaire as a shelf of the bank."""

    name: str
    title: str


def shelves() -> list[Shelf]:
    """Return the shelves of the bank."""
    return [Shelf(name, library.get(name).title) for name in library.list_names()]


def shelf(name: str, pack: Pack) -> Survey:
    """Return one shelf, fitted to the area; raises KeyError for an unknown name."""
    if name not in library.list_names():
        raise KeyError(name)
    return surveys.load(for_pack(name, pack))


def borrow(survey: Survey, source: Survey, question_ids: Sequence[str]) -> Survey:
    """Return the draft with questions of the bank at its end, in the bank's order.

    A rule comes along when everything it speaks of is asked before it; else everyone is asked.
    """
    present = {question.id for question in survey.questions}
    wanted = set(question_ids) - present
    names = {question.name for question in survey.questions}
    questions = list(survey.questions)
    for question in source.questions:
        if question.id in wanted and question.name not in names:
            questions.append(_fitted(question, {q.id for q in questions}))
    return survey.model_copy(
        update={"questions": tuple(questions), "names": {**source.names, **survey.names}}
    )


def not_borrowed(survey: Survey, source: Survey) -> list[Question]:
    """Return the questions of a shelf that the survey does not ask yet."""
    present = {question.id for question in survey.questions}
    return [question for question in source.questions if question.id not in present]


def _fitted(question: Question, before: set[str]) -> Question:
    own = before | {question.id}
    return question.model_copy(
        update={
            "section": None,
            "show_when": question.show_when if _stands(question.show_when, before) else None,
            "skip_when": question.skip_when if _stands(question.skip_when, before) else None,
            "finish": (),  # its ending belongs to the questionnaire it comes from
            "signals": tuple(s for s in question.signals if _stands(s.when, own)),
            "validation": tuple(v for v in question.validation if _stands(v.rule, own)),
            "options": tuple(
                o if _stands(o.show_when, before) else o.model_copy(update={"show_when": None})
                for o in question.options
            ),
        }
    )


def _stands(rule: r.RuleNode | None, asked: set[str]) -> bool:
    return rule is None or (set(r.questions_in(rule)) <= asked and not r.computed_in(rule))

"""Changes to a draft as pure functions: each returns a new survey, ids never change hands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from surveys.check import check
from surveys.compare import check_follows
from surveys.model import Option, Question, Survey
from surveys.problems import SurveyError
from surveys.text import Status, Text


class UnknownPartError(LookupError):
    """The draft has no question or option with this id."""


def add_question(survey: Survey, question: Question, place: int | None = None) -> Survey:
    """Return the draft with a question added at `place`, or at the end."""
    questions = list(survey.questions)
    questions.insert(len(questions) if place is None else place, question)
    return _with(survey, questions)


def remove_question(survey: Survey, question_id: str) -> Survey:
    """Return the draft without a question; answers given to earlier versions stay stored."""
    _find(survey, question_id)
    return _with(survey, [q for q in survey.questions if q.id != question_id])


def move_question(survey: Survey, question_id: str, place: int) -> Survey:
    """Return the draft with a question at `place`, counted without it."""
    moved = _find(survey, question_id)
    questions = [question for question in survey.questions if question.id != question_id]
    questions.insert(max(0, min(place, len(questions))), moved)
    return _with(survey, questions)


def rename(survey: Survey, question_id: str, name: str) -> Survey:
    """Return the draft with another variable name; texts and rules refer to ids and stay right."""
    return change_question(survey, question_id, lambda q: q.model_copy(update={"name": name}))


def reword(survey: Survey, question_id: str, words: str, language: str | None = None) -> Survey:
    """Return the draft with new wording; new source wording makes reviewed translations stale."""

    def change(question: Question) -> Question:
        text = new_words(survey, question.text, words, language)
        return question.model_copy(update={"text": text})

    return change_question(survey, question_id, change)


def add_option(
    survey: Survey, question_id: str, option: Option, place: int | None = None
) -> Survey:
    """Return the draft with an option added at `place`, or at the end."""

    def change(question: Question) -> Question:
        options = list(question.options)
        options.insert(len(options) if place is None else place, option)
        return question.model_copy(update={"options": tuple(options)})

    return change_question(survey, question_id, change)


def retire_option(survey: Survey, question_id: str, option_id: str) -> Survey:
    """Return the draft with an option no longer offered; it stays in the document for ever."""
    return change_option(
        survey, question_id, option_id, lambda o: o.model_copy(update={"retired": True})
    )


def reword_option(
    survey: Survey, question_id: str, option_id: str, words: str, language: str | None = None
) -> Survey:
    """Return the draft with another wording of one option."""

    def change(option: Option) -> Option:
        return option.model_copy(update={"text": new_words(survey, option.text, words, language)})

    return change_option(survey, question_id, option_id, change)


def reorder_options(survey: Survey, question_id: str, order: Sequence[str]) -> Survey:
    """Return the draft with the options in this order of ids; options not named go last."""

    def change(question: Question) -> Question:
        place = {option_id: n for n, option_id in enumerate(order)}
        options = sorted(question.options, key=lambda o: place.get(o.id, len(place)))
        return question.model_copy(update={"options": tuple(options)})

    return change_question(survey, question_id, change)


def call_minor(survey: Survey, subject: str) -> Survey:
    """Return the draft with the new wording of a question, option or row noted as minor."""
    minor = tuple(dict.fromkeys((*survey.minor_edits, subject)))
    return survey.model_copy(update={"minor_edits": minor})


def publish(draft: Survey, history: Sequence[Survey] = ()) -> Survey:
    """Return the draft as the version after those in `history` (oldest first).

    Raises SurveyError with everything `check` and `check_follows` find.  All earlier versions
    count, not only the last: a question taken out once may not come back as something else.
    """
    problems = check(draft)
    for earlier in history:
        problems += [p for p in check_follows(earlier, draft) if p not in problems]
    if problems:
        raise SurveyError(tuple(problems))
    return draft.model_copy(update={"version": history[-1].version + 1 if history else 1})


def next_draft(published: Survey) -> Survey:
    """Return a draft to edit after a published version; what was called minor starts afresh."""
    return published.model_copy(update={"minor_edits": ()})


def change_question(
    survey: Survey, question_id: str, change: Callable[[Question], Question]
) -> Survey:
    """Return the draft with one question changed.  Raises UnknownPartError."""
    _find(survey, question_id)
    return _with(survey, [change(q) if q.id == question_id else q for q in survey.questions])


def change_option(
    survey: Survey, question_id: str, option_id: str, change: Callable[[Option], Option]
) -> Survey:
    """Return the draft with one option changed.  Raises UnknownPartError."""
    if _find(survey, question_id).option(option_id) is None:
        raise UnknownPartError(option_id)

    def change_in(question: Question) -> Question:
        options = tuple(change(o) if o.id == option_id else o for o in question.options)
        return question.model_copy(update={"options": options})

    return change_question(survey, question_id, change_in)


def new_words(survey: Survey, text: Text, words: str, language: str | None) -> Text:
    """Return a text with other words; a changed source makes reviewed translations stale."""
    source = survey.source_language
    wanted = language or source
    if words == text.in_(wanted, wanted) and text.status(wanted) is Status.REVIEWED:
        return text
    changed = text.with_words(wanted, words)
    return changed.made_stale(source) if wanted == source else changed


def _find(survey: Survey, question_id: str) -> Question:
    for question in survey.questions:
        if question.id == question_id:
            return question
    raise UnknownPartError(question_id)


def _with(survey: Survey, questions: Sequence[Question]) -> Survey:
    return survey.model_copy(update={"questions": tuple(questions)})

"""What changed between two versions of a survey, in words, and what stops being comparable."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from surveys.changes import Difference, Effect, differences, same_words, storage
from surveys.kinds import Kind
from surveys.model import Question, Survey
from surveys.problems import Code, Problem


@dataclass(frozen=True, slots=True)
class Change:
    """One change, worded for a designer.

    Attributes:
        where: The question's variable name, or "survey".
        subject: Id of the question, option or row, for `Survey.minor_edits`.
        effect: `wording` asks the designer whether it is minor; `break` always ends a series.
    """

    where: str
    subject: str
    sentence: str
    effect: Effect

    def __str__(self) -> str:
        tail = {
            Effect.NONE: "",
            Effect.WORDING: " Figures stop being comparable unless you call this minor.",
            Effect.BREAK: " Figures before and after cannot be compared.",
        }[self.effect]
        return f"{self.where}\t{self.sentence}{tail}"


def compare(old: Survey, new: Survey) -> list[Change]:
    """Return what changed from `old` to `new`: the survey, then its questions in order."""
    changes = [
        *_survey(old, new),
        *_questions(old, new),
        *_order(old, new),
    ]
    minor = set(new.minor_edits)
    return [_judged(change, minor) for change in changes]


def check_follows(old: Survey, new: Survey) -> list[Problem]:
    """Return what would lose or mix stored answers if `new` were published after `old`.

    Options and rows are retired, never deleted; an id keeps its meaning and the way its answers
    are stored; anonymous and confidential answers never meet in one survey.
    """
    return [
        *_mode_problems(old, new),
        *(problem for pair in _pairs(old, new) for problem in _kept(*pair)),
        *_reused_rows(old, new),
    ]


def _mode_problems(old: Survey, new: Survey) -> Iterator[Problem]:
    if old.id != new.id:
        yield Problem(Code.ID_REUSED, "survey", "These are versions of two different surveys.")
    if old.mode is not new.mode:
        message = "Anonymous and confidential answers cannot be in one survey: start a new one."
        yield Problem(Code.MODE_CHANGED, "survey.mode", message)


def _pairs(old: Survey, new: Survey) -> Iterator[tuple[Question, Question]]:
    before = {question.id: question for question in old.questions}
    for question in new.questions:
        if question.id in before:
            yield before[question.id], question


def _kept(old: Question, new: Question) -> Iterator[Problem]:
    place = f"questions.{new.name}"
    if storage(old.kind) is not storage(new.kind):
        message = (
            f"It was of kind {old.kind.value}: make a new question of kind {new.kind.value}"
            " instead, so that answers given stay as they are."
        )
        yield Problem(Code.KIND_CHANGED, place, message)
    kept = {option.id for option in new.options}
    for option in old.options:
        if option.id not in kept:
            message = f"The answer “{option.value}” may be retired, not deleted."
            yield Problem(Code.OPTION_VANISHED, f"{place}.options.{option.value}", message)
    rows = {row.id for row in new.rows}
    for row in old.rows:
        if row.id not in rows:
            message = f"The row “{row.name}” may be retired, not deleted."
            yield Problem(Code.ROW_VANISHED, f"{place}.rows.{row.name}", message)


def _reused_rows(old: Survey, new: Survey) -> Iterator[Problem]:
    """An id that was a row of one group may not become a question, or a row of another."""
    before = dict(_owners(old))
    for item, owner in _owners(new):
        if before.get(item, owner) != owner:
            message = f"The id {item} already belongs to another question."
            yield Problem(Code.ID_REUSED, f"questions.{item}", message)


def _owners(survey: Survey) -> Iterator[tuple[str, str]]:
    for question in survey.questions:
        yield question.id, question.id
        for row in question.rows:
            yield row.id, f"row of {question.id}"


def _judged(change: Change, minor: set[str]) -> Change:
    if change.effect is Effect.WORDING and change.subject in minor:
        sentence = f"{change.sentence} You called this minor."
        return Change(change.where, change.subject, sentence, Effect.NONE)
    return change


def _survey(old: Survey, new: Survey) -> Iterator[Change]:
    language = new.source_language
    for name, title in (("public_title", "public title"), ("thanks", "thank-you text")):
        if not same_words(getattr(old, name), getattr(new, name), language):
            yield Change("survey", new.id, f"The {title} changed.", Effect.NONE)
    for name, title in (
        ("title", "title"),
        ("promise", "promise page"),
        ("mode", "mode"),
        ("audience", "audience"),
        ("code_set", "code set"),
        ("names", "local names"),
        ("computed", "computed values"),
        ("endings", "endings"),
    ):
        if getattr(old, name) != getattr(new, name):
            yield Change("survey", new.id, f"The {title} changed.", Effect.NONE)
    yield from _languages(old, new)


def _languages(old: Survey, new: Survey) -> Iterator[Change]:
    for languages, other, what in (
        (new.languages, old.languages, "new"),
        (old.languages, new.languages, "gone"),
    ):
        for tag in (tag for tag in languages if tag not in other):
            yield Change("survey", new.id, f"The language {tag} is {what}.", Effect.NONE)


def _questions(old: Survey, new: Survey) -> Iterator[Change]:
    before = {question.id: question for question in old.questions}
    after = {question.id for question in new.questions}
    language = new.source_language
    for question in new.questions:
        if question.id not in before:
            words = f"“{question.text.in_(language)}” is a new question."
            yield Change(question.name, question.id, words, Effect.NONE)
            continue
        for difference in differences(before[question.id], question, language):
            yield _change(question, difference)
    for question in old.questions:
        if question.id not in after:
            words = f"“{question.text.in_(language)}” is no longer asked; its answers stay."
            yield Change(question.name, question.id, words, Effect.NONE)


def _change(question: Question, difference: Difference) -> Change:
    return Change(question.name, difference.subject, difference.sentence, difference.effect)


def _order(old: Survey, new: Survey) -> Iterator[Change]:
    """Name the questions that moved: those outside the longest run that kept its order."""
    before = {question.id: place for place, question in enumerate(old.questions)}
    shared = [question for question in new.questions if question.id in before]
    kept = _longest_rising([before[question.id] for question in shared])
    for place, question in enumerate(shared):
        if place not in kept and question.kind is not Kind.INFO:
            words = "It moved; what is asked just before can colour an answer."
            yield Change(question.name, question.id, words, Effect.NONE)


def _longest_rising(places: list[int]) -> set[int]:
    """Return the positions of a longest rising run (patience sorting, O(n log n))."""
    tops: list[int] = []
    top_at: list[int] = []
    came_from: list[int] = [-1] * len(places)
    for position, place in enumerate(places):
        pile = bisect_left(tops, place)
        if pile == len(tops):
            tops.append(place)
            top_at.append(position)
        else:
            tops[pile], top_at[pile] = place, position
        came_from[position] = top_at[pile - 1] if pile else -1
    kept: set[int] = set()
    position = top_at[-1] if top_at else -1
    while position >= 0:
        kept.add(position)
        position = came_from[position]
    return kept

"""What can be done to a questionnaire from the designer's pages, as pure functions.

Ids are made once and never change hands; what a version has published is retired, not deleted.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import surveys
from surveys import Kind, NonAnswer, Option, Question, Survey, Text, editing, new_id
from surveys.model import Explained

MAX_NAME = 60
MAX_TITLE = 200
_PIPE_BY_NAME = re.compile(r"\{\{([^@{}|]{1,120})((?:\|[^{}]{0,200})?)\}\}")
_AGREE = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
_FACES = ("Very sad", "Sad", "In between", "Happy", "Very happy")
STARTING_OPTIONS = {Kind.SCALE5: _AGREE, Kind.FACES: _FACES, Kind.CONSENT: ("Yes", "No")}
SCORED = {Kind.SCALE5, Kind.FACES}
# What a new question offers besides an answer; `Skip` is always there.
WAYS_OUT = (NonAnswer.DONT_KNOW, NonAnswer.NOT_APPLICABLE, NonAnswer.PREFER_NOT)
# Kinds one question may be changed between once answers may be stored: same storage, same widget.
ALIKE = (
    frozenset({Kind.SINGLE, Kind.DROPDOWN, Kind.SCALE5, Kind.FACES, Kind.CONSENT, Kind.AREA}),
    frozenset({Kind.SHORT_TEXT, Kind.LONG_TEXT}),
)


@dataclass(frozen=True, slots=True)
class OptionLine:
    """One line of the answers as typed: an empty id is a new answer."""

    id: str
    words: str
    exclusive: bool = False
    write_in: bool = False


def clean(words: str) -> str:
    """Return typed words as they are stored: no control characters, one kind of line end."""
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in words if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    return "".join(kept).strip()


def english(words: str) -> Text:
    """Return a text in the source language alone."""
    return Text.model_validate({"en": words})


def new_text(survey: Survey, words: str) -> Text:
    """Return a new text in the language the survey is written in."""
    return Text.model_validate({survey.source_language: words})


def variable_name(survey: Survey, words: str, *, besides: str = "") -> str:
    """Return a readable, unique variable name made from a question's words."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    stem = "_".join(re.findall(r"[a-z0-9]+", plain)[:5])[:MAX_NAME].strip("_")
    if not stem or stem[0].isdigit():
        stem = f"question_{stem}".rstrip("_")
    taken = {q.name for q in survey.questions if q.id != besides}
    taken |= {row.name for q in survey.questions for row in q.rows}
    taken |= {computed.name for computed in survey.computed}
    return _unique(stem, taken)


def new_question(
    survey: Survey, kind: Kind, words: str, *, areas: Sequence[Option] = ()
) -> Question:
    """Return a question of a kind with what that kind needs to begin with."""
    more: dict[str, Any] = {}
    if kind in STARTING_OPTIONS:
        more["options"] = _starting_options(survey, kind)
    if kind is Kind.AREA:
        more |= {"options": tuple(areas), "options_from": "areas"}
    if kind is Kind.LONG_TEXT or kind is Kind.SHORT_TEXT:
        more["support"] = True  # a box to write in always has the help lines beside it
    elif kind is not Kind.INFO:
        more["non_answers"] = (NonAnswer.PREFER_NOT,)
    return Question(
        id=new_id("q"),
        name=variable_name(survey, words),
        kind=kind,
        text=new_text(survey, words),
        **more,
    )


def with_answers(survey: Survey, question: Question, lines: Sequence[str]) -> Question:
    """Return a new question with answers typed one on each line, where its kind has answers."""
    if question.kind not in surveys.HAS_OPTIONS or not any(map(clean, lines)):
        return question
    bare = question.model_copy(update={"options": ()})
    typed = [OptionLine("", words) for words in lines]
    return bare.model_copy(update={"options": with_options(survey, bare, typed)})


def add_after(survey: Survey, question: Question, after: str | None) -> Survey:
    """Return the draft with a question behind another, in its section; else at the end."""
    ids = [q.id for q in survey.questions]
    if after not in ids:
        return editing.add_question(survey, question)
    place = ids.index(after)
    section = survey.questions[place].section
    return editing.add_question(survey, question.model_copy(update={"section": section}), place + 1)


def duplicate(survey: Survey, question_id: str) -> Survey:
    """Return the draft with a copy behind a question: new ids throughout, and no rules about it."""
    question = find(survey, question_id)
    name = _unique(question.name, {q.name for q in survey.questions})
    copy = question.model_copy(
        update={
            "id": new_id("q"),
            "name": name,
            "options": tuple(_fresh(option) for option in question.live_options),
            "rows": tuple(_fresh_row(survey, row) for row in question.rows if not row.retired),
            # Rules of its own speak of its own options, which the copy has not.
            "signals": (),
            "finish": (),
            "validation": (),
            "dimension": None,
        }
    )
    return add_after(survey, copy, question_id)


def move(survey: Survey, question_id: str, steps: int) -> Survey:
    """Return the draft with a question some places further on (or back, below zero)."""
    ids = [question.id for question in survey.questions]
    place = ids.index(find(survey, question_id).id)
    moved = editing.move_question(survey, question_id, place + steps)
    return _in_its_section(moved, question_id)


def take_out(survey: Survey, question_id: str) -> Survey:
    """Return the draft without a question; answers already given stay where they are."""
    return editing.remove_question(survey, question_id)


def change(survey: Survey, question_id: str, values: Mapping[str, Any]) -> Survey:
    """Return the draft with some fields of one question set."""
    return editing.change_question(survey, question_id, lambda q: q.model_copy(update=dict(values)))


def reworded(survey: Survey, text: Text | None, typed: str) -> Text | None:
    """Return a text after somebody typed into its box; None for one that was emptied.

    Reviewed translations of other words become stale (settled.md 26).
    """
    words = stored_pipes(survey, clean(typed))
    if not words:
        return None
    if text is None:
        return new_text(survey, words)
    return editing.new_words(survey, text, words, None)


def with_options(
    survey: Survey, question: Question, lines: Sequence[OptionLine]
) -> tuple[Option, ...]:
    """Return a question's options after its lines were typed; retired ones stay as they are.

    An emptied line is left as it was: an answer goes by being taken away, not by a slip.
    """
    typed = {line.id: line for line in lines if line.id}
    kept = tuple(
        _retyped(survey, option, typed[option.id]) if option.id in typed else option
        for option in question.options
    )
    taken = {option.value for option in kept}
    added = []
    for line in lines:
        if not line.id and clean(line.words):
            added.append(_new_option(survey, question, line, taken))
            taken.add(added[-1].value)
    return _scored(question, kept + tuple(added))


def move_option(survey: Survey, question_id: str, option_id: str, steps: int) -> Survey:
    """Return the draft with one answer some places further on among those offered."""
    question = find(survey, question_id)
    live = [option.id for option in question.live_options]
    place = live.index(option_id)
    live.insert(max(0, min(place + steps, len(live) - 1)), live.pop(place))
    retired = [option.id for option in question.options if option.retired]
    return editing.reorder_options(survey, question_id, [*live, *retired])


def take_option(
    survey: Survey, question_id: str, option_id: str, *, published: frozenset[str]
) -> Survey:
    """Return the draft without an answer: retired if a version had it, else gone."""
    question = find(survey, question_id)
    if question.option(option_id) is None:
        raise editing.UnknownPartError(option_id)
    if option_id in published:
        return editing.retire_option(survey, question_id, option_id)
    left = tuple(option for option in question.options if option.id != option_id)
    return change(survey, question_id, {"options": left})


def bring_option_back(survey: Survey, question_id: str, option_id: str) -> Survey:
    """Return the draft with a retired answer offered again."""
    return editing.change_option(
        survey, question_id, option_id, lambda o: o.model_copy(update={"retired": False})
    )


def with_sections(survey: Survey, titles: Sequence[tuple[str, str]]) -> Survey:
    """Return the draft with its sections as typed: (id or "", title); an emptied one goes."""
    sections = []
    known = {section.id: section for section in survey.sections}
    for section_id, typed in titles:
        words = clean(typed)[:MAX_TITLE]
        if section_id in known and words:
            text = editing.new_words(survey, known[section_id].title, words, None)
            sections.append(known[section_id].model_copy(update={"title": text}))
        elif words:
            name = _unique(_stem(words), {s.name for s in sections})
            title = new_text(survey, words)
            sections.append(surveys.Section(id=new_id("c"), name=name, title=title))
    kept = {section.id for section in sections}
    questions = tuple(
        q if q.section is None or q.section in kept else q.model_copy(update={"section": None})
        for q in survey.questions
    )
    return survey.model_copy(update={"sections": tuple(sections), "questions": questions})


def explain_advice(survey: Survey, question_id: str, rule: str, reason: str) -> Survey:
    """Return the draft with a reason why one piece of advice is not followed; "" takes it away."""

    def noted(kept: Sequence[Explained]) -> tuple[Explained, ...]:
        others = tuple(note for note in kept if note.advice != rule)
        words = clean(reason)
        return (*others, Explained(advice=rule, reason=words)) if words else others

    if not question_id:
        return survey.model_copy(update={"explained": noted(survey.explained)})
    return editing.change_question(
        survey,
        question_id,
        lambda q: q.model_copy(update={"explained": noted(q.explained)}),
    )


def blank(title: str, mode: surveys.Mode) -> Survey:
    """Return a survey with nothing in it yet."""
    return Survey(
        id=new_id("s"),
        name=_stem(title) or "survey",
        title=title,
        public_title=english("Your views"),
        mode=mode,
        thanks=english("Thank you for telling us."),
    )


def copy_of(survey: Survey, title: str, mode: surveys.Mode | None = None) -> Survey:
    """Return a survey of its own with the same questions.

    Question and option ids stay: they name the question wherever it is asked, so that a
    harmonised item can be put beside itself.
    """
    return survey.model_copy(
        update={
            "id": new_id("s"),
            "title": title,
            "version": 1,
            "minor_edits": (),
            "mode": mode or survey.mode,
        }
    )


def shown_pipes(survey: Survey, words: str) -> str:
    """Return words with references by variable name, as a designer reads them."""
    names = {question.id: question.name for question in surveys.pages_of(survey)}
    return _PIPE_BY_NAME.sub(
        lambda m: f"{{{{{names.get(m.group(1), m.group(1))}{m.group(2)}}}}}", words
    )


def stored_pipes(survey: Survey, words: str) -> str:
    """Return words with references by permanent id."""
    ids = {question.name: question.id for question in surveys.pages_of(survey)}
    return _PIPE_BY_NAME.sub(
        lambda m: f"{{{{{ids.get(m.group(1).strip(), m.group(1))}{m.group(2)}}}}}", words
    )


def kinds_for(question: Question, *, is_published: bool) -> list[Kind]:
    """Return the kinds a question may be turned into; once published, only those stored alike."""
    if not is_published:
        return [kind for kind in Kind if kind is not Kind.LIKERT or question.kind is Kind.LIKERT]
    group = next((alike for alike in ALIKE if question.kind in alike), {question.kind})
    return [kind for kind in Kind if kind in group]


def find(survey: Survey, question_id: str) -> Question:
    """Return one question of the draft; raises UnknownPartError."""
    for question in survey.questions:
        if question.id == question_id:
            return question
    raise editing.UnknownPartError(question_id)


def mentions(survey: Survey, question_id: str) -> Iterator[Question]:
    """Yield the questions whose rules or words speak of another one."""
    for question in survey.questions:
        if question.id != question_id and question_id in str(surveys.dump(_only(survey, question))):
            yield question


def _only(survey: Survey, question: Question) -> Survey:
    return survey.model_copy(update={"questions": (question,), "computed": (), "minor_edits": ()})


def _starting_options(survey: Survey, kind: Kind) -> tuple[Option, ...]:
    return tuple(
        Option(
            id=new_id("o"),
            value=str(number) if kind in SCORED else _stem(words),
            text=new_text(survey, words),
            score=Decimal(number) if kind in SCORED else None,
        )
        for number, words in enumerate(STARTING_OPTIONS[kind], 1)
    )


def _new_option(survey: Survey, question: Question, line: OptionLine, taken: set[str]) -> Option:
    words = stored_pipes(survey, clean(line.words))
    return Option(
        id=new_id("o"),
        value=_unique(_stem(words) or "answer", taken),
        text=new_text(survey, words),
        exclusive=line.exclusive and question.kind is Kind.MULTIPLE,
        write_in=line.write_in,
    )


def _retyped(survey: Survey, option: Option, line: OptionLine) -> Option:
    text = reworded(survey, option.text, line.words) or option.text
    return option.model_copy(
        update={"text": text, "exclusive": line.exclusive, "write_in": line.write_in}
    )


def _scored(question: Question, options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Give new answers of a scale the next score, so that they can be compared."""
    if question.kind not in SCORED:
        return options
    top = max((option.score for option in options if option.score is not None), default=Decimal(0))
    scored = []
    for option in options:
        if option.score is None:
            top += 1
            option = option.model_copy(update={"score": top})
        scored.append(option)
    return tuple(scored)


def _in_its_section(survey: Survey, question_id: str) -> Survey:
    """Let a moved question belong to the section it now stands in."""
    place = [question.id for question in survey.questions].index(question_id)
    before = survey.questions[place - 1].section if place else None
    after = survey.questions[place + 1].section if place + 1 < len(survey.questions) else before
    own = survey.questions[place].section
    if own in {before, after}:
        return survey
    return change(survey, question_id, {"section": after if place == 0 else before})


def _fresh(option: Option) -> Option:
    return option.model_copy(update={"id": new_id("o"), "show_when": None})


def _fresh_row(survey: Survey, row: surveys.Row) -> surveys.Row:
    taken = {r.name for q in survey.questions for r in q.rows} | {q.name for q in survey.questions}
    return row.model_copy(update={"id": new_id("r"), "name": _unique(row.name, taken)})


def _stem(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return "_".join(re.findall(r"[a-z0-9]+", plain)[:6])[:MAX_NAME].strip("_")


def _unique(stem: str, taken: set[str]) -> str:
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}_{number}", number + 1
    return name

"""Every text of a survey by an address of its own, so that each can be translated and reviewed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.services.editing import clean, shown_pipes, stored_pipes
from surveys import Question, Status, Survey, Text

BEFORE = "start"  # the group of texts before the first question
AFTER = "end"
ALL = "all"  # every group on one page
MAX_WORDS = 19_000  # below what a document takes, with room for ids in place of names
PROMISE_LABELS = {
    "why": "Why we ask",
    "who_asks": "Who asks",
    "who_reads": "Who reads it",
    "when_read": "When it is read",
    "what_changes": "What it changes",
    "limits": "What cannot stay private",
}
QUESTION_LABELS = {
    "text": "Question",
    "hint": "Hint",
    "why": "Why we ask",
    "unit": "Unit",
    "low_label": "Words at 0",
    "high_label": "Words at 10",
}
Change = Callable[[Text], Text]


@dataclass(frozen=True, slots=True)
class Place:
    """One text: where it belongs, what it is, and its address."""

    key: str
    group: str  # BEFORE, AFTER or a question's id
    label: str
    text: Text


@dataclass(frozen=True, slots=True)
class Line:
    """One text beside its translation, ready to print."""

    key: str
    group: str
    label: str
    source: str
    words: str
    status: Status


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one group has come in a language."""

    group: str
    title: str
    reviewed: int
    count: int


def places(survey: Survey) -> Iterator[Place]:
    """Yield every text a respondent may read, in reading order."""
    yield Place("public_title", BEFORE, "Title people see", survey.public_title)
    for name, text in survey.names.items():
        yield Place(f"names.{name}", BEFORE, f"Local name “{name}”", text)
    if survey.promise is not None:
        for name, label in PROMISE_LABELS.items():
            yield Place(f"promise.{name}", BEFORE, label, getattr(survey.promise, name))
    for section in survey.sections:
        yield Place(f"section.{section.id}", BEFORE, "Section", section.title)
    for question in survey.questions:
        yield from _of_question(question)
    for ending in survey.endings:
        yield Place(f"ending.{ending.id}", AFTER, "Ending", ending.text)
    if survey.thanks is not None:
        yield Place("thanks", AFTER, "Thank-you", survey.thanks)


def lines(survey: Survey, group: str, language: str) -> list[Line]:
    """Return the texts of one group, or of all, beside their translations."""
    return [
        Line(
            place.key,
            place.group,
            place.label,
            shown_pipes(survey, place.text.in_(survey.source_language, survey.source_language)),
            shown_pipes(survey, _own(place.text, language)),
            place.text.status(language),
        )
        for place in places(survey)
        if group in {place.group, ALL}
    ]


def progress(survey: Survey, language: str) -> list[Progress]:
    """Return how far each group has come, in reading order."""
    counted: dict[str, list[Status]] = {}
    for place in places(survey):
        counted.setdefault(place.group, []).append(place.text.status(language))
    return [
        Progress(group, group_title(survey, group), found.count(Status.REVIEWED), len(found))
        for group, found in counted.items()
    ]


def group_title(survey: Survey, group: str) -> str:
    """Return what a group is called on the page."""
    fixed = {BEFORE: "Before the questions", AFTER: "After the questions", ALL: "Every text"}
    if group in fixed:
        return fixed[group]
    question = next((q for q in survey.questions if q.id == group), None)
    return question.text.in_(survey.source_language) if question else group


def translate(survey: Survey, language: str, typed: Mapping[str, str], *, reviewed: bool) -> Survey:
    """Return the draft with words in one language, all reviewed or all drafts.

    Words that were reviewed and are the same stay reviewed; an emptied box takes words away.
    """

    def change_for(key: str) -> Change:
        return lambda text: _translated(survey, text, language, typed[key], reviewed=reviewed)

    return change_texts(survey, {key: change_for(key) for key in typed})


def change_texts(survey: Survey, changes: Mapping[str, Change]) -> Survey:
    """Return the draft with some texts changed, found by their addresses."""

    def apply(key: str, text: Any) -> Any:
        return changes[key](text) if text is not None and key in changes else text

    promise = survey.promise and survey.promise.model_copy(
        update={
            name: apply(f"promise.{name}", getattr(survey.promise, name)) for name in PROMISE_LABELS
        }
    )
    return survey.model_copy(
        update={
            "public_title": apply("public_title", survey.public_title),
            "names": {name: apply(f"names.{name}", text) for name, text in survey.names.items()},
            "promise": promise,
            "sections": tuple(
                s.model_copy(update={"title": apply(f"section.{s.id}", s.title)})
                for s in survey.sections
            ),
            "questions": tuple(_changed_question(question, apply) for question in survey.questions),
            "endings": tuple(
                e.model_copy(update={"text": apply(f"ending.{e.id}", e.text)})
                for e in survey.endings
            ),
            "thanks": apply("thanks", survey.thanks),
        }
    )


def add_language(survey: Survey, language: str) -> Survey:
    """Return the draft with one more language; nothing in it is translated yet."""
    return survey.model_copy(
        update={"languages": tuple(dict.fromkeys((*survey.languages, language)))}
    )


def take_language(survey: Survey, language: str) -> Survey:
    """Return the draft without a language; its words stay, in case it comes back."""
    left = tuple(tag for tag in survey.languages if tag != language)
    return survey.model_copy(update={"languages": left}) if left else survey


def _of_question(question: Question) -> Iterator[Place]:
    for name, label in QUESTION_LABELS.items():
        text = getattr(question, name)
        if text is not None:
            yield Place(f"{question.id}.{name}", question.id, label, text)
    for option in question.live_options:
        yield Place(f"{question.id}.{option.id}", question.id, "Answer", option.text)
        if option.heading is not None:
            heading = Place(f"{question.id}.{option.id}.h", question.id, "Heading", option.heading)
            yield heading
    for row in question.rows:
        if not row.retired:
            yield Place(f"{question.id}.{row.id}", question.id, "Statement", row.text)
    for number, validation in enumerate(question.validation):
        key = f"{question.id}.check{number}"
        yield Place(key, question.id, "What to change", validation.message)


def _changed_question(question: Question, apply: Callable[[str, Any], Any]) -> Question:
    own = question.id
    return question.model_copy(
        update={
            **{name: apply(f"{own}.{name}", getattr(question, name)) for name in QUESTION_LABELS},
            "options": tuple(
                o.model_copy(
                    update={
                        "text": apply(f"{own}.{o.id}", o.text),
                        "heading": apply(f"{own}.{o.id}.h", o.heading),
                    }
                )
                for o in question.options
            ),
            "rows": tuple(
                r.model_copy(update={"text": apply(f"{own}.{r.id}", r.text)}) for r in question.rows
            ),
            "validation": tuple(
                v.model_copy(update={"message": apply(f"{own}.check{number}", v.message)})
                for number, v in enumerate(question.validation)
            ),
        }
    )


def _translated(survey: Survey, text: Text, language: str, typed: str, *, reviewed: bool) -> Text:
    words = stored_pipes(survey, clean(typed)[:MAX_WORDS])
    if not words:
        return Text({tag: entry for tag, entry in text.root.items() if tag != language})
    unchanged = words == _own(text, language)
    if unchanged and not reviewed:
        return text
    return text.with_words(language, words, Status.REVIEWED if reviewed else Status.DRAFT)


def _own(text: Text, language: str) -> str:
    return text.in_(language, language) if text.status(language) is not Status.MISSING else ""

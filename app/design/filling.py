"""Between forms and questionnaires: what a page is filled with, and the edit it asks for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from werkzeug.datastructures import MultiDict

import surveys
from app.design import listing, wording
from app.design.forms import AboutForm
from app.design.question_forms import FIELDS_OF, KIND_WORDS, QuestionForm, option_lines
from app.services import editing, routing
from app.services.assessing import title_of
from app.services.designing import Edit, EditRefusedError, Meanwhile, Working
from app.services.translating import PROMISE_LABELS
from surveys import HAS_OPTIONS, Kind, NonAnswer, Presentation, Question, Survey, Text

NUMBERS = ("minimum", "maximum", "min_choices", "max_choices", "max_length")
TEXTS = ("hint", "why", "unit", "low_label", "high_label")
MARKS = ("sensitive", "identifying", "core", "support", "whole")
TAPPED = {Kind.SINGLE, Kind.SCALE5, Kind.FACES, Kind.CONSENT}


@dataclass(frozen=True, slots=True)
class Row:
    """One field over which two people disagree."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One answer as the page prints it."""

    id: str
    words: str
    exclusive: bool
    write_in: bool
    number: int


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What the page of one question prints beside its fixed fields."""

    id: str
    title: str
    kind: str
    has_options: bool
    can_be_exclusive: bool
    options: tuple[OptionRow, ...]
    retired: tuple[OptionRow, ...]
    rows: tuple[tuple[str, str], ...]
    asked: str
    ends: tuple[str, ...]
    raises: tuple[str, ...]
    checks: tuple[str, ...]


def question_form(draft: Working, question: Question, *, is_published: bool) -> QuestionForm:
    """Return the form of one question, with the fields its kind has."""
    survey = draft.survey
    form = QuestionForm(data=_values(survey, question) | {"revision": draft.revision})
    kinds = editing.kinds_for(question, is_published=is_published)
    form.kind.choices = {kind.value: KIND_WORDS[kind] for kind in kinds}
    form.section.choices = {"": "None", **dict(listing.sections(draft))}
    form.keep_fields_of(question.kind)
    if question.kind not in TAPPED:
        del form.tap
    return form


def question_edit(
    form: QuestionForm, typed: MultiDict[str, str], question_id: str, published: frozenset[str]
) -> Edit:
    """Return the edit a posted question asks for: its fields, its answers, then its button."""
    act, _, option = typed.get("act", "save").partition(":")

    def edit(survey: Survey) -> Survey:
        question = editing.find(survey, question_id)
        survey = editing.change(survey, question_id, _changes(survey, question, form, typed))
        return _press(survey, question_id, act, option, published)

    return edit


def addition(question: Question, after: str | None, only_if: str | None) -> Edit:
    """Return the edit that adds a question, asked of everyone or only after one answer."""

    def edit(survey: Survey) -> Survey:
        survey = editing.add_after(survey, question, after)
        return routing.asked_only_if(survey, question.id, only_if) if only_if else survey

    return edit


def arrangement(act: str, question: Question, steps: int) -> tuple[str, Edit]:
    """Return what a button of the list does, in words and as an edit."""
    title, own = question.text.in_("en") or question.name, question.id
    edits: dict[str, tuple[str, Edit]] = {
        "duplicate": (f"Copied “{title}”", partial(editing.duplicate, question_id=own)),
        "out": (f"Took out “{title}”", partial(editing.take_out, question_id=own)),
        "back": (
            f"Brought back “{title}”",
            partial(editing.add_after, question=question, after=None),
        ),
    }
    move = (f"Moved “{title}”", partial(editing.move, question_id=own, steps=steps))
    return edits.get(act, move)


def question_part(survey: Survey, question_id: str) -> Any:
    """Return what the page of one question edits."""
    return next((q for q in survey.questions if q.id == question_id), None)


def question_view(survey: Survey, question: Question, typed: MultiDict[str, str]) -> QuestionView:
    """Return the rest of a question's page."""
    live = list(_option_rows(survey, question, typed))
    shown_if = question.show_when is not None or question.skip_when is not None
    language = survey.source_language
    return QuestionView(
        id=question.id,
        title=title_of(survey, question),
        kind=KIND_WORDS[question.kind],
        has_options=question.kind in HAS_OPTIONS,
        can_be_exclusive=question.kind is Kind.MULTIPLE,
        options=tuple(live),
        retired=tuple(
            OptionRow(o.id, _said(survey, o.text), o.exclusive, o.write_in, 0)
            for o in question.options
            if o.retired
        ),
        rows=tuple((row.id, _said(survey, row.text)) for row in question.rows if not row.retired),
        asked=surveys.explain_page(question, survey, language) if shown_if else "Everyone",
        ends=tuple(surveys.explain(f.when, survey, language) for f in question.finish),
        raises=tuple(
            f"{wording.signal(s.name)}: if {surveys.explain(s.when, survey, language)}"
            for s in question.signals
        ),
        checks=tuple(surveys.explain(v.rule, survey, language) for v in question.validation),
    )


def ids_of_new(typed: Sequence[str], ids: Sequence[str]) -> list[str]:
    """Return the id each new line got, in the order they were sent; "" for an empty one.

    New lines are added last, in their order.
    """
    count = sum(bool(editing.clean(words)) for words in typed)
    new = iter(ids[len(ids) - count :])
    return [next(new, "") if editing.clean(words) else "" for words in typed]


def sections_part(survey: Survey) -> Any:
    """Return what the page of sections edits."""
    return survey.sections


def section_rows(meanwhile: Meanwhile, known: Mapping[str, str], new: Sequence[str]) -> list[Row]:
    """Return the titles in which the saved sections and the typed ones differ."""
    rows = [
        Row("Section", title, known.get(section, ""))
        for section, title in listing.sections(meanwhile.working)
    ]
    rows += [Row("New section", "", words) for words in map(editing.clean, new) if words]
    return [row for row in rows if row.theirs != row.mine]


def question_rows(
    meanwhile: Meanwhile, question_id: str, form: QuestionForm, typed: MultiDict[str, str]
) -> list[Row]:
    """Return the fields in which the saved question and the typed one differ."""
    survey = meanwhile.working.survey
    question = question_part(survey, question_id)
    if question is None:
        return [Row("Question", "Taken out of the survey", str(form.text.data))]
    values = _values(survey, question)
    rows = [
        Row(field.label.text, _shown(values.get(field.name)), _shown(field.data))
        for field in form
        if field.name in values
    ]
    for option in question.live_options:
        theirs = editing.shown_pipes(survey, _said(survey, option.text))
        rows.append(Row("Answer", theirs, editing.clean(typed.get(f"o_{option.id}", ""))))
    rows += [
        Row("New answer", "", words) for words in map(editing.clean, typed.getlist("new_option"))
    ]
    return [row for row in rows if row.theirs != row.mine]


def reasons(error: Exception) -> list[str]:
    """Return why an edit was refused, in sentences."""
    if isinstance(error, EditRefusedError):
        return error.reasons
    if isinstance(error, surveys.SurveyError):
        return [problem.message for problem in error.problems]
    return ["That answer is no longer there. Look at the question again."]


def about_values(draft: Working) -> dict[str, Any]:
    """Return what the page about the survey is filled with."""
    survey = draft.survey
    promise = {
        name: _box(survey, getattr(survey.promise, name) if survey.promise else None)
        for name in PROMISE_LABELS
    }
    return {
        "title": survey.title,
        "public_title": _box(survey, survey.public_title),
        "minutes": survey.minutes,
        "thanks": _box(survey, survey.thanks),
        "revision": draft.revision,
        **promise,
    }


def about_part(survey: Survey) -> Any:
    """Return what the page about the survey edits."""
    return (survey.title, survey.public_title, survey.minutes, survey.promise, survey.thanks)


def about_edit(form: AboutForm) -> Edit:
    """Return the edit that page asks for."""

    def edit(survey: Survey) -> Survey:
        texts = {
            name: editing.reworded(
                survey, getattr(survey.promise, name) if survey.promise else None, form[name].data
            )
            for name in PROMISE_LABELS
        }
        kept = {name: text or editing.new_text(survey, "") for name, text in texts.items()}
        promise = surveys.Promise(**kept) if any(texts.values()) else None
        title = editing.reworded(survey, survey.public_title, form.public_title.data)
        return survey.model_copy(
            update={
                "title": form.title.data,
                "public_title": title or survey.public_title,
                "minutes": form.minutes.data,
                "promise": promise,
                "thanks": editing.reworded(survey, survey.thanks, form.thanks.data),
            }
        )

    return edit


def about_rows(meanwhile: Meanwhile, form: AboutForm) -> list[Row]:
    """Return the fields in which the saved words and the typed ones differ."""
    values = about_values(meanwhile.working)
    rows = [
        Row(field.label.text, _shown(values[field.name]), _shown(field.data))
        for field in form
        if field.name in values and field.name != "revision"
    ]
    return [row for row in rows if row.theirs != row.mine]


def _values(survey: Survey, question: Question) -> dict[str, Any]:
    texts = {name: _box(survey, getattr(question, name)) for name in ("text", *TEXTS)}
    plain = {name: getattr(question, name) for name in (*NUMBERS, *MARKS)}
    return {
        **texts,
        **plain,
        "kind": question.kind.value,
        "non_answers": [code.value for code in question.non_answers],
        "tap": question.presentation is Presentation.TAP,
        "section": question.section or "",
        "name": question.name,
    }


def _changes(
    survey: Survey, question: Question, form: QuestionForm, typed: MultiDict[str, str]
) -> dict[str, Any]:
    """Return the new values of a question's fields; a field its kind lacks is left alone."""
    changes: dict[str, Any] = {
        name: editing.reworded(survey, getattr(question, name), form[name].data)
        for name in TEXTS
        if name in form
    }
    changes |= {name: form[name].data for name in (*NUMBERS, *MARKS) if name in form}
    if "non_answers" in form:
        changes["non_answers"] = tuple(NonAnswer(code) for code in form.non_answers.data)
    if "tap" in form:
        shown = Presentation.TAP if form.tap.data else Presentation.STANDARD
        changes["presentation"] = shown
    changes["text"] = editing.reworded(survey, question.text, form.text.data) or question.text
    changes["name"] = form.name.data
    changes["section"] = form.section.data or None
    changes |= _of_kind(Kind(form.kind.data), question)
    lines = option_lines(typed, [option.id for option in question.options])
    if question.kind in HAS_OPTIONS:
        changes["options"] = editing.with_options(survey, question, lines)
    if question.rows:
        changes["rows"] = tuple(
            row.model_copy(
                update={
                    "text": editing.reworded(survey, row.text, typed.get(f"r_{row.id}", ""))
                    or row.text
                }
            )
            for row in question.rows
        )
    return changes


def _of_kind(kind: Kind, question: Question) -> dict[str, Any]:
    """Return the kind, and nothing in the fields that mean nothing for a changed one."""
    if kind is question.kind:
        return {}
    empty: dict[str, Any] = {name: None for name in FIELDS_OF if name != "whole"}
    cleared = {name: value for name, value in empty.items() if kind not in FIELDS_OF[name]}
    if kind not in FIELDS_OF["whole"]:
        cleared["whole"] = False
    return {**cleared, "kind": kind}


def _press(
    survey: Survey, question_id: str, act: str, option: str, published: frozenset[str]
) -> Survey:
    steps = {"up": -1, "down": 1}
    known = {o.id for o in editing.find(survey, question_id).options}
    if option not in known:
        return survey
    if act in steps:
        return editing.move_option(survey, question_id, option, steps[act])
    if act == "take":
        return editing.take_option(survey, question_id, option, published=published)
    if act == "bring":
        return editing.bring_option_back(survey, question_id, option)
    return survey


def _option_rows(
    survey: Survey, question: Question, typed: MultiDict[str, str]
) -> Iterator[OptionRow]:
    for number, option in enumerate(question.live_options, 1):
        words = editing.clean(typed.get(f"o_{option.id}", _box(survey, option.text)))
        yield OptionRow(option.id, words, option.exclusive, option.write_in, number)


def _box(survey: Survey, text: Text | None) -> str:
    return editing.shown_pipes(survey, _said(survey, text)) if text is not None else ""


def _said(survey: Survey, text: Text) -> str:
    return text.in_(survey.source_language, survey.source_language)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(sorted(str(part).replace("_", " ") for part in value))
    return "" if value is None else str(value)

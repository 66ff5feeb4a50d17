"""One paper form as typed: every question on one page, ready to print and to read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

import surveys
from app.respond.forms import field_name, read_answer
from app.respond.pages import NON_ANSWERS
from surveys import CODE_PREFIX, ONE_OF, Answers, Kind, Question, RawAnswer, Survey

# How a question stands on the sheet; a kind not named here has a list of options to mark one of.
LOOKS = {
    Kind.MULTIPLE: "many",
    Kind.SCALE10: "scale",
    Kind.NUMBER: "line",
    Kind.DATE: "day",
    Kind.SHORT_TEXT: "line",
    Kind.LONG_TEXT: "box",
    Kind.RANKING: "ranks",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One question on the sheet."""

    id: str
    name: str
    number: int
    title: str
    look: str
    options: tuple[tuple[str, str], ...]
    non_answers: tuple[tuple[str, str], ...]
    write_ins: frozenset[str]
    raw: RawAnswer
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """A sheet that was typed: what can be stored, what needs a change, what was off the route."""

    answers: Answers
    problems: Mapping[str, tuple[str, ...]]
    left_out: int

    @property
    def is_empty(self) -> bool:
        """Return whether nothing at all was typed that can be stored."""
        return all(isinstance(answer, surveys.NoAnswer) for answer in self.answers.values())


def read(survey: Survey, form: MultiDict[str, str], *, today: date) -> Typed:
    """Return what a sheet says, walking it as its person was asked to."""
    answers, problems = Answers(day=today), {}
    page = surveys.next_page(survey, answers, None)
    while page is not None:
        raw = read_answer(page.id, form)
        parsed = surveys.parse_answer(survey, page, raw, answers)
        if isinstance(parsed, tuple):
            problems[page.id] = tuple(problem.message for problem in parsed)
            parsed = surveys.SKIPPED
        answers = answers.with_answer(page.id, parsed)
        page = surveys.next_page(survey, answers, page.id)
    beside = [q for q in surveys.pages_of(survey) if q.id not in answers]
    left_out = sum(_is_filled(read_answer(question.id, form)) for question in beside)
    return Typed(answers, problems, left_out)


def lines(
    survey: Survey, form: MultiDict[str, str], problems: Mapping[str, tuple[str, ...]]
) -> list[Line]:
    """Return every question of a form in order, with what was typed so far."""
    asked = [page for page in surveys.pages_of(survey) if page.kind is not Kind.INFO]
    return [
        _line(survey, question, number, form, problems.get(question.id, ()))
        for number, question in enumerate(asked, 1)
    ]


def _line(
    survey: Survey,
    question: Question,
    number: int,
    form: MultiDict[str, str],
    problems: tuple[str, ...],
) -> Line:
    def say(text: surveys.Text) -> str:
        return surveys.pipe(text, survey, Answers(), survey.source_language)

    codes = tuple(
        (f"{CODE_PREFIX}{code.value}", NON_ANSWERS[code])
        for code in question.non_answers
        if code in NON_ANSWERS
    )
    look = LOOKS.get(question.kind, "one")
    options = tuple((option.id, say(option.text)) for option in question.live_options)
    if look == "scale":
        options = tuple((str(point), str(point)) for point in range(11))
    return Line(
        id=question.id,
        name=field_name(question.id),
        number=number,
        title=say(question.text),
        look="one" if question.kind in ONE_OF else look,
        options=options,
        non_answers=codes,
        write_ins=frozenset(option.id for option in question.live_options if option.write_in),
        raw=read_answer(question.id, form),
        problems=problems,
    )


def _is_filled(raw: RawAnswer) -> bool:
    typed = (*raw.values, raw.day, raw.month, raw.year, *raw.ranks.values(), *raw.other.values())
    return any(value.strip() for value in typed)

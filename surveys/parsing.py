"""From what a web form sends to an answer, or to kind words about what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from surveys.answers import SKIPPED, Answer, Answers, Chosen, Day, NoAnswer, Number, Words
from surveys.compiled import plan_of
from surveys.kinds import ONE_OF, Kind
from surveys.model import MAX_TEXT, Option, Question, Survey
from surveys.paths import offered_options, seen_before
from surveys.problems import Problem
from surveys.rules import NonAnswer

#: A non-answer offered among the options is sent as the value "code:dont_know".
CODE_PREFIX = "code:"
MAX_OTHER = 500
_MAX_DIGITS = 20
_RANK = re.compile("[0-9]{1,4}")
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.|$)")

#: What a person reads when an answer cannot be stored as it is; the app may pass translations.
MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "answer_needed": "Choose or write an answer to carry on",
        "choose_one": "Choose one of the answers",
        "write_or_tick": "Write an answer or tick the box, not both",
        "choose_from_list": "Choose from the answers on this page",
        "choose_exclusive": "Choose “{option}” on its own, or choose other answers without it",
        "choose_fewer": "Choose {most} or fewer",
        "choose_more": "Choose {fewest} or more",
        "other_too_long": "Use {most} letters or fewer. Shorten what you wrote",
        "number": "Enter a number, like 3",
        "number_whole": "Enter a whole number, like 3",
        "number_low": "Enter a number that is {least} or more",
        "number_high": "Enter a number that is {most} or less",
        "number_between": "Enter a number from {least} to {most}",
        "date": "Enter a date in numbers, like 27 3 2026",
        "date_year": "Enter the year with all 4 numbers, like 2026",
        "date_early": "Enter a date that is {least} or later",
        "date_late": "Enter a date that is {most} or earlier",
        "text_too_long": "Use {most} letters or fewer. You have used {used}",
        "rank_number": "Give each one a different number: 1 for the first, 2 for the next",
    }
)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What the form for one page sent, untouched.

    Attributes:
        values: The ticked option ids or non-answer codes, or the one typed value.
        other: Words written beside a "please say" option, by option id.
        day, month, year: The three boxes of a date.
        ranks: The number given to each option of a ranking, by option id.
    """

    values: tuple[str, ...] = ()
    other: Mapping[str, str] = field(default_factory=dict)
    day: str = ""
    month: str = ""
    year: str = ""
    ranks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A page as one person meets it: what parsing may lean on."""

    question: Question
    options: tuple[Option, ...]
    today: date | None
    language: str
    messages: Mapping[str, str]

    def refuse(self, code: str, **words: object) -> Problem:
        """Return the problem with this code, worded for the person."""
        pattern = self.messages.get(code) or MESSAGES[code]
        return Problem(code, self.question.id, pattern.format(**words))


def parse_answer(
    survey: Survey,
    question: Question,
    raw: RawAnswer,
    answers: Answers,
    *,
    language: str = "en",
    messages: Mapping[str, str] = MESSAGES,
) -> Answer | tuple[Problem, ...]:
    """Return the answer the form sent, or what to tell the person, one thing per problem.

    An empty form is the answer "skipped" (unless the question is required).  `answers` are those
    given so far, with their day; validation rules see them.
    """
    offered = offered_options(survey, question.id, answers)
    asked = Asked(question, offered, answers.day, language, messages)
    parsed = _parse(asked, raw)
    if isinstance(parsed, Problem):
        return (parsed,)
    if parsed == SKIPPED and question.required:
        return (asked.refuse("answer_needed"),)
    if isinstance(parsed, NoAnswer):
        return parsed
    return _broken_rules(survey, asked, parsed, answers) or parsed


def _parse(asked: Asked, raw: RawAnswer) -> Answer | Problem:
    coded = [value for value in raw.values if value.startswith(CODE_PREFIX)]
    if coded:
        return _non_answer(asked, raw, coded)
    return _PARSERS[asked.question.kind](asked, raw)


def _non_answer(asked: Asked, raw: RawAnswer, coded: list[str]) -> Answer | Problem:
    # The box beside it is posted too, and is empty when only the non-answer is ticked.
    typed = (raw.day, raw.month, raw.year, *raw.ranks.values())
    if sum(bool(value.strip()) for value in (*raw.values, *typed)) > 1:
        return asked.refuse("choose_one" if asked.question.kind in ONE_OF else "write_or_tick")
    name = coded[0].removeprefix(CODE_PREFIX)
    allowed = {NonAnswer.SKIPPED.value, *(code.value for code in asked.question.non_answers)}
    return NoAnswer(NonAnswer(name)) if name in allowed else asked.refuse("choose_from_list")


def _one(asked: Asked, raw: RawAnswer) -> Answer | Problem:
    values = tuple(value for value in raw.values if value)
    if len(values) > 1:
        return asked.refuse("choose_one")
    return _chosen(asked, values, raw)


def _several(asked: Asked, raw: RawAnswer) -> Answer | Problem:
    ticked = {value for value in raw.values if value}
    in_order = tuple(option.id for option in asked.options if option.id in ticked)
    if len(in_order) != len(ticked):
        return asked.refuse("choose_from_list")
    alone = [o for o in asked.options if o.id in ticked and o.exclusive]
    if alone and len(in_order) > 1:
        option = alone[0].text.in_(asked.language)
        return asked.refuse("choose_exclusive", option=option)
    if not in_order or alone:
        return _chosen(asked, in_order, raw)
    return _wrong_count(asked, len(in_order)) or _chosen(asked, in_order, raw)


def _wrong_count(asked: Asked, count: int) -> Problem | None:
    question = asked.question
    if question.max_choices is not None and count > question.max_choices:
        return asked.refuse("choose_fewer", most=question.max_choices)
    if question.min_choices is not None and count < question.min_choices:
        return asked.refuse("choose_more", fewest=question.min_choices)
    return None


def _chosen(asked: Asked, values: tuple[str, ...], raw: RawAnswer) -> Answer | Problem:
    if not values:
        return SKIPPED
    offered = {option.id: option for option in asked.options}
    if any(value not in offered for value in values):
        return asked.refuse("choose_from_list")
    written = tuple(
        (value, raw.other[value].strip())
        for value in values
        if offered[value].write_in and raw.other.get(value, "").strip()
    )
    if any(len(words) > MAX_OTHER for _, words in written):
        return asked.refuse("other_too_long", most=MAX_OTHER)
    return Chosen(values, written)


def _ranking(asked: Asked, raw: RawAnswer) -> Answer | Problem:
    given = {option: rank.strip() for option, rank in raw.ranks.items() if rank.strip()}
    if not given:
        return SKIPPED
    offered = {option.id for option in asked.options}
    if not offered.issuperset(given):
        return asked.refuse("choose_from_list")
    places = {option: int(rank) for option, rank in given.items() if _RANK.fullmatch(rank)}
    # 1, 2, 3 … without gaps or ties; a person may stop before ranking everything
    if len(places) != len(given) or sorted(places.values()) != list(range(1, len(given) + 1)):
        return asked.refuse("rank_number")
    ordered = tuple(sorted(places, key=lambda option: places[option]))
    return _wrong_count(asked, len(ordered)) or Chosen(ordered)


def _number(asked: Asked, raw: RawAnswer) -> Answer | Problem:
    typed = "".join(raw.values).replace(" ", "").strip().removeprefix("£")
    if not typed:
        return SKIPPED
    # "1,500" holds thousands; "1,5", as much of Europe writes it, is one and a half.
    number = _decimal(typed.replace(",", "" if _THOUSANDS.match(typed) else "."))
    question = asked.question
    if number is None:
        return asked.refuse("number_whole" if question.whole else "number")
    if question.whole and number != number.to_integral_value():
        return asked.refuse("number_whole")
    return _out_of_range(asked, number, question.minimum, question.maximum) or Number(number)


def _scale10(asked: Asked, raw: RawAnswer) -> Answer | Problem:
    typed = "".join(raw.values).strip()
    if not typed:
        return SKIPPED
    if typed not in {str(number) for number in range(11)}:
        return asked.refuse("number_between", least=0, most=10)
    return Number(Decimal(typed))


def _decimal(typed: str) -> Decimal | None:
    plain = typed.removeprefix("-").replace(".", "", 1)
    if not (plain.isascii() and plain.isdecimal()) or len(plain) > _MAX_DIGITS:
        return None
    try:
        return Decimal(typed)
    except InvalidOperation:
        return None


def _out_of_range(
    asked: Asked, number: Decimal, least: Decimal | None, most: Decimal | None
) -> Problem | None:
    if (least is None or number >= least) and (most is None or number <= most):
        return None
    if least is not None and most is not None:
        return asked.refuse("number_between", least=_plain(least), most=_plain(most))
    if least is not None:
        return asked.refuse("number_low", least=_plain(least))
    return asked.refuse("number_high", most=_plain(most))


def _date(asked: Asked, raw: RawAnswer) -> Answer | Problem:
    parts = [part.strip() for part in (raw.day, raw.month, raw.year)]
    if not any(parts):
        return _iso_date(asked, "".join(raw.values).strip())
    if not all(part.isascii() and part.isdecimal() for part in parts):
        return asked.refuse("date")
    if len(parts[2]) != 4:
        return asked.refuse("date_year")
    return _iso_date(asked, f"{parts[2]}-{parts[1]:0>2}-{parts[0]:0>2}")


def _iso_date(asked: Asked, typed: str) -> Answer | Problem:
    if not typed:
        return SKIPPED
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return asked.refuse("date")
    earliest, latest = _bound(asked, "earliest"), _bound(asked, "latest")
    if earliest and day < earliest:
        return asked.refuse("date_early", least=_spoken(earliest))
    if latest and day > latest:
        return asked.refuse("date_late", most=_spoken(latest))
    return Day(day)


def _bound(asked: Asked, name: str) -> date | None:
    bound: date | str | None = getattr(asked.question, name)
    return bound if isinstance(bound, date) else asked.today if bound else None


def _text(asked: Asked, raw: RawAnswer) -> Answer | Problem:
    typed = "\n".join(raw.values).replace("\r\n", "\n").replace("\x00", "")
    if not typed.strip():
        return SKIPPED
    most = asked.question.max_length or MAX_TEXT
    if len(typed) > most:
        return asked.refuse("text_too_long", most=f"{most:,}", used=f"{len(typed):,}")
    return Words(typed)


def _info(_asked: Asked, _raw: RawAnswer) -> Answer | Problem:
    return SKIPPED


_PARSERS: Mapping[Kind, Callable[[Asked, RawAnswer], Answer | Problem]] = {
    Kind.SINGLE: _one,
    Kind.MULTIPLE: _several,
    Kind.DROPDOWN: _one,
    Kind.SCALE5: _one,
    Kind.SCALE10: _scale10,
    Kind.FACES: _one,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.SHORT_TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.RANKING: _ranking,
    Kind.AREA: _one,
    Kind.INFO: _info,
    Kind.CONSENT: _one,
    # A likert group reaches people one row a page, each of kind `single`.
    Kind.LIKERT: _one,
}


def _broken_rules(
    survey: Survey, asked: Asked, answer: Answer, answers: Answers
) -> tuple[Problem, ...]:
    question = asked.question
    if not question.validation:
        return ()
    seen = {**seen_before(survey, answers, question.id), question.id: answer}
    plan = plan_of(survey)
    return tuple(
        Problem("rule", question.id, validation.message.in_(asked.language))
        for validation in question.validation
        if not plan.test(validation.rule)(seen, answers.day)
    )


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def _spoken(day: date) -> str:
    return f"{day.day} {day.month} {day.year}"

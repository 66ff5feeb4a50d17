"""What changed in one question between two versions, and whether its numbers still compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from surveys.kinds import ONE_OF, TEXT, Kind
from surveys.model import Option, Question, Survey
from surveys.piping import PIPE
from surveys.text import Text


class Effect(StrEnum):
    """What a change does to a series of figures."""

    #: Nothing a respondent meets has changed.
    NONE = "none"
    #: The wording changed: the series breaks unless the designer calls it minor.
    WORDING = "wording"
    #: What can be answered, or who is asked, changed: the series always breaks.
    BREAK = "break"


class Storage(StrEnum):
    """How answers of a kind are stored; a question keeps its own for ever."""

    ONE = "one"
    SEVERAL = "several"
    ORDER = "order"
    NUMBER = "number"
    DAY = "day"
    TEXT = "text"
    NOTHING = "nothing"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Difference:
    """One change in a question: the id it concerns, a sentence, and its effect."""

    subject: str
    sentence: str
    effect: Effect


def storage(kind: Kind) -> Storage:
    """Return how answers of a kind are stored."""
    if kind in ONE_OF:
        return Storage.ONE
    if kind in TEXT:
        return Storage.TEXT
    return {
        Kind.MULTIPLE: Storage.SEVERAL,
        Kind.RANKING: Storage.ORDER,
        Kind.NUMBER: Storage.NUMBER,
        Kind.SCALE10: Storage.NUMBER,
        Kind.DATE: Storage.DAY,
        Kind.LIKERT: Storage.GROUP,
    }.get(kind, Storage.NOTHING)


def differences(old: Question, new: Question, language: str) -> Iterator[Difference]:
    """Yield what changed between two versions of one question, most telling first."""
    for look in (_kind, _wording, _options, _rows, _limits, _routing, _marks):
        yield from look(old, new, language)


def breaks(old: Question, new: Question, survey: Survey) -> list[str]:
    """Return why figures of a question do not compare with the version before, in sentences."""
    minor = set(survey.minor_edits)
    return [
        difference.sentence
        for difference in differences(old, new, survey.source_language)
        if difference.effect is Effect.BREAK
        or (difference.effect is Effect.WORDING and difference.subject not in minor)
    ]


def same_words(old: Text | None, new: Text | None, language: str) -> bool:
    """Return whether two texts say the same in one language, spaces aside."""
    return _said(old, language) == _said(new, language)


def _said(text: Text | None, language: str) -> str:
    return " ".join(text.in_(language).split()) if text is not None else ""


def _quoted(text: Text | None, language: str) -> str:
    words = PIPE.sub("…", _said(text, language))
    return f"“{words}”" if words else "nothing"


def _kind(old: Question, new: Question, _language: str) -> Iterator[Difference]:
    if old.kind is not new.kind:
        sentence = f"It was of kind {old.kind.value} and is now {new.kind.value}."
        effect = Effect.NONE if _is_same_widget(old, new) else Effect.BREAK
        yield Difference(new.id, sentence, effect)


def _is_same_widget(old: Question, new: Question) -> bool:
    """A drop-down shows what radios show; smiling faces and a labelled scale do not."""
    alike = {Kind.SINGLE, Kind.DROPDOWN, Kind.AREA}
    return {old.kind, new.kind} <= alike or {old.kind, new.kind} <= TEXT


def _wording(old: Question, new: Question, language: str) -> Iterator[Difference]:
    for name, title in (("text", "wording"), ("hint", "hint"), ("why", "reason given")):
        before, after = getattr(old, name), getattr(new, name)
        if not same_words(before, after, language):
            was, now = _quoted(before, language), _quoted(after, language)
            effect = Effect.NONE if name == "why" else Effect.WORDING
            yield Difference(new.id, f"The {title} was {was} and is now {now}.", effect)


def _options(old: Question, new: Question, language: str) -> Iterator[Difference]:
    before = {option.id: option for option in old.options}
    after = {option.id: option for option in new.options}
    for option in new.options:
        if option.id not in before and not option.retired:
            sentence = f"The answer {_quoted(option.text, language)} is new."
            yield Difference(option.id, sentence, Effect.BREAK)
        elif option.id in before:
            yield from _option(before[option.id], option, language)
    for option in old.options:
        if option.id not in after:
            sentence = f"The answer {_quoted(option.text, language)} is gone."
            yield Difference(option.id, sentence, Effect.BREAK)
    yield from _option_order(old, new)


def _option(old: Option, new: Option, language: str) -> Iterator[Difference]:
    title = _quoted(old.text, language)
    if old.retired != new.retired:
        sentence = f"The answer {title} is {'no longer offered' if new.retired else 'back'}."
        yield Difference(new.id, sentence, Effect.BREAK)
    if not same_words(old.text, new.text, language):
        sentence = f"The answer {title} now reads {_quoted(new.text, language)}."
        yield Difference(new.id, sentence, Effect.WORDING)
    for name in ("score", "exclusive", "write_in", "group", "show_when"):
        if getattr(old, name) != getattr(new, name):
            effect = Effect.NONE if name == "write_in" else Effect.BREAK
            sentence = f"The answer {title} changed in “{name}”."
            yield Difference(new.id, sentence, effect)
    if old.value != new.value:
        sentence = f"The answer {title} is now exported as “{new.value}”, not “{old.value}”."
        yield Difference(new.id, sentence, Effect.NONE)


def _option_order(old: Question, new: Question) -> Iterator[Difference]:
    shared = {o.id for o in old.live_options} & {o.id for o in new.live_options}
    before = [option.id for option in old.live_options if option.id in shared]
    after = [option.id for option in new.live_options if option.id in shared]
    if before != after:
        # People lean to the first answers of a list, so a new order is never minor.
        yield Difference(new.id, "The answers are in a new order.", Effect.BREAK)


def _rows(old: Question, new: Question, language: str) -> Iterator[Difference]:
    before = {row.id: row for row in old.rows}
    for row in new.rows:
        was = before.get(row.id)
        title = _quoted(row.text, language)
        if was is None:
            yield Difference(row.id, f"The row {title} is new.", Effect.NONE)
        elif was.retired != row.retired:
            sentence = f"The row {title} is {'no longer asked' if row.retired else 'back'}."
            yield Difference(row.id, sentence, Effect.NONE)
        elif not same_words(was.text, row.text, language):
            sentence = f"The row {_quoted(was.text, language)} now reads {title}."
            yield Difference(row.id, sentence, Effect.WORDING)


_LIMITS = ("minimum", "maximum", "whole", "earliest", "latest", "min_choices", "max_choices")
_SCALE_WORDS = ("low_label", "high_label", "unit")


def _limits(old: Question, new: Question, language: str) -> Iterator[Difference]:
    for name in _LIMITS:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            sentence = f"“{name}” was {_shown(before)} and is now {_shown(after)}."
            yield Difference(new.id, sentence, Effect.BREAK)
    for name in _SCALE_WORDS:
        before, after = getattr(old, name), getattr(new, name)
        if not same_words(before, after, language):
            was, now = _quoted(before, language), _quoted(after, language)
            # A change of scale is never minor (settled 35).
            yield Difference(new.id, f"“{name}” was {was} and is now {now}.", Effect.BREAK)
    if old.non_answers != new.non_answers:
        sentence = "The ways of not answering that are offered changed."
        yield Difference(new.id, sentence, Effect.BREAK)


def _shown(value: object) -> str:
    return "not set" if value is None else str(value)


def _routing(old: Question, new: Question, _language: str) -> Iterator[Difference]:
    if (old.show_when, old.skip_when) != (new.show_when, new.skip_when):
        yield Difference(new.id, "It is asked of different people.", Effect.BREAK)
    if old.finish != new.finish:
        sentence = "The rule that ends the survey after it changed."
        yield Difference(new.id, sentence, Effect.NONE)
    if old.required != new.required:
        sentence = f"It is {'now required' if new.required else 'now optional'}."
        yield Difference(new.id, sentence, Effect.BREAK)
    if old.validation != new.validation:
        yield Difference(new.id, "What is accepted as an answer changed.", Effect.BREAK)


_MARKS: tuple[tuple[str, Callable[[Any], str]], ...] = (
    ("name", lambda value: f"is now called “{value}” in exports"),
    ("sensitive", lambda value: f"is {'now' if value else 'no longer'} marked sensitive"),
    ("identifying", lambda value: f"is {'now' if value else 'no longer'} marked identifying"),
    ("core", lambda value: f"is {'now' if value else 'no longer'} a core question"),
    ("dimension", lambda value: f"{'feeds ' + value if value else 'feeds no filter'}"),
    ("signals", lambda _value: "raises other signals"),
    ("presentation", lambda value: f"is shown as “{value}”"),
)


def _marks(old: Question, new: Question, _language: str) -> Iterator[Difference]:
    for name, words in _MARKS:
        value = getattr(new, name)
        if getattr(old, name) != value:
            yield Difference(new.id, f"It {words(value)}.", Effect.NONE)

"""Advice on how one question is worded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveys.kinds import HAS_OPTIONS, Audience, Kind
from surveys.lint import words
from surveys.lint.advice import Advice, Rule
from surveys.lint.reading import MAX_AGE, hard_words, reading_age
from surveys.model import Question
from surveys.piping import PIPE
from surveys.places import where

MAX_WORDS = 25
_CHILDREN = frozenset({Audience.CHILD_5_10, Audience.YOUNG_11_15})
#: "and" between two things asked, less the pairs that are one thing.
_AND = re.compile(r"\b([^\W\d_]+)\s+(?:and|or)\s+([^\W\d_]+)", re.IGNORECASE)
_ONE_THING = frozenset(
    {
        "health and wellbeing", "health and mood", "fairly and with", "school or college",
        "day and night",
        "terms and conditions", "and or", "victims and prisoners", "text or letter", "by and large",
        "crime or abuse", "police and crime", "restraining or non", "married or in",
        "lasting or expected",
        "heterosexual or straight", "straight or heterosexual", "conditions or illnesses",
        "help or support",
        "physical or mental", "gay or lesbian", "informed and in", "now and then", "here and now",
        "college or work",
    }
)  # fmt: skip
_NO_SECOND_THING = frozenset({"more", "less", "not", "others", "over", "under"})
_CLOSED = HAS_OPTIONS | {Kind.SCALE10, Kind.NUMBER}


def look(question: Question, audience: Audience, language: str) -> Iterator[Advice]:
    """Yield advice on the words of one question, in one language (English)."""
    text = plain(question.text.in_(language))
    hint = plain(question.hint.in_(language)) if question.hint is not None else ""
    yield from _reading(question, text, hint, audience)
    yield from _phrases(question, f"{text}\n{hint}")
    yield from _double(question, text)
    yield from _negative(question, text, audience)


def plain(text: str) -> str:
    """Return a text with its references taken out."""
    return PIPE.sub("it", text).strip()


def _reading(question: Question, text: str, hint: str, audience: Audience) -> Iterator[Advice]:
    limit = MAX_AGE[audience]
    ended = text if text.endswith((".", "?", "!")) else f"{text}."
    age = reading_age(f"{ended}\n{hint}" if hint else text)
    if age is not None and age > limit:
        hard = hard_words(f"{text} {hint}")
        better = f"Say “{hard[0]}” another way." if hard else "Use shorter sentences."
        if len(hard) > 1:
            better = "Find simpler words for " + ", ".join(f"“{word}”" for word in hard) + "."
        reason = f"Reading age {age:.0f}; readers here are helped by {limit} or less."
        yield Advice(Rule.READING_AGE, where(question), reason, better)
    count = len(text.split())
    if count > MAX_WORDS and question.kind is not Kind.INFO:
        reason = f"The question has {count} words: on a phone it fills the screen."
        yield Advice(Rule.LONG, where(question), reason, "Move what explains it into the hint.")


_PHRASES = (
    (
        Rule.LEADING,
        words.LEADING,
        "“{}” tells people what to answer.",
        "Ask it openly, such as “How was …?” with answers on both sides.",
    ),
    (
        Rule.BLAMING,
        words.BLAMING,
        "“{}” can sound as if the person was to blame.",
        "Ask about what others did or what got in the way: “What made it hard to …?”",
    ),
    (
        Rule.STORY,
        words.STORY,
        "“{}” asks a person to tell it all again, which can hurt.",
        "Ask about the help, not about what happened.",
    ),
    (
        Rule.IDENTITY,
        words.IDENTITY,
        "“{}” asks for something that says who a person is.",
        "Leave it out, or keep it in the contact form, apart from answers.",
    ),
)


def _phrases(question: Question, text: str) -> Iterator[Advice]:
    for rule, pattern, reason, better in _PHRASES:
        found = pattern.search(text)
        if found and not (rule is Rule.IDENTITY and question.identifying and question.required):
            yield Advice(rule, where(question), reason.format(found.group()), better)
    for found in words.JARGON_PATTERN.finditer(text):
        word = found.group().lower()
        meaning = words.JARGON.get(word) or words.JARGON.get(word.removesuffix("s"), "")
        reason = f"“{found.group()}” is a word of the trade."
        yield Advice(Rule.JARGON, where(question), reason, f"Write “{meaning}”.")


def _double(question: Question, text: str) -> Iterator[Advice]:
    if question.kind not in _CLOSED:
        return
    for found in _AND.finditer(text):
        pair = f"{found.group(1)} {found.group().split()[1]} {found.group(2)}".lower()
        if pair not in _ONE_THING and found.group(2).lower() not in _NO_SECOND_THING:
            reason = f"“{found.group()}” asks two things: an answer to one may not fit the other."
            yield Advice(Rule.DOUBLE, where(question), reason, "Make two questions of it.")
            return


def _negative(question: Question, text: str, audience: Audience) -> Iterator[Advice]:
    found = words.NEGATIVE.search(text)
    if audience in _CHILDREN and found:
        reason = f"“{found.group()}” makes a child work out the opposite."
        yield Advice(Rule.NEGATIVE, where(question), reason, "Ask for what is, not what is not.")

"""Advice on a survey, each with its reason and something better: nothing here stops publishing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from surveys.explore import explore
from surveys.kinds import HAS_OPTIONS, Audience, Dimension, Kind
from surveys.lint import words
from surveys.lint.advice import Advice, Rule
from surveys.lint.wording import look, plain
from surveys.model import Explained, Question, Survey
from surveys.places import where
from surveys.rules import NonAnswer

__all__ = ["Advice", "Rule", "lint"]

#: The longest a careful reader should need, in minutes, the longest way through.
MAX_MINUTES = {
    Audience.ADULT: 15.0,
    Audience.YOUNG_16_18: 5.0,
    Audience.YOUNG_11_15: 5.0,
    Audience.CHILD_5_10: 3.0,
    Audience.PARENT: 10.0,
    Audience.ORGANISATION: 20.0,
}
#: Pages that put a person at ease before the first sensitive one.
RAPPORT_PAGES = 2
_WORDING = frozenset({Rule.READING_AGE, Rule.LONG, Rule.DOUBLE, Rule.JARGON, Rule.OTHER})
_ABOUT_YOU = frozenset(
    {
        Dimension.SEX,
        Dimension.ETHNIC_GROUP,
        Dimension.DISABILITY,
        Dimension.RELIGION,
        Dimension.SEXUAL_ORIENTATION,
        Dimension.AGE_BAND,
    }
)


def lint(survey: Survey) -> list[Advice]:
    """Return advice on a survey; wording is looked at where the source language is English."""
    found = list(_survey(survey))
    notes = {note.advice: note.reason for note in survey.explained}
    found = [replace(advice, explained=notes.get(advice.rule.value)) for advice in found]
    for question in survey.questions:
        own = {note.advice: note.reason for note in question.explained}
        verbatim = _verbatim(question)
        for advice in _question(question, survey):
            kept = verbatim if advice.rule in _WORDING else None
            found.append(replace(advice, explained=own.get(advice.rule.value, kept)))
    return found


def _verbatim(question: Question) -> str | None:
    if question.source is None or question.source.wording != "verbatim":
        return None
    return f"The words of “{question.source.name}” are kept, so that figures compare."


def _survey(survey: Survey) -> Iterator[Advice]:
    yield from _title(survey)
    yield from _minutes(survey)
    yield from _rapport(survey)


def _question(question: Question, survey: Survey) -> Iterator[Advice]:
    language = survey.source_language
    if language.split("-")[0] == "en":
        yield from look(question, survey.audience, language)
        for row in question.rows:
            page = question.model_copy(update={"text": row.text, "name": row.name, "rows": ()})
            yield from look(page, survey.audience, language)
    yield from _way_out(question)
    yield from _other(question, language)


def _title(survey: Survey) -> Iterator[Advice]:
    for language in survey.languages:
        title = plain(survey.public_title.in_(language, language))
        found = words.REVEALING.search(title)
        if found:
            reason = f"“{found.group()}” on a screen, in a history or on a bill tells what it is."
            better = "Write something neutral, such as “Your views on local services”."
            yield Advice(Rule.REVEALING, "public_title", reason, better)


def _minutes(survey: Survey) -> Iterator[Advice]:
    found = explore(survey, count_routes=False)
    limit = MAX_MINUTES[survey.audience]
    if found.most_minutes > limit:
        reason = (
            f"The longest way takes about {found.most_minutes:.0f} minutes;"
            f" more than {limit:.0f} wears people out."
        )
        yield Advice(Rule.MINUTES, "survey", reason, "Leave questions out, or ask some people.")
    promised = survey.minutes
    typical = (found.fewest_minutes + found.most_minutes) / 2
    if promised is not None and typical > promised * 1.5:
        unit = "minute" if promised == 1 else "minutes"
        reason = f"It promises {promised} {unit}; {typical:.0f} is nearer."
        yield Advice(Rule.MINUTES, "survey.minutes", reason, f"Say about {typical:.0f} minutes.")


def _rapport(survey: Survey) -> Iterator[Advice]:
    asked = [question for question in survey.questions if question.kind is not Kind.INFO]
    for place, question in enumerate(asked[:RAPPORT_PAGES]):
        if question.sensitive:
            reason = f"A sensitive question is number {place + 1}."
            better = "Begin with something easy, and say before it that it is coming."
            yield Advice(Rule.RAPPORT, "survey", reason, better)
            return


def _way_out(question: Question) -> Iterator[Advice]:
    personal = question.dimension in _ABOUT_YOU or question.identifying or question.sensitive
    closed = question.kind in HAS_OPTIONS
    if closed and personal and NonAnswer.PREFER_NOT not in question.non_answers:
        reason = "People can only skip it, which says less than “Prefer not to say”."
        better = "Offer “Prefer not to say”."
        yield Advice(Rule.NO_WAY_OUT, where(question), reason, better)
    if closed and question.dimension in _ABOUT_YOU and question.why is None:
        reason = "It asks who a person is and does not say why."
        yield Advice(Rule.NO_WHY, where(question), reason, "Say what the answer is used for.")


def _other(question: Question, language: str) -> Iterator[Advice]:
    for option in question.live_options:
        text = option.text.in_(language)
        is_other = words.OTHER.match(text) and option.value.startswith("other")
        if is_other and not option.write_in:
            reason = f"“{text}” leaves no room to say what."
            yield Advice(Rule.OTHER, where(question), reason, "Add a box: “please say”.")


def explained(advice: Rule, reason: str) -> Explained:
    """Return the note that says why advice is not followed."""
    return Explained(advice=advice.value, reason=reason)

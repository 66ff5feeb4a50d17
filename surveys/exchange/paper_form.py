"""A questionnaire on paper as a row of blocks, whichever program sets them on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveys.answers import Answers
from surveys.compiled import pages_of
from surveys.exchange.report import Place, Report
from surveys.kinds import Kind
from surveys.model import Option, Question, Survey
from surveys.piping import PIPE, pipe
from surveys.rules import NonAnswer, RuleNode
from surveys.text import Text
from surveys.wording import explain

_NON_ANSWERS = {
    NonAnswer.DONT_KNOW: "I do not know",
    NonAnswer.NOT_APPLICABLE: "This does not apply to me",
    NonAnswer.PREFER_NOT: "I would rather not say",
}
_PROMISE = (
    ("why", "Why we ask"),
    ("who_asks", "Who asks"),
    ("who_reads", "Who reads it"),
    ("when_read", "When it is read"),
    ("what_changes", "What changes"),
    ("limits", "What we keep private, and what we may have to tell"),
)
_NEEDED = "We need an answer to this one."
_SKIP_SOME = "You can skip any question, except where we say that we need an answer."

#: Name, number and hours of a help line.
HelpLine = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """One thing on the page.

    Kinds: title, heading, words, fact (label and text), question (count is its number), aside,
    group, option (a box to tick), lines, boxes, date, scale, end (of a question).
    """

    kind: str
    text: str = ""
    label: str = ""
    count: int = 0


def blocks(
    survey: Survey,
    language: str,
    report: Report,
    help_lines: Sequence[HelpLine] = (),
    return_to: str = "",
) -> list[Block]:
    """Return the form from its title to its help lines."""
    if not help_lines:
        message = "No help lines were given: a person may need them after these questions."
        report.reported(Place("paper"), "help lines", message)
    return list(_Form(survey, language, report, help_lines, return_to).parts())


def back(return_to: str) -> str:
    """Return how the paper gets back to those who asked."""
    if return_to:
        return f"Put it in an envelope, close it, and post it to: {return_to}"
    return "Put it in an envelope, close it, and give it to the person who gave it to you."


class _Form:
    def __init__(
        self,
        survey: Survey,
        language: str,
        report: Report,
        help_lines: Sequence[HelpLine],
        return_to: str,
    ) -> None:
        self._return_to = return_to
        self._help_lines = help_lines
        self._survey = survey
        self._language = language
        self._report = report
        self._pages = pages_of(survey)
        self._numbers: dict[str, int] = {}
        for page in self._pages:
            if page.kind is not Kind.INFO:
                self._numbers[page.id] = len(self._numbers) + 1

    def parts(self) -> Iterator[Block]:
        title = self._said(self._survey.public_title) or "A few questions"
        yield Block("title", title)
        yield from self._promise()
        section: str | None = None
        for page in self._pages:
            if page.section != section:
                section = page.section
                yield from self._section(section)
            yield from self._page(page)
        if self._survey.thanks is not None:
            yield Block("words", self._said(self._survey.thanks))
        yield Block("heading", "Sending it back")
        yield Block("words", back(self._return_to))
        yield from self._help()

    def _help(self) -> Iterator[Block]:
        yield Block("heading", "If you need help")
        yield Block("words", "If you or someone else is in danger now, call 999.")
        for name, number, hours in self._help_lines:
            yield Block("fact", f"{number} ({hours})", name)

    def _promise(self) -> Iterator[Block]:
        if self._survey.promise is None:
            return
        for field, heading in _PROMISE:
            text = self._said(getattr(self._survey.promise, field))
            yield Block("fact", text, heading)
        needed = any(page.required for page in self._pages)
        yield Block("words", _SKIP_SOME if needed else "You can skip any question.")

    def _section(self, section_id: str | None) -> Iterator[Block]:
        for section in self._survey.sections:
            if section.id == section_id:
                yield Block("heading", self._said(section.title))

    def _page(self, page: Question) -> Iterator[Block]:
        if page.kind is Kind.INFO:
            yield Block("words", self._said(page.text))
            if page.hint is not None:
                yield Block("words", self._said(page.hint))
            return
        yield Block("question", self._said(page.text), count=self._numbers[page.id])
        needed = _NEEDED if page.required else ""
        for words in (self._who(page), needed, self._hint(page.why), self._hint(page.hint)):
            if words:
                yield Block("aside", words)
        yield from _ANSWERS[page.kind](self, page)
        yield from self._non_answers(page)
        yield from self._ends(page)
        yield Block("end")

    def _hint(self, text: Text | None) -> str:
        return self._said(text) if text is not None else ""

    def _who(self, page: Question) -> str:
        words = []
        if page.show_when is not None:
            rule = self._if(page.show_when)
            words.append(f"Answer this only if {rule}.")
        if page.skip_when is not None:
            rule = self._if(page.skip_when)
            words.append(f"Leave this out if {rule}.")
        return " ".join(words)

    def _if(self, rule: RuleNode) -> str:
        titles = {page: f"question {number}" for page, number in self._numbers.items()}
        return explain(rule, self._survey, self._language, titles=titles)

    def _ends(self, page: Question) -> Iterator[Block]:
        for finish in page.finish:
            rule = self._if(finish.when)
            ending = next((e for e in self._survey.endings if e.id == finish.ending), None)
            words = f"If {rule}, stop here."
            if ending is not None:
                words = f"{words} {self._said(ending.text)}"
            yield Block("aside", words)

    def _non_answers(self, page: Question) -> Iterator[Block]:
        for code in page.non_answers:
            if code in _NON_ANSWERS:
                yield Block("option", _NON_ANSWERS[code])

    def _options(self, page: Question) -> Iterator[Block]:
        if page.kind is Kind.MULTIPLE:
            most = f"up to {page.max_choices}" if page.max_choices else "all that fit"
            yield Block("words", f"Tick {most}.")
        for option in page.live_options:
            yield from self._one_option(option)

    def _one_option(self, option: Option) -> Iterator[Block]:
        if option.heading is not None:
            yield Block("group", self._said(option.heading))
        words = self._said(option.text)
        if option.show_when is not None:
            words += f" (only if {self._if(option.show_when)})"
        yield Block("option", words)
        if option.write_in:
            yield Block("lines", count=1)

    def _ranks(self, page: Question) -> Iterator[Block]:
        yield Block("words", "Write 1 beside the first, 2 beside the next, and so on.")
        yield from self._options(page)

    def _scale(self, page: Question) -> Iterator[Block]:
        low = f"{self._hint(page.low_label)}  " if page.low_label else ""
        high = f"  {self._hint(page.high_label)}" if page.high_label else ""
        numbers = " ".join(str(number) for number in range(11))
        yield Block("words", "Put a ring round one number.")
        yield Block("scale", f"{low}{numbers}{high}")

    def _number(self, page: Question) -> Iterator[Block]:
        yield Block("boxes", self._hint(page.unit), count=6)

    def _date(self, _page: Question) -> Iterator[Block]:
        yield Block("date")

    def _short(self, _page: Question) -> Iterator[Block]:
        yield Block("lines", count=2)

    def _long(self, page: Question) -> Iterator[Block]:
        yield Block("lines", count=8)
        if page.support:
            yield Block("words", "If you need help now, the help lines are on the last page.")

    def _said(self, text: Text) -> str:
        words = text.in_(self._language, self._survey.source_language)
        if PIPE.search(words) and "{{@" not in words:
            message = "Words taken from an earlier answer are left general on paper."
            self._report.mapped(Place("paper"), "piping", message)
        return pipe(words, self._survey, Answers(), self._language)


_ANSWERS: Mapping[Kind, Callable[[_Form, Question], Iterator[Block]]] = {
    **dict.fromkeys(
        (
            Kind.SINGLE, Kind.MULTIPLE, Kind.DROPDOWN, Kind.SCALE5, Kind.FACES, Kind.AREA,
            Kind.CONSENT, Kind.LIKERT,
        ),
        _Form._options,
    ),
    Kind.RANKING: _Form._ranks,
    Kind.SCALE10: _Form._scale,
    Kind.NUMBER: _Form._number,
    Kind.DATE: _Form._date,
    Kind.SHORT_TEXT: _Form._short,
    Kind.LONG_TEXT: _Form._long,
    Kind.INFO: _Form._short,
}  # fmt: skip

"""A questionnaire on paper as a row of blocks, whichever program sets them on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from surveys.answers import Answers
from surveys.compiled import pages_of
from surveys.exchange import paper_words as w
from surveys.exchange.report import Place, Report
from surveys.kinds import Kind
from surveys.model import Option, Question, Survey
from surveys.piping import PIPE, pipe
from surveys.rules import Selected
from surveys.text import Text

#: Name, number and hours of a help line.
HelpLine = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """One thing on the page.

    Kinds: title, heading, words, fact (label and text), question (count is its number), aside,
    group, option (a box to tick), lines, boxes, date (day, month and year as three lines of
    text), scale, end (of a question).
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
    words: Mapping[str, str] = MappingProxyType({}),
    is_draft: bool = False,
) -> list[Block]:
    """Return the form from its title to its help lines.

    `words` are our own sentences in this language by the English ones; `is_draft` says on the
    sheet that nobody has reviewed them.
    """
    if not help_lines:
        message = "No help lines were given: a person may need them after these questions."
        report.reported(Place("paper"), "help lines", message)
    form = _Form(survey, language, report, help_lines, return_to, words)
    title, *rest = form.parts()
    draft = [Block("aside", form.say(w.DRAFT))] if is_draft else []
    return [title, *draft, *rest]


class _Form:
    def __init__(
        self,
        survey: Survey,
        language: str,
        report: Report,
        help_lines: Sequence[HelpLine],
        return_to: str,
        words: Mapping[str, str],
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
        self.say = w.Saying(survey, language, self._numbers, words)

    def parts(self) -> Iterator[Block]:
        title = self._said(self._survey.public_title) or self.say(w.TITLE)
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
        yield Block("heading", self.say(w.SENDING))
        yield Block("words", self._back())
        yield from self._help()

    def _back(self) -> str:
        """Return how the paper gets back to those who asked."""
        if self._return_to:
            return self.say(w.POST_TO, address=self._return_to)
        return self.say(w.HAND_IN)

    def _help(self) -> Iterator[Block]:
        """Yield the help lines, all on one page: "the last page", as the form says further up."""
        yield Block("together")
        yield Block("heading", self.say(w.HELP))
        yield Block("words", self.say(w.DANGER))
        for name, number, hours in self._help_lines:
            yield Block("fact", f"{self.say(number)} ({self.say(hours)})", self.say(name))
        yield Block("end")

    def _promise(self) -> Iterator[Block]:
        if self._survey.promise is None:
            return
        for field, heading in w.PROMISE:
            text = self._said(getattr(self._survey.promise, field))
            yield Block("fact", text, self.say(heading))
        needed = any(page.required for page in self._pages)
        yield Block("words", self.say(w.SKIP_SOME if needed else w.SKIP_ANY))

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
        needed = self.say(w.NEEDED) if page.required else ""
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
            words.append(self.say.rule(w.ONLY, page.show_when))
        if page.skip_when is not None:
            words.append(self.say.rule(w.UNLESS, page.skip_when))
        return " ".join(words)

    def _ends(self, page: Question) -> Iterator[Block]:
        for finish in page.finish:
            ending = next((e for e in self._survey.endings if e.id == finish.ending), None)
            words = self.say.rule(w.STOP, finish.when)
            if ending is not None:
                words = f"{words} {self._said(ending.text)}"
            yield Block("aside", words)

    def _non_answers(self, page: Question) -> Iterator[Block]:
        for code in page.non_answers:
            if code in w.NON_ANSWERS:
                yield Block("option", self.say(w.NON_ANSWERS[code]))

    def _options(self, page: Question) -> Iterator[Block]:
        if page.kind is Kind.MULTIPLE:
            most = page.max_choices
            tick = self.say(w.TICK_MOST, number=most) if most else self.say(w.TICK_ALL)
            yield Block("words", tick)
        for option in page.live_options:
            yield from self._one_option(option)

    def _one_option(self, option: Option) -> Iterator[Block]:
        if option.heading is not None:
            yield Block("group", self._said(option.heading))
        words = self._said(option.text)
        if option.show_when is not None and not self._is_echo(option):
            words += f" {self.say.rule(w.OPTION, option.show_when)}"
        yield Block("option", words)
        if option.write_in:
            yield Block("lines", count=1)

    def _is_echo(self, option: Option) -> bool:
        """Return whether an option only repeats one that was ticked: the question says so."""
        rule = option.show_when
        if not isinstance(rule, Selected):
            return False
        asked = next((page for page in self._pages if page.id == rule.question), None)
        ticked = next((o for o in asked.options if o.id == rule.option), None) if asked else None
        return ticked is not None and self._said(ticked.text) == self._said(option.text)

    def _ranks(self, page: Question) -> Iterator[Block]:
        yield Block("words", self.say(w.RANK))
        yield from self._options(page)

    def _scale(self, page: Question) -> Iterator[Block]:
        low = f"{self._hint(page.low_label)}  " if page.low_label else ""
        high = f"  {self._hint(page.high_label)}" if page.high_label else ""
        numbers = " ".join(str(number) for number in range(11))
        yield Block("words", self.say(w.RING))
        yield Block("scale", f"{low}{numbers}{high}")

    def _number(self, page: Question) -> Iterator[Block]:
        yield Block("boxes", self._hint(page.unit), count=6)

    def _date(self, _page: Question) -> Iterator[Block]:
        yield Block("date", "\n".join(map(self.say, w.DATE)))

    def _short(self, _page: Question) -> Iterator[Block]:
        yield Block("lines", count=2)

    def _long(self, page: Question) -> Iterator[Block]:
        yield Block("lines", count=8)
        if page.support:
            yield Block("words", self.say(w.HELP_BELOW))

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

"""A questionnaire on paper: numbered questions, boxes to tick, and routing in words.

The page is written in Typst's markup with every text as a string literal, so nothing in a
questionnaire can act as markup, and becomes a tagged PDF (PDF/UA-1).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from surveys.answers import Answers
from surveys.compiled import pages_of
from surveys.exchange.report import Place, Report, refuse
from surveys.kinds import Kind
from surveys.model import Option, Question, Survey
from surveys.piping import PIPE, pipe
from surveys.rules import NonAnswer, RuleNode
from surveys.text import Text, is_right_to_left
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
_START = """#set document(title: {title})
#set page(paper: "a4", margin: 2cm, numbering: "1")
#set text(size: 12pt, lang: {lang}, dir: {direction})
#set par(leading: 0.7em)
#let box-to-tick = box(width: 12pt, height: 12pt, stroke: 1pt, baseline: 2pt)
#let option(words) = block(spacing: 9pt, [#box-to-tick #h(6pt) #words])
#let lines(count) = for _ in range(count) {{ v(20pt); line(length: 100%, stroke: 0.5pt) }}
#let boxes(count) = for _ in range(count) {{ box(width: 22pt, height: 24pt, stroke: 1pt) }}
= {title}
"""


#: Name, number and hours of a help line.
HelpLine = tuple[str, str, str]


def write_paper(
    survey: Survey,
    path: Path,
    report: Report,
    *,
    language: str | None = None,
    help_lines: Sequence[HelpLine] = (),
) -> None:
    """Write the survey as a PDF, or as Typst's markup when the path ends in .typ.

    Raises RefusedError when Typst is not installed.
    """
    source = markup(survey, language or survey.source_language, report, help_lines)
    if path.suffix == ".typ":
        path.write_text(source, encoding="utf-8")
        return
    try:
        typst: Any = importlib.import_module("typst")
    except ImportError:
        message = "A PDF needs the package typst; --out with a name ending in .typ needs nothing."
        raise refuse("paper", message) from None
    made: bytes = typst.compile(source.encode(), format="pdf", pdf_standards=["ua-1"])
    path.write_bytes(made)


def markup(
    survey: Survey, language: str, report: Report, help_lines: Sequence[HelpLine] = ()
) -> str:
    """Return the form in Typst's markup."""
    if not help_lines:
        message = "No help lines were given: a person may need them after these questions."
        report.reported(Place("paper"), "help lines", message)
    return "".join(_Form(survey, language, report, help_lines).parts())


class _Form:
    def __init__(
        self, survey: Survey, language: str, report: Report, help_lines: Sequence[HelpLine]
    ) -> None:
        self._help_lines = help_lines
        self._survey = survey
        self._language = language
        self._report = report
        self._pages = pages_of(survey)
        self._numbers: dict[str, int] = {}
        for page in self._pages:
            if page.kind is not Kind.INFO:
                self._numbers[page.id] = len(self._numbers) + 1

    def parts(self) -> Iterator[str]:
        title = self._said(self._survey.public_title) or "A few questions"
        yield _START.format(
            title=_literal(title),
            lang=_literal(self._language.split("-")[0]),
            direction="rtl" if is_right_to_left(self._language) else "ltr",
        ).replace(f"= {_literal(title)}", f"= #{_literal(title)}")
        yield from self._promise()
        section: str | None = None
        for page in self._pages:
            if page.section != section:
                section = page.section
                yield from self._section(section)
            yield from self._page(page)
        if self._survey.thanks is not None:
            yield _paragraph(self._said(self._survey.thanks))
        yield from self._help()

    def _help(self) -> Iterator[str]:
        yield f"\n== #{_literal('If you need help')}\n"
        yield _paragraph("If you or someone else is in danger now, call 999.")
        for name, number, hours in self._help_lines:
            yield f"*#{_literal(name)}*: #{_literal(f'{number} ({hours})')}\n\n"

    def _promise(self) -> Iterator[str]:
        if self._survey.promise is None:
            return
        for field, heading in _PROMISE:
            text = self._said(getattr(self._survey.promise, field))
            yield f"*#{_literal(heading)}*: #{_literal(text)}\n\n"
        yield _paragraph("You can skip any question.")

    def _section(self, section_id: str | None) -> Iterator[str]:
        for section in self._survey.sections:
            if section.id == section_id:
                yield f"\n== #{_literal(self._said(section.title))}\n"

    def _page(self, page: Question) -> Iterator[str]:
        if page.kind is Kind.INFO:
            yield _paragraph(self._said(page.text))
            if page.hint is not None:
                yield _paragraph(self._said(page.hint))
            return
        yield "#block(breakable: false)[\n"
        yield f"*{self._numbers[page.id]}. #{_literal(self._said(page.text))}*\n\n"
        for words in (self._who(page), self._hint(page.why), self._hint(page.hint)):
            if words:
                yield f"#emph({_literal(words)})\n\n"
        yield from _ANSWERS[page.kind](self, page)
        yield from self._non_answers(page)
        yield from self._ends(page)
        yield "]\n#v(14pt)\n"

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

    def _ends(self, page: Question) -> Iterator[str]:
        for finish in page.finish:
            rule = self._if(finish.when)
            ending = next((e for e in self._survey.endings if e.id == finish.ending), None)
            words = f"If {rule}, stop here."
            if ending is not None:
                words = f"{words} {self._said(ending.text)}"
            yield f"#emph({_literal(words)})\n\n"

    def _non_answers(self, page: Question) -> Iterator[str]:
        for code in page.non_answers:
            if code in _NON_ANSWERS:
                yield _option(_NON_ANSWERS[code])

    def _options(self, page: Question) -> Iterator[str]:
        if page.kind is Kind.MULTIPLE:
            most = f"up to {page.max_choices}" if page.max_choices else "all that fit"
            yield _paragraph(f"Tick {most}.")
        for option in page.live_options:
            yield from self._one_option(option)

    def _one_option(self, option: Option) -> Iterator[str]:
        if option.heading is not None:
            yield f"*#{_literal(self._said(option.heading))}*\n\n"
        words = self._said(option.text)
        if option.show_when is not None:
            words += f" (only if {self._if(option.show_when)})"
        yield _option(words)
        if option.write_in:
            yield "#lines(1)\n"

    def _ranks(self, page: Question) -> Iterator[str]:
        yield _paragraph("Write 1 beside the first, 2 beside the next, and so on.")
        yield from self._options(page)

    def _scale(self, page: Question) -> Iterator[str]:
        low = f"{self._hint(page.low_label)}  " if page.low_label else ""
        high = f"  {self._hint(page.high_label)}" if page.high_label else ""
        numbers = " ".join(str(number) for number in range(11))
        yield _paragraph("Put a ring round one number.")
        yield f"#align(center, text(size: 15pt, {_literal(f'{low}{numbers}{high}')}))\n\n"

    def _number(self, page: Question) -> Iterator[str]:
        yield f"#boxes(6) #{_literal(self._hint(page.unit))}\n\n"

    def _date(self, _page: Question) -> Iterator[str]:
        yield '#boxes(2) #"day" #h(8pt) #boxes(2) #"month" #h(8pt) #boxes(4) #"year"\n\n'

    def _short(self, _page: Question) -> Iterator[str]:
        yield "#lines(2)\n"

    def _long(self, page: Question) -> Iterator[str]:
        yield "#lines(8)\n"
        if page.support:
            yield _paragraph("If you need help now, the help lines are on the last page.")

    def _said(self, text: Text) -> str:
        words = text.in_(self._language, self._survey.source_language)
        if PIPE.search(words) and "{{@" not in words:
            message = "Words taken from an earlier answer are left general on paper."
            self._report.mapped(Place("paper"), "piping", message)
        return pipe(words, self._survey, Answers(), self._language)


_ANSWERS: Mapping[Kind, Callable[[_Form, Question], Iterator[str]]] = {
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


def _literal(text: str) -> str:
    """Return a text as a Typst string, in which nothing is markup."""
    clean = "".join(c for c in text if c.isprintable() or c == "\n")
    escaped = clean.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _paragraph(text: str) -> str:
    return f"#{_literal(text)}\n\n"


def _option(words: str) -> str:
    return f"#option({_literal(words)})\n"

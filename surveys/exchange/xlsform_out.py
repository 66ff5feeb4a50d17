"""XLSForm out: a workbook pyxform accepts, and a report of what the form cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook as Book
from openpyxl.cell import WriteOnlyCell

from surveys import rules as r
from surveys.compiled import plan_of
from surveys.exchange import languages
from surveys.exchange.report import Place, Report
from surveys.exchange.rules_xpath import NotWrittenError, Writer, plain
from surveys.exchange.xpath_rules import all_of
from surveys.kinds import HAS_OPTIONS, TEXT, Kind
from surveys.model import Option, Question, Survey
from surveys.piping import PIPE
from surveys.text import Text

_TYPES: Mapping[Kind, str] = {
    Kind.SINGLE: "select_one",
    Kind.MULTIPLE: "select_multiple",
    Kind.DROPDOWN: "select_one",
    Kind.SCALE5: "select_one",
    Kind.SCALE10: "range",
    Kind.FACES: "select_one",
    Kind.NUMBER: "decimal",
    Kind.DATE: "date",
    Kind.SHORT_TEXT: "text",
    Kind.LONG_TEXT: "text",
    Kind.RANKING: "rank",
    Kind.AREA: "select_one",
    Kind.INFO: "note",
    Kind.CONSENT: "select_one",
    Kind.LIKERT: "select_one",
}
_APPEARANCE: Mapping[Kind, str] = {
    Kind.DROPDOWN: "minimal",
    Kind.AREA: "minimal",
    Kind.LONG_TEXT: "multiline",
    Kind.SCALE5: "likert",
    Kind.FACES: "likert",
}
_NON_ANSWERS = {
    r.NonAnswer.DONT_KNOW: "Don’t know",
    r.NonAnswer.NOT_APPLICABLE: "Doesn’t apply",
    r.NonAnswer.PREFER_NOT: "Prefer not to say",
}
_NOT_IN_NAMES = re.compile(r"[^\w.\-]")
#: Excel takes no more characters in a cell.
MAX_CELL = 32_767
#: The choices column that marks options with a rule of their own.
RULE_COLUMN = "shown"

Row = dict[str, str]


def write_xlsform(survey: Survey, path: Path, report: Report) -> None:
    """Write the survey as an XLSForm workbook."""
    _Writing(survey, report).write(path)


@dataclass(slots=True)
class _Writing:
    survey: Survey
    report: Report
    rows: list[Row] = field(default_factory=list)
    choices: list[Row] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    values: dict[tuple[str, str], str] = field(default_factory=dict)
    codes: dict[str, frozenset[str]] = field(default_factory=dict)
    pages: tuple[Question, ...] = ()
    ended: list[r.RuleNode] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        plan = plan_of(self.survey)
        self.pages = tuple(step.question for step in plan.steps)
        for page in self.pages:
            self.names[page.id] = self._free_name(page.name)
            self._name_choices(page)
        for computed in self.survey.computed:
            self.names[computed.id] = self._free_name(computed.name)

    # ---- names ----

    def _free_name(self, wanted: str) -> str:
        name = _NOT_IN_NAMES.sub("_", wanted)
        if not re.match(r"[^\W\d]", name):
            name = f"q_{name}"
        unique, number = name, 2
        while unique.casefold() in self.taken:
            unique, number = f"{name}_{number}", number + 1
        self.taken.add(unique.casefold())
        if unique != wanted:
            self.report.mapped(Place(), "name", f"“{wanted}” is called “{unique}” in the form.")
        return unique

    def _name_choices(self, page: Question) -> None:
        if page.kind not in HAS_OPTIONS:
            return
        taken: set[str] = set()
        for option in page.live_options:
            value, number = re.sub(r"\s+", "_", option.value), 2
            while value in taken:
                value, number = f"{re.sub(r'[ ]+', '_', option.value)}_{number}", number + 1
            taken.add(value)
            self.values[page.id, option.id] = value
        codes = [c for c in page.non_answers if c in _NON_ANSWERS and c.value not in taken]
        self.codes[page.id] = frozenset(code.value for code in codes)

    @property
    def writer(self) -> Writer:
        """What writes the rules."""
        by_id = {page.id: page for page in self.pages}
        return Writer(by_id, self.names, self.values, self.codes)

    # ---- rows ----

    def write(self, path: Path) -> None:
        """Make all rows and save them."""
        self._write_questions()
        self._write_computed()
        book = Book(write_only=True)
        _sheet(book, "survey", self.rows, ("type", "name", "label"))
        _sheet(book, "choices", self.choices, ("list_name", "name", "label"))
        _sheet(book, "settings", [self._settings()], ("form_title", "form_id", "version"))
        book.save(path)
        self._report_survey()

    def _write_questions(self) -> None:
        section: str | None = None
        for page in self.pages:
            if page.section != section:
                self._close(section)
                section = self._open(page.section)
            self._write_question(page)
        self._close(section)

    def _open(self, section_id: str | None) -> str | None:
        section = next((s for s in self.survey.sections if s.id == section_id), None)
        if section is None:
            return None
        name = self._free_name(section.name)
        self.rows.append(
            {"type": "begin_group", "name": name} | self._words("label", section.title)
        )
        return section_id

    def _close(self, section_id: str | None) -> None:
        if section_id is not None:
            self.rows.append({"type": "end_group"})

    def _write_question(self, page: Question) -> None:
        row = {"type": self._type(page), "name": self.names[page.id]}
        row |= self._words("label", page.text)
        if page.hint is not None:
            row |= self._words("hint", page.hint)
        row |= {"appearance": _APPEARANCE[page.kind]} if page.kind in _APPEARANCE else {}
        row |= {"parameters": "start=0 end=10 step=1"} if page.kind is Kind.SCALE10 else {}
        row |= {"required": "yes"} if page.required else {}
        relevant = self._relevant(page)
        row |= {"relevant": relevant} if relevant else {}
        row |= self._constraint(page)
        row |= self._filter(page)
        self.rows.append(row)
        self._write_choices(page)
        self._write_other(page, relevant)
        self._end_after(page)
        self._report_question(page)

    def _type(self, page: Question) -> str:
        if page.kind is Kind.NUMBER and page.whole:
            return "integer"
        kind = _TYPES[page.kind]
        if page.kind in HAS_OPTIONS and not page.live_options:
            message = f"“{page.name}” has nothing to choose from: it becomes text."
            self.report.mapped(Place("survey", None, "type"), "type", message)
            return "text"
        return f"{kind} {self.names[page.id]}" if page.kind in HAS_OPTIONS else kind

    def _words(self, column: str, text: Text) -> Row:
        found = {}
        for tag in self.survey.languages:
            words = self._plain(text.in_(tag, self.survey.source_language))
            heading = column
            if len(self.survey.languages) > 1:
                heading = f"{column}::{languages.title(tag)}"
            found[heading] = words[:MAX_CELL]
        return found

    def _plain(self, words: str) -> str:
        def fill(found: re.Match[str]) -> str:
            target = found.group(2)
            if found.group(1):
                name = self.survey.names.get(target)
                return name.in_(self.survey.source_language) if name else found.group(3) or "…"
            name_in_form = self.names.get(target)
            return f"${{{name_in_form}}}" if name_in_form else found.group(3) or "…"

        return PIPE.sub(fill, words)

    # ---- rules ----

    def _relevant(self, page: Question) -> str:
        parts: list[r.RuleNode] = [r.Not(rule=ended) for ended in self.ended]
        parts += [page.show_when] if page.show_when is not None else []
        parts += [r.Not(rule=page.skip_when)] if page.skip_when is not None else []
        rule = all_of(parts)
        return self._written(rule, page, "relevant") if rule is not None else ""

    def _written(self, rule: r.RuleNode, page: Question, column: str) -> str:
        try:
            return self.writer.rule(rule)
        except NotWrittenError as reason:
            place = Place("survey", None, column)
            self.report.reported(place, column, f"“{page.name}”: the rule is left out: {reason}.")
            return ""

    def _end_after(self, page: Question) -> None:
        for finish in page.finish:
            self.ended.append(finish.when)
            message = f"“{page.name}”: an early end becomes a rule on every later question."
            self.report.mapped(Place("survey", None, "relevant"), "early end", message)

    def _constraint(self, page: Question) -> Row:
        parts = list(_limits(page))
        messages = []
        for validation in page.validation:
            written = self._written(validation.rule, page, "constraint")
            if written:
                own = f"${{{self.names[page.id]}}}"
                parts.append(f"({written.replace(own, '.')})")
                messages.append(validation.message)
        parts += [
            f"not(selected(., '{self.values[page.id, option.id]}') and count-selected(.) > 1)"
            for option in page.live_options
            if option.exclusive and page.kind is Kind.MULTIPLE
        ]
        row = {"constraint": " and ".join(parts)} if parts else {}
        return row | (self._words("constraint_message", messages[0]) if messages else {})

    def _filter(self, page: Question) -> Row:
        if not any(option.show_when is not None for option in page.live_options):
            return {}
        parts = [f"{RULE_COLUMN} = 'always'"]
        for option in page.live_options:
            if option.show_when is not None:
                key = self.values[page.id, option.id]
                written = self._written(option.show_when, page, "choice_filter")
                parts.append(f"({RULE_COLUMN} = '{key}' and ({written or 'true()'}))")
        return {"choice_filter": " or ".join(parts)}

    # ---- choices ----

    def _write_choices(self, page: Question) -> None:
        if page.kind not in HAS_OPTIONS:
            return
        filtered = any(option.show_when is not None for option in page.live_options)
        for option in page.live_options:
            self.choices.append(self._choice(page, option, filtered=filtered))
        for code in page.non_answers:
            if code.value in self.codes[page.id]:
                row = {"list_name": self.names[page.id], "name": code.value}
                row |= self._words("label", Text({"en": _NON_ANSWERS[code]}))
                self.choices.append(row | ({RULE_COLUMN: "always"} if filtered else {}))

    def _choice(self, page: Question, option: Option, *, filtered: bool) -> Row:
        value = self.values[page.id, option.id]
        row = {"list_name": self.names[page.id], "name": value} | self._words("label", option.text)
        if filtered:
            row[RULE_COLUMN] = "always" if option.show_when is None else value
        return row

    def _write_other(self, page: Question, relevant: str) -> None:
        for option in page.live_options:
            if not option.write_in:
                continue
            name = self._free_name(f"{self.names[page.id]}_{self.values[page.id, option.id]}_text")
            own = f"selected(${{{self.names[page.id]}}}, '{self.values[page.id, option.id]}')"
            rule = f"({relevant}) and {own}" if relevant else own
            row = {"type": "text", "name": name, "relevant": rule}
            self.rows.append(row | self._words("label", option.text))
            message = f"“{page.name}”: the words beside “{option.value}” are a question, {name}."
            self.report.mapped(Place("survey"), "please say", message)

    def _write_computed(self) -> None:
        for computed in self.survey.computed:
            try:
                calculation = self.writer.operand(computed.value)
            except NotWrittenError as reason:
                message = f"“{computed.name}” is left out: {reason}."
                self.report.reported(Place("survey"), "calculation", message)
                continue
            name = self.names[computed.id]
            self.rows.append({"type": "calculate", "name": name, "calculation": calculation})

    def _settings(self) -> Row:
        settings = {
            "form_title": self.survey.public_title.in_(self.survey.source_language)
            or self.survey.title,
            "form_id": self._form_id(),
            "version": str(self.survey.version),
        }
        if len(self.survey.languages) > 1:
            settings["default_language"] = languages.title(self.survey.source_language)
        return settings

    def _form_id(self) -> str:
        return _NOT_IN_NAMES.sub("_", self.survey.name) or "form"

    # ---- what XLSForm has no place for ----

    def _report_question(self, page: Question) -> None:
        place = Place("survey")
        lost = {
            "why we ask": page.why is not None,
            "signals": bool(page.signals),
            "help lines beside the box": page.support and page.kind not in TEXT,
            "headings among answers": any(o.heading for o in page.live_options),
            "non-answers": bool(page.non_answers) and page.kind not in HAS_OPTIONS,
        }
        for feature in (name for name, is_lost in lost.items() if is_lost):
            self.report.reported(place, feature, f"“{page.name}”: XLSForm has no place for it.")
        if page.non_answers and page.kind in HAS_OPTIONS:
            message = f"“{page.name}”: ways of not answering become choices."
            self.report.mapped(Place("choices"), "non-answers", message)

    def _report_survey(self) -> None:
        for feature, is_there in (
            ("promise page", self.survey.promise is not None),
            ("thank-you text", self.survey.thanks is not None),
            ("endings", bool(self.survey.endings)),
        ):
            if is_there:
                self.report.reported(Place(), feature, "XLSForm has no place for it.")


def _limits(page: Question) -> Iterator[str]:
    if page.minimum is not None:
        yield f". >= {plain(page.minimum)}"
    if page.maximum is not None:
        yield f". <= {plain(page.maximum)}"
    for bound, op in ((page.earliest, ">="), (page.latest, "<=")):
        if bound is not None:
            yield f". {op} " + ("today()" if bound == "today" else f"date('{bound}')")
    if page.min_choices is not None:
        yield f"count-selected(.) >= {page.min_choices}"
    if page.max_choices is not None:
        yield f"count-selected(.) <= {page.max_choices}"
    if page.max_length is not None:
        yield f"string-length(.) <= {page.max_length}"


def _sheet(book: Book, title: str, rows: Sequence[Row], first: Sequence[str]) -> None:
    sheet = book.create_sheet(title)
    headings = list(dict.fromkeys([*_present(first, rows), *(h for row in rows for h in row)]))
    sheet.append(headings)
    for row in rows:
        cells = []
        for heading in headings:
            cell = WriteOnlyCell(sheet, value=row.get(heading))
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text that starts with "=" stays a text
            cells.append(cell)
        sheet.append(cells)


def _present(first: Sequence[str], rows: Sequence[Row]) -> Iterator[str]:
    for heading in first:
        if not rows or any(heading in row for row in rows):
            yield heading

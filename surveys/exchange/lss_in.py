"""LimeSurvey .lss in: questions, answers, groups, relevance and languages; the rest is listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from surveys import rules as r
from surveys.document import load
from surveys.exchange import expressions as x
from surveys.exchange import lss_expressions, xpath_rules
from surveys.exchange.lss_tables import Row, Tables, plain_text, read_tables
from surveys.exchange.report import Place, Report
from surveys.exchange.xlsform_questions import KnownQuestion
from surveys.exchange.xpath_rules import Computed, NotHeldError, Scope
from surveys.ids import stable_id
from surveys.kinds import HAS_OPTIONS, TEXT, Kind
from surveys.model import FORMAT, Survey

#: LimeSurvey's one-letter types; arrays become likert groups, sets of boxes one question each.
KINDS: Mapping[str, Kind] = {
    "L": Kind.SINGLE, "O": Kind.SINGLE, "!": Kind.DROPDOWN, "Y": Kind.SINGLE, "G": Kind.SINGLE,
    "5": Kind.SINGLE, "M": Kind.MULTIPLE, "P": Kind.MULTIPLE,
    "A": Kind.LIKERT, "B": Kind.LIKERT, "C": Kind.LIKERT, "E": Kind.LIKERT, "F": Kind.LIKERT,
    "H": Kind.LIKERT, "R": Kind.RANKING, "N": Kind.NUMBER, "S": Kind.SHORT_TEXT,
    "T": Kind.LONG_TEXT, "U": Kind.LONG_TEXT, "D": Kind.DATE, "X": Kind.INFO,
}  # fmt: skip
#: Sets of boxes: one question for each box.
SETS: Mapping[str, Kind] = {"Q": Kind.SHORT_TEXT, "K": Kind.NUMBER}
NOT_HELD: Mapping[str, str] = {
    "1": "An array with two scales: ask each scale by itself.",
    ";": "An array of texts.",
    ":": "An array of numbers.",
    "|": "Files carry hidden details of who made them and where.",
    "*": "An equation.",
    "I": "Choosing the language is part of every survey here.",
}
_FIXED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Y": (("Y", "Yes"), ("N", "No")),
    "G": (("F", "Female"), ("M", "Male")),
    "5": tuple((str(n), str(n)) for n in range(1, 6)),
    "A": tuple((str(n), str(n)) for n in range(1, 6)),
    "B": tuple((str(n), str(n)) for n in range(1, 11)),
    "C": (("Y", "Yes"), ("U", "Uncertain"), ("N", "No")),
    "E": (("I", "Increase"), ("S", "Same"), ("D", "Decrease")),
}
#: The only attributes that change what is asked; the others are looks.
_ATTRIBUTES = {"min_answers": "min_choices", "max_answers": "max_choices"}
_NOTED = frozenset(
    {"array_filter", "array_filter_exclude", "em_validation_q", "em_validation_sq", "random_order",
     "equation", "hidden", "prefix", "suffix", "exclude_all_others"}
)  # fmt: skip


def read_lss(path: Path, report: Report) -> Survey:
    """Return the survey a LimeSurvey file holds; raises RefusedError for a damaged one."""
    return _Reading(read_tables(path), path.stem, report).survey()


@dataclass(slots=True)
class _Reading:
    tables: Tables
    stem: str
    report: Report
    known: dict[str, KnownQuestion] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    multiples: dict[str, set[str]] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    hints: dict[str, dict[str, str]] = field(default_factory=dict)

    def survey(self) -> Survey:
        """Return the whole survey."""
        old = self.tables.texts("questions", "qid", "question")
        old |= self.tables.texts("subquestions", "qid", "question")
        self.texts = old | self.tables.texts("question_l10ns", "qid", "question")
        self.hints = self.tables.texts("questions", "qid", "help")
        self.hints |= self.tables.texts("question_l10ns", "qid", "help")
        titles = self.tables.of("surveys_languagesettings")
        title = next((t.get("surveyls_title", "") for t in titles if t.get("surveyls_title")), "")
        questions = [made for group in self._groups() for made in self._group(group)]
        self._report_rest()
        document = {
            "format": FORMAT,
            "id": stable_id("s", self.stem),
            "name": self.stem[:120] or "survey",
            "title": plain_text(title)[:1_000] or self.stem,
            "public_title": dict.fromkeys(self.tables.languages, ""),
            "languages": list(self.tables.languages),
            "sections": self._sections(),
            "questions": questions,
        }
        return load(document)

    # ---- groups ----

    def _groups(self) -> list[Row]:
        seen: dict[str, Row] = {}
        for row in self.tables.of("groups"):
            seen.setdefault(row.get("gid", ""), row)
        return sorted(seen.values(), key=lambda row: _number(row.get("group_order")))

    def _sections(self) -> list[dict[str, Any]]:
        titles = self.tables.texts("groups", "gid", "group_name")
        titles |= self.tables.texts("group_l10ns", "gid", "group_name")
        return [
            {"id": self._section(gid), "name": f"group_{gid}", "title": self._text(words)}
            for gid, words in titles.items()
            if any(row.get("gid") == gid for row in self._groups())
        ]

    def _section(self, gid: str) -> str:
        return stable_id("g", self.stem, gid)

    def _group(self, group: Row) -> list[dict[str, Any]]:
        gid = group.get("gid", "")
        rows = self._main_rows("questions", lambda row: row.get("gid") == gid)
        titled = {section["id"] for section in self._sections()}
        made: list[dict[str, Any]] = []
        for row in rows:
            for question in self._question(row, group):
                if self._section(gid) in titled:
                    question["section"] = self._section(gid)
                made.append(question)
        return made

    def _main_rows(self, table: str, wanted: Callable[[Row], bool]) -> list[Row]:
        """Return rows once each: old files repeat them for every language."""
        seen: dict[str, Row] = {}
        for row in self.tables.of(table):
            if wanted(row) and (table != "questions" or row.get("parent_qid") in {"0", "", None}):
                seen.setdefault(row.get("qid", ""), row)
        return sorted(seen.values(), key=lambda row: _number(row.get("question_order")))

    # ---- questions ----

    def _question(self, row: Row, group: Row) -> list[dict[str, Any]]:
        kind_letter, code = row.get("type", ""), row.get("title", "")
        place = Place("questions", None, code)
        if kind_letter in NOT_HELD or (kind_letter not in KINDS and kind_letter not in SETS):
            reason = NOT_HELD.get(kind_letter, "Heard has no question of this type.")
            self.report.reported(place, f"type {kind_letter}", f"“{code}” not collected. {reason}")
            return []
        subs = self._subquestions(row)
        if kind_letter in SETS:
            self.report.mapped(
                place, f"type {kind_letter}", f"“{code}”: one question for each box."
            )
            return [self._made(sub, SETS[kind_letter], row, group, [], code) for sub in subs]
        return [self._made(row, KINDS[kind_letter], row, group, subs, "")]

    def _made(
        self, row: Row, kind: Kind, parent: Row, group: Row, subs: list[Row], prefix: str
    ) -> dict[str, Any]:
        code = row.get("title", "")
        name = self._name(f"{prefix}_{code}" if prefix else code)
        identity = stable_id("q", self.stem, row.get("qid", name))
        made: dict[str, Any] = {"id": identity, "name": name, "kind": kind.value}
        made["text"] = self._text(self.texts.get(row.get("qid", ""), {})) or self._text_of(name)
        hint = self._text(self.hints.get(row.get("qid", ""), {}))
        if hint:
            made["hint"] = hint
        if kind in TEXT:
            made["support"] = True
        options = self._options(row, kind, identity, subs)
        if kind in HAS_OPTIONS:
            made["options"] = options
        if kind is Kind.LIKERT:
            made["rows"] = [self._row(sub, name) for sub in subs]
        if parent.get("mandatory") == "Y":
            made["required"] = True
        made |= self._attributes(row)
        show = self._show(parent, group, name)
        if show is not None:
            made["show_when"] = show.model_dump(mode="json", exclude_defaults=True)
        self._remember(made, kind, code, prefix)
        return made

    def _remember(self, made: dict[str, Any], kind: Kind, code: str, prefix: str) -> None:
        options = {option["value"]: option["id"] for option in made.get("options", ())}
        if kind is Kind.LIKERT:
            for row in made["rows"]:
                sub_code = row["name"].removeprefix(f"{made['name']}_")
                known = KnownQuestion(row["id"], Kind.SINGLE, options)
                self.known[f"{code}_{sub_code}"] = known
            return
        self.known[f"{prefix}_{code}" if prefix else code] = KnownQuestion(
            made["id"], kind, options
        )
        if kind is Kind.MULTIPLE:
            self.multiples[code] = set(options)

    def _row(self, sub: Row, name: str) -> dict[str, Any]:
        row_name = self._name(f"{name}_{sub.get('title', '')}")
        text = self._text(self.texts.get(sub.get("qid", ""), {})) or self._text_of(row_name)
        return {"id": stable_id("r", self.stem, sub.get("qid", "")), "name": row_name, "text": text}

    def _subquestions(self, row: Row) -> list[Row]:
        found = self._main_rows("subquestions", lambda sub: sub.get("parent_qid") == row.get("qid"))
        return [sub for sub in found if sub.get("scale_id", "0") in {"", "0"}]

    def _options(
        self, row: Row, kind: Kind, identity: str, subs: list[Row]
    ) -> list[dict[str, Any]]:
        if kind not in HAS_OPTIONS:
            return []
        pairs: list[tuple[str, dict[str, str]]]
        letter = row.get("type", "")
        if kind is Kind.MULTIPLE or (kind is Kind.RANKING and subs):
            pairs = [(s.get("title", ""), self.texts.get(s.get("qid", ""), {})) for s in subs]
        elif letter in _FIXED:
            pairs = [(code, self._text_of(words)) for code, words in _FIXED[letter]]
        else:
            pairs = self._answers(row)
        options: dict[str, dict[str, Any]] = {
            code: {
                "id": stable_id("o", identity, code),
                "value": code,
                "text": self._text(words) or self._text_of(code),
            }
            for code, words in pairs
            if code
        }
        if row.get("other") == "Y":
            options["other"] = {
                "id": stable_id("o", identity, "-oth-"),
                "value": "other",
                "text": self._text_of("Other, please say"),
                "write_in": True,
            }
        return list(options.values())

    def _answers(self, row: Row) -> list[tuple[str, dict[str, str]]]:
        words = self.tables.texts("answer_l10ns", "aid", "answer")
        found: dict[str, tuple[float, dict[str, str]]] = {}
        for answer in self.tables.of("answers"):
            if answer.get("qid") != row.get("qid"):
                continue
            code = answer.get("code", "")
            order, known = found.get(code, (_number(answer.get("sortorder")), {}))
            known |= words.get(answer.get("aid", ""), {})
            old = plain_text(answer.get("answer", ""))
            known |= {answer.get("language", ""): old} if old else {}
            found[code] = (order, known)
        return [(code, known) for code, (_, known) in sorted(found.items(), key=lambda f: f[1][0])]

    def _attributes(self, row: Row) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for attribute in self.tables.of("question_attributes"):
            name, value = attribute.get("attribute", ""), attribute.get("value", "").strip()
            if attribute.get("qid") != row.get("qid") or not value:
                continue
            if name in _ATTRIBUTES and value.isdecimal() and int(value) > 0:
                if row.get("type") in {"M", "P", "R"}:
                    made[_ATTRIBUTES[name]] = int(value)
            elif name in _NOTED and value not in {"0", "N"}:
                place = Place("question_attributes", None, row.get("title", ""))
                self.report.reported(place, name, f"“{value[:200]}” is left out.")
        return made

    # ---- rules ----

    def _show(self, row: Row, group: Row, name: str) -> r.RuleNode | None:
        parts = []
        for text, table in (
            (group.get("grelevance"), "groups"),
            (row.get("relevance"), "questions"),
        ):
            parts += self._held(text or "", Place(table, None, name))
        return xpath_rules.all_of(parts)

    def _held(self, text: str, place: Place) -> list[r.RuleNode]:
        text = text.strip()
        if text.startswith("{") and text.endswith("}"):
            text = text[1:-1].strip()
        if text in {"", "1"}:
            return []
        try:
            tree = lss_expressions.parse(text, self._split)
            return [xpath_rules.rule_of(tree, Scope(find=self._find))]
        except (NotHeldError, x.ExpressionError) as reason:
            message = f"The rule “{text}” is switched off: {reason}."
            self.report.reported(place, "relevance", message)
            return []

    def _split(self, name: str) -> tuple[str, str] | None:
        question, _, answer = name.partition("_")
        return (question, answer) if answer in self.multiples.get(question, ()) else None

    def _find(self, name: str) -> xpath_rules.Asked | Computed:
        found = self.known.get(name)
        if found is None:
            message = f"“{name}” is not asked before it"
            raise NotHeldError(message)
        return found

    # ---- texts and names ----

    def _text(self, words: Mapping[str, str]) -> dict[str, str]:
        source = self.tables.languages[0]
        return {(tag or source): said.replace("{{", "{ {") for tag, said in words.items() if said}

    def _text_of(self, words: str) -> dict[str, str]:
        return {self.tables.languages[0]: words or "…"}

    def _name(self, wanted: str) -> str:
        name, number = wanted or "question", 2
        while name.casefold() in self.taken:
            name, number = f"{wanted}_{number}", number + 1
        self.taken.add(name.casefold())
        return name

    def _report_rest(self) -> None:
        for table, words in (
            ("conditions", "Conditions of the old kind are left out; relevance is read."),
            ("quota", "Quotas are left out."),
            ("defaultvalues", "Nothing is filled in before a person answers."),
            ("assessments", "Assessments are left out."),
        ):
            if self.tables.of(table):
                self.report.reported(Place(table), table, words)
        if any("<script" in str(row).casefold() for row in self.tables.of("question_l10ns")):
            self.report.reported(Place("question_l10ns"), "script", "Scripts are never run.")


def _number(text: str | None) -> float:
    try:
        return float(Decimal(text or "0"))
    except InvalidOperation:
        return 0.0

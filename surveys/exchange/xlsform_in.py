"""XLSForm in: pyxform's verdict and tree, our questions and rules, and a report of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from surveys import rules as r
from surveys.document import load
from surveys.exchange import xpath_rules
from surveys.exchange.flatten import Group, Item, flatten
from surveys.exchange.report import Place, Report
from surveys.exchange.workbook import Workbook, read_workbook, rows_of_list
from surveys.exchange.xlsform_notes import note_rest
from surveys.exchange.xlsform_questions import Made, make_question
from surveys.exchange.xlsform_texts import Texts
from surveys.exchange.xlsform_types import NOT_COLLECTED, TIMES, Fate
from surveys.exchange.xpath_rules import Computed, NotHeldError, Scope
from surveys.ids import stable_id
from surveys.model import FORMAT, Survey

MAX_NAME = 120
MAX_NOTE = 4_000


def read_xlsform(path: Path, report: Report) -> Survey:
    """Return the survey an XLSForm holds; what was not kept is in the report.

    Raises RefusedError for what pyxform refuses.  The file has passed `limits.look`.
    """
    workbook = read_workbook(path, report)
    return _Reading(workbook, report).survey()


@dataclass(slots=True)
class _Value:
    """A computed value on its way: None while it is being worked out."""

    item: Item
    operand: r.OperandNode | None = None
    refused: str = ""
    needs: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Reading:
    workbook: Workbook
    report: Report
    texts: Texts = field(init=False)
    items: list[Item] = field(init=False)
    made: dict[int, Made] = field(default_factory=dict)
    values: dict[int, _Value] = field(default_factory=dict)
    computed: list[dict[str, Any]] = field(default_factory=list)
    working: list[int] = field(default_factory=list)
    by_name: dict[str, list[int]] = field(default_factory=dict)
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.texts = Texts(self.workbook.form)
        self.items = flatten(self.workbook, self.report)
        for place, item in enumerate(self.items):
            self.by_name.setdefault(item.plain, []).append(place)
            if item.fate is Fate.ASKED:
                self.made[place] = make_question(item, self.workbook, self.texts, self.report)
            elif item.fate is Fate.COMPUTED:
                self.values[place] = _Value(item)

    def survey(self) -> Survey:
        """Return the whole survey."""
        questions = [self._question(place) for place in self.made]
        for place in self.values:
            self._report_value(place)
        self._report_not_collected()
        form = self.workbook.form
        title = str(form.get("title") or form.get("id_string") or self.workbook.stem)
        document = {
            "format": FORMAT,
            "id": stable_id("s", str(form.get("id_string") or self.workbook.stem)),
            "name": str(form.get("id_string") or self.workbook.stem)[:MAX_NAME] or "form",
            "title": title,
            # The form's own title may name the subject; a neutral one is asked of the designer.
            "public_title": dict.fromkeys(self.texts.languages, ""),
            "languages": list(self.texts.languages),
            "sections": list(self.sections.values()),
            "questions": questions,
            "computed": self.computed,
        }
        self.report.reported(
            Place("settings"), "form_title", "Kept as the internal title. Give a public title."
        )
        return load(document)

    # ---- questions ----

    def _question(self, place: int) -> dict[str, Any]:
        made, item = self.made[place], self.items[place]
        document = dict(made.document)
        notes: list[str] = []
        document["text"] = self._words(item.element.get("label"), place) or {
            self.texts.source: item.name
        }
        hint = self._words(item.element.get("hint"), place)
        if hint:
            document["hint"] = hint
        section = self._section(item.groups)
        if section:
            document["section"] = section
        show = self._show(place, notes)
        if show is not None:
            document["show_when"] = _json(show)
        self._add_filters(place, document, notes)
        validation = self._validation(place, notes)
        if validation:
            document["validation"] = validation
        if notes:
            document["note"] = "\n".join(notes)[:MAX_NOTE]
        note_rest(item, self.workbook, self.report)
        return document

    def _words(self, value: Any, place: int) -> dict[str, str]:
        item = self.items[place]
        return self.texts.text(value, lambda name: self._pipe(name, place), item.fill)

    def _pipe(self, name: str, place: int) -> str:
        try:
            found = self._find(name, place, forward_ok=False)
        except NotHeldError as reason:
            item = self.items[place]
            at = Place("survey", item.row, self.workbook.header(item.row, "label"))
            self.report.reported(at, "piping", f"${{{name}}} is left out: {reason}.")
            return "…"
        if isinstance(found, Computed):
            item = self.items[place]
            at = Place("survey", item.row, self.workbook.header(item.row, "label"))
            self.report.reported(at, "piping", f"${{{name}}} is a computed value: left out.")
            return "…"
        return f"{{{{{found.id}}}}}"

    def _section(self, groups: tuple[Group, ...]) -> str | None:
        for number in range(len(groups), 0, -1):
            group = groups[number - 1]
            title = self.texts.text(group.label, lambda _name: "…")
            if title:
                key = "/".join(g.name for g in groups[:number])
                identity = stable_id("g", self.workbook.stem, key)
                self.sections.setdefault(
                    key, {"id": identity, "name": group.name or "group", "title": title}
                )
                return identity
        return None

    # ---- rules ----

    def _show(self, place: int, notes: list[str]) -> r.RuleNode | None:
        item = self.items[place]
        parts: list[r.RuleNode] = []
        for group in item.groups:
            parts += self._times(group, place, notes)
            parts += self._held(group.relevant, place, "relevant", group.row, notes)
        relevant = str((item.element.get("bind") or {}).get("relevant", "") or "")
        parts += self._held(relevant, place, "relevant", item.row, notes)
        return xpath_rules.all_of(parts)

    def _times(self, group: Group, place: int, notes: list[str]) -> list[r.RuleNode]:
        if group.times is None or not group.times[1] or group.times[1].isdecimal():
            return []
        time, count = group.times
        return self._held(f"({count}) >= {time}", place, "repeat_count", group.row, notes)

    def _held(
        self, text: str, place: int, column: str, row: int | None, notes: list[str]
    ) -> list[r.RuleNode]:
        """Return the rule in a list, or nothing and a line in the report when it is not held."""
        if not text.strip():
            return []
        try:
            return [xpath_rules.rule(text, self._scope(place))]
        except NotHeldError as reason:
            at = Place("survey", row, self.workbook.header(row, column))
            message = f"The rule “{text}” is switched off: {reason}."
            self.report.reported(at, column, message)
            notes.append(f"{column} switched off: {text}")
            return []

    def _scope(
        self, place: int, *, own: bool = False, columns: Mapping[str, str] | None = None
    ) -> Scope:
        return Scope(
            find=lambda name: self._find(name, place, forward_ok=False, own=own),
            own=self.made[place].asked if own and place in self.made else None,
            columns=columns,
        )

    def _validation(self, place: int, notes: list[str]) -> list[dict[str, Any]]:
        item = self.items[place]
        bind = item.element.get("bind") or {}
        text = str(bind.get("constraint", "") or "")
        if not text.strip():
            return []
        at = Place("survey", item.row, self.workbook.header(item.row, "constraint"))
        try:
            rule = xpath_rules.rule(text, self._scope(place, own=True))
        except NotHeldError as reason:
            self.report.reported(at, "constraint", f"“{text}” is switched off: {reason}.")
            notes.append(f"constraint switched off: {text}")
            return []
        message = self._words(bind.get("jr:constraintMsg"), place)
        if not message:
            message = {self.texts.source: "Check this answer"}
            self.report.reported(at, "constraint_message", "There is none: write what to do.")
        return [{"rule": _json(rule), "message": message}]

    def _add_filters(self, place: int, document: dict[str, Any], notes: list[str]) -> None:
        item = self.items[place]
        text = str(item.element.get("choice_filter", "") or "")
        if not text.strip() or "options" not in document:
            return
        rows = self._choice_rows(item)
        offered: dict[str, r.RuleNode] = {}
        try:
            for row in rows:
                columns = {str(k).strip(): str(v) for k, v in row.items() if v is not None}
                value = columns.get("name") or columns.get("value") or ""
                rule = xpath_rules.rule(text, self._scope(place, columns=columns))
                known = offered.get(value)
                joined = rule if known is None else r.AnyOf(of=(known, rule))
                offered[value] = xpath_rules.simplified(joined)
        except NotHeldError as reason:
            at = Place("survey", item.row, self.workbook.header(item.row, "choice_filter"))
            message = f"The filter “{text}” is switched off: {reason}."
            self.report.reported(at, "choice_filter", message)
            notes.append(f"choice_filter switched off: {text}")
            return
        document["options"] = [_filtered(o, offered) for o in document["options"]]

    def _choice_rows(self, item: Item) -> list[Mapping[str, str]]:
        name = str(item.element.get("list_name") or item.element.get("itemset") or "")
        rows = list(rows_of_list(self.workbook.choices, name))
        return rows or list(rows_of_list(self.workbook.external, name))

    # ---- names ----

    def _find(
        self, name: str, place: int, *, forward_ok: bool, own: bool = False
    ) -> xpath_rules.Asked | Computed:
        plain = name.split("#")[-1]
        if plain != name:
            message = f"“{name}” is an answer from an earlier form, which is not kept"
            raise NotHeldError(message)
        candidates = self.by_name.get(plain)
        if not candidates:
            message = f"“{name}” is not a question of this form"
            raise NotHeldError(message)
        near = max(candidates, key=lambda other: (self._nearness(other, place), -other))
        if near in self.made:
            if not forward_ok and (near > place or (near == place and not own)):
                message = f"“{name}” is not asked before it"
                raise NotHeldError(message)
            return self._usable(near, name)
        if near in self.values:
            return self._value(near, place, own=own)
        message = f"“{name}” is not collected"
        raise NotHeldError(message)

    def _usable(self, place: int, name: str) -> xpath_rules.Asked:
        if str(self.items[place].element.get("type")) in TIMES:
            message = f"“{name}” is a time of day, which is kept as text only"
            raise NotHeldError(message)
        if self.working:
            value = self.values[self.working[-1]]
            value.needs |= {place}
        return self.made[place].asked

    def _nearness(self, other: int, place: int) -> int:
        """Return how many groups two items share, so that a repeat looks inside itself first."""
        shared = 0
        for first, second in zip(self.items[other].path, self.items[place].path, strict=False):
            if first != second:
                break
            shared += 1
        return shared

    # ---- computed values ----

    def _value(self, value_place: int, place: int, *, own: bool) -> Computed:
        value = self.values[value_place]
        self._work_out(value_place)
        if value.operand is None:
            message = f"“{value.item.plain}” is computed in a way that is not held"
            raise NotHeldError(message)
        last = max(value.needs, default=-1)
        if not self.working and (last > place or (last == place and not own)):
            message = f"“{value.item.plain}” needs an answer that is not given before it"
            raise NotHeldError(message)
        if self.working:
            self.values[self.working[-1]].needs |= value.needs
        return Computed(stable_id("c", self.workbook.stem, value.item.name))

    def _work_out(self, place: int) -> None:
        value = self.values[place]
        if value.operand is not None or value.refused:
            return
        if place in self.working:
            value.refused = "it is computed from itself"
            return
        self.working.append(place)
        try:
            value.operand = self._operand(value.item, place)
        except NotHeldError as reason:
            value.refused = value.refused or str(reason)
        finally:
            self.working.pop()
        if value.operand is not None:
            identity = stable_id("c", self.workbook.stem, value.item.name)
            self.computed.append(
                {"id": identity, "name": value.item.name, "value": _json(value.operand)}
            )

    def _operand(self, item: Item, place: int) -> r.OperandNode:
        if item.element.get("type") == "today":
            return r.Today()
        bind = item.element.get("bind") or {}
        text = str(bind.get("calculate") or item.element.get("default") or "")
        if not text.strip():
            message = "it has no calculation"
            raise NotHeldError(message)
        scope = Scope(find=lambda name: self._find(name, place, forward_ok=True))
        return xpath_rules.operand(text, scope)

    def _report_value(self, place: int) -> None:
        value = self.values[place]
        self._work_out(place)
        at = Place("survey", value.item.row, self.workbook.header(value.item.row, "calculation"))
        if value.refused:
            message = f"“{value.item.plain}” is left out: {value.refused}."
            self.report.reported(at, "calculation", message)

    def _report_not_collected(self) -> None:
        for item in self.items:
            if item.fate is Fate.NOT_COLLECTED:
                kind = str(item.element.get("type"))
                reason = NOT_COLLECTED.get(kind, "Heard has no question of this type.")
                at = Place("survey", item.row, self.workbook.header(item.row, "type", "command"))
                self.report.reported(at, f"type {kind}", f"“{item.plain}” not collected. {reason}")


def _filtered(option: dict[str, Any], offered: Mapping[str, r.RuleNode]) -> dict[str, Any]:
    rule = offered.get(option["value"])
    if rule is None or rule == xpath_rules.TRUE:
        return option
    return {**option, "show_when": _json(rule)}


def _json(node: r.Node) -> dict[str, Any]:
    dumped: dict[str, Any] = node.model_dump(mode="json", exclude_defaults=True)
    return dumped

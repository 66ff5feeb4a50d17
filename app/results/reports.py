"""Reports as pages: the list, how far one is, its body, and the ledger of its sentences."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.clock import london_words
from app.figures.benchmarks import Beside, Cascade
from app.packs import Pack
from app.services.reporting.kinds import KINDS
from app.services.reporting.layout import Grid, Heading, Item, Paragraph, Quotation
from app.services.reporting.snapshot import Claim
from app.store.reports import Listed

from .choosing import Choice

LIST = (
    {"key": "title", "label": "Report"},
    {"key": "period", "label": "Period"},
    {"key": "who", "label": "Frozen by"},
    {"key": "when", "label": "When"},
)
LEDGER = (
    {"key": "text", "label": "Sentence"},
    {"key": "rule", "label": "Rule"},
    {"key": "cells", "label": "Rests on"},
)
BESIDE = (
    {"key": "label", "label": "Figure"},
    {"key": "here", "label": "Here", "numeric": True},
    {"key": "range", "label": "Likely range", "numeric": True},
    {"key": "base", "label": "Base", "numeric": True},
    {"key": "there", "label": "Elsewhere", "numeric": True},
    {"key": "source", "label": "Source"},
)
STEPS = ({"key": "label", "label": "Step"}, {"key": "count", "label": "People", "numeric": True})
ASKS = {
    "for_information": "For information only",
    "to_note": "To note the findings and actions due",
    "to_agree": "To agree the actions",
}


def list_rows(choice: Choice, reports: Iterable[Listed]) -> list[dict[str, str]]:
    """Return the frozen reports, ready to print."""
    names = {p.key: p.label for p in choice.release.periods}
    return [
        {
            "title": report.title,
            "period": names.get(report.period, report.period),
            "who": report.made_by,
            "when": london_words(report.made_at),
            "_url": choice.url("report", report_id=report.id),
        }
        for report in reports
    ]


def period_choices(choice: Choice) -> list[tuple[str, str]]:
    """Return the periods a report can be made for, the newest first."""
    periods = sorted(choice.release.periods, key=lambda p: (p.ends_on, -len(p.quarters)))
    return [(p.key, p.label) for p in reversed(periods)]


def service_choices(pack: Pack) -> list[tuple[str, str]]:
    """Return the services that hold a contract, those with a lot first."""
    leads = [s for s in pack.services if s.lead is None]
    ordered = sorted(leads, key=lambda s: s.lot is None)
    named = [(s.code, f"{s.name} (lot {s.lot})" if s.lot else s.name) for s in ordered]
    return [("", "None: all services together"), *named]


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds of report."""
    return [(kind.key, kind.name) for kind in KINDS.values()]


def blocks(items: Iterable[Item]) -> list[dict[str, Any]]:
    """Return what a report prints, ready for the template; tables stand for their pictures."""
    found: list[dict[str, Any]] = []
    for item in items:
        match item:
            case Heading(level, words):
                found.append({"kind": f"h{level}", "words": words})
            case Paragraph(words, style):
                found.append({"kind": style, "words": words})
            case Quotation(words):
                found.append({"kind": "quote", "words": words})
            case Grid():
                found.append({"kind": "table", **_table(item)})
            case _:
                pass
    return found


def _table(item: Grid) -> dict[str, Any]:
    columns = [
        {"key": f"c{i}", "label": label, "numeric": is_figure}
        for i, (label, is_figure) in enumerate(zip(item.header, item.numeric, strict=True))
    ]
    rows = [{f"c{i}": words for i, words in enumerate(row)} for row in item.rows]
    return {"caption": item.caption, "columns": columns, "rows": rows, "note": item.note}


def ledger_rows(claims: Mapping[str, Claim]) -> list[dict[str, str]]:
    """Return every sentence with the rule that made it and the cells it rests on."""
    return [
        {"text": claim.text, "rule": claim.template, "cells": _cells(claim)}
        for claim in claims.values()
    ]


def _cells(claim: Claim) -> str:
    named = (f"{ref.table}, {ref.row}, cell {ref.at + 1}" for ref in claim.refs)
    return "; ".join(named) or "No figure"


def beside_rows(found: Sequence[Beside]) -> list[dict[str, str]]:
    """Return figures from elsewhere beside our own; nothing is added up."""
    return [
        {
            "label": one.benchmark.label,
            "here": one.own.share_words if one.own.share is not None else one.own.why or "–",
            "range": one.own.interval_words,
            "base": one.own.base_words,
            "there": one.benchmark.words,
            "source": f"{one.benchmark.source}, {one.benchmark.year}",
        }
        for one in found
    ]


def cascade_rows(cascade: Cascade) -> list[dict[str, str]]:
    """Return the steps of the need cascade."""
    return [{"label": label, "count": f"{count:,}"} for _, label, count in cascade.steps()]


def cascade_of(args: Mapping[str, str]) -> tuple[Cascade, list[dict[str, Any]], str]:
    """Return the cascade an address asks for, its fields, and what to put right."""
    plain = Cascade()
    shares = {
        "want": ("Per cent who want support", plain.want),
        "short_term": ("Per cent of those helped enough in the short term", plain.short_term),
        "met": ("Per cent of specialist need that is met", plain.met),
    }
    shown = {"victims": ("How many victims", plain.victims, 100_000_000)} | {
        key: (label, round(100 * share), 100) for key, (label, share) in shares.items()
    }
    values = {
        key: _whole(args.get(key), default, most) for key, (_, default, most) in shown.items()
    }
    problem = "" if None not in values.values() else "Enter whole numbers; shares from 0 to 100."
    used = {key: plain_or(values[key], default) for key, (_, default, _) in shown.items()}
    cascade = Cascade(
        used["victims"], used["want"] / 100, used["short_term"] / 100, used["met"] / 100
    )
    fields = [
        {"name": key, "label": label, "value": args.get(key, str(used[key]))[:12]}
        for key, (label, _, _) in shown.items()
    ]
    return cascade, fields, problem


def plain_or(value: int | None, default: int) -> int:
    """Return a number that was given, or the published one."""
    return default if value is None else value


def _whole(text: str | None, default: int, most: int) -> int | None:
    if text is None:
        return default
    clean = text.replace(",", "").strip()
    is_number = clean.isascii() and clean.isdigit() and len(clean) <= 9
    return int(clean) if is_number and int(clean) <= most else None

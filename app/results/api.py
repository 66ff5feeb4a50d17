"""What programs are given: the tables of the pages, line by line as in their CSV files."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.figures import answered, pages, pairings
from app.figures.pages import View
from app.figures.periods import Period
from app.figures.tables import SafeTable
from app.store.errors import NotFoundError

from .choosing import Choice
from .printing import lines

MOST_LINES = 500
LINES = 100


def _people(choice: Choice, view: View, args: Mapping[str, str]) -> SafeTable:
    by = _dimension(choice, view, args)
    return pages.people_table(view, by, lambda value: choice.name(by, value))


def _groups(choice: Choice, view: View, args: Mapping[str, str]) -> SafeTable:
    by = _dimension(choice, view, args)
    return pages.group_table(view, choice.book, by, lambda value: choice.name(by, value))


def _dimension(choice: Choice, view: View, args: Mapping[str, str]) -> str:
    held = [d.name for d in choice.release.lattice.dimensions if d.name not in view.facets]
    by = args.get("by", "")
    if by not in held or len(view.facets) > 1:
        raise NotFoundError("no such dimension to split by")
    return by


def _question(choice: Choice, view: View, args: Mapping[str, str]) -> SafeTable:
    asked = next((q for q in choice.questions if q.id == args.get("question")), None)
    if asked is None:
        raise NotFoundError("no such question")
    return answered.option_table(view, asked)


def _rolled_up(choice: Choice, view: View, args: Mapping[str, str]) -> SafeTable:
    asked = next((q for q in choice.questions if q.id == args.get("question")), None)
    table = None if asked is None else answered.rolled_up(view, asked)
    if table is None:
        raise NotFoundError("no question that is published in groups")
    return table


def _agencies(choice: Choice, view: View, _args: Mapping[str, str]) -> SafeTable:
    table = answered.agency_table(view, choice.questions)
    if table is None:
        raise NotFoundError("this survey asks for no agency")
    return table


def _trend(choice: Choice, view: View, args: Mapping[str, str]) -> SafeTable:
    theme = choice.book.theme(args.get("theme", ""))
    if theme is None:
        return pages.people_trend(view)
    return pages.theme_trend(view, choice.book, theme)


def _ticked(choice: Choice, view: View, _args: Mapping[str, str]) -> SafeTable:
    table = pairings.chosen_together(view, choice.questions)
    if table is None:
        raise NotFoundError("no list of needs in this survey")
    return table


Maker = Callable[[Choice, View, Mapping[str, str]], SafeTable]
TABLES: Mapping[str, Maker] = {
    "agencies": _agencies,
    "themes": lambda choice, view, _args: pages.theme_table(view, choice.book),
    "gaps": lambda _choice, view, _args: pages.gap_table(view),
    "needs": lambda choice, view, _args: pages.need_table(view, choice.book),
    "together": lambda choice, view, _args: pairings.co_occurrence(view, choice.book),
    "said": lambda choice, view, _args: pages.said_table(view, choice.book.themes),
    "ticked": _ticked,
    "groups": _groups,
    "people": _people,
    "question": _question,
    "question_groups": _rolled_up,
    "rights": lambda choice, view, _args: answered.rights_table(view, choice.questions),
    "trend": _trend,
}


def survey_part(choice: Choice) -> dict[str, Any]:
    """Return what may be asked of a survey: its complete periods, filters, themes, questions."""
    return {
        "slug": choice.survey.slug,
        "name": choice.survey.name,
        "synthetic": choice.is_synthetic,
        "as_at": _as_at(choice),
        "periods": [_period(p) for p in choice.release.periods],
        "filters": [
            {
                "name": d.name,
                "values": [{"code": v, "label": choice.name(d.name, v)} for v in d.values],
            }
            for d in choice.release.lattice.dimensions
            if d.name not in choice.locked
        ],
        "themes": [{"code": t.id, "label": t.label} for t in choice.book.themes],
        "questions": [{"code": q.id, "label": q.label} for q in choice.questions if q.options],
        "tables": sorted(TABLES),
    }


def table_part(choice: Choice, view: View, name: str, args: Mapping[str, str]) -> dict[str, Any]:
    """Return one page of a table; raise NotFoundError for a table there is not."""
    maker = TABLES.get(name)
    if maker is None:
        raise NotFoundError(f"table {name}")
    table = maker(choice, view, args)
    found = list(lines(table))
    size = max(1, min(_whole(args.get("per_page"), LINES), MOST_LINES))
    page = max(1, _whole(args.get("page"), 1))
    return {
        "survey": choice.survey.slug,
        "table": name,
        "title": table.title,
        "period": _period(view.period),
        "filters": dict(view.facets),
        "as_at": _as_at(choice),
        "synthetic": choice.is_synthetic,
        "base": {"count": table.base.count, "note": table.base.why},
        "note": table.note,
        "withheld": table.withheld,
        "page": page,
        "pages": max(1, -(-len(found) // size)),
        "total": len(found),
        "rows": _page_of(found, page, size),
    }


def _page_of(found: Sequence[dict[str, Any]], page: int, size: int) -> Sequence[dict[str, Any]]:
    return found[(page - 1) * size : page * size]


def _as_at(choice: Choice) -> str | None:
    day = choice.release.about.as_at
    return None if day is None else day.isoformat()


def _period(period: Period) -> dict[str, str]:
    return {
        "key": period.key,
        "label": period.label,
        "kind": period.kind,
        "starts_on": period.starts_on.isoformat(),
        "ends_on": period.ends_on.isoformat(),
    }


def _whole(text: str | None, default: int) -> int:
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) < 7
    return int(text) if text and is_number else default

"""What organisations said, lot by lot, beside what victims said, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.db import db
from app.figures import provider_words, providers
from app.figures.pages import View
from app.figures.providers import NAMED, PLACE, TICKED, WROTE, LotSaid, ProviderSurvey
from app.figures.tables import NOT_YET, SafeCell, SafeRow, SafeTable
from app.services.releasing import limits_of

from .choosing import Choice
from .printing import cell_words

# Whom a lot is for, where answers carry no service: the groups of the victims' own answers.
CRIMES_OF_LOT = {"sv": "sexual"}


@dataclass(frozen=True, slots=True)
class Part:
    """One lot: what both sides say, ready to print."""

    lot: str
    title: str
    victims: str  # which victims stand beside it
    organisations: str
    words: Sequence[str]
    table: SafeTable
    has_order: bool


def list_surveys() -> Sequence[ProviderSurvey]:
    """Return the surveys that organisations answer, the newest first."""
    return providers.list_provider_surveys(db.session)


def pick(held: Sequence[ProviderSurvey], wanted: str, *, is_team: bool) -> ProviderSurvey | None:
    """Return the survey asked for, else the newest of which this person may be shown something."""
    asked = next((survey for survey in held if str(survey.id) == wanted), None)
    told = next((survey for survey in held if is_team or survey.is_closed), None)
    return asked or told or next(iter(held), None)


def parts(choice: Choice, view: View, survey: ProviderSurvey) -> list[Part]:
    """Return every lot with victims' needs beside its ranking."""
    said = providers.said_by_lot(
        db.session, survey, limits=limits_of(choice.pack), is_team=choice.may_be_live
    )
    # The ranking over all lots is asked of the few who chose none: shown where it says something.
    return [_part(choice, view, lot, survey) for lot in said if lot.lot or lot.ranking]


def in_their_words(choice: Choice, survey: ProviderSurvey) -> list[dict[str, Any]]:
    """Return each open question with what was raised in answer to it, ready to print."""
    found = provider_words.written(
        db.session,
        survey,
        choice.book,
        limits=limits_of(choice.pack),
        is_team=choice.may_be_live,
    )
    return [
        {
            "question": one.question,
            "wrote": cell_words(one.wrote),
            "read": cell_words(one.read),
            "rows": [
                {"label": row.label, "count": cell_words(row.cells[0])} for row in one.themes.rows
            ],
        }
        for one in found
    ]


def whole_table(found: Sequence[Part]) -> SafeTable:
    """Return all lots as one table, for the file."""
    rows = [
        replace(row, code=f"{part.lot or 'other'}|{row.code}", label=f"{part.title}: {row.label}")
        for part in found
        if part.has_order
        for row in part.table.rows
    ]
    base = found[0].table.base if found else SafeCell()
    return SafeTable("Victims said, providers said", providers.COLUMNS, tuple(rows), base)


def _part(choice: Choice, view: View, said: LotSaid, survey: ProviderSurvey) -> Part:
    beside, whose = _victims_of(choice, view, said.lot)
    table = providers.beside_table(beside, choice.book, choice.questions, said)
    count = (
        "Not yet known how many"
        if said.organisations.why == NOT_YET
        else cell_words(said.organisations)
    )
    noun = "organisation" if count == "1" else "organisations"
    return Part(
        said.lot,
        said.label,
        whose,
        f"{count[:1].upper()}{count[1:]} {noun} ranked for this lot.",
        tuple(_words(table)) if said.ranking else (_why_not(survey, choice),),
        table,
        bool(said.ranking),
    )


def _victims_of(choice: Choice, view: View, lot: str) -> tuple[View, str]:
    """Return the victims whom a lot is for, where figures of them alone may be shown."""
    facets = {k: v for k, v in view.facets.items() if k not in {"service", "crime_group"}}
    for name, value in _facets_of(choice, lot):
        narrowed = view.at({**facets, name: value})
        if narrowed is not None and _says_something(narrowed, choice):
            return narrowed, choice.name(name, value)
    return view, choice.of_whom or "everybody who answered"


def _facets_of(choice: Choice, lot: str) -> Iterator[tuple[str, str]]:
    if not lot:
        return
    for service in choice.pack.services:
        if (service.lot or "").casefold() == lot.casefold():
            yield "service", service.code
    if lot in CRIMES_OF_LOT:
        yield "crime_group", CRIMES_OF_LOT[lot]


def _says_something(view: View, choice: Choice) -> bool:
    nobody = LotSaid("", "", (), SafeCell())
    return bool(providers.beside_table(view, choice.book, choice.questions, nobody).rows)


def _words(table: SafeTable) -> Iterator[str]:
    """Return where both sides agree and where they do not, in sentences."""
    victims, firms = providers.most_named(table), providers.put_first(table)
    both = [row.label for row in firms if row in victims]
    only_firms = [row.label for row in firms if row not in victims]
    only_victims = [row.label for row in victims if row not in firms]
    if both:
        yield f"Both name: {_listed(both)}."
    if only_victims:
        yield f"Victims name these often, and providers put others first: {_listed(only_victims)}."
    if only_firms and victims:
        yield f"Providers put these first, and victims name others more: {_listed(only_firms)}."


def _why_not(survey: ProviderSurvey, choice: Choice) -> str:
    if choice.may_be_live:
        return "No organisation has ranked for this lot yet."
    if not survey.is_closed:
        return "Their order shows when the survey has closed."
    return "That is too few to show their order."


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(label[:1].lower() + label[1:] for label in labels)


def rows_of(table: SafeTable) -> list[dict[str, str]]:
    """Return the rows of a lot's table, ready to print."""
    return [_row(row) for row in table.rows]


def _row(row: SafeRow) -> dict[str, str]:
    cells = row.cells
    return {
        "label": row.label,
        "wrote": cell_words(cells[WROTE]),
        "ticked": cell_words(cells[TICKED]),
        "place": cell_words(cells[PLACE]),
        "named": cell_words(cells[NAMED]),
    }
